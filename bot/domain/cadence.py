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
from bot.domain.times import read_times
from bot.domain.words import NotUnderstoodError, Refusal, Words, joined, quoted, refuse

if TYPE_CHECKING:
    from bot.domain.cron import Rule

_EXAMPLE: Final = "at 09:00 on weekdays"
_QUOTES: Final = "\"'`“”‘’"
#: A cron line in quotes, or its five fields without.
_CRON: Final = re.compile(r"[\"'`“”‘’]([^\"'`“”‘’]*)[\"'`“”‘’]|(\S+(?:\s+\S+){0,4})")
_CRON_EXAMPLE: Final = 'cron "0 9 * * 1-5"'
_FIELDS: Final = "write minute, hour, day of the month, month and weekday"
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

    def read(self, words: Words) -> bool:
        """Read the next clause, if it is one of a cadence.

        Raises:
            NotUnderstoodError: it says a thing again, or what cannot be followed.
        """
        start = words.place
        cron = _read_cron(words)
        times = () if cron else read_times(words)
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

    def cadence(self, before: Cadence | None = None) -> Cadence:
        """The cadence that was read; of `before` stay the times or the days that were not named.

        Raises:
            NotUnderstoodError: its times or its days are missing.
        """
        if before and not (self._times or self._days or self._cron):
            return before
        cron, times, days = self._cron, self._times, self._days
        if before and not cron:
            old_times, old_days = _times_and_days(before)
            times, days = times or old_times, days or old_days
        if cron and (times or days):
            what = (
                f"A cron line says both times and days, and there are others beside “{cron.text}”"
            )
            raise refuse(what, "leave out one of them", _CRON_EXAMPLE)
        if cron:
            clock = tuple(time(*at) for at in product(sorted(cron.hours), sorted(cron.minutes)))
            return Cadence(f'cron "{cron.text}"', clock, cron.rules, cron.every_hour, cron.note)
        if not times:
            raise refuse("It does not say at what time", "write 09:00 or 9am", _EXAMPLE)
        if not days:
            remedy = "write daily, on weekdays, or name the days"
            raise refuse("It does not say on which days", remedy, _EXAMPLE)
        return Cadence(f"{_times_text(times)} {days.text}", times, days.rules)


def _times_and_days(cadence: Cadence) -> tuple[tuple[time, ...], Days | None]:
    """Its times and its days, each of which can be changed alone; in a cron line neither can."""
    if cadence.text.startswith("cron"):
        return (), None
    text = cadence.text.removeprefix(f"{_times_text(cadence.times)} ")
    return cadence.times, Days(text, cadence.rules)


def _times_text(times: tuple[time, ...]) -> str:
    return f"at {joined([f'{at:%H:%M}' for at in times])}"


def _read_cron(words: Words) -> Cron | None:
    if not words.take("cron", "cron:"):
        return None
    start = words.place
    match = _CRON.match(words.rest())
    inside, bare = match.groups() if match else ("", "")
    words.skip(match.end() if match else 0)
    if not (inside or bare):
        raise refuse("The five fields of a cron line are missing", _FIELDS, _CRON_EXAMPLE)
    if bare and (bare[0] in _QUOTES or bare[-1] in _QUOTES):
        missing = "closing" if bare[0] in _QUOTES else "opening"
        what = f"The {missing} quote of the cron line {quoted(bare)} is missing"
        way = words.way(f'"{bare.strip(_QUOTES)}"', (start, words.place))
        raise refuse(what, "put its five fields between two quotes", _CRON_EXAMPLE, way)
    return read_cron(inside or bare)


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
