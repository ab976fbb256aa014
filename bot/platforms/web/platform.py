"""WebPlatform: the local playground, a chat page that needs no account."""

from __future__ import annotations

import asyncio
import logging
import secrets
from collections.abc import Awaitable, Callable
from contextlib import aclosing
from datetime import datetime, timedelta
from http import HTTPStatus
from pathlib import Path
from typing import Final

from aiohttp import web

from bot.domain.platform import Answer, Complete, House, Report
from bot.domain.problem import Problem
from bot.domain.reply import Reply
from bot.domain.request import Channel
from bot.errors import BotError, PostError, PostOutcome
from bot.platforms.web.access import Access, refuse, secured
from bot.platforms.web.feed import Feed
from bot.platforms.web.settings import Settings
from bot.platforms.web.translate import (
    CHANNEL,
    BadRequestError,
    read_json,
    to_message,
    to_request,
    to_words,
)

_LOG = logging.getLogger(__name__)

_PAGE: Final = Path(__file__).parent / "page"
_TYPES: Final = {
    ".css": "text/css",
    ".html": "text/html",
    ".js": "text/javascript",
    ".svg": "image/svg+xml",
}


class WebPlatform:
    """One channel on a web page, where `/brief` is answered as Slack and as Discord show it."""

    name = "web"
    # It refuses a repeated key only while it remembers the message, which no length of time bounds.
    repeat_window = timedelta(0)

    def __init__(self, settings: Settings, house: House) -> None:
        self._access = Access(settings)
        self._previews = house.previews
        self._feed = Feed(house.problems, house.revision)
        house.on_change(self._feed.renew)
        self._files = {path.name: path.read_bytes() for path in _PAGE.iterdir() if path.is_file()}
        self._answer: Answer | None = None
        self._complete: Complete | None = None

    def routes(self) -> list[web.RouteDef]:
        """What to mount on the HTTP server."""
        guard = self._access.guard
        return [
            web.get("/", guard(self._file)),
            web.get("/page/{name}", guard(self._file)),
            web.post("/api/brief", guard(_polite(self._brief))),
            web.get("/api/complete", guard(_polite(self._completions))),
            web.get("/api/events", guard(self._events)),
        ]

    async def listen(self, answer: Answer, complete: Complete, report: Report) -> None:
        """Answer the page until cancelled."""
        self._answer, self._complete = answer, complete
        self._feed.open()
        report(True)
        try:
            await asyncio.Event().wait()
        finally:
            self._answer = self._complete = None
            self._feed.close()

    async def post(self, channel: Channel, reply: Reply, *, key: str) -> str:
        """Show a message in the playground's channel, once per key."""
        if channel != CHANNEL:
            raise PostError(f"The playground has one channel, {CHANNEL}.", PostOutcome.REFUSED)
        posted = self._feed.find(key)
        if posted is None:
            posted = self._feed.post(to_message(reply, self._previews), key=key)["id"]
        return posted

    async def check(self, channel: Channel) -> Problem | None:
        """Only the one channel can be posted to."""
        if channel == CHANNEL:
            return None
        return Problem(f"The playground has no channel {channel}", f"use {CHANNEL}")

    async def find(
        self,
        channel: Channel,
        key: str,
        *,
        since: datetime,  # noqa: ARG002
    ) -> str | None:
        """The id of the message posted under `key`."""
        return self._feed.find(key) if channel == CHANNEL else None

    async def _file(self, request: web.Request) -> web.Response:
        name = request.match_info.get("name", "index.html")
        body = self._files.get(name)
        if body is None:
            return refuse(HTTPStatus.NOT_FOUND, "The playground has no such file.")
        return web.Response(
            body=body,
            content_type=_TYPES[Path(name).suffix],
            charset="utf-8",
            headers={"Cache-Control": "no-cache"},
        )

    async def _brief(self, request: web.Request) -> web.Response:
        data = await read_json(request)
        words = to_words(data, self._previews)
        asked = to_request(data, words)
        if self._answer is None:
            return _starting()
        reply = await self._answer(asked)
        message = {**to_message(reply, self._previews), "words": words}
        if not reply.private:
            message = {**self._feed.post(message, key=secrets.token_hex(16))}
        return web.json_response(message, headers={"Cache-Control": "no-store"})

    async def _completions(self, request: web.Request) -> web.Response:
        asked = to_request(request.query, request.query.get("words", ""))
        if self._complete is None:
            return _starting()
        options = [
            {"label": option.label, "hint": option.hint, "words": option.words}
            for option in self._complete(asked)
        ]
        return web.json_response(options, headers={"Cache-Control": "no-store"})

    async def _events(self, request: web.Request) -> web.StreamResponse:
        if self._answer is None:
            return _starting()
        stream = secured(
            web.StreamResponse(
                headers={"Content-Type": "text/event-stream", "Cache-Control": "no-store"}
            )
        )
        await stream.prepare(request)
        try:
            async with aclosing(self._feed.follow()) as news:
                async for events in news:
                    await stream.write(events)
        except ConnectionResetError:
            pass  # the page was closed
        return stream


def _starting() -> web.Response:
    return refuse(
        HTTPStatus.SERVICE_UNAVAILABLE, "The bot is still starting. Try again in a moment."
    )


def _polite(
    handler: Callable[[web.Request], Awaitable[web.Response]],
) -> Callable[[web.Request], Awaitable[web.Response]]:
    """The handler, with every failure told in a sentence."""

    async def polite(request: web.Request) -> web.Response:
        try:
            return await handler(request)
        except BadRequestError as error:
            return refuse(HTTPStatus.BAD_REQUEST, str(error))
        except BotError as error:
            return refuse(HTTPStatus.INTERNAL_SERVER_ERROR, str(error))
        except Exception:  # noqa: BLE001 (whatever went wrong, the page is told, and goes on)
            reference = secrets.token_hex(3)
            _LOG.exception("answering failed (%s)", reference)
            return refuse(
                HTTPStatus.INTERNAL_SERVER_ERROR,
                f"The bot failed to answer. Its log says why, under {reference}.",
            )

    return polite
