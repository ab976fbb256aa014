"""Finding: something wrong at a place in a file, before the place has a line and a column."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from rapidfuzz import fuzz, process

from bot.domain.problem import Severity

if TYPE_CHECKING:
    from collections.abc import Iterable

    from bot.library.yaml import Loc

_LONGEST: Final = 60
_PLAIN: Final = re.compile(r"[a-z0-9](?:[a-z0-9-]*[a-z0-9])?")
#: Likeness, in percent, from which a name is worth offering for another.
_LIKE: Final = 60


@dataclass(frozen=True, slots=True)
class Finding:
    """What is wrong at a place, and what to do about it.

    `at_key` means the key rather than its value; `passing` that time alone will mend it.
    """

    loc: Loc
    what: str
    remedy: str
    at_key: bool = False
    passing: bool = False
    severity: Severity = Severity.ERROR


def name_of(loc: Loc) -> str:
    """A place in words, as in `answer` of `faq` item 3."""
    if not loc:
        return "the file"
    *rest, last = loc
    if isinstance(last, int):
        *rest, key = rest
        name = f"`{short(str(key))}` item {last + 1}"
    else:
        name = f"`{short(last)}`"
    return f"{name} of {name_of(tuple(rest))}" if rest else name


def short(text: str) -> str:
    """Text from a file as a message quotes it."""
    text = " ".join(text.split())
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"


def nearest(text: str, known: Iterable[str]) -> str:
    """The one of these that was most likely meant; empty if none is like it."""
    found = process.extractOne(text[:_LONGEST], list(known), scorer=fuzz.ratio, score_cutoff=_LIKE)
    return found[0] if found else ""


def slug_like(text: str, limit: int) -> str:
    """The nearest that a text comes to small letters, digits and hyphens."""
    if _PLAIN.fullmatch(text):
        return text[:limit].strip("-")
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain)[:limit].strip("-")
