"""Run: load the briefings, listen on every platform, watch the files, stop cleanly."""

from __future__ import annotations

import asyncio
import logging
import signal
import webbrowser
from contextlib import AsyncExitStack
from typing import TYPE_CHECKING, Any, Final

from bot.app.assembly import assemble
from bot.app.platforms import PLAYGROUND, chosen_platforms, settings_of
from bot.app.server import serving
from bot.app.supervisor import State
from bot.app.watching import Told, keep_watching
from bot.clock import Ticker
from bot.errors import ConfigurationError
from bot.library.library import Library
from bot.store import Store

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.app.supervisor import Supervisor
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
    async with AsyncExitStack() as stack:
        store = await Store.open(settings.database_url.get_secret_value())
        stack.push_async_callback(store.close)
        bot = assemble(names, settings, library, store)
        await bot.start()
        stopping = _on_signals(stack)
        web = settings_of(PLAYGROUND)
        address = await stack.enter_async_context(serving(bot.routes(), web.host, web.port))
        _greet(names, address, library, open_page=open_page)
        await _until_stopped(stopping, bot.supervisors, library, Ticker(bot.deliveries.jobs()))
    _refuse_if_all_failed(bot.supervisors, names)


def _refuse_if_all_failed(supervisors: Sequence[Supervisor], names: Sequence[str]) -> None:
    if all(each.health.state is State.FAILED for each in supervisors):
        off = " and ".join(names)
        raise ConfigurationError(f"nothing is left to run: mend the settings of {off}, see above")


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
