"""Ranking: the passages that a question is about, best first, and how sure that is.

First the best thirty-two by BM25; of these the closest by the letters and the small words that
their wording shares with the question are judged. With S the BM25 score, L the share of the
question's pieces of letters in the wording, M the worth of shared small words, C the share of the
question that the entry covers in any wording, T and A the shares of this wording that the question
tells, without small words and with them, and U the worth of a word that stands nowhere:

    rank       = (S + 1.2 U L + M) * C ** 0.35 * (0.5 + A), and half more if it is word for word
    confidence = (S / U + L + M / 2 U) * C ** 0.5 * (0.75 + T / 2 + A / 2)

less for what `_believed` says. The numbers are fitted to public question sets.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import groupby, islice
from typing import TYPE_CHECKING, Final, TypeVar

from bot.domain.search.draft import SMALL_MARK
from bot.domain.search.matching import best

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from bot.domain.search.query import Query

_CANDIDATES: Final = 32
#: So many of the candidates are judged; and the best passages of so many entries.
_JUDGED: Final = 8
_ENTRIES: Final = 8
#: Of the questions that are not covered, so many are candidates, and judged.
_AGAINST: Final = 4
_LETTERS_WORTH: Final = 1.2
#: What shared small words are worth, the less the longer the wording.
_SMALL_WORTH: Final = 0.6
_SMALL_SHORT, _SMALL_LONG, _SMALL_LENGTH = 1.1, 0.3, 8.0
#: What small words count in a wording, beside its other words.
_SMALL_SHARE: Final = 0.75
_COVERED_RANKS, _COVERED_CONVINCES = 0.35, 0.5
_TOLD_RANKS, _TOLD_CONVINCES = 0.5, 0.75
_ALL: Final = 0.999
#: A question of small words alone is answered where it is so much of a wording.
_NEARLY_ALL: Final = 0.8
_WORD_FOR_WORD: Final = 1.5
#: From this share of a word's letters on, another form of it counts in part.
_OTHER_FORM: Final = 0.5
#: How far a near word covers a word of the question or of the wording.
_NEAR_COVERS: Final = 0.6
#: How much less sure we are where a question that is not covered fits as well as the entry; and
#: how far that of another story counts.
_OTHER_COUNTRY: Final = 0.5
_DOUBT: Final = 0.7
_OF_ANOTHER_STORY: Final = 0.85
_One = TypeVar("_One")


@dataclass(frozen=True, slots=True)
class Ranked:
    """A passage with its rank among others, and how sure it is that it answers."""

    place: int
    score: float
    confidence: float
    worded: bool


def ranked(query: Query, scores: Mapping[int, float]) -> tuple[list[Ranked], list[int]]:
    """The passages that come closest, best first; and the candidates after these, best first."""
    not_covered = query.scope.not_covered(scores)
    if not not_covered:
        return _ranked(query, scores, _CANDIDATES, _JUDGED)
    doubts = {place: scores[place] for place in not_covered}
    against, _ = _ranked(query, doubts, _AGAINST, _AGAINST)
    answers = {place: scores[place] for place in scores.keys() - doubts.keys()}
    found, rest = _ranked(query, answers, _CANDIDATES, _JUDGED)
    return list(_doubted(query, found, against)), rest


def by_score(query: Query, scores: Mapping[int, float]) -> list[int]:
    """All these passages that answer anything, by their first score alone."""
    answers = scores.keys() - set(query.scope.not_covered(scores))
    return _by(query, answers, scores.__getitem__, lambda place: place)


def _ranked(
    query: Query, scores: Mapping[int, float], count: int, judged: int
) -> tuple[list[Ranked], list[int]]:
    """The closest of some candidates, and of their entries, judged; and the others."""
    candidates = _best(query, scores, count)
    shared = {place: _shared(query, place, score) for place, score in candidates.items()}
    closest = _by(query, shared, lambda place: shared[place][0], lambda place: place)
    entries: dict[tuple[int, int], int] = {}
    for place in closest:
        entries.setdefault(query.scope.head(place), place)
        if len(entries) == _ENTRIES:
            break
    looked_at = dict.fromkeys([*closest[:judged], *entries.values()])
    found = [_judged(query, place, shared[place], scores[place]) for place in looked_at]
    rest = [place for place in closest if place not in looked_at]
    return _by(query, found, lambda one: one.score, lambda one: one.place), rest


def _doubted(query: Query, found: list[Ranked], against: list[Ranked]) -> Iterator[Ranked]:
    """Entries, the less sure the better questions fit that are not covered."""
    own: dict[str, Ranked] = {}
    for one in against:
        own.setdefault(query.scope.story(one.place), one)
    for one in found:
        mine = own.get(query.scope.story(one.place))
        yield replace(one, confidence=one.confidence * _belief(one, mine, against[0]))


def _belief(entry: Ranked, own: Ranked | None, nearest: Ranked) -> float:
    """How far an entry is believed, beside questions that its story, or any, does not cover."""
    if entry.worded:
        return 1.0
    if own and own.worded:
        return 0.0
    like = max(own.score if own else 0.0, _OF_ANOTHER_STORY * nearest.score)
    return 1 - _DOUBT * min(1.0, like / entry.score) if entry.score else 0.0


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


def _best(query: Query, scores: Mapping[int, float], count: int) -> dict[int, float]:
    """The candidates, and what has just these words.

    Among equals, the choice does not hang on how passages are numbered.
    """
    found = best(scores, count)
    if len(found) > count:
        found = sorted(found, key=lambda one: (-one[1], query.scope.name(one[0])))[:count]
    same = islice(query.scope.titled(query.title), count)
    return {**dict(found), **{place: scores[place] for place in same if place in scores}}


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
        small *= _SMALL_WORTH / (_SMALL_SHORT + _SMALL_LONG * length)
    return score + _LETTERS_WORTH * query.unseen * letters + small, letters, small


def _judged(query: Query, place: int, shared: tuple[float, float, float], score: float) -> Ranked:
    """How well question and wording cover each other, and how sure that makes us."""
    whole, letters, small = shared
    covered = _covered(query, place)
    told, told_all, worded = _told(query, place)
    rank = whole * covered**_COVERED_RANKS * (_TOLD_RANKS + told_all)
    if worded and told_all > _ALL:
        rank *= _WORD_FOR_WORD
    sure = score + query.unseen * letters + small / 2
    sure *= covered**_COVERED_CONVINCES * (_TOLD_CONVINCES + (told + told_all) / 2)
    if query.says_little and told_all < _NEARLY_ALL:
        sure = 0.0
    if _of_another_country(query, place):
        sure *= _OTHER_COUNTRY
    return Ranked(place, rank, sure / query.unseen, worded)


def _covered(query: Query, place: int) -> float:
    """The share of the question's words that the entry has, in any wording; near ones in part."""
    scope = query.scope
    title, entry = scope.title(place), scope.entry(place)
    found = 0.0
    for term in query.terms:
        if scope.stand(term.stems, entry):
            found += term.worth * term.certain
            continue
        share = sum(map(title.__contains__, term.grams)) / len(term.grams)
        if term.near and scope.stand(term.near, entry):
            found += term.worth * max(share, _NEAR_COVERS)
        elif share >= _OTHER_FORM:
            found += term.worth * share
    return min(1.0, found / query.total)


def _of_another_country(query: Query, place: int) -> bool:
    """Whether the question names a country that neither this wording nor its text has."""
    asked = (term for term in query.terms if term.country)
    return any(not query.scope.has(place, (*term.stems, *term.near)) for term in asked)


def _told(query: Query, place: int) -> tuple[float, float, bool]:
    """The share of the wording that the question has: without small words, with them, if all."""
    known = query.known_stems
    content: dict[str, None] = {}  # in order, as sums of floats hang on it
    small = asked = 0.0
    worths = query.scope.worths
    for word in query.scope.title(place).split():
        if word in known.small:
            worth = worths[SMALL_MARK + word]
            small += worth
            asked += worth if word in query.small_words else 0.0
        else:
            content[known.stem(word)] = None
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
    same = content.keys() <= query.stems and all(
        not content.keys().isdisjoint(term.stems) for term in query.terms
    )
    return share, all_told, same
