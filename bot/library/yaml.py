"""YAML text to plain data, with every problem on the way and the place of every value.

The meaning is YAML 1.2's: `no`, `12:30` and `2026-01-31` are text; only a schema makes more of it.
Built from PyYAML's C events: they know positions and do not recurse, so nothing that a file holds
can crash the reader or make it large.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from yaml import YAMLError
from yaml._yaml import CParser
from yaml.events import (
    AliasEvent,
    DocumentStartEvent,
    Event,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
    StreamEndEvent,
)

from bot.domain.problem import Position, Problem
from bot.library.finding import short
from bot.library.scalars import to_value
from bot.library.syntax import explain

if TYPE_CHECKING:
    from collections.abc import Callable

DEPTH_LIMIT: Final = 16
VALUE_LIMIT: Final = 20_000
#: So many problems of one file are worth reading at a time.
PROBLEM_LIMIT: Final = 100

#: Where a value stands: the keys and indexes that lead to it.
Loc = tuple[str | int, ...]

#: The key of a value that is read but not kept.
_DROPPED: Final = "\0dropped"


@dataclass(slots=True)
class Tree:
    """What a YAML text holds, as far as it could be read.

    Of a tree that is not `whole`, nobody can say what is missing. Only where positions were asked
    for, `keys` and `values` say where keys and values stand, and `broken` which places hold a value
    that is not what its author meant, because of one of the problems.
    """

    value: Any = None
    whole: bool = False
    problems: list[Problem] = field(default_factory=list)
    keys: dict[Loc, Position] = field(default_factory=dict)
    values: dict[Loc, Position] = field(default_factory=dict)
    broken: set[Loc] = field(default_factory=set)

    def place(self, loc: Loc, *, key: bool = False) -> Position | None:
        """Where a value, or its key, stands; of one that is not there, where its parent does."""
        places = self.keys if key else self.values
        while loc and loc not in places:
            loc, places = loc[:-1], self.values
        return places.get(loc)


def read(text: str, file: str = "", *, positions: bool = False) -> Tree:
    """The data that a YAML text holds; with positions, a quarter more slowly."""
    return _Reader(text, file, positions=positions).read()


class _StopReading(Exception):
    """What follows is not worth reading."""


@dataclass(slots=True)
class _Frame:
    """A mapping or a list that is being filled."""

    data: Any
    loc: Loc
    keyed: bool
    #: The key whose value comes next, and where it stood; None while a key is due.
    key: str | None = None
    key_event: Event | None = None


class _Reader:
    """Builds plain data from the events of one text."""

    def __init__(self, text: str, file: str, *, positions: bool) -> None:
        self._text, self._file, self._positions = text, file, positions
        self._tree = Tree()
        self._root = self._top = _Frame([], (), keyed=False)
        self._stack: list[_Frame] = []
        self._count = 0
        self._started = False

    def read(self) -> Tree:
        """Read to the end, or as far as can be."""
        parser = None
        try:
            parser = CParser(self._text)
            self._follow(parser)
            self._tree.whole = True
        except _StopReading:
            pass
        except (YAMLError, UnicodeEncodeError) as error:
            self._syntax_error(error)
        finally:
            if parser is not None:
                parser.dispose()
        self._tree.value = next(iter(self._root.data), None)
        return self._tree

    def _follow(self, parser: CParser) -> None:
        steps: dict[type, Callable[[Any], None]] = {
            ScalarEvent: self._scalar,
            MappingStartEvent: self._open,
            SequenceStartEvent: self._open,
            MappingEndEvent: self._close,
            SequenceEndEvent: self._close,
            AliasEvent: self._alias,
            DocumentStartEvent: self._document,
        }
        next_event = parser.get_event
        while (kind := type(event := next_event())) is not StreamEndEvent:
            step = steps.get(kind)
            if step is not None:
                step(event)

    def _document(self, event: DocumentStartEvent) -> None:
        if self._started:
            self._problem(event, "a second document begins here", "remove the line with ---")
            raise _StopReading
        self._started = True

    def _scalar(self, event: ScalarEvent) -> None:
        if event.anchor is not None or event.tag is not None:
            self._mark(event)
        if self._top.keyed and self._top.key is None:
            self._take_key(event)
        else:
            self._put(to_value(event.value) if event.implicit[0] else event.value, event)

    def _take_key(self, event: ScalarEvent) -> None:
        top = self._top
        top.key, top.key_event = event.value, event
        if event.value in top.data:
            first = self._tree.keys.get((*top.loc, event.value))
            where = f", first in line {first.line}" if first else ""
            what = f"the key `{short(event.value)}` is here twice{where}"
            self._problem(event, what, "keep one of the two")
            top.key = _DROPPED

    def _open(self, event: MappingStartEvent | SequenceStartEvent) -> None:
        if event.anchor is not None or event.tag is not None:
            self._mark(event)
        if len(self._stack) >= DEPTH_LIMIT:
            self._problem(event, f"this is nested more than {DEPTH_LIMIT} deep", "write it flatter")
            raise _StopReading
        keyed = type(event) is MappingStartEvent
        frame = _Frame({} if keyed else [], (), keyed)
        if self._top.keyed and self._top.key is None:
            self._problem(event, "a key must be text, not a list or a mapping", "put it in quotes")
            self._top.key = _DROPPED  # the value that follows belongs to no key
        else:
            frame.loc = self._put(frame.data, event)
        self._stack.append(self._top)
        self._top = frame

    def _close(self, _event: Event) -> None:
        self._top = self._stack.pop()

    def _alias(self, event: AliasEvent) -> None:
        what = "a text cannot begin with `*`, and references are not allowed"
        self._problem(event, what, "put the text in quotes, or write the value out")
        if self._top.keyed and self._top.key is None:
            self._top.key = _DROPPED
        else:
            self._tree.broken.add(self._put(None, event))

    def _mark(self, event: ScalarEvent | MappingStartEvent | SequenceStartEvent) -> None:
        """An anchor or a tag stands before a value or a key."""
        sign, name = ("&", "anchors") if event.anchor is not None else ("!", "tags")
        what = f"a text cannot begin with `{sign}`, and {name} are not allowed"
        self._problem(event, what, "put the text in quotes, or remove the mark")
        self._tree.broken.add(self._next_loc())

    def _put(self, value: Any, event: Event) -> Loc:
        """Put a value where it belongs, and say where that is."""
        self._count += 1
        if self._count > VALUE_LIMIT:
            self._problem(event, f"there are more than {VALUE_LIMIT:,} values", "split the file")
            raise _StopReading
        loc, top = self._next_loc() if self._positions else (), self._top
        if self._positions and top.key is not _DROPPED:
            self._tree.values[loc] = self._position(event)
            if top.key_event is not None:
                self._tree.keys[loc] = self._position(top.key_event)
        if not top.keyed:
            top.data.append(value)
        elif top.key is not _DROPPED:
            top.data[top.key] = value
        top.key = None
        return loc

    def _next_loc(self) -> Loc:
        top = self._top
        if top is self._root:
            return ()
        return (*top.loc, (top.key or "") if top.keyed else len(top.data))

    def _position(self, event: Event) -> Position:
        mark = event.start_mark
        return (
            Position(self._file, mark.line + 1, mark.column + 1) if mark else Position(self._file)
        )

    def _problem(self, event: Event, what: str, remedy: str) -> None:
        self._tree.problems.append(Problem(what, remedy, self._position(event)))
        if len(self._tree.problems) >= PROBLEM_LIMIT:
            raise _StopReading

    def _syntax_error(self, error: YAMLError | UnicodeEncodeError) -> None:
        problem = explain(error, self._text, self._file)
        told = {known.where.line for known in self._tree.problems if known.where}
        if problem.where is None or problem.where.line not in told:
            self._tree.problems.append(problem)
