"""Cadence: at which local times, on which days, something runs; in words that read back.

The grammar is closed. It takes `at 09:00 and 17:00 on weekdays`, `9am every Monday and Thursday`,
`mon-fri 9:00`, `at 08:30 every month on day 31`, `noon on the last Friday of the month` and
`cron "0 9 * * 1-5"`; it refuses what could be meant in two ways.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from itertools import pairwise, product
from typing import TYPE_CHECKING, Any, Final

from bot.domain.cron import Cron, read_cron
from bot.domain.days import Days, read_days
from bot.domain.words import NotUnderstoodError, Refusal, Words, joined, quoted, refuse

if TYPE_CHECKING:
    from bot.domain.cron import Rule

_EXAMPLE: Final = "at 09:00 on weekdays"
_TIME: Final = re.compile(r"([0-9]{1,2})(?::([0-9]{2}))?(am|pm)?")
_HALVES: Final = {"am": "am", "a.m.": "am", "pm": "pm", "p.m.": "pm"}
#: A cron line in quotes, or its five fields without.
_CRON: Final = re.compile(r"[\"'`“”‘’]([^\"'`“”‘’]*)[\"'`“”‘’]|(\S+(?:\s+\S+){0,4})")
#: After this no day is sought; it keeps the search within what a date can hold.
_END: Final = datetime(9000, 1, 1, tzinfo=UTC)
_DAY: Final = timedelta(days=1)
#: A stretch of days with a leap year and common ones, in which neighbouring days show.
_FROM: Final = date(2024, 1, 1)
_STRETCH: Final = 4 * 366
#: The same for what goes by days of the week alone.
_FORTNIGHT: Final = 14


@dataclass(frozen=True, slots=True)
class Cadence:
    """The local times at which something runs, in no zone yet; made by `parse`.

    `text` is its canonical wording, and its identity. With `every_hour` (a cron line whose hour
    field begins with a star) it runs by the hours that pass, so a repeated hour counts twice and a
    skipped one not at all. `note` says what of its meaning people often expect otherwise.
    """

    text: str
    times: tuple[time, ...] = field(compare=False, repr=False)
    rules: tuple[Rule, ...] = field(compare=False, repr=False)
    every_hour: bool = field(default=False, compare=False, repr=False)
    note: str = field(default="", compare=False, repr=False)

    def __str__(self) -> str:
        return self.text

    @classmethod
    def parse(cls, text: str) -> Cadence:
        """Read a cadence: `at 09:00 on weekdays`, `cron "0 9 * * 1-5"`.

        Raises:
            NotUnderstoodError: a word means nothing here, or something is missing.
        """
        return _parse(text)

    def next_day(self, day: date) -> date | None:
        """The first day on or after this one on which it runs."""
        return _next_day(self, day)


class CadenceWords:
    """Reads a cadence clause by clause, as other clauses may stand between its own."""

    def __init__(self) -> None:
        self._times: tuple[time, ...] = ()
        self._days: Days | None = None
        self._cron: Cron | None = None

    @property
    def empty(self) -> bool:
        """Whether nothing of a cadence was read."""
        return not (self._times or self._days or self._cron)

    def read(self, words: Words) -> bool:
        """Read the next clause, if it is one of a cadence.

        Raises:
            NotUnderstoodError: it says a thing again, or what cannot be followed.
        """
        start = words.place
        cron = _read_cron(words)
        times = () if cron else _read_times(words)
        days = None if cron or times else read_days(words)
        said = quoted(words.said(start, words.place))
        if (times and self._times) or (days and self._days) or (cron and self._cron):
            what = f"{said} comes on top of other times or days"
            remedy = "join them with “and”, or make a digest of each"
            raise refuse(what, remedy, "at 09:00 and 17:00 every Monday and Thursday")
        self._times = times or self._times
        self._days = days or self._days
        self._cron = cron or self._cron
        return words.place > start

    def cadence(self) -> Cadence:
        """The cadence that was read.

        Raises:
            NotUnderstoodError: its times or its days are missing.
        """
        cron, times, days = self._cron, self._times, self._days
        if cron and (times or days):
            what = (
                f"A cron line says both times and days, and there are others beside “{cron.text}”"
            )
            raise refuse(what, "leave out one of them", 'cron "0 9 * * 1-5"')
        if cron:
            clock = tuple(time(*at) for at in product(sorted(cron.hours), sorted(cron.minutes)))
            return Cadence(f'cron "{cron.text}"', clock, cron.rules, cron.every_hour, cron.note)
        if not times:
            raise refuse("It does not say at what time", "write 09:00 or 9am", _EXAMPLE)
        if not days:
            remedy = "write daily, on weekdays, or name the days"
            raise refuse("It does not say on which days", remedy, _EXAMPLE)
        clocks = joined([f"{at:%H:%M}" for at in times])
        return Cadence(f"at {clocks} {days.text}", times, days.rules)


def _read_cron(words: Words) -> Cron | None:
    if not words.take("cron"):
        return None
    rest = words.rest()
    match = _CRON.match(rest)
    fields = (match[1] or match[2] or "") if match else ""
    if match:
        words.skip(match.end())
    return read_cron(fields)


def _read_times(words: Words) -> tuple[time, ...]:
    at = words.take("at")
    found = words.list_of(_read_time)
    if at and not found:
        said = words.said(words.place, words.place + 1)
        words.place += 1
        what = f"{quoted(said)} is no time of day" if said else "A time is missing after “at”"
        raise NotUnderstoodError(
            Refusal(what, "write 09:00 or 9am", _EXAMPLE, (said,) if said else ())
        )
    return tuple(sorted(set(found)))


def _read_time(words: Words) -> time | None:
    start = words.place
    words.take("at")
    word = words.peek()
    match = _TIME.fullmatch(word)
    hour, minute, half = match.groups() if match else (None, None, None)
    apart = "" if half else _HALVES.get(words.peek(1), "")
    words.place += 1 + bool(match and apart)
    said = words.said(start, words.place)
    half = half or apart
    if word == "midnight" or (half and hour == "12" and minute in {None, "00"}):
        what = f"{quoted(said)} can be read in two ways"
        raise refuse(
            what, "write 00:00, with which a day begins, or 12:00", "at 00:00 every Monday"
        )
    if word == "noon":
        return time(12)
    if not hour or not (minute or half):
        words.place = start
        return None
    return _to_time(int(hour), int(minute or 0), half, said)


def _to_time(hour: int, minute: int, half: str, said: str) -> time:
    twelve = 12
    if half and not 1 <= hour <= twelve:
        raise refuse(f"{quoted(said)} is no time of day", "write 09:00 or 9am", _EXAMPLE)
    if half:
        hour = hour % twelve + (twelve if half == "pm" else 0)
    try:
        return time(hour, minute)
    except ValueError:
        what = f"{quoted(said)} is no time of day"
        raise refuse(what, "write 00:00 to 23:59", _EXAMPLE) from None


@lru_cache(maxsize=4096)
def _parse(text: str) -> Cadence:
    words, read = Words(text), CadenceWords()
    while words.left:
        if not read.read(words):
            rest = words.rest()
            what = f"I do not understand {quoted(rest)}"
            remedy = "write times and days"
            raise NotUnderstoodError(Refusal(what, remedy, _EXAMPLE, (rest,)))
    return read.cadence()


@lru_cache(maxsize=8192)
def _next_day(cadence: Cadence, day: date) -> date | None:
    start = datetime(day.year, day.month, day.day, tzinfo=UTC)
    # Asked without a previous run: APScheduler would return that again after a step back in time.
    found = (_calendar(rule).get_next_fire_time(None, start) for rule in cadence.rules)
    return min((at.date() for at in found if at), default=None)


@lru_cache(maxsize=1024)
def _calendar(rule: Rule) -> Any:
    """APScheduler's calendar of the days that match; in UTC, where no clock ever changes."""
    from apscheduler.triggers.cron import CronTrigger

    return CronTrigger(**dict(rule), hour=0, minute=0, timezone=UTC, end_date=_END)


@lru_cache(maxsize=1024)
def smallest_interval(cadence: Cadence) -> timedelta:
    """The least time from one run to the next, by a clock that never changes."""
    marks = [timedelta(hours=at.hour, minutes=at.minute) for at in cadence.times]
    over_night = marks[0] - marks[-1]
    least = min((later - earlier for earlier, later in pairwise(marks)), default=_STRETCH * _DAY)
    weekly = all(name == "day_of_week" for rule in cadence.rules for name, _ in rule)
    stretch = _FORTNIGHT if weekly else _STRETCH
    day = cadence.next_day(_FROM)
    while day and (day - _FROM).days < stretch and least > _DAY + over_night:
        following = cadence.next_day(day + _DAY)
        least = min(least, following - day + over_night) if following else least
        day = following
    return least
