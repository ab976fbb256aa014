"""The bot's account on Slack: the SLACK_* settings."""

from __future__ import annotations

import re
from typing import Annotated, Final, Literal
from urllib.parse import urlsplit

from pydantic import SecretStr, field_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from bot.errors import ConfigurationError

#: A person's id, or a user group's.
_ID: Final = re.compile(r"[UWS][A-Z0-9]+")
_PAGES: Final = "at https://api.slack.com/apps, on your app's page"


class Settings(BaseSettings):
    """How the bot reaches Slack: over sockets or HTTP, in one workspace or in many.

    With an app token it opens sockets, with a signing secret alone it is called over HTTP, and
    `transport` decides where both are set. With a bot token it serves that token's workspace, else
    with a client id and secret every workspace that installs it.
    """

    model_config = SettingsConfigDict(
        env_prefix="SLACK_", env_file=".env", env_ignore_empty=True, extra="ignore", frozen=True
    )

    bot_token: SecretStr | None = None
    """The bot user's token, `xoxb-…`."""
    app_token: SecretStr | None = None
    """The app-level token with the scope `connections:write`, `xapp-…`."""
    signing_secret: SecretStr | None = None
    """Signs what Slack sends over HTTP."""
    client_id: str | None = None
    client_secret: SecretStr | None = None
    """With the client id: lets workspaces install the bot by themselves (OAuth)."""
    transport: Literal["socket", "http"] | None = None
    """Which to use where both an app token and a signing secret are set; sockets if left out."""
    public_url: str | None = None
    """Where this bot is reached from outside, as in `https://brief.example.com`."""
    app_id: str | None = None
    config_token: SecretStr | None = None
    """With an app configuration token, `xoxe.xoxp-…`, the doctor reads the app's manifest."""
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
        return bool(self.bot_token or self.app_token or self.signing_secret or self.client_secret)

    @property
    def over_http(self) -> bool:
        """Whether Slack calls the bot, rather than the bot opening sockets to Slack."""
        if self.transport:
            return self.transport == "http"
        return not self.app_token and bool(self.signing_secret)

    @property
    def many(self) -> bool:
        """Whether workspaces install the bot by themselves: a bot token says that there is one."""
        return not self.bot_token and bool(self.client_id or self.client_secret)

    def check(self) -> None:
        """Refuse settings with which Slack cannot be reached. The text repeats no token.

        Raises:
            ConfigurationError: a token is missing or of another kind, or another setting is none.
        """
        self._check_account()
        self._check_transport()
        self._check_moderators()
        _check_address(self.api_url, "SLACK_API_URL", "https://slack.com/api/")
        if self.public_url:
            _check_address(self.public_url, "SLACK_PUBLIC_URL", "https://brief.example.com")

    def _check_account(self) -> None:
        basic = f"Copy it {_PAGES} under Basic Information, App Credentials."
        if self.many:
            _check(self.client_id, "SLACK_CLIENT_ID", ("",), basic)
            _check(self.client_secret, "SLACK_CLIENT_SECRET", ("",), basic)
            return
        _check(
            self.bot_token,
            "SLACK_BOT_TOKEN",
            ("xoxb-", "xoxe.xoxb-"),
            f"Copy the Bot User OAuth Token {_PAGES} under OAuth & Permissions.",
        )

    def _check_transport(self) -> None:
        if self.over_http:
            _check(
                self.signing_secret,
                "SLACK_SIGNING_SECRET",
                ("",),
                f"Copy it {_PAGES} under Basic Information, App Credentials.",
            )
            return
        _check(
            self.app_token,
            "SLACK_APP_TOKEN",
            ("xapp-",),
            f"Make one with the scope connections:write {_PAGES} under Basic Information, "
            "App-Level Tokens; or set SLACK_SIGNING_SECRET to be called over HTTP.",
        )

    def _check_moderators(self) -> None:
        for named in self.moderators:
            if not _ID.fullmatch(named):
                raise ConfigurationError(
                    f"SLACK_MODERATORS names {named[:12]!r}, which is no id. Write ids separated "
                    "by commas: of people, as in U0123ABCD (Copy member ID, in their profile), or "
                    "of user groups, as in S0123ABCD."
                )


def _check(
    token: SecretStr | str | None, name: str, prefixes: tuple[str, ...], remedy: str
) -> None:
    if not token:
        raise ConfigurationError(f"{name} is not set. {remedy}")
    if not plain(token).startswith(prefixes):
        raise ConfigurationError(f"{name} does not begin with {prefixes[0]}. {remedy}")


def _check_address(url: str, name: str, example: str) -> None:
    parts = urlsplit(url)
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise ConfigurationError(
            f"{name} is no web address. Leave it out, or write one as in {example}"
        )


def plain(secret: SecretStr | str | None) -> str:
    """A setting's own text, for the one place that needs it."""
    return secret.get_secret_value() if isinstance(secret, SecretStr) else secret or ""
