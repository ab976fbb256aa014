"""Schedule: a channel's wish for digests; and its runs: at which instants it is due.

A cadence is a set of local times. Each becomes an instant by one rule: the first minute at which
the local clock has reached it. So a time that a clock change skips runs at the first minute after
the gap, and a time that comes twice runs once, the first time. The rule keeps the order of local
times, so no answer depends on when it is asked for. A local day that does not exist has no runs.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import deque
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from functools import lru_cache
from itertools import islice, takewhile
from typing import TYPE_CHECKING, Final

from bot.domain.zones import zone_info

if TYPE_CHECKING:
    from collections.abc import Iterator
    from zoneinfo import ZoneInfo

    from bot.domain.cadence import Cadence
    from bot.domain.request import Channel

#: How late a digest is still welcome, unless its schedule says otherwise.
GRACE: Final = timedelta(hours=2)
#: How many missed runs beside the newest are told one by one.
MOST_MISSED: Final = 50
#: A gap this long is no clock change but a local day that was left out (Apia, 30 December 2011).
_LOST_DAY: Final = timedelta(hours=12)
#: No clock change repeats more than a day.
_LONGEST_FOLD: Final = timedelta(hours=25)
#: How far back the newest run is sought, step by step.
_LOOKS_BACK: Final = tuple(timedelta(days=days) for days in (2, 10, 60, 400))


class Content(StrEnum):
    """What a digest holds."""

    CHANGES = "changes"
    """What changed since the channel was last told."""
    FULL = "full"
    """The whole card, each time."""


class Quiet(StrEnum):
    """What to do when nothing changed."""

    SILENT = "silent"
    """Post nothing."""
    LINE = "line"
    """Say so in one line."""


class ScheduleState(StrEnum):
    """Whether a schedule runs."""

    DRAFT = "draft"
    """Shown to a moderator, not confirmed yet."""
    ACTIVE = "active"
    PAUSED = "paused"
    """By a moderator."""
    SUSPENDED = "suspended"
    """By the bot, as its channel cannot be reached; the schedule's `reason` says why."""


@dataclass(frozen=True, slots=True)
class Schedule:
    """A channel's wish for digests: of which stories (empty: all it may see), when, and how."""

    id: int
    channel: Channel
    stories: tuple[str, ...]
    cadence: Cadence
    zone: str
    content: Content = Content.CHANGES
    quiet: Quiet = Quiet.SILENT
    grace: timedelta = GRACE
    state: ScheduleState = ScheduleState.ACTIVE
    reason: str = ""
    revision: int = 0
    created_at: datetime | None = None
    #: The last run that was recorded.
    last_at: datetime | None = None
    #: Whether its posts are published from an announcement channel to those that follow it.
    publish: bool = False


class Moved(StrEnum):
    """What a clock change does to a run."""

    GAP = "gap"
    """Its local time is skipped; it runs at the first minute after the gap."""
    FOLD = "fold"
    """Its local time comes twice; it runs the first time."""
    AGAIN = "again"
    """Its local time comes twice; this is the second, for a cadence that counts every hour."""


@dataclass(frozen=True, slots=True)
class Run:
    """One time that a cadence is due: the instant, in UTC, and the local time it stands for."""

    at: datetime
    wall: datetime
    moved: Moved | None = None


@dataclass(frozen=True, slots=True)
class Due:
    """What is due after a while of not looking.

    `newest` is the last run that has come; `welcome` says whether it may still be made up for.
    `older` are those missed before it, the oldest first; of very many only the last are told.
    """

    newest: Run | None = None
    welcome: bool = False
    older: tuple[Run, ...] = ()


def next_runs(cadence: Cadence, zone: str, after: datetime, count: int) -> list[Run]:
    """The first `count` runs strictly after an instant."""
    return list(_next_runs(cadence, zone, after, count))


def runs_between(
    cadence: Cadence, zone: str, after: datetime, until: datetime, limit: int
) -> list[Run]:
    """The runs after one instant and up to another, itself included; the first `limit` of them."""
    runs = takewhile(lambda run: run.at <= until, _runs(cadence, zone, after))
    return list(islice(runs, limit))


def latest_due(
    cadence: Cadence, zone: str, after: datetime, now: datetime, grace: timedelta
) -> Due:
    """The newest run after one instant and up to now, and those missed before it."""
    runs = _latest(cadence, zone, after, now)
    if not runs:
        return Due()
    *older, newest = runs
    return Due(newest, now - newest.at <= grace, tuple(older))


# Ten thousand schedules of the same kind are due together, and cost one computation.


@lru_cache(maxsize=4096)
def _next_runs(cadence: Cadence, zone: str, after: datetime, count: int) -> tuple[Run, ...]:
    return tuple(islice(_runs(cadence, zone, after), count))


@lru_cache(maxsize=1024)
def _latest(cadence: Cadence, zone: str, after: datetime, now: datetime) -> tuple[Run, ...]:
    most = MOST_MISSED + 1
    starts = [now - back for back in _LOOKS_BACK if now - back > after]
    for start in (*starts, after):
        coming = takewhile(lambda run: run.at <= now, _runs(cadence, zone, start))
        runs = tuple(deque(coming, maxlen=most))
        if len(runs) == most:
            break
    return runs


def _runs(cadence: Cadence, zone: str, after: datetime) -> Iterator[Run]:
    """Every run strictly after an instant, in order."""
    info = zone_info(zone)
    start = after.astimezone(info).replace(tzinfo=None)
    if cadence.every_hour:
        # Before a fold the second pass begins at an earlier local time than this one.
        later = (after + _LONGEST_FOLD).astimezone(info).replace(tzinfo=None) - _LONGEST_FOLD
        runs = _every_pass(_walls(cadence, min(start, later)), info)
    else:
        runs = _first_pass(_walls(cadence, start), info)
    return (run for run in runs if run.at > after)


def _walls(cadence: Cadence, start: datetime) -> Iterator[datetime]:
    """The local times of a cadence from the minute of `start` on."""
    times = cadence.times
    day = cadence.next_day(start.date())
    if day == start.date():
        minute = start.time().replace(second=0, microsecond=0)
        times = times[bisect_left(times, minute) :]
    while day:
        for at in times:
            yield datetime.combine(day, at)
        times = cadence.times
        day = cadence.next_day(day + timedelta(days=1))


def _first_pass(walls: Iterator[datetime], info: ZoneInfo) -> Iterator[Run]:
    """The runs of local times; those that a gap moves to one instant are one run."""
    last = None
    for wall in walls:
        before, after = _offsets(wall, info)
        if before >= after:
            run = Run(_instant(wall, before), wall, Moved.FOLD if before > after else None)
        elif after - before < _LOST_DAY:
            run = Run(_gap_end(wall, before, after, info), wall, Moved.GAP)
        else:
            continue
        if run.at != last:
            yield run
        last = run.at


def _every_pass(walls: Iterator[datetime], info: ZoneInfo) -> Iterator[Run]:
    """The runs of local times each time that they come: twice in a fold, never in a gap."""
    second: deque[Run] = deque()
    for wall in walls:
        before, after = _offsets(wall, info)
        if before < after:
            continue
        run = Run(_instant(wall, before), wall)
        while second and second[0].at <= run.at:
            yield second.popleft()
        yield run
        if before > after:
            second.append(Run(_instant(wall, after), wall, Moved.AGAIN))


def _offsets(wall: datetime, info: ZoneInfo) -> tuple[timedelta, timedelta]:
    """The zone's offsets before and after the clock change that touches a local time, if any."""
    local = wall.replace(tzinfo=info)
    before, after = local.utcoffset(), local.replace(fold=1).utcoffset()
    return before or timedelta(), after or timedelta()


def _instant(wall: datetime, offset: timedelta) -> datetime:
    return (wall - offset).replace(tzinfo=UTC)


def _gap_end(wall: datetime, before: timedelta, after: timedelta, info: ZoneInfo) -> datetime:
    """The instant of the clock change that skips a local time."""
    low, high = _instant(wall, after), _instant(wall, before)
    while high - low > timedelta(seconds=1):
        middle = low + (high - low) // 2
        if middle.astimezone(info).utcoffset() == before:
            low = middle
        else:
            high = middle
    return high.replace(microsecond=0)
