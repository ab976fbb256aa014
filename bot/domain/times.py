"""Times: the words for times of day; and what was perhaps meant by what nearly is one."""

from __future__ import annotations

import re
from datetime import time
from typing import Final

from bot.domain.words import (
    AND,
    NUMBERS,
    NotUnderstoodError,
    Refusal,
    Words,
    joined,
    quoted,
    refuse,
)

_EXAMPLE: Final = "at 09:00 on weekdays"
_REMEDY: Final = "write 09:00 or 9am"
_TIME: Final = re.compile(r"([0-9]{1,2})(?::([0-9]{2}))?(am|pm)?")
_HALVES: Final = {"am": "am", "a.m.": "am", "a.m": "am", "pm": "pm", "p.m.": "pm", "p.m": "pm"}
#: `9`, `9.30am`, `0900`, `9h30`: likely times, and not quite in our form.
_LIKELY: Final = re.compile(r"([0-9]{1,2})(?:[.:h]?([0-9]{2}))?h?(am|pm)?")
_O_CLOCK: Final = ("o'clock", "o’clock", "oclock", "hours", "hrs")
#: How people begin to say a time in words.
_SPOKEN: Final = frozenset(("half", "quarter", "past", *NUMBERS, *_O_CLOCK))
_NOON: Final = 12


def read_times(words: Words) -> tuple[time, ...]:
    """Read the times that the next words name, if they name times.

    Raises:
        NotUnderstoodError: one could be meant in two ways, or names no time that comes.
    """
    at = words.take("at")
    found = words.list_of(_read_time)
    start = words.place
    # A bare number is a time only where one must follow.
    if (found and words.take(*AND)) or (at and not found):
        first = words.place
        likely = words.list_of(_read_likely)
        if likely or not found:
            raise _no_time(likely, first, words)
        words.place = start
    return tuple(sorted(set(found)))


def _no_time(likely: list[tuple[str, ...]], start: int, words: Words) -> NotUnderstoodError:
    """The error for words that stand where times should; all of them are read then."""
    if not words.left and words.place == start:
        return refuse("A time is missing after “at”", _REMEDY, _EXAMPLE)
    words.place = max(words.place, start + 1)
    while words.peek() in _SPOKEN:
        words.place += 1
    said = words.said(start, words.place)
    # Of several, each as it is by the clock of 24 hours.
    several = len(likely) > 1
    readings = (joined([each[0] for each in likely]),) if several else (*likely, ())[0]
    ways = tuple(words.way(each, (start, words.place)) for each in readings)
    remedy = f"write {' or '.join(way.words for way in ways)}" if ways else _REMEDY
    what = f"{quoted(said)} is no time of day"
    return NotUnderstoodError(Refusal(what, remedy, _EXAMPLE, (said,), ways))


def likely_times(text: str) -> tuple[str, ...]:
    """The times that a text, as `17h`, may be, in our form; none for a bare number."""
    words = Words(text)
    found = None if text.isdecimal() else _read_likely(words)
    return () if found is None or words.left else found


def _read_likely(words: Words) -> tuple[str, ...] | None:
    """Read what is perhaps a time, and tell which times it may be."""
    word = words.peek()
    match = _LIKELY.fullmatch(word)
    hour, minute, half = match.groups() if match else (str(NUMBERS.get(word, "")), None, None)
    apart = _HALVES.get(words.peek(1), "")
    half = half or apart
    bare = not minute and not half
    if not hour or int(hour) >= 24 or int(minute or 0) >= 60:  # noqa: PLR2004 (a day's, an hour's)
        return None
    if half and not 1 <= int(hour) < _NOON:
        return None
    words.place += 2 if apart or words.peek(1) in _O_CLOCK else 1
    at = int(hour) + (_NOON if half == "pm" else 0)
    readings = (at, at + _NOON) if bare and 1 <= at < _NOON else (at,)
    return tuple(f"{each:02}:{minute or '00'}" for each in readings)


def _read_time(words: Words) -> time | None:
    before = words.place
    words.take("at")
    start, word = words.place, words.peek()
    match = _TIME.fullmatch(word)
    hour, minute, half = match.groups() if match else (None, None, None)
    apart = "" if half else _HALVES.get(words.peek(1), "")
    words.place += 1 + bool(match and apart)
    half = half or apart
    if word == "midnight" or (half and hour == str(_NOON) and minute in {None, "00"}):
        raise _twice_a_day(start, words)
    if word == "noon":
        return time(_NOON)
    if not hour or not (minute or half):
        words.place = before
        return None
    return _to_time(int(hour), int(minute or 0), half, words.said(start, words.place))


def _twice_a_day(start: int, words: Words) -> NotUnderstoodError:
    span = (start, words.place)
    what = f"{quoted(words.said(*span))} can be read in two ways"
    remedy = "write 00:00, with which a day begins, or 12:00"
    ways = (words.way(each, span) for each in ("00:00", "12:00"))
    return refuse(what, remedy, "at 00:00 every Monday", *ways)


def _to_time(hour: int, minute: int, half: str, said: str) -> time:
    if half and not 1 <= hour <= _NOON:
        raise refuse(f"{quoted(said)} is no time of day", _REMEDY, _EXAMPLE)
    if half:
        hour = hour % _NOON + (_NOON if half == "pm" else 0)
    try:
        return time(hour, minute)
    except ValueError:
        what = f"{quoted(said)} is no time of day"
        raise refuse(what, "write 00:00 to 23:59", _EXAMPLE) from None
