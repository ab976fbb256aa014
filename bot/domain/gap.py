"""Gap: a question that readers asked and nothing answers; Votes: whether an answer was helpful."""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import blake2b
from math import sqrt
from typing import TYPE_CHECKING, Final

from rapidfuzz.distance import OSA

from bot.domain.entry import Entry
from bot.domain.search import THRESHOLD, Entries, keywords
from bot.domain.search.near import near
from bot.domain.search.text import stems, words
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
#: In so many letters one slip is taken for a slip.
_LETTERS_PER_SLIP: Final = 6
#: Longest ending that a stem may still have.
_ENDING: Final = 2
#: What says more must be so much surer to be the same.
_SURER: Final = 1.5
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


def like(text: str, gaps: Sequence[Gap], index: Index, language: str = "en") -> Gap | None:
    """The gap that asks the same as this text, if there is one.

    The search must be sure of it, both ways taken together, with words worth what they are among
    all that `index` holds. Every word with a meaning must be met in the other question, too: one
    that says more is the same only where the search is surer, and two that both say more never are.
    """
    same = wording(text)
    for gap in gaps:
        if wording(gap.text) == same:
            return gap
    among = index.replaced([Entries("", tuple(_entry(gap.id, gap.text) for gap in gaps))])
    alone = index.replaced([Entries("", (_entry("", text),))])
    by_id = {gap.id: gap for gap in gaps}
    for hit in among.search(text, section=_SECTION, limit=_COMPARED).hits:
        gap = by_id[hit.entry.id]
        back = alone.search(gap.text, section=_SECTION, limit=1).hits
        sure = sqrt(hit.confidence * (back[0].confidence if back else 0.0))
        more = (_says_more(text, gap.text, language), _says_more(gap.text, text, language))
        if not all(more) and sure >= THRESHOLD * (_SURER if any(more) else 1):
            return gap
    return None


def _says_more(one: str, other: str, language: str) -> bool:
    """Whether a question has a word with a meaning that the other has in no form."""
    known = {stems(language).stem(word) for word in keywords(other, language)}
    return not all(
        _is_met(stems(language).stem(word), known, language) for word in keywords(one, language)
    )


def _is_met(stem: str, known: set[str], language: str) -> bool:
    if stem in known or not known.isdisjoint(near(stem, (language,))):
        return True
    return any(_is_slip(*sorted((stem, one), key=len)) for one in known)


def _is_slip(shorter: str, longer: str) -> bool:
    """Whether two words differ by an ending or a slip of the finger; not Iran and Iraq."""
    slips = len(longer) // _LETTERS_PER_SLIP
    ended = longer.startswith(shorter) and len(longer) - len(shorter) <= _ENDING < len(shorter)
    return ended or OSA.distance(shorter, longer, score_cutoff=slips) <= slips


def _entry(name: str, text: str) -> Entry:
    return Entry("", _SECTION, name, text, "", text, ())


def by_count(gaps: Iterable[Gap]) -> list[Gap]:
    """Those asked most often first, then the latest."""
    return sorted(gaps, key=lambda gap: (-gap.count, -gap.last_at.timestamp(), gap.number))
