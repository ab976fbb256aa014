"""Assembly: the parts of a running bot, made from its settings and put together by hand."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from bot import clock
from bot.answers import Answers
from bot.app.deliveries import Deliveries
from bot.app.feedback import feedback_report
from bot.app.installations import SealedInstallations
from bot.app.limits import feedback_of, limits_of, pacing_of
from bot.app.metrics import Metrics
from bot.app.moving import Moving
from bot.app.platforms import PLAYGROUND, create_platform, previews
from bot.app.server import health_routes
from bot.app.supervisor import Health, State, Supervisor
from bot.clock import Clock
from bot.domain.platform import House
from bot.errors import ConfigurationError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from aiohttp import web

    from bot.domain.platform import Platform
    from bot.library.library import Library
    from bot.settings import Settings
    from bot.store import Store

_LOG = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Bot:
    """All that runs in one process; `refused` are the platforms that stay off.

    `moving` is there in a playground that runs alone, whose clock can be moved.
    """

    supervisors: list[Supervisor]
    refused: list[Health]
    deliveries: Deliveries
    metrics: Metrics
    moving: Moving | None

    async def start(self) -> None:
        """Take up what the process before this one left in the database."""
        if self.moving:
            await self.moving.start()
        await self.deliveries.start({each.platform.name: each for each in self.supervisors})

    def routes(self) -> list[web.RouteDef]:
        """Health and metrics, and the pages that platforms bring to the one server."""
        health = health_routes(
            lambda: [*(each.health for each in self.supervisors), *self.refused],
            self.metrics.registry,
            self.deliveries.standing,
        )
        platforms = [each.platform for each in self.supervisors]
        pages = [route for each in platforms for route in getattr(each, "routes", list)()]
        return [*health, *pages]


def assemble(names: Sequence[str], settings: Settings, library: Library, store: Store) -> Bot:
    """The bot with the platforms of these names.

    Raises:
        ConfigurationError: none of them can run.
    """
    metrics, own = Metrics(clock.monotonic), Clock()
    deliveries = Deliveries(
        store,
        lambda: library.stories,
        limits_of(settings),
        own.now,
        feedback_kept=timedelta(days=settings.gaps_kept),
    )
    moving = Moving(PLAYGROUND, own, store, deliveries) if tuple(names) == (PLAYGROUND,) else None
    platforms, refused = _created(names, _house(settings, names, library, store, moving))
    answers = Answers(
        lambda: library.stories,
        own.now,
        deliveries.bound,
        deliveries.desk(),
        feedback=feedback_of(settings, store, clock.now),
        pacing=pacing_of(settings, clock.now),
    )
    supervisors = [
        Supervisor(each, metrics.measured(answers), answers.complete, clock.now)
        for each in platforms
    ]
    return Bot(supervisors, refused, deliveries, metrics, moving)


def _house(
    settings: Settings,
    names: Sequence[str],
    library: Library,
    store: Store,
    moving: Moving | None,
) -> House:
    return House(
        http_timeout=settings.http_timeout,
        state=str(settings.state),
        previews=previews() if PLAYGROUND in names else {},
        problems=lambda: [each for found in library.problems.values() for each in found],
        revision=lambda: library.revision,
        on_change=library.on_change,
        digests=store,
        clock=moving,
        now=clock.now,
        installations=SealedInstallations(store, settings.secret_key, clock.now),
        feedback=lambda: feedback_report(store, library.stories),
    )


def _created(names: Sequence[str], house: House) -> tuple[list[Platform], list[Health]]:
    """The platforms that can run, and how the others are: one's wrong setting stops no other.

    Raises:
        ConfigurationError: none can run.
    """
    platforms: list[Platform] = []
    refused: list[Health] = []
    reasons: list[str] = []
    for name in names:
        try:
            platforms.append(create_platform(name, house))
        except ConfigurationError as error:
            refused.append(Health(name, clock.now(), State.FAILED, str(error)))
            reasons.append(str(error))
    if not platforms:
        raise ConfigurationError("; ".join(reasons))
    for health in refused:
        _LOG.error("%s stays off: %s", health.name, health.reason)
    return platforms, refused
