"""What a model's refusal means to the person who wrote the file: a sentence and a remedy."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from bot.domain.fields import ID_LIMIT, Audience, GapId, Id, SourceRef
from bot.library.finding import Finding, name_of, nearest, short, slug_like
from bot.library.shape import key_at, shape_at

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from pydantic import ValidationError
    from pydantic_core import ErrorDetails

_TEXT: Final = "put it in quotes"
_UNKNOWN_KEYS: Final = {"unexpected_keyword_argument", "extra_forbidden"}


def findings(error: ValidationError) -> Iterator[Finding]:
    """What is behind the errors of a model."""
    for details in error.errors(include_url=False):
        # A list of which no item is right is also called empty: that says nothing new.
        if details["type"] != "too_short" or not details["input"]:
            yield explain(details)


def explain(error: ErrorDetails) -> Finding:
    """The finding behind one of pydantic's errors."""
    loc, kind = error["loc"], error["type"]
    if kind in _UNKNOWN_KEYS:
        return _unknown_key(error)
    if kind == "missing":
        return _missing(error)
    is_empty = error["input"] is None
    if kind == "briefing" and not is_empty:  # in our own words: see `bot.domain.fields.refusal`
        return Finding(loc, f"{name_of(loc)}: {error['ctx']['what']}", error["ctx"]["remedy"])
    sentence = _empty if is_empty else _SENTENCES.get(kind, _unlike)
    what, remedy = sentence(error)
    return Finding(loc, f"{name_of(loc)} {what}", remedy)


def _unknown_key(error: ErrorDetails) -> Finding:
    *parent, key = error["loc"]
    shape = shape_at(tuple(parent))
    known = list(shape.keys) if shape else []
    if not str(key).strip():
        what, remedy = "the key before this colon is missing", "write it, or remove the line"
    else:
        place = f" in {name_of(tuple(parent))}" if parent else ""
        what = f"there is no key `{short(str(key))}`{place}"
        meant = nearest(str(key), known)
        remedy = (
            f"did you mean `{meant}`?" if meant else f"remove it; the keys are {_listed(known)}"
        )
    return Finding(error["loc"], what, remedy, at_key=True)


def _missing(error: ErrorDetails) -> Finding:
    *parent, key = error["loc"]
    what = f"{name_of(tuple(parent))} has no `{key}`"
    return Finding(error["loc"], what, f"add a line `{key}: …`")


def _empty(error: ErrorDetails) -> tuple[str, str]:
    key = key_at(error["loc"])
    needed = key is not None and key.required
    return "is empty", "write its value" if needed else "write its value, or remove the line"


def _not_text(error: ErrorDetails) -> tuple[str, str]:
    value = error["input"]
    if isinstance(value, bool):
        return f"is the truth value {str(value).lower()}, not text", _TEXT
    if isinstance(value, int | float):
        return "is a number, not text", _TEXT
    if isinstance(value, list):
        return "is a list, not one text", "write one text, without `- ` and brackets"
    return "holds keys of its own, not text", "put text with a colon in quotes"


def _not_yes_no(_error: ErrorDetails) -> tuple[str, str]:
    return "is neither true nor false", "write `true`, without quotes, or remove the line"


def _not_list(error: ErrorDetails) -> tuple[str, str]:
    if isinstance(error["input"], dict):
        return "holds keys, not a list", "begin each of its items with `- `"
    return "is one value, not a list", "write each value on a line of its own, after `- `"


def _not_mapping(error: ErrorDetails) -> tuple[str, str]:
    shape = shape_at(error["loc"])
    keys = [name for name, key in shape.keys.items() if key.required] if shape else []
    what = "is a list" if isinstance(error["input"], list) else "is one value"
    return f"{what}, not keys with their values", f"write {_listed(keys)}, each with its value"


def _too_long(error: ErrorDetails) -> tuple[str, str]:
    length, most = len(str(error["input"]).strip()), error["ctx"]["max_length"]
    return f"has {length:,} characters, {most:,} at most", f"shorten it by {length - most:,}"


def _too_many(error: ErrorDetails) -> tuple[str, str]:
    length, most = error["ctx"]["actual_length"], error["ctx"]["max_length"]
    return f"has {length or 'more'} items, {most} at most", f"keep {most} of them"


def _too_few(error: ErrorDetails) -> tuple[str, str]:
    return "has no item", f"add at least {error['ctx']['min_length']}"


def _not_one_of(error: ErrorDetails) -> tuple[str, str]:
    key = key_at(error["loc"])
    known = [member.value for member in key.hint] if key else []
    value = error["input"]
    meant = nearest(value, known) if isinstance(value, str) else ""
    shown = f"is `{short(value)}`, " if isinstance(value, str) else "is "
    remedy = f"did you mean `{meant}`?" if meant else "write one of them"
    return f"{shown}not one of {_listed(known, 'or')}", remedy


def _not_like(error: ErrorDetails) -> tuple[str, str]:
    key = key_at(error["loc"])
    hint = key.hint if key else None
    value = str(error["input"]).strip()
    if not value:
        return _empty(error)
    for known, sentence in _PATTERNS:
        if hint == known:
            return sentence(value)
    return f"is `{short(value)}`, which is not a language code", "write one such as en or pt-BR"


def _not_id(value: str) -> tuple[str, str]:
    rules = f"use small letters, digits and hyphens, {ID_LIMIT} at most"
    better = slug_like(value, ID_LIMIT)
    example = f", as in `{better}`" if better else ""
    return f"is `{short(value)}`, which is not an id", f"{rules}{example}"


def _not_source(value: str) -> tuple[str, str]:
    remedy = "write a source's id, and its place after ` § ` if you like: `article § Context`"
    return f"is `{short(value)}`, which names no source", remedy


def _not_audience(value: str) -> tuple[str, str]:
    remedy = "write a tenant, as in `slack:T1`, or a channel, as in `slack:T1/C1`"
    return f"is `{short(value)}`, which is neither a tenant nor a channel", remedy


def _not_gap(value: str) -> tuple[str, str]:
    remedy = "write its id as `python -m bot gaps` shows it, as in `gap-12`"
    return f"is `{short(value)}`, which names no gap", remedy


def _unreadable(_error: ErrorDetails) -> tuple[str, str]:
    return "has a character that is none", "remove it"


def _unlike(_error: ErrorDetails) -> tuple[str, str]:
    return "is not what belongs here", "compare it with a briefing that works, or with the schema"


def _listed(names: list[str], word: str = "and") -> str:
    quoted = [f"`{name}`" for name in names]
    return f" {word} ".join([*filter(None, [", ".join(quoted[:-1])]), *quoted[-1:]])


_PATTERNS: Final = (
    (Id, _not_id),
    (SourceRef, _not_source),
    (Audience, _not_audience),
    (GapId, _not_gap),
)
_SENTENCES: Final[dict[str, Callable[[ErrorDetails], tuple[str, str]]]] = {
    "string_type": _not_text,
    "string_unicode": _unreadable,
    "string_too_long": _too_long,
    "string_too_short": _empty,
    "string_pattern_mismatch": _not_like,
    "enum": _not_one_of,
    "bool_type": _not_yes_no,
    "tuple_type": _not_list,
    "too_long": _too_many,
    "too_short": _too_few,
    "dataclass_type": _not_mapping,
}
