"""Ranking: the passages that a question is about, best first, and how sure that is.

First the best thirty-two by BM25; then these by how much of the question their wording shares,
letter by letter, and how much of their wording the question shares.
"""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass, replace
from itertools import filterfalse, groupby
from math import sqrt
from typing import TYPE_CHECKING, Final, TypeVar

from bot.domain.search.draft import SMALL_MARK
from bot.domain.search.matching import best

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from bot.domain.search.part import Part
    from bot.domain.search.query import Query

_CANDIDATES: Final = 32
#: So many of the candidates are looked at most closely.
_CLOSELY: Final = 8
#: And the best passages of so many entries.
_ENTRIES: Final = 8
#: What shared small words are worth; and in a wording's share, beside its other words.
_SMALL_WORTH: Final = 0.6
_SMALL_SHARE: Final = 0.75
_SMALL_LENGTH: Final = 8.0
_LETTERS_WORTH: Final = 1.2
#: From this share of a word's letters on, another form of it counts in part.
_NEAR: Final = 0.5
_ALL: Final = 0.999
_WORD_FOR_WORD: Final = 1.5
#: How much less sure we are where a question that is not covered fits as well as the entry; and
#: how far that of another story counts.
_DOUBT: Final = 0.7
_OF_ANOTHER_STORY: Final = 0.85
#: How far a near word covers a word of the question or of the wording.
_NEAR_COVERS: Final = 0.6
_One = TypeVar("_One")


@dataclass(frozen=True, slots=True)
class Ranked:
    """A passage with its rank among others, and how sure it is, whatever the others are."""

    place: int
    score: float = 0.0
    confidence: float = 0.0
    worded: bool = False


def ranked(query: Query, scores: Mapping[int, float]) -> list[Ranked]:
    """The candidates among these passages, best first."""
    shared = {place: _shared(query, place, score) for place, score in _candidates(query, scores)}
    closest = _by(query, shared, lambda place: shared[place][0], lambda place: place)
    judged = dict.fromkeys([*closest[:_CLOSELY], *_of_others(query, closest)])
    found = [_judged(query, place, shared[place], scores[place]) for place in judged]
    found = _by(query, found, lambda one: one.score, lambda one: one.place)
    rest = (place for place in closest if place not in judged)
    return list(_doubted(query, [*found, *map(Ranked, rest)]))


def _of_others(query: Query, closest: Sequence[int]) -> Iterable[int]:
    """The first passage of each of the closest entries, which some may crowd with wordings."""
    first: dict[tuple[int, int], int] = {}
    for place in closest:
        first.setdefault(query.scope.head(place), place)
        if len(first) == _ENTRIES:
            break
    return first.values()


def by_score(query: Query, scores: Mapping[int, float]) -> list[int]:
    """All these passages, by their first score alone."""
    answers = filterfalse(query.scope.is_not_covered, scores)
    return _by(query, answers, scores.__getitem__, lambda place: place)


def _doubted(query: Query, found: Sequence[Ranked]) -> Iterable[Ranked]:
    """Without questions that a story does not cover, which make us less sure of entries."""
    scope = query.scope
    against: dict[str, Ranked] = {}
    for one in found:
        if scope.is_not_covered(one.place):
            against.setdefault(scope.story(one.place), one)
    if not against:
        return found
    nearest = max(against.values(), key=lambda one: one.score)
    answers = (one for one in found if not scope.is_not_covered(one.place))
    return (_believed(one, nearest, against.get(scope.story(one.place))) for one in answers)


def _believed(entry: Ranked, nearest: Ranked, own: Ranked | None) -> Ranked:
    """An entry, the less sure the better a question fits that is not covered."""
    like = _OF_ANOTHER_STORY * nearest.score
    if own:
        like = max(like, own.score)
    doubt = _DOUBT * min(1.0, like / entry.score) if entry.score else 0.0
    if own and own.worded and not entry.worded:
        doubt = 1.0
    return replace(entry, confidence=entry.confidence * (1 - doubt))


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


def _candidates(query: Query, scores: Mapping[int, float]) -> Iterable[tuple[int, float]]:
    """The candidates; among equals, the choice does not hang on how passages are numbered."""
    found = best(scores, _CANDIDATES)
    if len(found) <= _CANDIDATES:
        return found
    return sorted(found, key=lambda one: (-one[1], query.scope.name(one[0])))[:_CANDIDATES]


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
            found += term.worth * term.certain
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
