"""Sending: an answer gets to whoever asked, by whatever way Slack leaves open."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final, Self

from bot.platforms.slack.api import Api, Json
from bot.platforms.slack.errors import SLACK_FAILURES, code_of, is_about_blocks
from bot.platforms.slack.hook import GONE, OK, REFUSED
from bot.platforms.slack.response_urls import ResponseUrls
from bot.platforms.slack.said import Said, too_late
from bot.platforms.slack.simple import render_simple

_LOG = logging.getLogger(__name__)

_DIRECT: Final = "D"


@dataclass(frozen=True, slots=True)
class Origin:
    """Who asked, and where: the channel, the thread if it was in one, and the response URL."""

    user: str
    channel: str = ""
    thread: str | None = None
    url: str | None = None

    @classmethod
    def of(cls, body: Mapping[str, Any]) -> Self:
        """Where a command, a click or a shortcut comes from."""
        container = body.get("container") or {}
        user = body.get("user_id") or (body.get("user") or {}).get("id")
        channel = body.get("channel_id") or (body.get("channel") or {}).get("id")
        thread = container.get("thread_ts") or (body.get("message") or {}).get("thread_ts")
        channel = channel or container.get("channel_id")
        return cls(str(user or ""), str(channel or ""), thread, body.get("response_url"))

    @property
    def direct(self) -> bool:
        """Whether it is in a conversation of the bot with one person."""
        return self.channel.startswith(_DIRECT)


class Sending:
    """Sends answers that come after the ack."""

    def __init__(self, api: Api) -> None:
        self._api = api
        self._urls = ResponseUrls(lambda: asyncio.get_running_loop().time())

    def note(self, url: str | None) -> None:
        """Slack has handed over this response URL; it is good for a while from now on."""
        if url:
            self._urls.note(url)

    async def answer(self, said: Said, origin: Origin, *, edit: bool = False) -> None:
        """Answer where it was asked; in place of what was asked from, if that is to be edited.

        What perhaps has arrived is not sent again.
        """
        status = await self._respond(said, origin, edit=edit) if origin.url else GONE[0]
        if status in GONE:
            private = said.message["response_type"] == "ephemeral"
            await self.whisper(said if private else too_late(), origin)

    async def respond(self, said: Said, origin: Origin) -> bool:
        """Send an answer to the response URL and nowhere else; whether Slack took it."""
        return bool(origin.url) and await self._respond(said, origin, edit=False) == OK

    async def _respond(self, said: Said, origin: Origin, *, edit: bool) -> int:
        more: Json = {"replace_original": edit}
        if origin.thread and not edit:
            more["thread_ts"] = origin.thread
        status = await self._send(origin.url or "", {**said.message, **more})
        if status == REFUSED:
            _LOG.error("Slack finds an answer of the bot wrong; it goes out in plain words")
            status = await self._send(origin.url or "", {**render_simple(said.reply), **more})
        return status

    async def whisper(self, said: Said, origin: Origin) -> None:
        """Show an answer to one person, where there is no response URL."""
        if not (origin.channel and origin.user):
            return

        async def send(message: Mapping[str, Any]) -> None:
            if origin.direct:
                await self._api.reply(origin.channel, message, origin.thread)
            else:
                await self._api.whisper(origin.channel, origin.user, message, origin.thread)

        await self._try(send, said)

    async def reply(self, said: Said, origin: Origin) -> None:
        """Post an answer in a thread, for everybody to see."""

        async def send(message: Mapping[str, Any]) -> None:
            await self._api.reply(origin.channel, message, origin.thread)

        await self._try(send, said)

    async def _send(self, url: str, message: Mapping[str, Any]) -> int:
        if not self._urls.take(url):
            return GONE[0]
        return await self._api.respond(url, message)

    async def _try(self, send: Callable[[Mapping[str, Any]], Awaitable[None]], said: Said) -> None:
        try:
            try:
                await send(said.message)
            except SLACK_FAILURES as error:
                if not is_about_blocks(code_of(error)):
                    raise
                _LOG.error("Slack finds an answer of the bot wrong: %s", code_of(error))
                await send(render_simple(said.reply))
        except SLACK_FAILURES as error:
            _LOG.warning("an answer did not reach Slack (%s)", code_of(error))
