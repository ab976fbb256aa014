"""Schedules as a JSON file: a list of objects, written one a line, read with every problem placed.

An object says where (`platform`, `workspace`, `channel`), when (`cron`, or `cadence` in words, and
`tz`), and what is not as usual: `stories`, `content`, `quiet`, `grace_s`, `state` and its `reason`.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final

from bot.cli.schedule_item import Object, to_schedule
from bot.domain.problem import Position, Problem

if TYPE_CHECKING:
    from bot.domain.schedule import Schedule

_CRON: Final = re.compile(r'cron "([^"]*)"')
_SPACE: Final = re.compile(r"[ \t\r\n]*")


@dataclass(frozen=True, slots=True)
class Item:
    """A schedule of a file, and where it stands there. Its id is its number in the file."""

    schedule: Schedule
    where: Position


@dataclass(frozen=True, slots=True)
class Reading:
    """What a file holds, and all that is wrong with it."""

    items: list[Item]
    problems: list[Problem]


_DECODER: Final = json.JSONDecoder(object_pairs_hook=Object)


def to_object(schedule: Schedule) -> dict[str, Any]:
    """A schedule as it is written to a file."""
    channel, cron = schedule.channel, _CRON.fullmatch(schedule.cadence.text)
    return {
        "platform": channel.platform,
        "workspace": channel.workspace,
        "channel": channel.id,
        **({"cron": cron[1]} if cron else {"cadence": schedule.cadence.text}),
        "tz": schedule.zone,
        "stories": list(schedule.stories) or ["all"],
        "content": schedule.content.value,
        "quiet": schedule.quiet.value,
        "grace_s": schedule.grace // timedelta(seconds=1),
        "state": schedule.state.value,
        **({"reason": schedule.reason} if schedule.reason else {}),
    }


def read_schedules(text: str, file: str, platforms: Iterable[str]) -> Reading:
    """Read a file's text; `platforms` are the names that there are."""
    reader = _Reader(text, file, tuple(platforms))
    try:
        for start, value in _items(text):
            reader.read(start, value)
    except json.JSONDecodeError as error:
        what = f"from here on it cannot be read: {error.msg[:1].lower()}{error.msg[1:]}"
        remedy = "mend it there; `schedules export -` shows what a file looks like"
        reader.problems.append(Problem(what, remedy, Position(file, error.lineno, error.colno)))
    except (RecursionError, ValueError):
        what, remedy = "this JSON is nested too deeply, or has a number too long", "mend it"
        reader.problems.append(Problem(what, remedy, Position(file)))
    return Reading(reader.items, reader.problems)


def _items(text: str) -> Iterator[tuple[int, Any]]:
    """Each item of the list with where it begins.

    Raises:
        JSONDecodeError: from there on it is no JSON list.
    """
    at = _after_space(text, 0)
    if not text.startswith("[", at):
        _DECODER.raw_decode(text, at)
        raise json.JSONDecodeError("Expecting a list, in [ and ]", text, at)
    at = _after_space(text, at + 1)
    more = not text.startswith("]", at)
    while more:
        value, end = _DECODER.raw_decode(text, at)
        yield at, value
        at = _after_space(text, end)
        more = text.startswith(",", at)
        if more:
            at = _after_space(text, at + 1)
        elif not text.startswith("]", at):
            raise json.JSONDecodeError("Expecting ',' or the list's end", text, at)
    end = _after_space(text, at + 1)
    if end < len(text):
        raise json.JSONDecodeError("Something stands after the list's end", text, end)


def _after_space(text: str, at: int) -> int:
    found = _SPACE.match(text, at)
    return found.end() if found else at


class _Reader:
    """Reads item after item, and gathers what is wrong."""

    def __init__(self, text: str, file: str, platforms: tuple[str, ...]) -> None:
        self._text = text
        self._file = file
        self._platforms = platforms
        self._looked, self._line, self._line_start = 0, 1, 0
        self._count = 0
        self.items: list[Item] = []
        self.problems: list[Problem] = []

    def read(self, start: int, value: Any) -> None:
        """Take the next item, which begins here in the text."""
        self._count += 1
        number, where = self._count, self._position(start)

        def say(field: str, what: str, remedy: str) -> None:
            named = f"item {number}, {field}" if field else f"item {number}"
            self.problems.append(Problem(f"{named}: {what}", remedy, where))

        if not isinstance(value, Object):
            say("", "this is no object", 'write {"platform": …, "channel": …} with the other keys')
            return
        before = len(self.problems)
        schedule = to_schedule(number, value, self._platforms, say)
        if schedule and len(self.problems) == before:
            self.items.append(Item(schedule, where))

    def _position(self, start: int) -> Position:
        """Where this is. Only what lies behind the last place is looked at: a file may be long."""
        self._line += self._text.count("\n", self._looked, start)
        newline = self._text.rfind("\n", self._looked, start)
        self._line_start = newline + 1 or self._line_start
        self._looked = start
        return Position(self._file, self._line, start - self._line_start + 1)
