"""Index: everything that some stories say, by its words; immutable."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import chain, filterfalse, groupby, islice
from typing import TYPE_CHECKING, Final

from bot.domain.search.matching import beginning, matching
from bot.domain.search.part import Part
from bot.domain.search.query import Query
from bot.domain.search.ranking import Ranked, by_score, ranked
from bot.domain.search.scope import Scope
from bot.domain.search.text import base

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping

    from bot.domain.entry import Entry
    from bot.domain.search.draft import Source
    from bot.domain.sections import Section

#: From this confidence on, an entry is taken to answer the question.
THRESHOLD: Final = 0.95

#: A language, and whom the stories are kept for: nobody in particular if empty.
Key = tuple[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Hit:
    """An entry that was found, and the confidence that it answers the question.

    The confidence compares across questions and libraries of any size; `worded` says that the
    question is one of the entry's own wordings, but for small words.
    """

    entry: Entry
    score: float
    confidence: float
    worded: bool = False

    @property
    def sure(self) -> bool:
        """Whether it is taken to answer the question."""
        return self.confidence >= THRESHOLD


@dataclass(frozen=True, slots=True)
class Found:
    """The best entries, best first, and how many have anything of the question."""

    hits: tuple[Hit, ...] = ()
    total: int = 0

    @property
    def answer(self) -> Hit | None:
        """The first that is taken to answer the question, if there is one."""
        return next((hit for hit in self.hits if hit.sure), None)

    @property
    def sure(self) -> bool:
        """Whether anything is taken to answer the question."""
        return self.answer is not None


class Index:
    """Stories by their words. Changing it makes a new one, at the cost of what changes."""

    def __init__(self, sources: Iterable[Source] = ()) -> None:
        by_key: dict[Key, list[Source]] = {}
        for source in sources:
            by_key.setdefault(_key(source), []).append(source)
        self._parts = {key: Part(key[0], some) for key, some in by_key.items()}

    @classmethod
    def of(cls, entries: Iterable[Entry], language: str = "en") -> Index:
        """An index of entries alone, those of one story in a row."""
        groups = groupby(entries, key=lambda entry: entry.story)
        return cls(Entries(slug, tuple(some), language) for slug, some in groups)

    def __len__(self) -> int:
        return sum(part.size for part in self._parts.values())

    def replaced(self, put: Iterable[Source] = (), drop: Iterable[Source] = ()) -> Index:
        """This index without some stories and with others."""
        changes: dict[Key, tuple[list[Source], set[str]]] = {}
        for source in drop:
            changes.setdefault(_key(source), ([], set()))[1].add(source.slug)
        for source in put:
            changes.setdefault(_key(source), ([], set()))[0].append(source)
        parts = dict(self._parts)
        for key, (new, old) in changes.items():
            part = parts.pop(key, None) or Part(key[0])
            part = part.replaced(new, frozenset(old))
            if part.blocks:
                parts[key] = part
        return self._of_parts(parts)

    def seen_by(self, audiences: Collection[str]) -> Index:
        """The stories for everyone and for these tenants and channels: as if no others were."""
        seen = {
            key: part
            for key, part in self._parts.items()
            if not key[1] or not set(key[1]).isdisjoint(audiences)
        }
        return self._of_parts(seen)

    def search(
        self,
        words: str,
        *,
        within: Collection[str] | None = None,
        section: Section | None = None,
        first: str | None = None,
        leave_out: tuple[str, int] | None = None,
        limit: int = 25,
    ) -> Found:
        """The entries that these words are about, best first.

        `within` names the only stories to look in: scores are then those of an index without the
        others. The entries of the story `first` come before all others. `leave_out` names a story
        and the number of one of its passages that is not to be found.
        """
        query = Query(words, Scope(self._sorted_parts(), within))
        if not query.terms:
            return Found()
        verb = section.verb if section else None
        scores = matching(query, verb)
        ours = matching(query, verb, first) if first else {}
        if leave_out:
            query.left_out = query.scope.place(*leave_out)
            scores.pop(query.left_out, None)
            ours.pop(query.left_out, None)
        others = _without(query, scores, ours) if ours else scores
        order = (one for pool in (ours, others) if pool for one in _in_order(query, pool))
        places = scores.keys() | ours.keys() if ours else scores.keys()
        total = _entries_in(query, places) - query.scope.not_covered(places)
        return Found(tuple(islice(_hits(query, order), limit)), total)

    def suggest(
        self,
        typed: str,
        *,
        within: Collection[str] | None = None,
        section: Section | None = None,
        limit: int = 25,
    ) -> list[Entry]:
        """Entries that may be meant by what is being typed: those that begin so first."""
        scope = Scope(self._sorted_parts(), within)
        verb = section.verb if section else None
        begun = bool(typed) and not typed[-1].isspace()
        query = Query(typed, scope, begun=begun)
        opening = (Ranked(place) for place in beginning(scope, typed, verb))
        scores = matching(query, verb) if query.terms else {}
        order = chain(opening, _in_order(query, scores) if scores else ())
        return [hit.entry for hit in islice(_hits(query, order), limit)]

    @classmethod
    def _of_parts(cls, parts: Mapping[Key, Part]) -> Index:
        made = cls()
        made._parts = dict(parts)
        return made

    def _sorted_parts(self) -> list[Part]:
        return [self._parts[key] for key in sorted(self._parts)]


def _without(
    query: Query, scores: Mapping[int, float], ours: Mapping[int, float]
) -> dict[int, float]:
    """The passages of other stories; with the questions that ours does not cover."""
    own = filterfalse(query.scope.is_not_covered, ours)
    return {place: scores[place] for place in scores.keys() - set(own)}


def _in_order(query: Query, scores: Mapping[int, float]) -> Iterator[Ranked]:
    """All these passages, best first; those after the candidates are seldom looked at."""
    best = ranked(query, scores)
    yield from best
    if len(best) < len(scores):
        known = {one.place for one in best}
        yield from (Ranked(place) for place in by_score(query, scores) if place not in known)


def _hits(query: Query, order: Iterable[Ranked]) -> Iterator[Hit]:
    """The entries of these passages, each once."""
    seen: set[tuple[int, int]] = set()
    for one in order:
        head = query.scope.head(one.place)
        if head not in seen:
            seen.add(head)
            number, passage = query.scope.passage(one.place)
            part = query.scope.parts[number]
            entry = part.block_of(passage).source.entry_at(part.numbers[passage])
            yield Hit(entry, one.score, one.confidence, one.worded)


def _entries_in(query: Query, places: Collection[int]) -> int:
    """How many entries these passages are of."""
    parts = query.scope.parts
    if all(part.size == len(part.titles) for part in parts):  # each entry has one wording
        return len(places)
    if len(parts) == 1:
        return len(set(map(parts[0].heads.__getitem__, places)))
    return len(set(map(query.scope.head, places)))


def _key(source: Source) -> Key:
    return base(source.language), tuple(sorted(source.audience))


@dataclass(frozen=True, slots=True)
class Entries:
    """Some entries as a story."""

    slug: str
    said: tuple[Entry, ...]
    language: str = "en"
    audience: tuple[str, ...] = ()
    not_covered: tuple[str, ...] = ()

    def entries(self) -> Iterator[Entry]:
        """The entries, in their order."""
        return iter(self.said)

    def entry_at(self, number: int) -> Entry:
        """The entry with this number."""
        return self.said[number]
