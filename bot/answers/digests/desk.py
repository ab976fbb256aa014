"""Desk: all that the moderators' verbs work with, handed in by the composition root."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final

from bot.domain.problem import Problem
from bot.domain.request import Channel
from bot.domain.schedule import Schedule, ScheduleState
from bot.domain.typed import typed

if TYPE_CHECKING:
    from bot.answers.asked import Asked
    from bot.domain.digest import Composed
    from bot.domain.reply import Reply
    from bot.domain.request import Request
    from bot.domain.stories import Stories
    from bot.store import Store

#: Longest number that the database can count to.
_DIGITS: Final = 15


@dataclass(frozen=True, slots=True)
class Limits:
    """How many digests a workspace may have, how close two may be, and two posts by hand."""

    schedules: int = 20
    interval: timedelta = timedelta(hours=1)
    cooldown: timedelta = timedelta(minutes=1)


async def never_published(_: Channel) -> Problem | None:
    """Say why nothing can be published from the channels of most platforms."""
    return Problem("there is nothing to publish to from here", "leave out the word publish")


async def _forbid_nothing(_channel: Channel, _user: str, _internal: bool) -> Problem | None:  # noqa: FBT001
    return None


@dataclass(frozen=True, slots=True)
class Desk:
    """The store, and what else of the house the verbs may use.

    `forbids` says why a person (empty: anybody) may have nothing posted in a channel; the last of
    what it is told is whether that would be of stories that not everybody may see.
    `compose` gives the digest that a schedule would post now; `post_now` records one to be posted
    at once (False: nothing to say); `first_run` tells when a schedule is due first; `check` why the
    bot could not post in a channel; `rebind` makes a story a channel's own, here and in the store;
    `check_publish` why what is posted in a channel could not be published from it.
    """

    store: Store
    compose: Callable[[Schedule], Awaitable[Composed]]
    post_now: Callable[[Schedule], Awaitable[bool]]
    first_run: Callable[[Schedule], datetime | None]
    check: Callable[[Channel], Awaitable[Problem | None]]
    rebind: Callable[[Channel, str | None], Awaitable[None]]
    now: Callable[[], datetime]
    limits: Limits = Limits()
    check_publish: Callable[[Channel], Awaitable[Problem | None]] = never_published
    forbids: Callable[[Channel, str, bool], Awaitable[Problem | None]] = _forbid_nothing


@dataclass(frozen=True, slots=True)
class Act:
    """One moderator's act: who asked what, understood, and the words after `digest <verb>`.

    `name` is what the audit trail calls it; `view` gives the stories that a channel may see.
    """

    asked: Asked
    request: Request
    desk: Desk
    view: Callable[[Channel], Stories]
    name: str
    words: str

    @property
    def number(self) -> int | None:
        """The number that the words begin with, as `3` or `#3`."""
        first = self.words.partition(" ")[0].removeprefix("#")
        counts = first.isascii() and first.isdecimal() and len(first) <= _DIGITS
        return int(first) if counts else None

    @property
    def rest(self) -> str:
        """The words after the first."""
        return self.words.partition(" ")[2].strip()

    @property
    def confirmed(self) -> bool:
        """Whether the words after the number are those of a confirming button."""
        return self.rest.casefold() == "confirm"

    @property
    def tenant(self) -> str:
        """The workspace with its platform, as in slack:T1."""
        return f"{self.request.channel.platform}:{self.request.channel.workspace}"

    async def schedule(self) -> Schedule | None:
        """The schedule or draft whose number the words begin with, if it is of this workspace."""
        found = await self.desk.store.schedule(self.number) if self.number else None
        return found if found and same_workspace(found.channel, self.request.channel) else None

    async def saved(self) -> Schedule | None:
        """The same, if a moderator has confirmed it."""
        found = await self.schedule()
        return found if found and is_saved(found) else None

    def about(self, words: str) -> Act:
        """The same act with other words."""
        return replace(self, words=words)

    def typed(self, words: str) -> str:
        """What one types here to ask these words."""
        return typed(words, self.request.channel.platform)

    async def note(self, thing: object) -> None:
        """Put down in the audit trail that it was done."""
        request = self.request
        await self.desk.store.note(
            request.channel, request.user, self.name, str(thing), "done", self.desk.now()
        )

    async def note_refusal(self, thing: object, why: str) -> None:
        """Put down in the audit trail that it was tried; of very many tries, a few."""
        request = self.request
        await self.desk.store.note_refusal(
            request.channel, request.user, self.name, str(thing), why, self.desk.now()
        )


def same_workspace(one: Channel, other: Channel) -> bool:
    """Whether two channels belong to one tenant."""
    return (one.platform, one.workspace) == (other.platform, other.workspace)


def is_saved(schedule: Schedule) -> bool:
    """Whether a moderator has confirmed it."""
    return schedule.state is not ScheduleState.DRAFT


Say = Callable[[Act], Awaitable["Reply"]]
