"""Commands: each slash command is answered by one asking, however often Slack delivers it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from functools import partial
from typing import Any, Final

from slack_bolt.context.ack.async_ack import AsyncAck
from slack_bolt.response import BoltResponse

from bot.platforms.slack.api import Json
from bot.platforms.slack.asking import Asking
from bot.platforms.slack.modals import Modals
from bot.platforms.slack.said import Said
from bot.platforms.slack.sending import Origin, Sending
from bot.platforms.slack.timing import Timing
from bot.platforms.slack.to_request import from_command

_REMEMBERED: Final = 10_000

Spawn = Callable[[Coroutine[Any, Any, Any]], asyncio.Task[Any]]


class Commands:
    """Answers slash commands: within the ack, where that is quick enough, else after it.

    A command that is delivered again, as its ack was lost, gets the same answer once more. What it
    asked for is not done again.
    """

    def __init__(
        self, asking: Asking, sending: Sending, modals: Modals, spawn: Spawn, timing: Timing
    ) -> None:
        self._asking = asking
        self._sending = sending
        self._modals = modals
        self._spawn = spawn
        self._timing = timing
        #: What answers each, by its trigger; None where there is nothing to be said again: it was
        #: said after the ack, or too long ago.
        self._known: dict[str, asyncio.Task[Said] | None] = {}

    async def answer(self, ack: AsyncAck, body: Json) -> BoltResponse:
        """Answer a command."""
        trigger = str(body.get("trigger_id") or "")
        if trigger in self._known:
            answering = self._known[trigger]
        else:
            answering = self._ask(body)
            self._remember(trigger, answering)
            await asyncio.sleep(0)  # nearly every answer is there after one turn of the loop
        if answering is None:
            return await ack()
        if not answering.done():
            await asyncio.wait((answering,), timeout=self._timing.ack)
        if answering.done() and not answering.result().opens:
            return BoltResponse(status=200, body=answering.result().json)
        if self._known.get(trigger, answering):
            self._forget(trigger)
            self._spawn(self._answer_later(answering, body))
        return await ack()

    def _ask(self, body: Json) -> asyncio.Task[Said]:
        self._sending.note(body.get("response_url"))
        return self._spawn(self._asking.said(body["user_id"], partial(from_command, body)))

    def _remember(self, trigger: str, answering: asyncio.Task[Said]) -> None:
        if not trigger:
            return
        self._known[trigger] = answering
        asyncio.get_running_loop().call_later(self._timing.again, self._forget, trigger)
        if len(self._known) > _REMEMBERED:
            del self._known[next(iter(self._known))]

    def _forget(self, trigger: str) -> None:
        """Keep in mind only that it was answered: answers are large."""
        if trigger in self._known:
            self._known[trigger] = None

    async def _answer_later(self, answering: asyncio.Task[Said], body: Json) -> None:
        said = await answering
        if not await self._modals.open(said, body):
            await self._sending.answer(said, Origin.of(body))
