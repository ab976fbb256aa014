"""Gap: a question that readers asked and nothing answers; Votes: whether an answer was helpful."""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import blake2b
from math import sqrt
from typing import TYPE_CHECKING, Final

from rapidfuzz.distance import OSA

from bot.domain.entry import Entry
from bot.domain.search import Entries, keywords
from bot.domain.search.near import near
from bot.domain.search.text import base, stems, words
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
#: So many are looked for by the search at all.
_LOOKED_AT: Final = 50
#: In so many letters one slip is taken for a slip.
_LETTERS_PER_SLIP: Final = 6
#: Longest ending that a stem may still have.
_ENDING: Final = 2
#: From this confidence on, two questions with the same words are taken to be the same; and two of
#: which one says more.
_SURE: Final = 0.6
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
    close = _close(text, gaps, base(language))
    if not close:  # as for most that is new: the index need not be asked
        return None
    among = index.replaced([_alone([_entry(gap.id, gap.text) for gap, _ in close], language)])
    alone = index.replaced([_alone([_entry("", text)], language)])
    by_id = {gap.id: (gap, says_more) for gap, says_more in close}
    for hit in among.search(text, section=_SECTION, limit=_COMPARED).hits:
        gap, says_more = by_id[hit.entry.id]
        back = alone.search(gap.text, section=_SECTION, limit=1).hits
        sure = sqrt(hit.confidence * (back[0].confidence if back else 0.0))
        if sure >= (_SURER if says_more else _SURE):
            return gap
    return None


def _close(text: str, gaps: Iterable[Gap], language: str) -> list[tuple[Gap, bool]]:
    """The gaps with the most words of a text, and whether one of the two says more.

    Without those where both do.
    """
    asked = _stems(text, language)
    found: list[tuple[int, Gap, bool]] = []
    for gap in gaps:
        known = _stems(gap.text, language)
        more = _says_more(asked, known, language), _says_more(known, asked, language)
        if not all(more):
            found.append((len(asked & known), gap, any(more)))
    found.sort(key=lambda one: -one[0])
    return [(gap, more) for _, gap, more in found[:_LOOKED_AT]]


def _stems(text: str, language: str) -> set[str]:
    return {stems(language).stem(word) for word in keywords(text, language)}


def _says_more(one: Iterable[str], known: set[str], language: str) -> bool:
    """Whether a question has a word with a meaning that the other has in no form."""
    return not all(_is_met(stem, known, language) for stem in one)


def _is_met(stem: str, known: set[str], language: str) -> bool:
    if stem in known or not known.isdisjoint(near(stem, language)):
        return True
    return any(_is_slip(*sorted((stem, one), key=len)) for one in known)


def _is_slip(shorter: str, longer: str) -> bool:
    """Whether two words differ by an ending or a slip of the finger; not Iran and Iraq."""
    slips = len(longer) // _LETTERS_PER_SLIP
    if len(longer) - len(shorter) > max(slips, _ENDING):
        return False
    ended = longer.startswith(shorter) and len(longer) - len(shorter) <= _ENDING < len(shorter)
    return ended or OSA.distance(shorter, longer, score_cutoff=slips) <= slips


def _alone(entries: Iterable[Entry], language: str) -> Entries:
    return Entries("", tuple(entries), language)


def _entry(name: str, text: str) -> Entry:
    return Entry("", _SECTION, name, text, "", text, ())


def by_count(gaps: Iterable[Gap]) -> list[Gap]:
    """Those asked most often first, then the latest."""
    return sorted(gaps, key=lambda gap: (-gap.count, -gap.last_at.timestamp(), gap.number))
