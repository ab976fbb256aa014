"""The shape of a briefing file, read off its models: which keys stand where, and what for."""

from __future__ import annotations

from dataclasses import dataclass, is_dataclass
from enum import Enum, auto
from functools import cache
from types import UnionType
from typing import (
    TYPE_CHECKING,
    Any,
    Final,
    NamedTuple,
    Union,
    get_args,
    get_origin,
    get_type_hints,
)

from bot.domain.briefing import BriefingFile
from bot.domain.fields import Day, Id, Moment, ShortText, SourceRef, Text

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from pydantic.fields import FieldInfo

    from bot.library.yaml import Loc


class Role(Enum):
    """What a text in a file is for, beyond being text."""

    ID = auto()
    """The name of an item or a source."""
    MENTION = auto()
    """The name of an item or a source, in a list of what changed."""
    SOURCE = auto()
    """The name of a source, perhaps with a place in it."""
    PAST = auto()
    """A day or an instant that must have come."""
    MARKDOWN = auto()
    """Text that is shown with its markup."""


@dataclass(frozen=True, slots=True)
class Key:
    """One key of a mapping: what it holds, how often, and whether it may be left out."""

    hint: Any
    many: bool
    required: bool
    role: Role | None
    shape: Shape | None


@dataclass(frozen=True, slots=True)
class Shape:
    """The keys that one mapping of a file may have."""

    model: type
    keys: Mapping[str, Key]
    #: Those of them that a walk through the file looks into.
    looked_at: tuple[tuple[str, Key], ...]


class Leaf(NamedTuple):
    """A text with a role, and where it stands."""

    loc: Loc
    text: str


#: The one date that lies ahead.
_AHEAD: Final = "review_by"


@cache
def shape_of(model: type) -> Shape:
    """The shape of what this model is read from."""
    hints = get_type_hints(model, include_extras=True)
    known: dict[str, FieldInfo] = getattr(model, "__pydantic_fields__")  # noqa: B009 (any model)
    keys = {
        name: _key(name, hints[name], required=field.is_required()) for name, field in known.items()
    }
    looked_at = tuple((name, key) for name, key in keys.items() if key.role or key.shape)
    return Shape(model, keys, looked_at)


def file_shape() -> Shape:
    """The shape of a whole file."""
    model: type = BriefingFile
    return shape_of(model)


def shape_at(loc: Loc) -> Shape | None:
    """The shape of the mapping at this place in a file; None if none belongs there."""
    shape: Shape | None = file_shape()
    for part in loc:
        if isinstance(part, str):
            key = shape.keys.get(part) if shape else None
            shape = key.shape if key else None
    return shape


def key_at(loc: Loc) -> Key | None:
    """What is known of the key under which the value at this place stands."""
    names = [place for place, part in enumerate(loc) if isinstance(part, str)]
    if not names:
        return None
    shape = shape_at(loc[: names[-1]])
    return shape.keys.get(str(loc[names[-1]])) if shape else None


def leaves(data: Any) -> dict[Role, list[Leaf]]:
    """The texts with a role in what a file holds, however much of it is wrong."""
    found: dict[Role, list[Leaf]] = {role: [] for role in Role}
    _collect(data, file_shape(), (), found)
    return found


def _collect(data: Any, shape: Shape, loc: Loc, found: dict[Role, list[Leaf]]) -> None:
    if type(data) is not dict:
        return
    for name, key in shape.looked_at:
        value = data.get(name)
        if value is None:
            continue
        if not key.many:
            _take(value, key, (*loc, name), found)
        elif type(value) is list:
            for number, one in enumerate(value):
                _take(one, key, (*loc, name, number), found)


def _take(value: Any, key: Key, loc: Loc, found: dict[Role, list[Leaf]]) -> None:
    if key.shape is not None:
        _collect(value, key.shape, loc, found)
    elif key.role is not None and type(value) is str:
        found[key.role].append(Leaf(loc, value))


def _key(name: str, hint: Any, *, required: bool) -> Key:
    kinds = [kind for kind in _alternatives(hint) if kind is not type(None)]
    inner = kinds[0] if len(kinds) == 1 else hint
    many = get_origin(inner) is tuple
    one = get_args(inner)[0] if many else inner
    shape = shape_of(one) if is_dataclass(one) and isinstance(one, type) else None
    return Key(one, many, required, _role(name, one, many=many), shape)


def _alternatives(hint: Any) -> Iterator[Any]:
    yield from get_args(hint) if get_origin(hint) in (Union, UnionType) else (hint,)


def _role(name: str, hint: Any, *, many: bool) -> Role | None:
    if hint == Id:
        return Role.MENTION if many else Role.ID
    if hint == SourceRef:
        return Role.SOURCE
    if hint in (Text, ShortText):
        return Role.MARKDOWN
    return Role.PAST if hint in (Day, Moment) and name != _AHEAD else None
