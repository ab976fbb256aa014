"""The address of the database, as people write it, and as SQLAlchemy wants it."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path
from typing import Final

from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError

from bot.errors import ConfigurationError

SETTING: Final = "BOT_DATABASE_URL"
_EXAMPLES: Final = "sqlite:///state/bot.db or postgresql://user:password@host/database"
_DRIVERS: Final = {"sqlite": "sqlite+aiosqlite", "postgresql": "postgresql+psycopg"}


def to_url(text: str) -> URL:
    """The address with the driver that the store uses.

    Raises:
        ConfigurationError: it is none; the text is not repeated, as it may hold a password.
    """
    try:
        url = make_url(text.strip())
    except (ArgumentError, ValueError):
        raise ConfigurationError(
            f"{SETTING} is not an address of a database; write {_EXAMPLES}"
        ) from None
    # A password with such characters may be read as a place, and that is told in messages.
    strayed = f"{url.host}{url.database}{text.partition('?')[2]}"
    if "@" in strayed and not url.drivername.startswith("sqlite"):
        raise ConfigurationError(
            f"{SETTING} cannot be read for certain; but for the @ in front of the host, write "
            "%40 for @, %2F for /, %3A for :, %3F for ?"
        )
    kind = url.get_backend_name().replace("postgres", "postgresql", 1)
    kind = "postgresql" if kind.startswith("postgresql") else kind
    if kind not in _DRIVERS:
        raise ConfigurationError(
            f"{SETTING} names a database that the bot does not know; write {_EXAMPLES}"
        )
    if kind == "sqlite" and url.database in (None, "", ":memory:"):
        raise ConfigurationError(f"{SETTING} names no file; write {_EXAMPLES}")
    if kind == "postgresql" and find_spec("psycopg") is None:
        raise ConfigurationError(
            f"{SETTING} names PostgreSQL, but its driver is not installed; "
            "run: pip install 'briefing-bot[postgres]'"
        )
    return url.set(drivername=_DRIVERS[kind])


def file_of(url: URL) -> Path | None:
    """The file of an SQLite database."""
    return Path(url.database or "") if url.get_backend_name() == "sqlite" else None


def shown(url: URL) -> str:
    """The address for people: without user, password and options."""
    path = file_of(url)
    if path is not None:
        return str(path)
    return f"PostgreSQL at {url.host or 'this machine'}, database {url.database or url.username}"
