"""Desk: all that the moderators' verbs work with, handed in by the composition root."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from bot.domain.problem import Problem
from bot.domain.request import Channel
from bot.domain.schedule import Schedule, ScheduleState

if TYPE_CHECKING:
    from bot.answers.asked import Asked
    from bot.domain.digest import Composed
    from bot.domain.reply import Reply
    from bot.domain.request import Request
    from bot.store import Store


@dataclass(frozen=True, slots=True)
class Limits:
    """How many digests a workspace may have, how close two may be, and two posts by hand."""

    schedules: int = 20
    interval: timedelta = timedelta(hours=1)
    cooldown: timedelta = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Desk:
    """The store, and what else of the house the verbs may use.

    `compose` gives the digest that a schedule would post now; `post_now` records one to be posted
    at once (False: nothing to say); `first_run` tells when a schedule is due first; `check` why the
    bot could not post in a channel; `rebind` makes a story a channel's own, here and in the store.
    """

    store: Store
    compose: Callable[[Schedule], Awaitable[Composed]]
    post_now: Callable[[Schedule], Awaitable[bool]]
    first_run: Callable[[Schedule], datetime | None]
    check: Callable[[Channel], Awaitable[Problem | None]]
    rebind: Callable[[Channel, str | None], Awaitable[None]]
    now: Callable[[], datetime]
    limits: Limits = Limits()


@dataclass(frozen=True, slots=True)
class Act:
    """One moderator's act: who asked what, understood, and the words after `digest <verb>`."""

    asked: Asked
    request: Request
    desk: Desk
    words: str

    async def schedule(self) -> Schedule | None:
        """The schedule whose number the words begin with, if it is of this workspace."""
        number = self.words.split(maxsplit=1)[0] if self.words.strip() else ""
        if not (number.isascii() and number.isdecimal() and len(number) < 16):  # noqa: PLR2004
            return None
        found = await self.desk.store.schedule(int(number))
        return found if found and same_workspace(found.channel, self.request.channel) else None

    @property
    def rest(self) -> str:
        """The words after the number."""
        return self.words.partition(" ")[2].strip()

    async def note(self, act: str, thing: object, outcome: str) -> None:
        """Put the act down in the audit trail."""
        request = self.request
        await self.desk.store.note(
            request.channel, request.user, act, str(thing), outcome, self.desk.now()
        )


def same_workspace(one: Channel, other: Channel) -> bool:
    """Whether two channels belong to one tenant."""
    return (one.platform, one.workspace) == (other.platform, other.workspace)


def is_saved(schedule: Schedule) -> bool:
    """Whether a moderator has confirmed it."""
    return schedule.state is not ScheduleState.DRAFT


Say = Callable[[Act], Awaitable["Reply"]]
