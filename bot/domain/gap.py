"""Gap: a question that readers asked and nothing answers; Votes: whether an answer was helpful."""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import blake2b
from typing import TYPE_CHECKING, Final

from bot.domain.entry import Entry
from bot.domain.search import Entries
from bot.domain.search.text import words
from bot.domain.sections.item import Section

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from bot.domain.search import Index

_PREFIX: Final = "gap-"
#: Longest number that the database can count to.
_DIGITS: Final = 15
#: So many of the gaps most like a question are compared with it the other way round.
_COMPARED: Final = 5
#: What stands for whoever a question names by a sign.
_SOMEONE: Final = "@someone"
_SECTION: Final = Section("gaps", "gap", "Gaps", "gap", "gaps", "Questions that nothing answers")


@dataclass(frozen=True, slots=True)
class Gap:
    """A question with how often it was asked, and when; never by whom.

    `story` is a slug, empty where none was named; `tenant` is the workspace, as in slack:T1.
    """

    number: int
    tenant: str
    story: str
    text: str
    count: int
    first_at: datetime
    last_at: datetime

    @property
    def id(self) -> str:
        """What an entry that answers it calls it: gap-12."""
        return f"{_PREFIX}{self.number}"


@dataclass(frozen=True, slots=True)
class Votes:
    """How many found an entry helpful, and how many did not; `entry` is its key: faq/why-now."""

    story: str
    entry: str
    yes: int
    no: int


def gap_number(text: str) -> int | None:
    """The number of the gap that is called so, with or without what stands before numbers."""
    digits = text.strip().casefold().removeprefix(_PREFIX)
    if not (digits.isascii() and digits.isdecimal() and len(digits) <= _DIGITS):
        return None
    return int(digits) or None


def without_names(text: str) -> str:
    """A question on one line, with a stand-in for every mention and e-mail address."""
    return " ".join(_SOMEONE if "@" in word[:-1] else word for word in text.split())


def wording(text: str) -> str:
    """The same for questions that differ in nothing but case and punctuation."""
    said = " ".join(words(text)) or text
    return blake2b(said.encode(errors="surrogatepass"), digest_size=16).hexdigest()


def like(text: str, gaps: Sequence[Gap], index: Index) -> Gap | None:
    """The gap that asks the same as this text, if there is one.

    The search must be sure of it both ways: that the gap answers to the text, and the text to the
    gap, each with words worth what they are among all that `index` holds.
    """
    same = wording(text)
    for gap in gaps:
        if wording(gap.text) == same:
            return gap
    among = index.replaced([Entries("", tuple(map(_entry, gaps)))])
    alone = index.replaced([Entries("", (_as_entry("0", text),))])
    by_id = {gap.id: gap for gap in gaps}
    for hit in among.search(text, section=_SECTION, limit=_COMPARED).hits:
        gap = by_id[hit.entry.id]
        if hit.sure and alone.search(gap.text, section=_SECTION, limit=1).sure:
            return gap
    return None


def _entry(gap: Gap) -> Entry:
    return _as_entry(gap.id, gap.text)


def _as_entry(id: str, text: str) -> Entry:
    return Entry("", _SECTION, id, text, "", text, ())


def by_count(gaps: Iterable[Gap]) -> list[Gap]:
    """Those asked most often first, then the latest."""
    return sorted(gaps, key=lambda gap: (-gap.count, -gap.last_at.timestamp(), gap.number))
