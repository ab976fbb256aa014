"""What the bot can learn of a channel: whether it could post there, or has posted something."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Final

from bot.domain.problem import Problem, Severity
from bot.errors import PostError, PostOutcome, UnsupportedError
from bot.platforms.slack.api import HISTORY_SCOPES, Api, Identity
from bot.platforms.slack.errors import (
    SLACK_FAILURES,
    code_of,
    is_dead,
    needed_scope,
    to_post_error,
    to_problem,
)

Json = dict[str, Any]

_EVENT: Final = "briefing"
#: Slack's clock and ours may differ by this much.
_SKEW: Final = timedelta(minutes=5)
#: Ten thousand messages; no digest is in doubt for as long as it takes to write these.
_MOST_PAGES: Final = 50
#: Ids of people: a message to one goes to the conversation with the bot, which need not exist yet.
_PEOPLE: Final = ("U", "W")
_DIRECT: Final = "D"
_ANYWHERE: Final = "chat:write.public"
_NOT_READABLE: Final = frozenset(("missing_scope", "not_allowed_token_type"))
_UNREADABLE: Final = (
    "On Slack the bot may not look whether a message is there: it needs the scope "
    "channels:history, in private channels groups:history, which whoever runs the bot can add "
    "under OAuth & Permissions."
)


def to_metadata(key: str) -> Json:
    """What a message carries besides its text. Every app of the workspace can read it."""
    return {"event_type": _EVENT, "event_payload": {"key": key}}


async def find_message(
    api: Api, me: Identity, channel: str, key: str, since: datetime
) -> str | None:
    """The bot's own message with this key, if it was written after `since`.

    Raises:
        UnsupportedError: the bot may not read there, or there is too much to read.
        PostError: Slack did not show everything: nobody knows whether it is there.
    """
    if api.scopes and not api.scopes & HISTORY_SCOPES:
        raise UnsupportedError(_UNREADABLE)
    oldest, cursor = f"{(since - _SKEW).timestamp():.6f}", None
    for _ in range(_MOST_PAGES):
        try:
            page = await api.read(channel, oldest, cursor)
            for message in page["messages"]:
                if _is_ours(message, me, key):
                    return str(message["ts"])
            if not page.get("has_more"):
                return None
            cursor = str(page["response_metadata"]["next_cursor"])
        except SLACK_FAILURES as error:
            if code_of(error) in _NOT_READABLE:
                raise UnsupportedError(_UNREADABLE) from None
            refusal = "did not let the bot look for a message"
            raise to_post_error(error, me.handle, refusal) from None
        if not cursor:
            raise PostError("Slack did not show all messages.", PostOutcome.UNKNOWN)
    raise UnsupportedError(f"In {channel} there are too many messages to look through.")


async def why_not(api: Api, me: Identity, channel: str) -> Problem | None:
    """Why the bot could not post in a channel now, in words; None if it could."""
    if channel.startswith(_PEOPLE):
        return None
    try:
        about = await api.describe(channel)
        return _obstacle(about, me.handle, api.scopes)
    except SLACK_FAILURES as error:
        if channel.startswith(_DIRECT) and needed_scope(error):
            return _private(me.handle)
        if is_dead(code_of(error)):
            return to_problem(error, me.handle, "does not show the bot that channel")
        return Problem(
            f"Slack did not say whether the bot may post there ({code_of(error)})",
            "try again in a minute",
            severity=Severity.WARNING,
        )


def _obstacle(about: Mapping[str, Any], bot: str, scopes: frozenset[str]) -> Problem | None:
    # A private channel's name is for its members, and whoever asks may be none.
    name = "" if about.get("is_private") else str(about.get("name") or "")
    shown = f"#{name}" if name else "that channel"
    if about.get("is_archived"):
        return Problem(
            f"{shown[:1].upper()}{shown[1:]} is archived", "unarchive it, or choose another channel"
        )
    if about.get("is_im"):
        return None
    public = not about.get("is_private") and _ANYWHERE in scopes
    if not about.get("is_member") and not public:
        # A channel that is there, and that the bot could be let into, stands in no digest's way.
        remedy = f"type /invite @{bot} there"
        return Problem(f"The bot is not in {shown}", remedy, severity=Severity.WARNING)
    if about.get("is_read_only") or about.get("is_thread_only"):
        return Problem(
            f"In {shown} only some people may post",
            "ask an admin of the workspace to let the bot, or choose another channel",
        )
    return None


def _private(bot: str) -> Problem:
    return Problem(
        "In a direct message between people the bot cannot post",
        f"choose a channel, and type /invite @{bot} there",
    )


def _is_ours(message: Mapping[str, Any], me: Identity, key: str) -> bool:
    """Whether this is the bot's message of this key: another app may write down the same key."""
    metadata = message.get("metadata") or {}
    payload = metadata.get("event_payload") or {}
    if metadata.get("event_type") != _EVENT or payload.get("key") != key:
        return False
    by_bot = bool(me.bot) and message.get("bot_id") == me.bot
    return by_bot or message.get("user") == me.user
