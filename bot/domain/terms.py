"""Terms: everything in a wish for digests but its stories, clause by clause, in any order."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Final, TypeVar

from bot.domain.cadence import CadenceWords
from bot.domain.days import names_day
from bot.domain.schedule import Content, Quiet
from bot.domain.words import NotUnderstoodError, Refusal, Words, quoted, refuse
from bot.domain.zones import find_zone, zones_named

Value = TypeVar("Value")

#: Words with which a clause begins; where a name is not known, it ends before one of them.
_STARTS: Final = frozenset(
    (
        *("at", "on", "every", "each", "in", "daily", "weekly", "monthly", "weekdays", "weekends"),
        *("cron", "noon", "midnight", "full", "changes", "silent", "say", "late"),
    )
)
_TIME: Final = re.compile(r"[0-9]{1,2}(?::[0-9]{2})?(?:am|pm)?")
_CHANNEL: Final = re.compile(r"<#[^<>\s]+>|#[^\s#]+|[a-z]+:[^/\s]+/[^/\s]+")
_NUMBER: Final = re.compile(r"[0-9]{1,5}")
_LATE: Final = re.compile(r"([0-9]{1,5})(m|min|h|d)")
_QUIET: Final = {"silent": Quiet.SILENT, "say so": Quiet.LINE}
_UNITS: Final = {
    **dict.fromkeys(("m", "min", "mins", "minute", "minutes"), timedelta(minutes=1)),
    **dict.fromkeys(("h", "hour", "hours"), timedelta(hours=1)),
    **dict.fromkeys(("d", "day", "days"), timedelta(days=1)),
}
_LEAST_LATE: Final = timedelta(minutes=10)
_MOST_LATE: Final = timedelta(days=7)
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
        self._mine = mine
        self._unknown: list[tuple[int, int]] = []
        self._wrong: list[Refusal] = []
        while words.left:
            self._read_next(words)
        #: The words that mean nothing here, as they were typed.
        self.unknown = tuple(words.said(start, end) for start, end in self._unknown)

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
        if self._unknown and self._unknown[-1][1] == start:
            start = self._unknown.pop()[0]
        self._unknown.append((start, words.place))

    def _read(self, words: Words) -> bool:
        """Read a clause; a comma may stand between two."""
        if words.take(",") or self.cadence.read(words):
            return True
        start = words.place
        content, quiet = words.take("full", "changes"), words.take("silent", "say so")
        late = _read_late(words) if words.take("late") else None
        channel = _read_channel(words)
        zone = "" if channel else _read_zone(words, self._mine)
        said = quoted(words.said(start, words.place))
        self.content = _once(self.content, Content(content) if content else None, said)
        self.quiet = _once(self.quiet, _QUIET.get(quiet), said)
        self.grace = _once(self.grace, late, said)
        self.channel = _once(self.channel, channel or None, said)
        self.zone = _once(self.zone, zone or None, said)
        return words.place > start


def _once(old: Value | None, new: Value | None, said: str) -> Value | None:
    if old is not None and new is not None:
        raise refuse(f"{said} comes on top of another one", "say it once", _EXAMPLE)
    return old if new is None else new


def _read_late(words: Words) -> timedelta:
    number, unit = words.peek(), words.peek(1)
    match = _LATE.fullmatch(number)
    apart = _NUMBER.fullmatch(number) and unit in _UNITS
    said = words.said(words.place, words.place + (2 if apart else 1))
    words.place += len(said.split())
    if match:
        number, unit = match.groups()
    late = int(number) * _UNITS[unit] if match or apart else None
    if late is None or not _LEAST_LATE <= late <= _MOST_LATE:
        what = f"{quoted(f'late {said}'.strip())} does not say how late a digest may come"
        raise refuse(what, "write 10m to 7d", f"{_EXAMPLE} late 3h")
    return late


def _read_channel(words: Words) -> str:
    """Read `in slack:T1/C1` or `<#C1|name>`, without `in` as well."""
    named = 1 if words.peek() == "in" else 0
    if not _CHANNEL.fullmatch(words.peek(named)):
        return ""
    words.place += named + 1
    return words.said(words.place - 1, words.place)


def _read_zone(words: Words, mine: str | None) -> str:
    """Read `in New York`, `in my zone`; or, without `in`, what can only be a zone."""
    if not words.take("in"):
        name = words.said(words.place, words.place + 1)
        named = zones_named(name) if "/" in name or name.casefold() == "utc" else ()
        words.place += len(named)
        return named[0] if named else ""
    for count in range(_ZONE_WORDS, 0, -1):
        named = zones_named(words.said(words.place, words.place + count), mine)
        if len(named) == 1:
            words.place = min(words.place + count, len(words))
            words.take("time")
            return named[0]
    start = words.place
    while words.left and (words.place == start or not starts_clause(words.peek())):
        words.place += 1
    raise NotUnderstoodError(_unknown_zone(words.said(start, words.place), mine))


def _unknown_zone(name: str, mine: str | None) -> Refusal:
    example = f"{_EXAMPLE} in Europe/Lisbon"
    if not name:
        return Refusal("A time zone is missing after “in”", "write a city", example)
    found = find_zone(name, mine)
    near = (found,) if isinstance(found, str) else found
    what = f"I know no time zone {quoted(name)}"
    if not near:
        remedy = "write a large city with the same time, or an IANA name"
        if any(map(str.isdigit, name)):
            remedy = "an offset does not tell of summer time; write a city, or an IANA name"
        return Refusal(what, remedy, example, (name,))
    if zones_named(name, mine):
        what = f"{quoted(name)} means several time zones"
    return Refusal(what, f"write {' or '.join(near)}", f"{_EXAMPLE} in {near[0]}", (name,))
