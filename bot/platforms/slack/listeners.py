"""What the bot does when Slack tells it something. Every envelope is acked, whatever is in it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import partial
from typing import Final

from slack_bolt.async_app import AsyncApp
from slack_bolt.context.ack.async_ack import AsyncAck
from slack_bolt.response import BoltResponse

from bot.domain.platform import Answer, Complete
from bot.platforms.slack.api import Api, Identity, Json
from bot.platforms.slack.asking import Asking
from bot.platforms.slack.channels import Channels
from bot.platforms.slack.commands import Commands
from bot.platforms.slack.controls import to_words
from bot.platforms.slack.conversation import Conversation
from bot.platforms.slack.home import ASK_BUTTON
from bot.platforms.slack.homes import Homes
from bot.platforms.slack.modals import Modals
from bot.platforms.slack.people import People
from bot.platforms.slack.rights import Rights
from bot.platforms.slack.said import COMMAND, expired, sorry, unknown_command
from bot.platforms.slack.sending import Origin, Sending
from bot.platforms.slack.shortcuts import Shortcuts
from bot.platforms.slack.suggestions import Suggestions
from bot.platforms.slack.tasks import Tasks
from bot.platforms.slack.timing import Timing
from bot.platforms.slack.to_request import from_action

#: The events that the bot listens to; the app's manifest subscribes to these.
EVENTS: Final = ("app_home_opened", "app_mention", "message.im")

#: Listened to where the app is subscribed to it. The manifest is not: in a large workspace it
#: comes so often that Slack would hold back other events.
CHANGED: Final = "user_change"

_REMEMBERED: Final = 10_000

_ANYTHING: Final = re.compile("")


class Listeners:
    """Answers whatever people do in Slack that concerns the bot."""

    def __init__(
        self,
        api: Api,
        answer: Answer,
        complete: Complete,
        me: Identity,
        moderators: Sequence[str],
        timing: Timing,
    ) -> None:
        self._timing = timing
        self._tasks = Tasks(sorry)
        rights = Rights(me.team, moderators, api.members, timing.trust)
        self._people = People(api.look_up, rights, self._tasks.spawn, timing)
        channels = Channels(api.describe, timing.remember)
        self._asking = Asking(answer, self._people, channels, me.team, timing)
        self._sending = Sending(api)
        self._modals = Modals(api, self._asking, self._tasks.spawn, timing, self._sending)
        self._commands = Commands(
            self._asking, self._sending, self._modals, self._tasks.spawn, timing
        )
        self._shortcuts = Shortcuts(self._asking, self._modals, self._sending, timing.ack)
        self._conversation = Conversation(self._asking, self._sending, me.user, timing)
        self._homes = Homes(api, self._asking, self._people, me, timing)
        self._suggest = Suggestions(complete, self._asking.seen)
        self._seen: dict[str, None] = {}

    def register(self, app: AsyncApp) -> None:
        """Let the app call these; the last of each kind takes what no other does."""
        app.command(COMMAND)(self._commands.answer)
        app.command(_ANYTHING)(self._other_command)
        app.action(_ANYTHING)(self._action)
        app.event("app_mention")(self._written)
        app.event("message")(self._written)
        app.event("app_home_opened")(self._home_opened)
        app.event(CHANGED)(self._changed)
        app.event(_ANYTHING)(self._other_event)
        app.view(_ANYTHING)(self._modals.submit)
        app.view_closed(_ANYTHING)(self._closed)
        app.options(_ANYTHING)(self._options)
        app.shortcut(_ANYTHING)(self._shortcut)
        app.error(self._failed)

    async def drain(self) -> None:
        """Give what is under way a little time to end."""
        await self._tasks.drain(self._timing.drain)

    async def _action(self, ack: AsyncAck, body: Json) -> None:
        await ack()
        if not self._is_new(body.get("trigger_id")):
            return
        self._sending.note(body.get("response_url"))
        kind = (body.get("view") or {}).get("type")
        if kind == "home":
            self._tasks.spawn(self._use_home(body))
        elif kind:
            self._tasks.spawn(self._modals.click(body))
        else:
            self._tasks.spawn(self._answer_action(body))

    async def _use_home(self, body: Json) -> None:
        if body["actions"][0].get("action_id") == ASK_BUTTON:
            await self._shortcuts.ask(body["user"]["id"], body["trigger_id"])
        elif not await self._homes.chosen(body):
            await self._modals.click_home(body)

    async def _answer_action(self, body: Json) -> None:
        actions, origin = body.get("actions"), Origin.of(body)
        words = to_words(actions[0]) if actions else None
        if words is None or not origin.channel:
            said = expired()
        else:
            place = {**body, "channel": {"id": origin.channel}}
            request = partial(from_action, place, words)
            said = await self._asking.said(origin.user, request, self._timing.ack)
        if words is not None and await self._modals.open(said, body):
            return
        container = body.get("container") or {}
        # Only the asker's own message is edited. A message for everybody stays as it is, and an
        # ephemeral one cannot become public, so that sharing always makes a new one.
        own = container.get("is_ephemeral") is True or origin.direct
        private = said.message["response_type"] == "ephemeral"
        await self._sending.answer(said, origin, edit=private and own and not said.apology)

    async def _written(self, body: Json) -> None:
        if self._is_new(body.get("event_id")) and self._conversation.is_for_us(body["event"]):
            self._tasks.spawn(self._conversation.answer(body))

    async def _home_opened(self, body: Json) -> None:
        if self._is_new(body.get("event_id")):
            self._tasks.spawn(self._homes.opened(body))

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
            self._sending.note(body.get("response_url"))
            self._tasks.spawn(self._shortcuts.answer(body))

    async def _closed(self, ack: AsyncAck) -> None:
        await ack()

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
