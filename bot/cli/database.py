"""The database for a command: opened beside a running bot, and every failure said in a sentence."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

import click
from sqlalchemy.exc import SQLAlchemyError

from bot.errors import ConfigurationError
from bot.store import Store
from bot.store.url import SETTING, file_of, shown, to_url

if TYPE_CHECKING:
    from bot.settings import Settings


def place_of(settings: Settings) -> str:
    """Where the database is, for people."""
    return shown(to_url(settings.database_url.get_secret_value()))


def is_there(settings: Settings) -> bool:
    """Whether there is a database: a server always counts, a file only once it was made."""
    path = file_of(to_url(settings.database_url.get_secret_value()))
    return path is None or path.exists()


def tell_missing(settings: Settings) -> None:
    """Say that there is no database yet, and why that may be."""
    where = place_of(settings)
    said = f"there is no database at {where} yet; is this the folder that the bot runs in?"
    click.echo(f"{said} ({SETTING} says where it is)", err=True)


@asynccontextmanager
async def opened(settings: Settings) -> AsyncIterator[Store]:
    """The store, to look at or edit while a bot may run on it.

    Raises:
        ConfigurationError: it cannot be opened, or broke off; never with a password.
    """
    try:
        opening = await Store.open(settings.database_url.get_secret_value(), alone=False)
    except OSError as error:
        said = f"cannot open the database ({place_of(settings)}): {error.strerror}"
        raise ConfigurationError(f"{said}. Check {SETTING}.") from None
    async with opening as store:
        try:
            yield store
        except SQLAlchemyError as error:
            reason = str(getattr(error, "orig", None) or error).strip().splitlines()[0]
            where = place_of(settings)
            remedy = "nothing of it was saved; try again once the database answers"
            raise ConfigurationError(f"the database ({where}) failed: {reason}; {remedy}") from None
