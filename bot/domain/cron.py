"""Cron: the five fields of a cron line, with the meaning that crontab(5) gives them."""

from __future__ import annotations

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import date
from itertools import pairwise, product
from typing import Final

from bot.domain.words import NotUnderstoodError, Refusal, quoted

#: What the days of the calendar must match: fields of APScheduler's CronTrigger and their texts.
Rule = tuple[tuple[str, str], ...]

DAY_NAMES: Final = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_MONTH_NAMES: Final = tuple("jan feb mar apr may jun jul aug sep oct nov dec".split())
_MOST_DAYS: Final = (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
_ALL_MONTH: Final = frozenset(range(1, 32))
_ALL_WEEK: Final = frozenset(range(7))
_PART: Final = re.compile(
    r"(?:\*|(?P<first>[0-9]{1,2}|[a-z]{3})(?:-(?P<last>[0-9]{1,2}|[a-z]{3}))?)"
    r"(?:/(?P<step>[0-9]{1,2}))?"
)
_EXAMPLE: Final = 'cron "0 9 * * 1-5"'


@dataclass(frozen=True, slots=True)
class _Field:
    name: str
    low: int
    high: int
    names: tuple[str, ...] = ()

    def values(self, text: str) -> frozenset[int]:
        """The numbers that a field's text stands for."""
        return frozenset(number for part in text.split(",") for number in self._part(part))

    def _part(self, part: str) -> range:
        match = _PART.fullmatch(part.casefold())
        if not match:
            raise self._wrong(part, f"{self._span()}, with lists, ranges and steps")
        first, last, step = match.group("first", "last", "step")
        if step and first and not last:
            raise self._wrong(part, f"a step needs a range: {first}-{self.high}/{step}")
        low = self._number(first, part) if first else self.low
        high = self._number(last, part) if last else low if first else self.high
        if high < low:
            raise self._wrong(part, f"a range goes upwards; {self._span()}")
        if step and not 0 < int(step) <= self.high - self.low:
            raise self._wrong(part, f"no such step fits; {self._span()}")
        return range(low, high + 1, int(step or 1))

    def _number(self, text: str, part: str) -> int:
        if text in self.names:
            return self.names.index(text) + self.low
        if not text.isdecimal() or not self.low <= int(text) <= self.high:
            raise self._wrong(part, self._span())
        return int(text)

    def _span(self) -> str:
        names = f" or {self.names[0]} to {self.names[-1]}" if self.names else ""
        return f"it takes {self.low} to {self.high}{names}"

    def _wrong(self, part: str, remedy: str) -> NotUnderstoodError:
        what = f"{quoted(part)} is no {self.name} of a cron line"
        return NotUnderstoodError(Refusal(what, remedy, _EXAMPLE, (part,)))


_MINUTE: Final = _Field("minute", 0, 59)
_HOUR: Final = _Field("hour", 0, 23)
_DAY: Final = _Field("day of the month", 1, 31)
_MONTH: Final = _Field("month", 1, 12, _MONTH_NAMES)
#: 0 and 7 are both Sunday.
_WEEKDAY: Final = _Field("weekday", 0, 7, ("sun", "mon", "tue", "wed", "thu", "fri", "sat"))


@dataclass(frozen=True, slots=True)
class Cron:
    """A cron line, read: its times, and the days on which they come.

    `note` says in words what of its meaning people often expect otherwise; mostly empty.
    """

    text: str
    minutes: frozenset[int]
    hours: frozenset[int]
    rules: tuple[Rule, ...]
    every_hour: bool
    note: str


def read_cron(text: str) -> Cron:
    """Read the five fields: minute, hour, day of the month, month, weekday.

    Raises:
        NotUnderstoodError: they are not five, or one is not of its form, or no day is like that.
    """
    parts = text.split()
    if len(parts) != 5:  # noqa: PLR2004 (crontab's five)
        what = f"A cron line has five fields, and {quoted(text)} has {len(parts)}"
        remedy = "write minute, hour, day of the month, month and weekday"
        raise NotUnderstoodError(Refusal(what, remedy, _EXAMPLE, (text,)))
    minute, hour, day, month, weekday = parts
    days, months = _DAY.values(day), _MONTH.values(month)
    weekdays = frozenset((number - 1) % 7 for number in _WEEKDAY.values(weekday))
    # Where one of the two fields begins with a star, a day must match both; else either will do.
    either = not (day.startswith("*") or weekday.startswith("*"))
    if not either and not _comes(days, months, weekdays):
        what = f"{quoted(f'{day} {month} {weekday}')} may match no day for five years"
        raise NotUnderstoodError(Refusal(what, "name days that come sooner", _EXAMPLE))
    # A rule that no day meets would be sought in vain for centuries.
    ways = ((days, _ALL_WEEK), (_ALL_MONTH, weekdays)) if either else ((days, weekdays),)
    rules = (_rule(way, months, week) for way, week in ways if _comes(way, months, week))
    return Cron(
        text=" ".join(parts).casefold(),
        minutes=_MINUTE.values(minute),
        hours=_HOUR.values(hour),
        rules=tuple(rules),
        every_hour=hour.startswith("*"),
        note=_note(days, months, either=either, starred=day.startswith("*")),
    )


def _rule(days: frozenset[int], months: frozenset[int], weekdays: frozenset[int]) -> Rule:
    fields = {
        "day": () if days == _ALL_MONTH else map(str, sorted(days)),
        "month": () if len(months) == len(_MONTH_NAMES) else map(str, sorted(months)),
        # By name: in numbers APScheduler's weeks begin on Monday, crontab's on Sunday.
        "day_of_week": ()
        if weekdays == _ALL_WEEK
        else map(DAY_NAMES.__getitem__, sorted(weekdays)),
    }
    texts = ((name, ",".join(values)) for name, values in fields.items())
    return tuple((name, text) for name, text in texts if text)


def _comes(days: frozenset[int], months: frozenset[int], weekdays: frozenset[int]) -> bool:
    """Tell whether there is such a day in any five years; the calendar repeats after 28."""
    if weekdays == _ALL_WEEK:
        return any(min(days) <= _MOST_DAYS[month - 1] for month in months)
    found = [date(2000, 1, 1)]
    for year, month in product(range(2000, 2033), sorted(months)):
        last = monthrange(year, month)[1]
        dates = (date(year, month, day) for day in sorted(days) if day <= last)
        found += [day for day in dates if day.weekday() in weekdays]
    found.append(date(2033, 1, 1))
    return all((later - earlier).days <= 5 * 366 for earlier, later in pairwise(found))


def _note(days: frozenset[int], months: frozenset[int], *, either: bool, starred: bool) -> str:
    if either:
        return "It names days of the month and weekdays: it runs on a day that is either."
    lacking = any(max(days) > monthrange(2001, month)[1] for month in months)
    if starred or not lacking:
        return ""
    return f"It skips a month without a day {max(days)}; “every month on day {max(days)}” does not."
