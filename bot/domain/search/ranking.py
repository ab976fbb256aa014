"""Ranking: the passages that a question is about, best first, and how sure that is.

First the best eighty by BM25; then these by how much of the question their wording shares, letter
by letter, and how much of their wording the question shares.
"""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass
from heapq import nlargest
from itertools import groupby
from math import sqrt
from typing import TYPE_CHECKING, Final, TypeVar

from bot.domain.search.part import FULL, SMALL_MARK
from bot.domain.search.query import NEAR_WEIGHT
from bot.domain.search.scope import PART_BITS
from bot.domain.search.text import bare, words

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from bot.domain.search.part import Part, Posting
    from bot.domain.search.query import Query
    from bot.domain.search.scope import Scope

#: Once so many passages are found, a common word only lifts them.
_ENOUGH: Final = 600
_CANDIDATES: Final = 80
#: A list of places so many times as long as what is found is not gone through.
_SCANNED: Final = 8
#: So many of the candidates are looked at most closely.
_CLOSELY: Final = 16
#: What shared small words are worth; and in a wording's share, beside its other words.
_SMALL_WORTH: Final = 0.6
_SMALL_SHARE: Final = 0.75
_SMALL_LENGTH: Final = 8.0
_LETTERS_WORTH: Final = 1.2
#: From this share of a word's letters on, another form of it counts in part.
_NEAR: Final = 0.5
_ALL: Final = 0.999
_WORD_FOR_WORD: Final = 1.5
#: How far a near word covers a word of the question or of the wording.
_NEAR_COVERS: Final = 0.6
#: So many wordings that begin as what is typed are looked at.
_OPENINGS: Final = 500
_END: Final = "\U0010ffff"

_One = TypeVar("_One")


@dataclass(frozen=True, slots=True)
class Ranked:
    """A passage with its rank among others, and how sure it is, whatever the others are."""

    place: int
    score: float = 0.0
    confidence: float = 0.0
    worded: bool = False


def matching(
    query: Query, section: str | None = None, story: str | None = None
) -> dict[int, float]:
    """The BM25 score of every passage with a word of the question; of a section or a story only."""
    scores: dict[int, float] = {}
    ways = [(term, term.stems, term.weight) for term in query.known if term.weight]
    ways += [(term, term.near, NEAR_WEIGHT) for term in query.known if term.near]
    for term, stems, weight in ways:
        only_lift = not section and len(scores) >= _ENOUGH
        each = weight * term.worth / FULL
        for number in range(len(query.scope.parts)):
            for stem in stems:
                for posting in query.scope.postings(number, stem, story):
                    _add(scores, posting, number << PART_BITS, each, only_lift=only_lift)
    if section is None:
        return scores
    return {
        place: score for place, score in scores.items() if query.scope.section(place) == section
    }


def _add(
    scores: dict[int, float],
    posting: Posting,
    part: int,
    each: float,
    *,
    only_lift: bool,
) -> None:
    """Add what one word is worth to every passage that has it."""
    passages, worth, _ = posting
    get = scores.get
    places: Iterable[int] = map(part.__add__, passages) if part else passages
    if not only_lift:
        for place, byte in zip(places, worth, strict=True):
            scores[place] = get(place, 0.0) + each * byte
    elif len(passages) < _SCANNED * len(scores):
        for place, byte in zip(places, worth, strict=True):
            if place in scores:
                scores[place] += each * byte
    else:
        for place in scores:
            at = bisect_left(passages, place - part)
            if at < len(passages) and passages[at] == place - part:
                scores[place] += each * worth[at]


def ranked(query: Query, scores: Mapping[int, float]) -> list[Ranked]:
    """The candidates among these passages, best first."""
    shared = {place: _shared(query, place, score) for place, score in _best(query, scores)}
    closest = _by(query, shared, lambda place: shared[place][0], lambda place: place)
    found = [_judged(query, place, shared[place], scores[place]) for place in closest[:_CLOSELY]]
    found = _by(query, found, lambda one: one.score, lambda one: one.place)
    return [*found, *map(Ranked, closest[_CLOSELY:])]


def by_score(query: Query, scores: Mapping[int, float]) -> list[int]:
    """All these passages, by their first score alone."""
    return _by(query, scores, scores.__getitem__, lambda place: place)


def _by(
    query: Query,
    many: Iterable[_One],
    score: Callable[[_One], float],
    place: Callable[[_One], int],
) -> list[_One]:
    """Best first; among equals, the order does not hang on how passages are numbered."""
    order = sorted(many, key=score, reverse=True)
    if len(order) == len(set(map(score, order))):
        return order
    result: list[_One] = []
    for _, group in groupby(order, key=score):
        equal = list(group)
        if len(equal) > 1:
            equal.sort(key=lambda one: query.scope.name(place(one)))
        result += equal
    return result


def beginning(scope: Scope, typed: str, section: str | None = None) -> list[int]:
    """Passages whose wording begins as what is typed, by their wording."""
    begin = " " + " ".join(map(bare, words(typed)))
    found: list[tuple[str, int]] = []
    for number, part in enumerate(scope.parts):
        title, order = part.titles.__getitem__, part.by_title
        low = bisect_left(order, begin, key=title)
        high = bisect_left(order, begin + _END, lo=low, key=title)
        for passage in order[low : min(high, low + _OPENINGS)]:
            place = number << PART_BITS | passage
            if section in (None, part.sections[passage]) and scope.holds(place):
                found.append((part.titles[passage], place))
    found.sort(key=lambda one: (one[0], scope.name(one[1])))
    return [place for _, place in found] if begin.strip() else []


def _best(query: Query, scores: Mapping[int, float]) -> Iterable[tuple[int, float]]:
    """The candidates; among equals, the choice does not hang on how passages are numbered."""
    if len(scores) <= _CANDIDATES:
        return scores.items()
    least = nlargest(_CANDIDATES, scores.values())[-1]
    best = [one for one in scores.items() if one[1] > least]
    equal = [one for one in scores.items() if one[1] == least]
    if len(equal) > _CANDIDATES - len(best):
        equal.sort(key=lambda one: query.scope.name(one[0]))
    return best + equal[: _CANDIDATES - len(best)]


def _shared(query: Query, place: int, score: float) -> tuple[float, float, float]:
    """The score with what the wordings share: in all, in letters, in small words."""
    title = query.scope.title(place)
    letters = sum(map(title.__contains__, query.grams)) / len(query.grams)
    small = 0.0
    for word, worth in query.small:
        if word in title:
            small += worth
    if small:
        length = (title.count(" ") - 1) / _SMALL_LENGTH
        small *= _SMALL_WORTH / (1.1 + 0.3 * length)
    return score + _LETTERS_WORTH * query.unseen * letters + small, letters, small


def _judged(query: Query, place: int, shared: tuple[float, float, float], score: float) -> Ranked:
    """How well question and wording cover each other, and how sure that makes us."""
    whole, letters, small = shared
    covered = _covered(query, place)
    told, told_all, worded = _told(query, place)
    rank = whole * covered**0.35 * (0.5 + told_all)
    if worded and told_all > _ALL:  # word for word
        rank *= _WORD_FOR_WORD
    sure = (
        (score + query.unseen * letters + 0.5 * small)
        * sqrt(covered)
        * (0.75 + 0.5 * (told + told_all))
    )
    return Ranked(place, rank, sure / query.unseen, worded)


def _covered(query: Query, place: int) -> float:
    """The share of the question's words that the entry has, in any wording; near ones in part."""
    title = query.scope.title(place)
    part, first, end = query.scope.entry(place)
    without = query.scope.passage(query.left_out)[1]
    found = 0.0
    for term in query.terms:
        if _stand(part, term.stems, first, end, without):
            found += term.worth
            continue
        share = sum(map(title.__contains__, term.grams)) / len(term.grams)
        if term.near and _stand(part, term.near, first, end, without):
            found += term.worth * max(share, _NEAR_COVERS)
        elif share >= _NEAR:
            found += term.worth * share
    return min(1.0, found / query.total)


def _stand(part: Part, stems: Iterable[str], first: int, end: int, without: int) -> bool:
    """Whether one of these words stands in any of these passages but one."""
    for stem in stems:
        posting = part.postings.get(stem)
        if posting is None:
            continue
        places = posting[0]
        at = bisect_left(places, first)
        if at < len(places) and places[at] == without:
            at += 1
        if at < len(places) and places[at] < end:
            return True
    return False


def _told(query: Query, place: int) -> tuple[float, float, bool]:
    """The share of the wording that the question has: without small words, with them, if all."""
    known = query.scope.stems(place)
    content, small, asked = set(), 0.0, 0.0
    worths = query.scope.worths
    for word in query.scope.title(place).split():
        if word in known.small:
            worth = worths[SMALL_MARK + word]
            small += worth
            asked += worth if word in query.small_words else 0.0
        else:
            content.add(known.get(word) or known.stem(word))
    whole = told = 0.0
    for stem in content:
        whole += worths[stem]
        if stem in query.stems:
            told += worths[stem]
        elif stem in query.near:
            told += worths[stem] * _NEAR_COVERS
    everything = whole + _SMALL_SHARE * small
    share = told / whole if whole else 0.0
    all_told = (told + _SMALL_SHARE * asked) / everything if everything else 0.0
    same = content <= query.stems and all(not content.isdisjoint(t.stems) for t in query.terms)
    return share, all_told, same
