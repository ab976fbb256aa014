"""Conversation: what people write to the bot in channels, in threads, and to it alone."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import partial
from typing import Any, Final

from bot.platforms.slack.asking import Asking
from bot.platforms.slack.said import Said, without_sharing
from bot.platforms.slack.sending import Origin, Sending
from bot.platforms.slack.timing import Timing
from bot.platforms.slack.to_request import from_mention

Json = dict[str, Any]

#: Kinds of messages that somebody wrote just now; others tell that one was changed or deleted.
_WRITTEN: Final = (None, "file_share", "me_message")


class Conversation:
    """Answers mentions, and messages in the bot's conversation with one person."""

    def __init__(self, asking: Asking, sending: Sending, bot_user: str, timing: Timing) -> None:
        self._asking = asking
        self._sending = sending
        self._bot_user = bot_user
        self._timing = timing

    def is_for_us(self, event: Mapping[str, Any]) -> bool:
        """Whether an event is something that a person, and no bot, wrote to the bot."""
        if not event.get("user") or event.get("bot_id") or event["user"] == self._bot_user:
            return False
        if event.get("type") == "app_mention":
            return True
        return event.get("channel_type") == "im" and event.get("subtype") in _WRITTEN

    async def answer(self, body: Json) -> None:
        """Answer what somebody wrote, in its thread if it has one."""
        event = body["event"]
        user, thread = event["user"], event.get("thread_ts")
        # Of a channel shared with another organisation it matters who is of which.
        patience = self._timing.ack if body.get("is_ext_shared_channel") else 0.0
        said = await self._asking.said(user, partial(from_mention, body, self._bot_user), patience)
        origin = Origin(user, str(event["channel"]), thread)
        if event.get("type") != "app_mention":
            await self._sending.reply(Said.of(without_sharing(said.reply)), origin)
        elif said.message["response_type"] == "in_channel":
            await self._sending.reply(said, replace(origin, thread=thread or event["ts"]))
        else:
            # A reply in the thread would show a private answer to the whole channel. An ephemeral
            # one can only appear in a thread that exists already.
            await self._sending.whisper(said, origin)
