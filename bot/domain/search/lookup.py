"""Lookup: a question as it is looked for in the stories of one language."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.domain.search.found import Hit
from bot.domain.search.matching import beginning, matching
from bot.domain.search.ranking import by_score, ranked

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping

    from bot.domain.entry import Entry
    from bot.domain.search.query import Query


class Lookup:
    """The passages with any word of a question: those of the story `first`, and the others."""

    def __init__(self, query: Query, section: str | None = None, first: str | None = None) -> None:
        self._query = query
        self._section = section
        known = bool(query.terms)
        self.others = matching(query, section) if known else {}
        self.ours = matching(query, section, first) if known and first else {}
        for scores in (self.others, self.ours):
            scores.pop(query.scope.left_out, None)
        self._places = self.others.keys() | self.ours.keys() if self.ours else self.others.keys()
        if self.ours:
            self._take_ours_out(first or "")

    @property
    def total(self) -> int:
        """How many entries have any of the question's words."""
        scope = self._query.scope
        return scope.entries(self._places) - len(scope.not_covered(self._places))

    def _take_ours_out(self, first: str) -> None:
        """Leave the others only what our story does not cover: that speaks against them, too."""
        scope = self._query.scope
        own, kept = scope.places(first), set(scope.not_covered(self.ours))
        self.others = {
            place: score
            for place, score in self.others.items()
            if place not in own or place in kept
        }

    def hits(self, scores: Mapping[int, float]) -> tuple[list[Hit], Iterator[Hit]]:
        """The entries of these passages that come closest, best first; and then all others.

        Some come more than once.
        """
        if not scores:
            return [], iter(())
        unseen = self._query.unseen
        found, candidates = ranked(self._query, scores)
        closest = [
            Hit(self.entry(one.place), one.score / unseen, one.confidence, one.worded)
            for one in found
        ]
        return closest, self._rest(candidates, scores)

    def _rest(self, candidates: Iterable[int], scores: Mapping[int, float]) -> Iterator[Hit]:
        for place in candidates:
            yield Hit(self.entry(place), 0.0, 0.0)
        for place in by_score(self._query, scores):  # seldom anybody wants so many
            yield Hit(self.entry(place), 0.0, 0.0)

    def beginning(self, typed: str) -> Collection[int]:
        """The passages whose wording begins as what is typed."""
        return beginning(self._query.scope, typed, self._section)

    def entry(self, place: int) -> Entry:
        """The entry of a passage."""
        return self._query.scope.said(place)
