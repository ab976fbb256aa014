"""Socket Mode connections of the real SDK: opened within a time limit, watched, and closed."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Final

from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncApp

from bot.domain.platform import Report
from bot.errors import PlatformError
from bot.platforms.slack.api import proxy_for

#: Slack closes each connection now and then; with two, one is always open.
CONNECTIONS: Final = 2
_CONNECT_LIMIT: Final = 20.0
_CLOSE_LIMIT: Final = 3.0
_WATCH: Final = 3.0
_PATIENCE: Final = 60.0

_LOG = logging.getLogger(__name__)


@asynccontextmanager
async def connected(
    app: AsyncApp, app_token: str, ping_interval: float
) -> AsyncIterator[Sequence[AsyncSocketModeHandler]]:
    """Open connections, which are closed at the end.

    Raises:
        PlatformError: Slack does not open them in time; the SDK itself would try for ever.
    """
    handlers = [
        AsyncSocketModeHandler(app, app_token, ping_interval=ping_interval)
        for _ in range(CONNECTIONS)
    ]
    try:
        for handler in handlers:
            handler.client.proxy = proxy_for(app.client.base_url)
            await _open(handler)
        yield handlers
    finally:
        closing = [asyncio.create_task(handler.close_async()) for handler in handlers]
        await asyncio.wait(closing, timeout=_CLOSE_LIMIT)


async def _open(handler: AsyncSocketModeHandler) -> None:
    try:
        async with asyncio.timeout(_CONNECT_LIMIT):
            await handler.connect_async()
    except TimeoutError:
        raise PlatformError(f"Slack opened no socket in {_CONNECT_LIMIT:.0f} seconds.") from None


async def watch(handlers: Sequence[AsyncSocketModeHandler], report: Report) -> None:
    """Report whether any connection is open; the SDK opens lost ones again.

    Raises:
        PlatformError: one of them has been lost for a minute.
    """
    lost_for = 0.0
    was_open = True
    while lost_for < _PATIENCE:
        await asyncio.sleep(_WATCH)
        states = [await handler.client.is_connected() for handler in handlers]
        lost_for = 0.0 if all(states) else lost_for + _WATCH
        if any(states) is not was_open:
            was_open = not was_open
            report(was_open)
    raise PlatformError(f"a connection to Slack has been lost for {_PATIENCE:.0f} seconds.")
