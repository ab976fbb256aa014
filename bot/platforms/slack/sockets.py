"""Sockets: the connections of Socket Mode, opened within a time limit, watched, and closed."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from typing import Final, NoReturn

from slack_bolt.async_app import AsyncApp

from bot.domain.platform import Report
from bot.errors import PlatformError
from bot.platforms.slack.errors import SLACK_FAILURES, code_of
from bot.platforms.slack.socket import Socket
from bot.platforms.slack.timing import Timing

#: Slack closes each connection now and then; with two, one is always open.
CONNECTIONS: Final = 2


@asynccontextmanager
async def connected(
    app: AsyncApp, app_token: str, timing: Timing
) -> AsyncIterator[Sequence[Socket]]:
    """Open connections, which are closed at the end.

    Raises:
        PlatformError: Slack does not open them in time.
    """
    sockets = [Socket(app, app_token, timing) for _ in range(CONNECTIONS)]
    try:
        for socket in sockets:
            await _open(socket, timing.connect)
        yield sockets
    finally:
        with suppress(TimeoutError):
            async with asyncio.timeout(timing.close):
                closing = (socket.close() for socket in sockets)
                await asyncio.gather(*closing, return_exceptions=True)


async def _open(socket: Socket, limit: float) -> None:
    try:
        async with asyncio.timeout(limit):
            await socket.connect()
    except TimeoutError:
        raise PlatformError(f"Slack opened no socket in {limit:.0f} seconds.") from None
    except SLACK_FAILURES as error:
        raise PlatformError(f"Slack opened no socket ({code_of(error)}).") from None


async def watch(sockets: Sequence[Socket], report: Report, timing: Timing) -> NoReturn:
    """Report whether any connection is open; a lost one opens itself again.

    Raises:
        PlatformError: one of them has been lost for too long.
    """
    lost_for = 0.0
    was_open = True
    while lost_for < timing.patience:
        await asyncio.sleep(timing.watch)
        states = [await socket.is_connected() for socket in sockets]
        lost_for = 0.0 if all(states) else lost_for + timing.watch
        if any(states) is not was_open:
            was_open = not was_open
            report(was_open)
    raise PlatformError(f"A connection to Slack has been lost for {timing.patience:.0f} seconds.")
