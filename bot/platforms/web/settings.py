"""Where the playground is served, and who may open it: the WEB_* settings."""

from __future__ import annotations

import ipaddress
from typing import Final

from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

from bot.errors import ConfigurationError

#: Shorter tokens could be guessed.
TOKEN_MINIMUM: Final = 16


class Settings(BaseSettings):
    """The one HTTP server's address, and the token that opens the playground from elsewhere."""

    model_config = SettingsConfigDict(
        env_prefix="WEB_", env_file=".env", env_ignore_empty=True, extra="ignore", frozen=True
    )

    host: str = "127.0.0.1"
    port: int = Field(default=8000, ge=0, le=65535)
    token: SecretStr | None = None

    @property
    def loopback(self) -> bool:
        """Whether only this machine can reach the server."""
        return is_loopback(self.host)

    @property
    def configured(self) -> bool:
        """Never: it has no account to set, and runs where no other platform is chosen."""
        return False

    def check(self) -> None:
        """Refuse to show the playground to a network without a token.

        Raises:
            ConfigurationError: the host is not this machine alone, and no good token is set.
        """
        length = len(self.token.get_secret_value()) if self.token else 0
        if length >= TOKEN_MINIMUM or (self.loopback and not length):
            return
        found = f"WEB_TOKEN has {length} characters" if length else "WEB_TOKEN is not set"
        opened = (
            "" if self.loopback else f"WEB_HOST={self.host} shows the playground to others, and "
        )
        raise ConfigurationError(
            f"{opened}{found}. Set WEB_TOKEN to a secret of at least {TOKEN_MINIMUM} characters "
            "(python3 -c 'import secrets; print(secrets.token_urlsafe())' makes one)"
            + (", or leave it out." if self.loopback else ", or set WEB_HOST=127.0.0.1.")
        )


def is_loopback(host: str) -> bool:
    """Whether a host name or address, without a port, means this machine alone."""
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return host.casefold() == "localhost"
