"""Socket Mode connections of the real SDK: opened within a time limit, watched, and closed."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from typing import Final, NoReturn

from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncApp

from bot.domain.platform import Report
from bot.errors import PlatformError
from bot.platforms.slack.network import proxy_for
from bot.platforms.slack.timing import Timing

#: Slack closes each connection now and then; with two, one is always open.
CONNECTIONS: Final = 2


@asynccontextmanager
async def connected(
    app: AsyncApp, app_token: str, timing: Timing
) -> AsyncIterator[Sequence[AsyncSocketModeHandler]]:
    """Open connections, which are closed at the end.

    Raises:
        PlatformError: Slack does not open them in time; the SDK itself would try for ever.
    """
    handlers = [
        AsyncSocketModeHandler(app, app_token, ping_interval=timing.ping)
        for _ in range(CONNECTIONS)
    ]
    try:
        for handler in handlers:
            handler.client.proxy = proxy_for(app.client.base_url)
            await _open(handler, timing.connect)
        yield handlers
    finally:
        with suppress(TimeoutError):
            async with asyncio.timeout(timing.close):
                closing = (handler.close_async() for handler in handlers)
                await asyncio.gather(*closing, return_exceptions=True)


async def _open(handler: AsyncSocketModeHandler, limit: float) -> None:
    try:
        async with asyncio.timeout(limit):
            await handler.connect_async()
    except TimeoutError:
        raise PlatformError(f"Slack opened no socket in {limit:.0f} seconds.") from None


async def watch(
    handlers: Sequence[AsyncSocketModeHandler], report: Report, timing: Timing
) -> NoReturn:
    """Report whether any connection is open; the SDK opens lost ones again.

    Raises:
        PlatformError: one of them has been lost for too long.
    """
    lost_for = 0.0
    was_open = True
    while lost_for < timing.patience:
        await asyncio.sleep(timing.watch)
        states = [await handler.client.is_connected() for handler in handlers]
        lost_for = 0.0 if all(states) else lost_for + timing.watch
        if any(states) is not was_open:
            was_open = not was_open
            report(was_open)
    raise PlatformError(f"A connection to Slack has been lost for {timing.patience:.0f} seconds.")
