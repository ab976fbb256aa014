"""The bot's own settings, read once at start from BOT_* variables and `.env`.

Each platform's folder owns the settings of that platform.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, SecretStr, field_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict


class Settings(BaseSettings):
    """Which platforms, which briefings, how to log."""

    model_config = SettingsConfigDict(
        env_prefix="BOT_", env_file=".env", env_ignore_empty=True, extra="ignore", frozen=True
    )

    platforms: Annotated[tuple[str, ...], NoDecode] = ()
    """Platforms to run; empty: those whose tokens are set, else the playground."""
    briefings: Path = Path("briefings")
    """The folder of briefing files."""
    state: Path = Path("state")
    """A folder for what the bot remembers between two starts."""
    database_url: SecretStr = SecretStr("sqlite:///state/bot.db")
    """Schedules, deliveries and what each channel was told; PostgreSQL for several processes."""
    secret_key: SecretStr | None = None
    """Encrypts what installations give; several, separated by commas: the first is the newest."""
    digest_limit: int = Field(default=20, ge=1, le=10_000)
    """Digests that one workspace may have."""
    digest_interval: int = Field(default=60, ge=1, le=1440)
    """Minutes that lie between two digests of one schedule at least."""
    digest_cooldown: int = Field(default=60, ge=0, le=86_400)
    """Seconds until a channel may be posted to by hand again."""
    ask_person: int = Field(default=20, ge=1, le=10_000)
    """Questions a minute that one person may ask."""
    ask_workspace: int = Field(default=300, ge=1, le=1_000_000)
    """Questions a minute that all people of one workspace may ask."""
    gaps_limit: int = Field(default=1000, ge=1, le=10_000)
    """Open gaps that one workspace may have."""
    gaps_kept: int = Field(default=180, ge=1, le=3650)
    """Days that gaps, and counts of helpful answers, are kept after they were told last."""
    http_timeout: float = Field(default=10.0, gt=0, le=60)
    """Seconds that a call to a platform may take."""
    log_format: Literal["text", "json"] = "text"
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = "INFO"

    @field_validator("platforms", mode="before")
    @classmethod
    def _names(cls, value: object) -> object:
        if not isinstance(value, str):
            return value
        return tuple(name for part in value.split(",") if (name := part.strip().casefold()))
