"""Channels: who can read in one, and who may know that it is there; asked of Slack."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Final

from bot.domain.problem import Problem
from bot.platforms.slack.api import Api, Identity
from bot.platforms.slack.errors import SLACK_FAILURES, code_of, unknown_channel

_PEOPLE: Final = ("U", "W")
_REMEMBERED: Final = 10_000
#: Twenty thousand members; of a larger private channel nobody can say quickly who is in it.
_MOST_PAGES: Final = 20

Describe = Callable[[str], Awaitable[Mapping[str, Any]]]


class Channels:
    """Remembers for a while which channels people of other organisations read."""

    def __init__(self, describe: Describe, remember: float) -> None:
        self._describe = describe
        self._remember = remember
        self._known: dict[str, tuple[float, bool]] = {}

    async def may_be_shared(self, channel: str) -> bool:
        """Whether people of other organisations are in a channel, for all that Slack says."""
        if channel.startswith(_PEOPLE):  # the bot's own conversation with one of ours
            return False
        present = asyncio.get_running_loop().time()
        told_at, shared = self._known.get(channel, (0.0, True))
        if channel in self._known and present - told_at <= self._remember:
            return shared
        try:
            shared = is_shared(await self._describe(channel))
        except SLACK_FAILURES:
            return True
        self._known[channel] = (present, shared)
        if len(self._known) > _REMEMBERED:
            del self._known[next(iter(self._known))]
        return shared


def is_shared(about: Mapping[str, Any]) -> bool:
    """Whether a channel is shared with another organisation, or about to be."""
    return bool(about.get("is_ext_shared") or about.get("is_pending_ext_shared"))


async def unfit(api: Api, channel: str) -> Problem | None:
    """Why stories that are not for everybody cannot be told in a channel; None if they can.

    Fails like a call of Slack.
    """
    if channel.startswith(_PEOPLE):
        return None
    about = await api.describe(channel)
    return _not_for_all(about) if is_shared(about) else None


def _not_for_all(about: Mapping[str, Any]) -> Problem:
    """Why stories that are not for everybody cannot be told in a channel."""
    name = "" if about.get("is_private") else str(about.get("name") or "")
    return Problem(
        f"People of other organisations are in {f'#{name}' if name else 'that channel'}, and this "
        "digest has stories that are not for everybody",
        "choose a channel of this workspace alone, or name only stories that everybody may see",
    )


async def hidden_from(api: Api, me: Identity, channel: str, user: str) -> Problem | None:
    """Why somebody may not name a channel by its id: they are not in it, and it is private.

    They are told what they would be told if it were not there.
    """
    unknown = unknown_channel(me.handle)
    if channel.startswith(_PEOPLE):
        return None if channel == user else unknown
    try:
        about = await api.describe(channel)
        if about.get("is_im"):
            return None if about.get("user") == user else unknown
        hidden = about.get("is_private") or about.get("is_mpim")
        return None if not hidden or await _is_in(api, channel, user) else unknown
    except SLACK_FAILURES as error:
        code = code_of(error)
        return unknown if code == "channel_not_found" else _unsaid(code)


async def _is_in(api: Api, channel: str, user: str) -> bool:
    cursor: str | None = None
    for _ in range(_MOST_PAGES):
        page = await api.members_of(channel, cursor)
        if user in page["members"]:
            return True
        cursor = (page.get("response_metadata") or {}).get("next_cursor")
        if not cursor:
            break
    return False


def _unsaid(code: str) -> Problem:
    return Problem(
        f"Slack did not say whether you may see that channel ({code})",
        "try again in a minute",
    )
