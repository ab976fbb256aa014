"""Days: the words for days of the week and of the month, what they mean, how we write them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from bot.domain.cron import DAY_NAMES, Rule
from bot.domain.words import joined, quoted, refuse

if TYPE_CHECKING:
    from collections.abc import Iterable

    from bot.domain.words import Words

#: A day of a month: (0, 15, 0) is day 15; (1, 0, 0) the last; (2, 0, 4) the first Friday.
MonthDay = tuple[int, int, int]
_NUMBERED, _LAST, _COUNTED = range(3)

DAYS: Final = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_BY_NAME: Final = {
    **{name.casefold(): number for number, name in enumerate(DAYS)},
    **{f"{name.casefold()}s": number for number, name in enumerate(DAYS)},
    **{name: number for number, name in enumerate(DAY_NAMES)},
    "tues": 1,
    "weds": 2,
    "thur": 3,
    "thurs": 3,
}
_ALL_WEEK: Final = frozenset(range(7))
_WEEKDAYS: Final = frozenset(range(5))
_WEEKEND: Final = frozenset((5, 6))
_ORDINALS: Final = ("first", "second", "third", "fourth", "last")
#: How APScheduler writes these.
_POSITIONS: Final = ("1st", "2nd", "3rd", "4th", "last")
_NTH: Final = re.compile(r"([0-9]{1,2})(?:st|nd|rd|th)")
_DASH: Final = re.compile(r"[-–—]")
_MONTHLY: Final = ("every month", "each month", "monthly")
_OF_MONTH: Final = ("of the month", "of every month", "of each month", "of month", *_MONTHLY)
_ON_LAST: Final = "at 09:00 on the last Friday of the month"
_ON_DAY: Final = "at 09:00 every month on day 15"


@dataclass(frozen=True, slots=True)
class Days:
    """Some days: in canonical words, and as rules of which a day must meet one."""

    text: str
    rules: tuple[Rule, ...]


def names_day(word: str) -> bool:
    """Whether a word (in small letters) is a weekday or a range of weekdays."""
    return all(name in _BY_NAME for name in _DASH.split(word))


def day_named(word: str) -> str | None:
    """The weekday that a word (in small letters) names."""
    return DAYS[_BY_NAME[word]] if word in _BY_NAME else None


def read_days(words: Words) -> Days | None:
    """Read the days that the next words name, if they name days.

    Raises:
        NotUnderstoodError: they could be meant in two ways, or name no day that comes.
    """
    if words.take("daily", "every day", "each day"):
        return _weekly(_ALL_WEEK)
    weekly = words.take("weekly", "every week", "each week")
    found = words.list_of(_read_weekdays)
    if found:
        return _weekly(frozenset[int]().union(*found))
    if weekly:
        what = f"{quoted(weekly)} does not say on which day"
        raise refuse(what, "name the day", "at 09:00 every Monday")
    return _read_monthly(words)


def _read_weekdays(words: Words) -> frozenset[int] | None:
    start = words.place
    words.take("on every", "on each", "on", "every", "each")
    if words.take("weekdays", "weekday"):
        return _WEEKDAYS
    if words.take("weekends"):
        return _WEEKEND
    names = _DASH.split(words.peek())
    if len(names) == 1 and words.peek(1) in {"-", "–", "—", "to", "through", "thru"}:
        names.append(words.peek(2))
        words.place += 2
    numbers = [_BY_NAME[name] for name in names if name in _BY_NAME]
    # From a day to the same day may mean one day or seven.
    if len(numbers) != len(names) or len(set(numbers)) != len(names) or len(names) > 2:  # noqa: PLR2004
        words.place = start
        return None
    words.place += 1
    first, last = numbers[0], numbers[-1]
    return frozenset((first + step) % 7 for step in range((last - first) % 7 + 1))


def _weekly(days: frozenset[int]) -> Days:
    if days == _ALL_WEEK:
        return Days("daily", ((),))
    rule = ("day_of_week", ",".join(DAY_NAMES[day] for day in sorted(days)))
    named = f"every {joined([DAYS[day] for day in sorted(days)])}"
    text = {_WEEKDAYS: "on weekdays", _WEEKEND: "on weekends"}.get(days, named)
    return Days(text, ((rule,),))


def _read_monthly(words: Words) -> Days | None:
    start = words.place
    monthly = words.take(*_MONTHLY)
    found = words.list_of(lambda words: _read_month_days(words, monthly=bool(monthly)))
    said = words.said(start, words.place)
    if not found and monthly:
        raise refuse(f"{quoted(said)} does not say on which day", "name the day", _ON_DAY)
    if not found:
        return None
    if not words.take(*_OF_MONTH) and not monthly:
        what = f"{quoted(said)} does not say of what"
        remedy = "add “of the month”, or name the day of the week"
        way = words.way(f"{said} of the month", (start, words.place))
        raise refuse(what, remedy, _ON_LAST, way)
    days = {day for some in found for day in some}
    if _NTH.search(said.casefold()) and {kind for kind, _, _ in days} >= {_NUMBERED, _COUNTED}:
        raise refuse(f"{quoted(said)} can be read in two ways", "write the days apart", _ON_DAY)
    return _monthly(sorted(days))


def _read_month_days(words: Words, *, monthly: bool) -> tuple[MonthDay, ...] | None:
    start = words.place
    words.take("on the", "on every", "on", "the", "every")
    found = _read_numbered(words) or _read_counted(words, monthly=monthly)
    if not found:
        words.place = start
    return found or None


def _read_numbered(words: Words) -> tuple[MonthDay, ...]:
    """Read `day 1`, `days 1 and 15`, `the 15th`."""
    nth = _NTH.fullmatch(words.peek())
    if nth and words.peek(1) not in _BY_NAME:
        words.place += 1
        words.take("day")
        return (_numbered(int(nth[1])),)
    start = words.place
    words.take("days", "day")
    numbers = words.list_of(_read_number) if words.place > start else []
    if not numbers:
        words.place = start
    return tuple(map(_numbered, numbers))


def _read_number(words: Words) -> int | None:
    word = words.peek()
    if not (word.isascii() and word.isdecimal() and len(word) <= 4):  # noqa: PLR2004 (day 2026)
        return None
    words.place += 1
    return int(word)


def _numbered(number: int) -> MonthDay:
    if not 1 <= number <= 31:  # noqa: PLR2004 (the longest month)
        raise refuse(f"No month has a day {number}", "name a day from 1 to 31", _ON_DAY)
    return _NUMBERED, number, 0


def _read_counted(words: Words, *, monthly: bool) -> tuple[MonthDay, ...]:
    """Read `last day`, `first Monday`, `first and third Monday`; of a month, `first` is day 1."""
    start = words.place
    ordinals = words.list_of(_read_ordinal, len(_ORDINALS))
    name = words.peek()
    if ordinals and name in {"weekday", "weekdays", "working", "business", "workday"}:
        said = quoted(words.said(start, words.place + 1))
        raise refuse(f"{said} of a month cannot be told", "name a day of the week", _ON_LAST)
    dated = name == "day" or (name not in _BY_NAME and (monthly or name == "of"))
    if not ordinals or not (dated or name in _BY_NAME):
        words.place = start
        return ()
    words.place += name == "day" or not dated
    if dated:
        last = _ORDINALS.index("last")
        return tuple((_LAST, 0, 0) if place == last else _numbered(place + 1) for place in ordinals)
    return tuple((_COUNTED, place, _BY_NAME[name]) for place in ordinals)


def _read_ordinal(words: Words) -> int | None:
    """Read `first`, or `1st` where a weekday follows: its place among the ordinals."""
    word = words.peek()
    if word == "fifth" or (word == "5th" and words.peek(1) in _BY_NAME):
        raise refuse("Not every month has a fifth one", "write the fourth or the last", _ON_LAST)
    found = _ORDINALS.index(word) if word in _ORDINALS else None
    if word in _POSITIONS and words.peek(1) in _BY_NAME:
        found = _POSITIONS.index(word)
    if found is not None:
        words.place += 1
    return found


def _monthly(days: Iterable[MonthDay]) -> Days:
    days = tuple(days)
    # A month without that day runs on its last: 31 is the last of any; 29 and 30 lack in February.
    matched = dict.fromkeys(map(_expression, days))
    rules: tuple[Rule, ...] = ((("day", ",".join(matched)),),)
    if "last" not in matched and {"29", "30"} & matched.keys():
        rules = (*rules, (("day", "last"), ("month", "2")))
    return Days(f"every month on {joined(list(map(_month_day_text, days)))}", rules)


def _expression(day: MonthDay) -> str:
    kind, number, weekday = day
    if kind == _COUNTED:
        return f"{_POSITIONS[number]} {DAY_NAMES[weekday]}"
    return "last" if kind == _LAST or number == 31 else str(number)  # noqa: PLR2004


def _month_day_text(day: MonthDay) -> str:
    kind, number, weekday = day
    if kind == _COUNTED:
        return f"the {_ORDINALS[number]} {DAYS[weekday]}"
    return "the last day" if kind == _LAST else f"day {number}"
