"""What the bot does when Slack tells it something. Every envelope is acked, whatever is in it."""

from __future__ import annotations

import asyncio
import logging
import re
from collections.abc import Coroutine, Sequence
from functools import partial
from typing import Any, Final

from slack_bolt.async_app import AsyncApp
from slack_bolt.context.ack.async_ack import AsyncAck
from slack_bolt.response import BoltResponse

from bot.domain.platform import Answer, Complete
from bot.platforms.slack.api import Api, Identity, Json
from bot.platforms.slack.asking import Asking
from bot.platforms.slack.controls import to_words
from bot.platforms.slack.errors import SLACK_FAILURES, code_of
from bot.platforms.slack.modals import Modals
from bot.platforms.slack.people import People
from bot.platforms.slack.rights import Rights
from bot.platforms.slack.said import COMMAND, Said, expired, sorry, unknown_command
from bot.platforms.slack.suggestions import Suggestions
from bot.platforms.slack.timing import Timing
from bot.platforms.slack.to_request import from_action, from_command, from_mention

#: The events that the bot listens to; the app's manifest subscribes to these.
EVENTS: Final = ("app_mention",)

#: The shortcuts that the bot answers, by callback_id, with their type; the manifest has these.
SHORTCUTS: Final[dict[str, str]] = {}
#: Listened to where the app is subscribed to it. The manifest is not: in a large workspace it
#: comes so often that Slack would hold back other events.
CHANGED: Final = "user_change"

_REMEMBERED: Final = 10_000

_LOG = logging.getLogger(__name__)
_ANYTHING: Final = re.compile("")


class Listeners:
    """Answers slash commands, controls and mentions."""

    def __init__(
        self,
        api: Api,
        answer: Answer,
        complete: Complete,
        me: Identity,
        moderators: Sequence[str],
        timing: Timing,
    ) -> None:
        self._api = api
        self._me = me
        self._timing = timing
        rights = Rights(me.team, moderators, api.members, timing.trust)
        self._people = People(api.look_up, rights, self._spawn, timing)
        self._asking = Asking(answer, self._people, me.team, timing)
        self._modals = Modals(api, self._asking, self._spawn, timing)
        self._suggest = Suggestions(complete)
        self._tasks: set[asyncio.Task[Any]] = set()
        self._seen: dict[str, None] = {}

    def register(self, app: AsyncApp) -> None:
        """Let the app call these; the last of each kind takes what no other does."""
        app.command(COMMAND)(self._command)
        app.command(_ANYTHING)(self._other_command)
        app.action(_ANYTHING)(self._action)
        app.event(EVENTS[0])(self._mention)
        app.event(CHANGED)(self._changed)
        app.event(_ANYTHING)(self._other_event)
        app.view(_ANYTHING)(self._modals.submit)
        app.options(_ANYTHING)(self._options)
        app.shortcut(_ANYTHING)(self._shortcut)
        app.error(self._failed)

    async def drain(self) -> None:
        """Give what is under way a little time to end."""
        tasks = list(self._tasks)
        if tasks:
            await asyncio.wait(tasks, timeout=self._timing.drain)
        for task in tasks:
            task.cancel()

    async def _command(self, ack: AsyncAck, body: Json) -> BoltResponse:
        if not self._is_new(body.get("trigger_id")):
            return await ack()
        asked = self._asking.said(body["user_id"], partial(from_command, body))
        answering = self._spawn(asked)
        await asyncio.sleep(0)  # nearly every answer is there after one turn of the loop
        if not answering.done():
            await asyncio.wait((answering,), timeout=self._timing.ack)
        if answering.done() and not answering.result().opens:
            return BoltResponse(status=200, body=answering.result().json)
        self._spawn(self._answer_command(answering, body))
        return await ack()

    async def _answer_command(self, answering: asyncio.Task[Said], body: Json) -> None:
        said = await answering
        if not await self._modals.open(said, body):
            message = {**said.message, "replace_original": False}
            await self._api.respond(body["response_url"], message)

    async def _action(self, ack: AsyncAck, body: Json) -> None:
        await ack()
        if not self._is_new(body.get("trigger_id")):
            return
        if body.get("view"):
            self._spawn(self._modals.click(body))
        elif body.get("response_url"):
            self._spawn(self._answer_action(body))

    async def _answer_action(self, body: Json) -> None:
        words = to_words(body["actions"][0])
        if words is None:
            said = expired()
        else:
            asker, request = body["user"]["id"], partial(from_action, body, words)
            said = await self._asking.said(asker, request, self._timing.ack)
        if await self._modals.open(said, body):
            return
        container = body.get("container") or {}
        # Only the asker's own message is edited. A message for everybody stays as it is, and an
        # ephemeral one cannot become public, so that sharing always makes a new one.
        private = said.message["response_type"] == "ephemeral"
        edit = private and not said.apology and container.get("is_ephemeral") is True
        response = {**said.message, "replace_original": edit}
        if not edit and (thread := container.get("thread_ts")):
            response["thread_ts"] = thread
        await self._api.respond(body["response_url"], response)

    async def _mention(self, body: Json) -> None:
        event = body["event"]
        if self._is_new(body.get("event_id")) and event.get("user") and not event.get("bot_id"):
            self._spawn(self._answer_mention(body))

    async def _answer_mention(self, body: Json) -> None:
        event = body["event"]
        user, channel, thread = event["user"], event["channel"], event.get("thread_ts")
        message = (
            await self._asking.said(user, partial(from_mention, body, self._me.user))
        ).message
        try:
            if message["response_type"] == "in_channel":
                await self._api.reply(channel, message, thread or event["ts"])
            else:
                # A reply in the thread would show a private answer to the whole channel. An
                # ephemeral one can only appear in a thread that exists already.
                await self._api.whisper(channel, user, message, thread)
        except SLACK_FAILURES as error:
            _LOG.warning("an answer to a mention did not reach Slack (%s)", code_of(error))

    async def _other_command(self, ack: AsyncAck) -> None:
        await ack({**unknown_command().message})

    async def _changed(self, body: Json) -> None:
        """Somebody's rights, name or zone may have changed."""
        self._people.forget(str((body["event"].get("user") or {}).get("id")))

    async def _other_event(self) -> None:
        """Bolt acks events by itself."""

    async def _options(self, ack: AsyncAck, body: Json) -> None:
        await ack(options=self._suggest(body))

    async def _shortcut(self, ack: AsyncAck, body: Json) -> None:
        await ack()
        if self._is_new(body.get("trigger_id")):
            self._spawn(self._modals.apologise(body["trigger_id"]))

    async def _failed(self, error: Exception, body: Json) -> BoltResponse:
        """Ack what a listener failed on, with a sentence where one can be shown."""
        said = sorry(error)
        return BoltResponse(status=200, body=said.json if body.get("command") else "")

    def _is_new(self, key: str | None) -> bool:
        """Whether this is the first time that Slack tells us of this; it may tell twice."""
        if key is None:
            return True
        if key in self._seen:
            return False
        self._seen[key] = None
        if len(self._seen) > _REMEMBERED:
            del self._seen[next(iter(self._seen))]
        return True

    def _spawn(self, work: Coroutine[Any, Any, Any]) -> asyncio.Task[Any]:
        """A task that is kept until it is done, and whose failure is logged."""
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._done)
        return task

    def _done(self, task: asyncio.Task[Any]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (error := task.exception()):
            sorry(error)
