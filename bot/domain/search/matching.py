"""Matching: the passages that have any word of a question, and those that begin as it does."""

from __future__ import annotations

from array import array
from bisect import bisect_left
from heapq import nlargest
from itertools import compress, islice
from typing import TYPE_CHECKING, Final

from bot.domain.search.draft import FULL
from bot.domain.search.query import NEAR_WEIGHT
from bot.domain.search.scope import PART_BITS
from bot.domain.search.text import bare, words

if TYPE_CHECKING:
    from collections.abc import Mapping, Set as AbstractSet

    from bot.domain.search.draft import Posting
    from bot.domain.search.part import Part
    from bot.domain.search.query import Query
    from bot.domain.search.scope import Scope

#: Once so many passages are found, a common word only lifts them.
_ENOUGH: Final = 400
#: So many of them, the best so far, are lifted.
_LIFTED: Final = 150
#: A list of places so many times as long as what is lifted is not gone through.
_SCANNED: Final = 12
#: Fewer scores than these are sorted to find the best.
_FEW: Final = 4000
#: So many wordings that begin as what is typed are looked at.
_OPENINGS: Final = 500


def matching(
    query: Query, section: str | None = None, story: str | None = None
) -> dict[int, float]:
    """The BM25 score of every passage with a word of the question; of a section or a story only."""
    scores: dict[int, float] = {}
    lifted: set[int] = set()
    ways = [(term, term.stems, term.weight) for term in query.known if term.weight]
    ways += [(term, term.near, NEAR_WEIGHT) for term in query.known if term.near]
    for term, stems, weight in ways:
        if not lifted and len(scores) >= _ENOUGH:
            lifted = {place for place, _ in best(scores, _LIFTED)}
        each = weight * term.worth / FULL
        for number in range(len(query.scope.parts)):
            for stem in stems:
                for found in query.scope.postings(number, stem, story):
                    posting = _of(query.scope.parts[number], section, found) if section else found
                    if lifted:
                        _lift(scores, posting, number << PART_BITS, each, lifted)
                    else:
                        _add(scores, posting, number << PART_BITS, each)
    return scores


def _of(part: Part, section: str, posting: Posting) -> Posting:
    """The passages of one section."""
    places, worth, count = posting
    kept = [part.sections[place] == section for place in places]
    return array("I", compress(places, kept)), bytes(compress(worth, kept)), count


def best(scores: Mapping[int, float], count: int) -> list[tuple[int, float]]:
    """The passages with the best scores, and all that are as good as the last of these."""
    if len(scores) <= count:
        return list(scores.items())
    few = len(scores) < _FEW  # where sorting all is quicker
    ordered = sorted(scores.values(), reverse=True) if few else nlargest(count, scores.values())
    least = ordered[count - 1]
    return [one for one in scores.items() if one[1] >= least]


def _add(scores: dict[int, float], posting: Posting, part: int, each: float) -> None:
    """Add what one word is worth to every passage that has it."""
    passages, worth, _ = posting
    places = map(part.__add__, passages) if part else passages
    if not scores:
        scores.update(zip(places, map(each.__mul__, worth), strict=True))
        return
    get = scores.get
    for place, byte in zip(places, worth, strict=True):
        scores[place] = get(place, 0.0) + each * byte


def _lift(
    scores: dict[int, float], posting: Posting, part: int, each: float, lifted: AbstractSet[int]
) -> None:
    """Add what one word is worth to these passages, where they have it."""
    passages, worth, _ = posting
    if len(passages) < _SCANNED * len(lifted):
        places = list(map(part.__add__, passages)) if part else passages
        pairs = zip(places, worth, strict=True)
        for place, byte in compress(pairs, map(lifted.__contains__, places)):
            scores[place] += each * byte
        return
    for place in lifted:
        at = bisect_left(passages, place - part)
        if at < len(passages) and passages[at] == place - part:
            scores[place] += each * worth[at]


def beginning(scope: Scope, typed: str, section: str | None = None) -> list[int]:
    """Passages whose wording begins as what is typed, by their wording."""
    begin = " " + " ".join(map(bare, words(typed)))
    if not begin.strip():
        return []
    found: list[tuple[str, int]] = []
    for number, part in enumerate(scope.parts):
        those = (
            passage
            for passage in scope.beginning(number, begin)
            if passage not in part.not_covered and section in (None, part.sections[passage])
        )
        found += ((part.titles[one], number << PART_BITS | one) for one in islice(those, _OPENINGS))
    found.sort(key=lambda one: (one[0], scope.name(one[1])))
    return [place for _, place in found]
