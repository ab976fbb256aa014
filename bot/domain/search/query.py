"""Query: the words of a question, and what each is worth among the passages it is asked of."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from bot.domain.search.draft import SMALL_MARK
from bot.domain.search.near import near
from bot.domain.search.text import bare, stems, words

if TYPE_CHECKING:
    from bot.domain.search.scope import Scope

#: So many words of a question are looked for, and so many of them corrected.
_WORDS: Final = 60
_CORRECTIONS: Final = 20
#: So many words are tried that begin as the one that is being typed.
_COMPLETIONS: Final = 20
_CORRECTED_WEIGHT: Final = 0.8
#: How much less sure a slip makes us, by the share of the word's letters that it is.
_SLIP: Final = 1.5
#: Of the words near to one, so many are looked for, the commonest; and what they count.
_NEAR_WORDS: Final = 6
NEAR_WEIGHT: Final = 0.6
_GRAM: Final = 4


@dataclass(frozen=True, slots=True)
class Term:
    """One word of a question: its stems by language, its pieces of four letters, near words."""

    stems: tuple[str, ...]
    weight: float
    worth: float
    grams: tuple[str, ...]
    near: tuple[str, ...] = ()
    #: How sure it is that this is the word: less for one that was corrected.
    certain: float = 1.0


class Query:
    """A question's words: those with a meaning, and the small ones between them."""

    def __init__(self, text: str, scope: Scope, *, begun: bool = False) -> None:
        self.scope = scope
        #: The place of a passage that is not to be found; -1 if there is none.
        self.left_out = -1
        asked = list(dict.fromkeys(words(text)))[:_WORDS]
        ends = self._begun(asked.pop()) if begun and asked else None
        small = [word for word in asked if self._is_small(word)]
        self.unseen = scope.rarity(0)
        self.small_words = frozenset(map(bare, small))
        self.small = [
            (f" {word} ", scope.worths[SMALL_MARK + word]) for word in sorted(self.small_words)
        ]
        self.terms = self._terms([word for word in asked if word not in small])
        self.terms += [ends] if ends else []
        if not self.terms:
            self.terms = [self._term(SMALL_MARK + bare(word), bare(word)) for word in small]
        self.grams = tuple(gram for term in self.terms for gram in term.grams)
        self.total = sum(term.worth for term in self.terms)
        self.stems = frozenset(stem for term in self.terms for stem in term.stems)
        self.near = frozenset(stem for term in self.terms for stem in term.near) - self.stems

    @property
    def known(self) -> list[Term]:
        """The terms that stand anywhere, the rarest first."""
        found = [term for term in self.terms if term.weight or term.near]
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
            count = sum(map(self.scope.count, found))  # of stems that differ by language
            others = self._near(found)
            if not count and not others and corrections < _CORRECTIONS:
                corrections += 1
                singular = (word[:-1],) if word.endswith("s") else ()
                meant = self._meant((*found, *singular), len(word))
                if meant:
                    made.setdefault(meant.stems, meant)
                    continue
            worth = self.scope.rarity(count)
            if others and not count:
                worth = max(map(self.scope.worths.__getitem__, others))
            made[found] = Term(found, 1.0 if count else 0.0, worth, _grams(bare(word)), others)
        return list(made.values())

    def _near(self, found: tuple[str, ...]) -> tuple[str, ...]:
        """The words that mean about the same, and those of the same family."""
        scope = self.scope
        others = {
            other
            for stem in found
            for other in (
                *near(stem, scope.languages),
                *(one for part in scope.parts for one in part.vocabulary.family(stem)),
            )
        }
        counted = sorted((-count, other) for other in others if (count := scope.count(other)))
        return tuple(other for _, other in counted[:_NEAR_WORDS] if other not in found)

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
        return Term((stem,), weight, self.scope.worths[stem], _grams(word))

    def _meant(self, mistyped: tuple[str, ...], letters: int) -> Term | None:
        """The word nearest to one that stands nowhere, the surer the fewer the slips."""
        near = {
            (slips, -self.scope.count(word), word)
            for stem in mistyped
            for part in self.scope.parts
            for slips, word in part.vocabulary.near(stem)
        }
        for slips, count, word in sorted(near):
            if count:
                term = self._term(word, word, _CORRECTED_WEIGHT)
                return replace(term, certain=1 - _SLIP * slips / letters)
        return None


def _grams(word: str) -> tuple[str, ...]:
    marked = f" {word} "
    return tuple(marked[at : at + _GRAM] for at in range(max(1, len(marked) - _GRAM + 1)))
