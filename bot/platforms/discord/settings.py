"""The bot's account on Discord: the DISCORD_* settings."""

from __future__ import annotations

from typing import Annotated
from urllib.parse import urlsplit

from pydantic import SecretStr, field_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from bot.errors import ConfigurationError

REMEDY = (
    "Copy it at https://discord.com/developers/applications, on your application's page under Bot, "
    "Reset Token."
)


class Settings(BaseSettings):
    """One token makes the bot run in every server it is invited to."""

    model_config = SettingsConfigDict(
        env_prefix="DISCORD_", env_file=".env", env_ignore_empty=True, extra="ignore", frozen=True
    )

    token: SecretStr | None = None
    """The bot's token."""
    api_url: str = "https://discord.com/api/v10"
    """Where Discord's REST API is."""
    gateway_url: str = ""
    """Where new gateway sessions begin; empty: where discord.py knows it."""
    dev_guild: int | None = None
    """A server for trying out: commands are registered there alone, and at once."""
    moderator_roles: Annotated[tuple[int, ...], NoDecode] = ()
    """Roles whose holders schedule digests, beside those who may manage the server."""

    @field_validator("moderator_roles", mode="before")
    @classmethod
    def _ids(cls, value: object) -> object:
        if not isinstance(value, str):
            return value
        return tuple(name for part in value.split(",") if (name := part.strip()))

    @property
    def configured(self) -> bool:
        """Whether this bot is meant to run on Discord."""
        return self.token is not None

    @property
    def secret(self) -> str:
        """The token itself, for the one place that sends it; empty if there is none."""
        return self.token.get_secret_value().strip() if self.token else ""

    def check(self) -> None:
        """Refuse settings with which Discord cannot be reached. The text repeats no token.

        Raises:
            ConfigurationError: the token is missing or is none, or an address is none.
        """
        token = self.secret
        if not token:
            raise ConfigurationError(f"DISCORD_TOKEN is not set. {REMEDY}")
        if not (token.isascii() and token.isprintable()) or " " in token:
            raise ConfigurationError(f"DISCORD_TOKEN has characters that no token has. {REMEDY}")
        _check_address("DISCORD_API_URL", self.api_url, ("http", "https"))
        if self.gateway_url:
            _check_address("DISCORD_GATEWAY_URL", self.gateway_url, ("ws", "wss"))


def _check_address(name: str, value: str, schemes: tuple[str, ...]) -> None:
    if urlsplit(value).scheme not in schemes or not urlsplit(value).netloc:
        raise ConfigurationError(
            f"{name} is no address that begins with {schemes[1]}://. Leave it out, unless Discord "
            "is reached through a proxy of yours."
        )
