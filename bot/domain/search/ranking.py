"""Ranking: the passages that a question is about, best first, and how sure that is.

First the hundred best by BM25; then these by how much of the question their wording shares, letter
by letter, and how much of their wording the question shares.
"""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass
from heapq import nlargest
from math import sqrt
from typing import TYPE_CHECKING, Final

from bot.domain.search.part import FULL, SMALL_MARK
from bot.domain.search.text import bare, stems, words

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from bot.domain.search.part import Posting
    from bot.domain.search.query import Query, Scope, Term

#: Once so many passages are found, a common word only lifts them.
_ENOUGH: Final = 2000
_CANDIDATES: Final = 100
#: A list of places so many times as long as what is found is not gone through.
_SCANNED: Final = 8
#: So many of the candidates are looked at most closely.
_CLOSELY: Final = 30
#: What shared small words are worth; and in a wording's share, beside its other words.
_SMALL_WORTH: Final = 0.6
_SMALL_SHARE: Final = 0.75
_SMALL_LENGTH: Final = 8.0
_LETTERS_WORTH: Final = 1.2
#: From this share of a word's letters on, another form of it counts in part.
_NEAR: Final = 0.5

#: So many wordings that begin as what is typed are looked at.
_OPENINGS: Final = 500
_END: Final = "\U0010ffff"

#: A part's number and a passage's number in it.
Place = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Ranked:
    """A passage with its rank among others, and how sure it is, whatever the others are."""

    place: Place
    score: float
    confidence: float = 0.0
    worded: bool = False


def matching(
    query: Query, section: str | None = None, story: str | None = None
) -> dict[Place, float]:
    """Every passage with a word of the question, and its BM25 score; of a section, or of a story."""
    found: list[dict[int, float]] = [{} for _ in query.scope.parts]
    for term in query.known:
        enough = not section and sum(map(len, found)) >= _ENOUGH
        for number, scores in enumerate(found):
            postings = [
                one for stem in term.stems for one in query.scope.postings(number, stem, story)
            ]
            _add(scores, postings, term, only_lift=enough)
    return {
        (number, passage): score
        for number, scores in enumerate(found)
        for passage, score in scores.items()
        if section is None or query.scope.parts[number].sections[passage] == section
    }


def _add(
    scores: dict[int, float], postings: Iterable[Posting], term: Term, *, only_lift: bool
) -> None:
    """Add what one word is worth to every passage that has it."""
    table = [term.weight * term.worth * byte / FULL for byte in range(FULL + 1)]
    get = scores.get
    for places, worth in postings:
        if not only_lift:
            for passage, byte in zip(places, worth, strict=True):
                scores[passage] = get(passage, 0.0) + table[byte]
        elif len(places) < _SCANNED * len(scores):
            for passage, byte in zip(places, worth, strict=True):
                if passage in scores:
                    scores[passage] += table[byte]
        else:
            for passage in scores:
                at = bisect_left(places, passage)
                if at < len(places) and places[at] == passage:
                    scores[passage] += table[worth[at]]


def ranked(query: Query, scores: Mapping[Place, float]) -> list[Ranked]:
    """The best hundred of these passages, best first."""
    closest = sorted(
        ((_shared(query, place, score), place) for place, score in _best(query, scores)),
        key=lambda one: (-one[0][0], _key(query, one[1])),
    )
    found = [
        _judged(query, place, shared, scores[place]) for shared, place in closest[:_CLOSELY]
    ]
    found.sort(key=lambda one: (-one.score, _key(query, one.place)))
    return [*found, *(Ranked(place, 0.0) for _, place in closest[_CLOSELY:])]


def by_score(query: Query, scores: Mapping[Place, float]) -> list[Place]:
    """All these passages, by their first score alone."""
    return sorted(scores, key=lambda place: (-scores[place], _key(query, place)))


def beginning(scope: Scope, typed: str, section: str | None = None) -> list[Place]:
    """Passages whose wording begins as what is typed, by their wording."""
    begin = " " + " ".join(map(bare, words(typed)))
    found: list[tuple[str, Place]] = []
    for number, part in enumerate(scope.parts):
        title, order = part.titles.__getitem__, part.by_title
        low = bisect_left(order, begin, key=title)
        high = bisect_left(order, begin + _END, lo=low, key=title)
        for passage in order[low : min(high, low + _OPENINGS)]:
            if section in (None, part.sections[passage]) and scope.holds(number, passage):
                found.append((part.titles[passage], (number, passage)))
    return [place for _, place in sorted(found, key=lambda one: one[0])] if begin.strip() else []


def _best(query: Query, scores: Mapping[Place, float]) -> Iterable[tuple[Place, float]]:
    """The candidates; among equals, the choice does not hang on the order of numbers."""
    if len(scores) <= _CANDIDATES:
        return scores.items()
    least = nlargest(_CANDIDATES, scores.values())[-1]
    best = [one for one in scores.items() if one[1] > least]
    equal = [one for one in scores.items() if one[1] == least]
    if len(equal) > _CANDIDATES - len(best):
        equal.sort(key=lambda one: _key(query, one[0]))
    return best + equal[: _CANDIDATES - len(best)]


def _key(query: Query, place: Place) -> tuple[str, int]:
    number, passage = place
    block = query.scope.parts[number].block_of(passage)
    return block.source.slug, passage - block.start


def _shared(query: Query, place: Place, score: float) -> tuple[float, float, float]:
    """The score with what the wordings share: in all, in letters, in small words."""
    title = query.scope.parts[place[0]].titles[place[1]]
    letters = sum(gram in title for gram in query.grams) / len(query.grams)
    small = sum(worth for word, worth in query.small.items() if f" {word} " in title)
    small *= _SMALL_WORTH / (1 + 0.4 * (0.25 + 0.75 * (title.count(" ") - 1) / _SMALL_LENGTH))
    return score + _LETTERS_WORTH * query.unseen * letters + small, letters, small


def _judged(
    query: Query, place: Place, shared: tuple[float, float, float], score: float
) -> Ranked:
    """How well question and wording cover each other, and how sure that makes us."""
    whole, letters, small = shared
    covered = _covered(query, place)
    told, told_all, worded = _told(query, place)
    rank = whole * covered**0.35 * (0.5 + told_all)
    sure = (score + query.unseen * letters + 0.5 * small) * sqrt(covered) * (0.75 + told)
    return Ranked(place, rank, sure / query.unseen, worded and covered > 0.99)


def _covered(query: Query, place: Place) -> float:
    """The share of the question's words that the passage has; another form counts in part."""
    number, passage = place
    title = query.scope.parts[number].titles[passage]
    postings = query.scope.parts[number].postings
    found = 0.0
    for term in query.terms:
        if any(_stands(postings.get(stem), passage) for stem in term.stems):
            found += term.worth
            continue
        share = sum(gram in title for gram in term.grams) / len(term.grams)
        if share >= _NEAR:
            found += term.worth * share
    return min(1.0, found / query.total)


def _stands(posting: Posting | None, passage: int) -> bool:
    if posting is None:
        return False
    places = posting[0]
    at = bisect_left(places, passage)
    return at < len(places) and places[at] == passage


def _told(query: Query, place: Place) -> tuple[float, float, bool]:
    """The share of the wording that the question has, without and with small words; if all of it."""
    part = query.scope.parts[place[0]]
    known = stems(part.language)
    said = part.titles[place[1]].split()
    small = {word for word in said if word in known.small}
    content = {known.stem(word) for word in said if word not in small}
    worth = {stem: query.scope.worth(stem) for stem in content}
    whole, told = sum(worth.values()), sum(worth[stem] for stem in content & query.stems)
    little = {word: query.scope.worth(SMALL_MARK + word) for word in small}
    all_whole = whole + _SMALL_SHARE * sum(little.values())
    all_told = told + _SMALL_SHARE * sum(little[word] for word in small & query.small.keys())
    share = told / whole if whole else 0.0
    return share, all_told / all_whole if all_whole else 0.0, content <= query.stems
