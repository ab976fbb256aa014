"""The bot's account on Slack: the SLACK_* settings."""

from __future__ import annotations

import re
from typing import Annotated, Final
from urllib.parse import urlsplit

from pydantic import SecretStr, field_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from bot.errors import ConfigurationError

#: A person's id, or a user group's.
_ID: Final = re.compile(r"[UWS][A-Z0-9]+")
_PAGES: Final = "at https://api.slack.com/apps, on your app's page"


class Settings(BaseSettings):
    """Two tokens make the bot run in one workspace over Socket Mode."""

    model_config = SettingsConfigDict(
        env_prefix="SLACK_", env_file=".env", env_ignore_empty=True, extra="ignore", frozen=True
    )

    bot_token: SecretStr | None = None
    """The bot user's token, `xoxb-…`."""
    app_token: SecretStr | None = None
    """The app-level token with the scope `connections:write`, `xapp-…`."""
    moderators: Annotated[tuple[str, ...], NoDecode] = ()
    """Ids of people and of user groups who may schedule digests, beside admins and owners."""
    api_url: str = "https://slack.com/api/"
    """Where Slack's Web API is."""

    @field_validator("*", mode="before")
    @classmethod
    def _pasted(cls, value: object) -> object:
        return value.strip() if isinstance(value, str) else value

    @field_validator("moderators", mode="before")
    @classmethod
    def _ids(cls, value: object) -> object:
        if not isinstance(value, str):
            return value
        return tuple(one for part in value.split(",") if (one := part.strip()))

    @property
    def configured(self) -> bool:
        """Whether this bot is meant to run on Slack: one token is enough to say so."""
        return bool(self.bot_token or self.app_token)

    def check(self) -> None:
        """Refuse settings with which Slack cannot be reached. The text repeats no token.

        Raises:
            ConfigurationError: a token is missing or of another kind, or another setting is none.
        """
        _check(
            self.bot_token,
            "SLACK_BOT_TOKEN",
            ("xoxb-", "xoxe.xoxb-"),
            f"Copy the Bot User OAuth Token {_PAGES} under OAuth & Permissions.",
        )
        _check(
            self.app_token,
            "SLACK_APP_TOKEN",
            ("xapp-",),
            f"Make one with the scope connections:write {_PAGES} under Basic Information, "
            "App-Level Tokens.",
        )
        for named in self.moderators:
            if not _ID.fullmatch(named):
                raise ConfigurationError(
                    f"SLACK_MODERATORS names {named[:40]!r}, which is no id. Write ids separated "
                    "by commas: of people, as in U0123ABCD (Copy member ID, in their profile), or "
                    "of user groups, as in S0123ABCD."
                )
        if urlsplit(self.api_url).scheme not in {"http", "https"}:
            raise ConfigurationError(
                "SLACK_API_URL is no web address. Leave it out, or write one as in "
                "https://slack.com/api/"
            )


def _check(token: SecretStr | None, name: str, prefixes: tuple[str, ...], remedy: str) -> None:
    if not token:
        raise ConfigurationError(f"{name} is not set. {remedy}")
    if not token.get_secret_value().startswith(prefixes):
        raise ConfigurationError(f"{name} does not begin with {prefixes[0]}. {remedy}")
