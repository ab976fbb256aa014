"""Terms: everything in a wish for digests but its stories, clause by clause, in any order."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Final, TypeVar

from bot.domain.cadence import CadenceWords
from bot.domain.days import names_day
from bot.domain.schedule import Content, Quiet
from bot.domain.unknown_zones import unknown_zone
from bot.domain.words import NUMBERS, NotUnderstoodError, Refusal, Words, quoted, refuse
from bot.domain.zones import zones_meant, zones_named

Value = TypeVar("Value")

#: Words with which a clause begins; where a name is not known, it ends before one of them.
_STARTS: Final = frozenset(
    (
        *("at", "on", "every", "each", "in", "daily", "weekly", "monthly", "weekdays", "weekends"),
        *("cron", "noon", "midnight", "full", "changes", "silent", "say", "late", "publish"),
    )
)
_TIME: Final = re.compile(r"[0-9]{1,2}(?::[0-9]{2})?(?:am|pm)?")
_CHANNEL: Final = re.compile(r"<#[^<>\s]+>|#[^\s#]+|[a-z]+:[^/\s]+/[^/\s]+")
_NUMBER: Final = re.compile(r"[0-9]{1,5}")
#: `3h`, `90min`, `1h30m`.
_LATE: Final = re.compile(r"([0-9]{1,5})([a-z]+)(?:([0-9]{1,2})(m|mins?))?")
_CONTENT: Final = {
    **dict.fromkeys(("full cards", "full card", "full"), Content.FULL),
    **dict.fromkeys(("only changes", "changes only", "changes"), Content.CHANGES),
}
_UNCHANGED: Final = ("if nothing changed", "when nothing changed", "if nothing changes")
_QUIET: Final = {"silent": Quiet.SILENT, "say so": Quiet.LINE}
_PUBLISH: Final = {
    "publish": True,
    **dict.fromkeys(("do not publish", "don't publish", "don’t publish", "dont publish"), False),
}
_UNITS: Final = {
    **dict.fromkeys(("m", "min", "mins", "minute", "minutes"), timedelta(minutes=1)),
    **dict.fromkeys(("h", "hr", "hrs", "hour", "hours"), timedelta(hours=1)),
    **dict.fromkeys(("d", "day", "days"), timedelta(days=1)),
}
_COUNTS: Final = {"a": 1, "an": 1, **NUMBERS}
_LEAST_LATE: Final = timedelta(minutes=10)
_MOST_LATE: Final = timedelta(days=7)
#: What is a zone without `in`, as any IANA name with a slash is.
_BARE: Final = frozenset(("utc", "gmt"))
#: The most words of a place's name.
_ZONE_WORDS: Final = 6
_EXAMPLE: Final = "at 09:00 on weekdays"


def starts_clause(word: str) -> bool:
    """Whether a word (in small letters) can only begin a clause, not go on with a name."""
    known = word in _STARTS or names_day(word) or _TIME.fullmatch(word)
    return bool(known or _CHANNEL.fullmatch(word))


class Terms:
    """When, in which zone and how a digest comes; what was not said is None or empty.

    Unknown words and clauses that cannot be followed are gathered, so that one refusal names all.
    """

    def __init__(self, words: Words, mine: str | None) -> None:
        self.cadence = CadenceWords()
        self.zone: str | None = None
        self.content: Content | None = None
        self.quiet: Quiet | None = None
        self.grace: timedelta | None = None
        self.channel: str | None = None
        self.publish: bool | None = None
        self._mine = mine
        #: Where the words stand that mean nothing here.
        self.unknown: list[tuple[int, int]] = []
        self._wrong: list[Refusal] = []
        while words.left:
            self._read_next(words)

    def check(self) -> None:
        """Tell the first clause that was understood but cannot be followed.

        Raises:
            NotUnderstoodError: there is one.
        """
        for refusal in self._wrong:
            raise NotUnderstoodError(refusal)

    def _read_next(self, words: Words) -> None:
        start = words.place
        try:
            if self._read(words):
                return
        except NotUnderstoodError as error:
            self._wrong.append(error.refusal)
            words.place = max(words.place, start + 1)
            return
        words.place = start + 1
        if self.unknown and self.unknown[-1][1] == start:
            start = self.unknown.pop()[0]
        self.unknown.append((start, words.place))

    def _read(self, words: Words) -> bool:
        """Read a clause; a comma may stand between two."""
        if words.take(",") or self.cadence.read(words):
            return True
        start = words.place
        content, quiet = words.take(*_CONTENT), words.take(*_QUIET)
        if quiet:
            words.take(*_UNCHANGED)
        publish = words.take(*_PUBLISH)
        late = _read_late(words) if words.take("late", "late:") else None
        channel = _read_channel(words)
        zone = "" if channel else _read_zone(words, self._mine)
        said = quoted(words.said(start, words.place))
        self.content = _once(self.content, _CONTENT.get(content), said)
        self.quiet = _once(self.quiet, _QUIET.get(quiet), said)
        self.publish = _once(self.publish, _PUBLISH.get(publish), said)
        self.grace = _once(self.grace, late, said)
        self.channel = _once(self.channel, channel or None, said)
        self.zone = _once(self.zone, zone or None, said)
        return words.place > start


def _once(old: Value | None, new: Value | None, said: str) -> Value | None:
    if old is not None and new is not None:
        raise refuse(f"{said} comes on top of another one", "say it once", _EXAMPLE)
    return old if new is None else new


def _read_late(words: Words) -> timedelta:
    start = words.place
    words.take("by up to", "up to", "by")
    number = words.place
    late = _read_span(words)
    if late is not None and _LEAST_LATE <= late <= _MOST_LATE:
        return late
    bare = words.peek() if late is None and _NUMBER.fullmatch(words.peek()) else ""
    words.place += bool(bare)
    while late is None and words.left and not starts_clause(words.peek()):
        words.place += 1
    what = quoted(f"late {words.said(start, words.place)}".strip())
    unit = "m" if bare and timedelta(minutes=int(bare)) >= _LEAST_LATE else "h"
    raise refuse(
        f"{what} does not say how late a digest may come",
        "write minutes, hours or days in digits, from 10m to 7d",
        f"{_EXAMPLE} late 3h",
        *((words.way(f"{bare}{unit}", (number, words.place)),) if bare else ()),
    )


def _read_span(words: Words) -> timedelta | None:
    """Read `3h`, `90 minutes`, `three hours`, `an hour`, `1h30m`."""
    first, second = words.peek(), words.peek(1)
    if match := _LATE.fullmatch(first):
        number, unit, minutes, _ = match.groups()
        if unit in _UNITS and not (minutes and unit[0] != "h"):
            words.place += 1
            return int(number) * _UNITS[unit] + timedelta(minutes=int(minutes or 0))
        return None
    count = int(first) if _NUMBER.fullmatch(first) else _COUNTS.get(first)
    if count is None or second not in _UNITS:
        return None
    words.place += 2
    return count * _UNITS[second]


def _read_channel(words: Words) -> str:
    """Read `in slack:T1/C1`, `to <#C1|name>` or a channel alone."""
    named = 1 if words.peek() in {"in", "to", "into"} else 0
    if not _CHANNEL.fullmatch(words.peek(named)):
        return ""
    words.place += named + 1
    return words.said(words.place - 1, words.place)


def _read_zone(words: Words, mine: str | None) -> str:
    """Read `in New York`, `in Paris, France`, `in my zone`; without `in`, what is only a zone."""
    if not words.take("in"):
        name = words.said(words.place, words.place + 1)
        named = zones_named(name) if "/" in name or name.casefold() in _BARE else ()
        words.place += len(named)
        return named[0] if named else ""
    start = words.place
    for count in range(_ZONE_WORDS, 0, -1):
        words.place = start
        named = _read_place(count, words, mine)
        if len(named) == 1:
            return named[0]
        # `India Standard Time` is not India with words behind it.
        if zones_meant(words.said(start, start + count)):
            words.place = min(start + count, len(words))
            raise NotUnderstoodError(unknown_zone(words, start, mine))
    while words.left and (words.place == start or not starts_clause(words.peek())):
        words.place += 1
    raise NotUnderstoodError(unknown_zone(words, start, mine))


def _read_place(count: int, words: Words, mine: str | None) -> tuple[str, ...]:
    """The zones of a place of so many words, and of the country or the like behind it, if any."""
    start = words.place
    named = zones_named(words.said(start, start + count), mine)
    words.place = min(start + count, len(words))
    if not named:
        return ()
    after = words.place
    words.take(",")
    for more in range(_ZONE_WORDS, 0, -1):
        both = set(zones_named(words.said(words.place, words.place + more))).intersection(named)
        if both:
            words.place = min(words.place + more, len(words))
            return tuple(zone for zone in named if zone in both)
    words.place = after
    return named
