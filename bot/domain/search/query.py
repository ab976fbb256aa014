"""Query: the words of a question, and what each is worth among the passages that may be seen."""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass
from math import log
from typing import TYPE_CHECKING, Final

from bot.domain.search.part import SMALL_MARK
from bot.domain.search.text import bare, stems, words

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence

    from bot.domain.search.part import Part, Posting

#: So many words of a question are looked for, and so many of them corrected.
_WORDS: Final = 60
_CORRECTIONS: Final = 20
#: So many words are tried that begin as the one that is being typed.
_COMPLETIONS: Final = 20
_CORRECTED_WEIGHT: Final = 0.8
_GRAM: Final = 4


class Scope:
    """The passages that a question is asked of: all of some parts, or those of some stories."""

    def __init__(self, parts: Sequence[Part], within: Collection[str] | None = None) -> None:
        self.parts = parts
        self.ranges: list[list[tuple[int, int]] | None] = [None] * len(parts)
        if within is not None:
            self.ranges = [_ranges(part, within) for part in parts]
        self.size = sum(
            part.size if ranges is None else sum(high - low for low, high in ranges)
            for part, ranges in zip(parts, self.ranges, strict=True)
        )
        self.languages = tuple(dict.fromkeys(part.language for part in parts))
        self._worth: dict[str, float] = {}

    def postings(self, part: int, word: str, story: str | None = None) -> Iterator[Posting]:
        """Where a stem stands in one of the parts, or in one story of it."""
        posting = self.parts[part].postings.get(word)
        ranges = self.ranges[part] if story is None else _ranges(self.parts[part], (story,))
        if posting is None:
            return
        if ranges is None:
            yield posting
            return
        places, worth = posting
        for start, end in ranges:
            low = bisect_left(places, start)
            high = bisect_left(places, end, lo=low)
            if low < high:
                yield places[low:high], worth[low:high]

    def holds(self, part: int, passage: int) -> bool:
        """Whether a passage of one of the parts is asked of."""
        ranges = self.ranges[part]
        return ranges is None or any(start <= passage < end for start, end in ranges)

    def count(self, word: str) -> int:
        """In how many passages a stem stands."""
        return sum(
            len(places)
            for part in range(len(self.parts))
            for places, _ in self.postings(part, word)
        )

    def worth(self, word: str) -> float:
        """What a stem tells: much if it stands in few passages."""
        known = self._worth.get(word)
        if known is None:
            known = self._worth[word] = self.rarity(self.count(word))
        return known

    def rarity(self, count: int) -> float:
        """What a word tells that stands in so many passages."""
        return log(1 + (self.size - count + 0.5) / (count + 0.5))


def _ranges(part: Part, within: Collection[str]) -> list[tuple[int, int]]:
    found = (part.by_slug.get(slug) for slug in within)
    return sorted((block.start, block.end) for block in found if block)


@dataclass(frozen=True, slots=True)
class Term:
    """One word of a question: its stems by language, and its pieces of four letters."""

    stems: tuple[str, ...]
    weight: float
    worth: float
    grams: tuple[str, ...]


class Query:
    """A question's words: those with a meaning, and the small ones between them."""

    def __init__(self, text: str, scope: Scope, *, begun: bool = False) -> None:
        self.scope = scope
        asked = list(dict.fromkeys(words(text)))[:_WORDS]
        ends = self._begun(asked.pop()) if begun and asked else None
        small = [word for word in asked if self._is_small(word)]
        self.unseen = scope.rarity(0)
        self.small = {bare(word): scope.worth(SMALL_MARK + bare(word)) for word in small}
        self.terms = self._terms([word for word in asked if word not in small])
        self.terms += [ends] if ends else []
        if not self.terms:
            self.terms = [self._term(SMALL_MARK + bare(word), bare(word)) for word in small]
        self.grams = tuple(gram for term in self.terms for gram in term.grams)
        self.total = sum(term.worth for term in self.terms)
        self.stems = frozenset(stem for term in self.terms for stem in term.stems)

    @property
    def known(self) -> list[Term]:
        """The terms that stand anywhere, the rarest first."""
        found = [term for term in self.terms if term.weight]
        return sorted(found, key=lambda term: (-term.worth, term.stems))

    def _is_small(self, word: str) -> bool:
        return all(word in stems(language).small for language in self.scope.languages)

    def _terms(self, content: list[str]) -> list[Term]:
        made: dict[tuple[str, ...], Term] = {}
        corrections = 0
        for word in content:
            found = tuple(
                dict.fromkeys(stems(language).stem(word) for language in self.scope.languages)
            )
            if found in made:
                continue
            count = sum(map(self.scope.count, found))
            if not count and corrections < _CORRECTIONS:
                corrections += 1
                meant = self._meant(found)
                if meant:
                    made.setdefault((meant,), self._term(meant, meant, _CORRECTED_WEIGHT))
                    continue
            worth = self.scope.rarity(count)
            made[found] = Term(found, 1.0 if count else 0.0, worth, _grams(bare(word)))
        return list(made.values())

    def _begun(self, word: str) -> Term | None:
        """A word that is still being typed: the commonest words that begin so, as one."""
        begin = bare(word)
        scope = self.scope
        ways = {way for part in scope.parts for way in part.vocabulary.beginning(begin)}
        counted = sorted((-scope.count(way), way) for way in ways)[:_COMPLETIONS]
        found = tuple(way for count, way in counted if count)
        if not found:
            return next(iter(self._terms([word])), None)
        return Term(found, 1.0, scope.rarity(-counted[0][0]), _grams(begin)[:-1] or (f" {begin}",))

    def _term(self, stem: str, word: str, weight: float = 1.0) -> Term:
        return Term((stem,), weight, self.scope.worth(stem), _grams(word))

    def _meant(self, mistyped: tuple[str, ...]) -> str | None:
        """The word nearest to one that stands nowhere."""
        near = {
            (slips, -self.scope.count(word), word)
            for stem in mistyped
            for part in self.scope.parts
            for slips, word in part.vocabulary.near(stem)
        }
        return next((word for _, count, word in sorted(near) if count), None)


def _grams(word: str) -> tuple[str, ...]:
    marked = f" {word} "
    return tuple(marked[at : at + _GRAM] for at in range(max(1, len(marked) - _GRAM + 1)))
