"""Run: load the briefings, listen on every platform, watch the files, stop cleanly."""

from __future__ import annotations

import asyncio
import logging
import signal
import webbrowser
from contextlib import AsyncExitStack
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final

from bot import clock
from bot.answers import Answers
from bot.app.deliveries import Deliveries
from bot.app.feedback import feedback_report
from bot.app.installations import SealedInstallations
from bot.app.limits import feedback_of, limits_of, pacing_of
from bot.app.metrics import Metrics
from bot.app.moving import Moving
from bot.app.platforms import PLAYGROUND, chosen_platforms, create_platform, previews, settings_of
from bot.app.server import health_routes, serving
from bot.app.supervisor import Health, State, Supervisor
from bot.app.watching import Told, keep_watching
from bot.clock import Clock, Ticker
from bot.domain.platform import House
from bot.errors import ConfigurationError
from bot.library.library import Library
from bot.store import Store

if TYPE_CHECKING:
    from collections.abc import Sequence

    from aiohttp import web

    from bot.domain.platform import Platform
    from bot.settings import Settings

_LOG = logging.getLogger(__name__)

#: Seconds that platforms may take once the bot is told to stop; the server takes two after them.
_DRAIN: Final = 5.0


async def run(settings: Settings, library: Library, *, open_page: bool = False) -> None:
    """Run until told to stop by SIGINT or SIGTERM; a second signal stops at once.

    Raises:
        BotError: nothing can run: a setting is wrong, or every platform refused its account.
    """
    names = chosen_platforms(settings.platforms)
    metrics = Metrics(clock.monotonic)
    own = Clock()
    async with AsyncExitStack() as stack:
        store = await Store.open(settings.database_url.get_secret_value())
        stack.push_async_callback(store.close)
        deliveries = Deliveries(
            store,
            lambda: library.stories,
            limits_of(settings),
            own.now,
            feedback_kept=timedelta(days=settings.gaps_kept),
        )
        moving = Moving(PLAYGROUND, own, store, deliveries) if names == (PLAYGROUND,) else None
        house = _house(settings, names, library, store, moving)
        platforms, refused = _created(names, house)
        answers = Answers(
            lambda: library.stories,
            own.now,
            deliveries.bound,
            deliveries.desk(),
            feedback=feedback_of(settings, store, clock.now),
            pacing=pacing_of(settings, clock.now),
        )
        supervisors = [
            Supervisor(platform, metrics.measured(answers), answers.complete, clock.now)
            for platform in platforms
        ]
        if moving:
            await moving.start()
        await deliveries.start({each.platform.name: each for each in supervisors})
        routes = _routes(supervisors, refused, metrics, deliveries)
        stopping = _on_signals(stack)
        web_settings = settings_of(PLAYGROUND)
        address = await stack.enter_async_context(
            serving(routes, web_settings.host, web_settings.port)
        )
        _greet(names, address, library, open_page=open_page)
        await _until_stopped(stopping, supervisors, library, Ticker(deliveries.jobs()))
    _refuse_if_all_failed(supervisors, names)


def _refuse_if_all_failed(supervisors: Sequence[Supervisor], names: Sequence[str]) -> None:
    if all(each.health.state is State.FAILED for each in supervisors):
        off = " and ".join(names)
        raise ConfigurationError(f"nothing is left to run: mend the settings of {off}, see above")


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


def _routes(
    supervisors: Sequence[Supervisor],
    refused: Sequence[Health],
    metrics: Metrics,
    deliveries: Deliveries,
) -> list[web.RouteDef]:
    """Health and metrics, and the pages that platforms bring to the one server."""
    health = health_routes(
        lambda: [*(each.health for each in supervisors), *refused],
        metrics.registry,
        deliveries.standing,
    )
    pages = [route for each in supervisors for route in getattr(each.platform, "routes", list)()]
    return [*health, *pages]


async def _until_stopped(
    stopping: asyncio.Event, supervisors: Sequence[Supervisor], library: Library, ticker: Ticker
) -> None:
    """Listen and watch until told to stop, or until no platform is left that could listen."""
    listening = [asyncio.create_task(each.run(), name=each.platform.name) for each in supervisors]
    watching = asyncio.create_task(keep_watching(library), name="briefings")
    ticking = asyncio.create_task(ticker.run(), name="digests")
    told = asyncio.create_task(stopping.wait())
    while not told.done() and not all(task.done() for task in listening):
        waiting = [told, *(task for task in listening if not task.done())]
        await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
    if stopping.is_set():
        _LOG.info("stopping")
    tasks: list[asyncio.Task[Any]] = [ticking, *listening, watching, told]
    for task in tasks:
        task.cancel()
    _, late = await asyncio.wait(tasks, timeout=_DRAIN)
    for task in late:
        _LOG.warning("%s did not stop in time", task.get_name())


def _on_signals(stack: AsyncExitStack) -> asyncio.Event:
    """An event that the first SIGINT or SIGTERM sets; the second ends the process at once."""
    loop, stopping = asyncio.get_running_loop(), asyncio.Event()

    def stop(number: signal.Signals) -> None:
        if stopping.is_set():
            signal.signal(number, signal.SIG_DFL)
            signal.raise_signal(number)
        stopping.set()

    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop, number)
        stack.callback(loop.remove_signal_handler, number)
    return stopping


def _greet(names: Sequence[str], address: str, library: Library, *, open_page: bool) -> None:
    stories = len(library.stories)
    noun = "briefing" if stories == 1 else "briefings"
    _LOG.info("%d %s loaded", stories, noun)
    told = Told(library)
    told.tell()
    library.on_change(told.tell)
    if PLAYGROUND in names:
        _LOG.info("the playground is open at %s — stop with Ctrl-C", address)
        if open_page:
            webbrowser.open(address)
    else:
        _LOG.info("health is served at %s/readyz", address)
