"""WebPlatform: the local playground, a chat page that needs no account."""

from __future__ import annotations

import asyncio
import logging
import secrets
from contextlib import aclosing
from datetime import datetime, timedelta
from http import HTTPStatus
from pathlib import Path
from typing import Final

from aiohttp import web

from bot.domain.occurrence import Occurrence
from bot.domain.platform import Answer, Complete, House, Report
from bot.domain.problem import Problem
from bot.domain.reply import Reply
from bot.domain.request import Channel
from bot.domain.zones import complete_zone
from bot.errors import BotError, PostError, PostOutcome
from bot.platforms.web.access import Access, refuse, secured
from bot.platforms.web.feed import Feed
from bot.platforms.web.moving import move
from bot.platforms.web.polite import polite, starting
from bot.platforms.web.settings import Settings
from bot.platforms.web.told import told
from bot.platforms.web.translate import (
    CHANNEL,
    read_json,
    to_digest,
    to_message,
    to_posted,
    to_request,
    to_words,
)

_LOG = logging.getLogger(__name__)

#: Digests that a page shows again after the bot was started anew.
_SHOWN_AGAIN: Final = 20
_ZONES_OFFERED: Final = 25
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
        self._digests = house.digests
        self._clock = house.clock
        self._feedback = house.feedback
        self._files = {path.name: path.read_bytes() for path in _PAGE.iterdir() if path.is_file()}
        self._answer: Answer | None = None
        self._complete: Complete | None = None

    def routes(self) -> list[web.RouteDef]:
        """What to mount on the HTTP server."""
        guard = self._access.guard
        return [
            web.get("/", guard(self._file)),
            web.get("/page/{name}", guard(self._file)),
            web.post("/api/brief", guard(polite(self._brief))),
            web.get("/api/complete", guard(polite(self._completions))),
            web.get("/api/zones", guard(polite(_zones))),
            web.get("/api/events", guard(self._events)),
            web.get("/api/told", guard(polite(told(self._feedback)))),
            web.post("/api/clock", guard(polite(self._move))),
        ]

    async def listen(self, answer: Answer, complete: Complete, report: Report) -> None:
        """Answer the page until cancelled."""
        self._answer, self._complete = answer, complete
        self._feed.open()
        report(True)
        try:
            await self._recall()
            await asyncio.Event().wait()
        finally:
            self._answer = self._complete = None
            self._feed.close()

    async def post(self, channel: Channel, reply: Reply, *, key: str) -> str:
        """Show a message in the playground's channel, once per key."""
        if channel != CHANNEL:
            raise PostError(
                f"The playground has one channel, {CHANNEL}.",
                PostOutcome.REFUSED,
                dead_channel=True,
            )
        if posted := self._feed.find(key):
            return posted
        found = await self._digests.occurrence_by(key) if self._digests else None
        about = to_digest(found) if found else {}
        message = {**to_message(reply, self._previews), **self._at(), **about}
        # Another post under this key may have come first, while this one asked.
        return self._feed.find(key) or self._feed.post(message, key=key)["id"]

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
            return starting()
        reply = await self._answer(asked)
        message = {**to_message(reply, self._previews), "words": words}
        if not reply.private:
            message = {**self._feed.post({**message, **self._at()}, key=secrets.token_hex(16))}
        return web.json_response(message, headers={"Cache-Control": "no-store"})

    def _at(self) -> dict[str, str]:
        """The time that a posted message bears: where time may be moved, not the browser's."""
        return {"at": self._clock.now().isoformat()} if self._clock else {}

    async def _recall(self) -> None:
        """Offer the clock if it may be moved, and show again what the store knows was posted."""
        try:
            if self._clock and not await self._clock.refusal():
                self._feed.clock = self._clock
            found = await self._digests.posted(CHANNEL, _SHOWN_AGAIN) if self._digests else ()
        except Exception:  # noqa: BLE001 (the page is of use without what was posted earlier)
            _LOG.exception("what was posted earlier cannot be shown again")
            return
        for each in found:
            self._show_again(each)
        self._feed.renew()

    def _show_again(self, digest: Occurrence) -> None:
        if self._feed.find(digest.key):
            return
        try:
            message = to_posted(digest, self._previews)
        except (BotError, ValueError, LookupError, TypeError):
            _LOG.warning("what %s said cannot be read", digest.key)
        else:
            self._feed.post(message, key=digest.key)

    async def _move(self, request: web.Request) -> web.Response:
        data = await read_json(request)
        if self._answer is None:
            return starting()
        try:
            response = await move(self._clock, data)
        finally:
            self._feed.renew()
        return response

    async def _completions(self, request: web.Request) -> web.Response:
        asked = to_request(request.query, request.query.get("words", ""))
        if self._complete is None:
            return starting()
        options = [
            {"label": option.label, "hint": option.hint, "words": option.words}
            for option in self._complete(asked)
        ]
        return web.json_response(options, headers={"Cache-Control": "no-store"})

    async def _events(self, request: web.Request) -> web.StreamResponse:
        if self._answer is None:
            return starting()
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


async def _zones(request: web.Request) -> web.Response:
    found = complete_zone(request.query.get("typed", ""), _ZONES_OFFERED)
    return web.json_response(found, headers={"Cache-Control": "no-store"})
