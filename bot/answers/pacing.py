"""Pacing: how fast one person, and one workspace, may ask in their own words."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass
from datetime import timedelta
from math import ceil
from typing import TYPE_CHECKING, Final

from bot.answers.asked import ALL_STORIES, PAGES_LIMIT
from bot.domain.reply import WORDS_LIMIT, Action, Paragraph, Reply, counted, line
from bot.domain.verbs import ASK, SEARCH, TELL

if TYPE_CHECKING:
    from collections.abc import Callable, Collection
    from datetime import datetime

    from bot.domain.request import Command, Request

_PACED: Final = (ASK, SEARCH, TELL)
_SPAN: Final = timedelta(minutes=1)
#: Of so many is remembered how fast they ask; who has not asked for longest is forgotten.
_KEPT: Final = 10_000


@dataclass(slots=True)
class _Bucket:
    """Questions that may still be asked at once, as of an instant, and in a minute at most."""

    most: int
    left: float
    at: datetime

    @property
    def wait(self) -> timedelta:
        """How long to wait until one may be asked; nothing if it may be now."""
        return max(1 - self.left, 0.0) * _SPAN / self.most


class Pacing:
    """So many questions a minute, by a person and by a workspace; moderators are people, too.

    On the platforms named in `nameless`, everybody is one and the same user: only the workspace
    counts there. In the workspaces in `open_to_all` are people of anywhere, who have nothing to do
    with each other: only the person counts there. Turning the pages of a search is not counted, nor
    is looking at sections, nor a question that is refused.
    """

    def __init__(
        self,
        per_person: int,
        per_workspace: int,
        now: Callable[[], datetime],
        nameless: Collection[str] = (),
        open_to_all: Collection[tuple[str, str]] = (),
    ) -> None:
        self._per_person = per_person
        self._per_workspace = per_workspace
        self._now = now
        self._nameless = nameless
        self._open_to_all = open_to_all
        self._buckets: OrderedDict[tuple[str, ...], _Bucket] = OrderedDict()

    def refusal(self, command: Command, request: Request) -> Reply | None:
        """A kind sentence for who asks too fast; None to everybody else."""
        turns_a_page = command.verb is SEARCH and 1 < command.page <= PAGES_LIMIT
        if command.verb not in _PACED or turns_a_page:
            return None
        tenant = (request.channel.platform, request.channel.workspace)
        buckets: list[_Bucket] = []
        if request.user and request.channel.platform not in self._nameless:
            buckets.append(self._bucket((*tenant, request.user), self._per_person))
            if wait := buckets[-1].wait:
                return _too_fast("You have asked a lot", wait, request)
        if tenant not in self._open_to_all:
            buckets.append(self._bucket(tenant, self._per_workspace))
            if wait := buckets[-1].wait:
                return _too_fast("Many people here have asked", wait, request)
        for bucket in buckets:
            bucket.left -= 1
        return None

    def _bucket(self, key: tuple[str, ...], most: int) -> _Bucket:
        """What may be asked now; who has not asked for longest is forgotten."""
        now = self._now()
        bucket = self._buckets.pop(key, None) or _Bucket(most, most, now)
        self._buckets[key] = bucket
        if len(self._buckets) > _KEPT:
            self._buckets.popitem(last=False)
        # A clock that was set back gives nothing, and takes nothing.
        passed = max(now - bucket.at, timedelta(0))
        bucket.left = min(most, bucket.left + most * (passed / _SPAN))
        bucket.at = now
        return bucket


def _too_fast(who: str, wait: timedelta, request: Request) -> Reply:
    seconds = counted(max(1, ceil(wait.total_seconds())), "second", "seconds")
    said = f"{who} in the last minute. Please try again in {seconds}; the stories stay open."
    again = (Action("Try again", request.words),) if len(request.words) <= WORDS_LIMIT else ()
    return Reply("One moment, please", (Paragraph(line(said)),), (*again, ALL_STORIES))
