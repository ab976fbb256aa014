"""Doctors: each platform's own look at its account, in the house that it would run in."""

from __future__ import annotations

from collections.abc import Sequence
from importlib import import_module
from typing import TYPE_CHECKING

from bot import clock
from bot.app.installations import SealedInstallations
from bot.app.platforms import known_platforms, settings_of
from bot.domain.platform import House
from bot.errors import ConfigurationError
from bot.store import Store

if TYPE_CHECKING:
    from bot.domain.platform import Checkup
    from bot.settings import Settings


def with_doctor() -> tuple[str, ...]:
    """The platforms that have a doctor: their folders export one."""
    return tuple(
        name
        for name in known_platforms()
        if hasattr(import_module(f"bot.platforms.{name}"), "doctor")
    )


def to_examine(named: Sequence[str]) -> tuple[str, ...]:
    """The platforms named, else those with an account.

    Raises:
        ConfigurationError: one has no doctor, or no account.
    """
    known = with_doctor()
    for name in named:
        if name not in known:
            choices = ", ".join(known)
            raise ConfigurationError(f"there is no doctor for {name!r}, only for: {choices}")
        if not settings_of(name).configured:
            raise ConfigurationError(
                f"{name} is not configured: set its tokens in .env, see .env.example"
            )
    found = tuple(named) or tuple(name for name in known if settings_of(name).configured)
    if not found:
        raise ConfigurationError(
            f"no account is configured: set the tokens of {' or '.join(known)} in .env"
        )
    return found


async def examine(names: Sequence[str], settings: Settings) -> dict[str, Checkup]:
    """What each platform's doctor finds.

    Raises:
        ConfigurationError: the database cannot be opened.
    """
    database = settings.database_url.get_secret_value()
    async with await Store.open(database, alone=False) as store:
        house = House(
            http_timeout=settings.http_timeout,
            state=str(settings.state),
            previews={},
            problems=list,
            revision=lambda: 0,
            on_change=lambda _: None,
            now=clock.now,
            installations=SealedInstallations(store, settings.secret_key, clock.now),
        )
        return {
            name: await import_module(f"bot.platforms.{name}").doctor(settings_of(name), house)
            for name in names
        }
