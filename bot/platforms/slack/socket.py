"""Socket: one Socket Mode connection of the real SDK, which is opened again as soon as it is lost.

The SDK looks only now and then, once per ping, whether its socket is still open. A socket that was
cut without a farewell so stays lost for up to that long.
"""

from __future__ import annotations

import asyncio
import logging
import random
from typing import Final

import aiohttp
from slack_bolt.adapter.socket_mode.async_internals import run_async_bolt_app, send_async_response
from slack_bolt.async_app import AsyncApp
from slack_sdk.socket_mode.aiohttp import SocketModeClient
from slack_sdk.socket_mode.async_client import AsyncBaseSocketModeClient
from slack_sdk.socket_mode.request import SocketModeRequest

from bot.platforms.slack.errors import code_of
from bot.platforms.slack.network import proxy_for
from bot.platforms.slack.timing import Timing

_LOG = logging.getLogger(__name__)

_DOUBLINGS: Final = 5


class Socket(SocketModeClient):
    """Hands what comes over one connection to an app, and sends its acks."""

    def __init__(self, app: AsyncApp, app_token: str, timing: Timing) -> None:
        super().__init__(app_token, app.logger, app.client, ping_interval=timing.ping)
        self.proxy = proxy_for(app.client.base_url)
        self.socket_mode_request_listeners.append(self._dispatch)
        self._app = app
        self._timing = timing

    async def connect(self) -> None:
        """Open it, with one try; whatever is open before is closed.

        Raises:
            aiohttp.ClientError, SlackApiError, TimeoutError: it was not opened.
        """
        url = await self.issue_new_wss_url()  # which opens one socket, once
        if self.current_session is not None:
            await self.current_session.close()
        async with asyncio.timeout(self._timing.connect):
            # The heartbeat closes it if Slack is not heard for a while.
            self.current_session = await self.aiohttp_client_session.ws_connect(
                url, heartbeat=self._timing.ping, proxy=self.proxy
            )
        if self.message_receiver is None:
            self.message_receiver = asyncio.create_task(self.receive_messages())

    async def connect_to_new_endpoint(self, force: bool = False) -> None:  # noqa: FBT001, FBT002 (the SDK's own form)
        """Open it again, if it is lost or Slack asks for that; two at once would leave one unread.

        Raises:
            aiohttp.ClientError, SlackApiError, TimeoutError: it was not opened.
        """
        async with self.connect_operation_lock:
            if force or not await self.is_connected():
                await self.connect()

    async def close(self) -> None:
        """Close it for good."""
        await SocketModeClient.close(self)

    async def receive_messages(self) -> None:
        """Read it, and open it again whenever it is closed: at once, then after longer pauses."""
        tries = 0
        while not self.closed:
            if await self._read():
                tries = 0
            if tries:
                await asyncio.sleep(pause(tries, self._timing.reopen))
            tries += 1
            try:
                await self.connect_to_new_endpoint()
            except Exception as error:  # noqa: BLE001 (whatever it was, it may pass)
                _LOG.warning("Slack: a lost socket was not opened again (%s)", code_of(error))

    async def _read(self) -> bool:
        """Read until it is closed; whether Slack has said anything."""
        heard = False
        if self.current_session is not None:
            async for message in self.current_session:
                if message.type is aiohttp.WSMsgType.TEXT:
                    heard = True
                    await self.enqueue_message(message.data)
        return heard

    async def _dispatch(self, _: AsyncBaseSocketModeClient, request: SocketModeRequest) -> None:
        answer = await run_async_bolt_app(self._app, request)
        await send_async_response(self, request, answer, 0.0)


def pause(tries: int, first: float) -> float:
    """Seconds to wait after so many tries in vain: anything up to a bound that doubles each time.

    Many bots that were cut off together so do not come back together.
    """
    longest = first * 2.0 ** min(tries - 1, _DOUBLINGS)
    return random.uniform(0, longest)  # noqa: S311 (spreads retries, guards no secret)
