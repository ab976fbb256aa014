"""Query: the words of a question, and what each is worth among the passages it is asked of."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from bot.domain.search.countries import names_country
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
#: Fewer letters than these begin too many words.
_BEGINNING: Final = 2
_CORRECTED_WEIGHT: Final = 0.8
#: How much less sure a slip makes us, by the share of the word's letters that it is.
_SLIP: Final = 1.5
#: Of the words near to one, so many are looked for, the commonest; and what they count.
_NEAR_WORDS: Final = 6
NEAR_WEIGHT: Final = 0.6
_GRAM: Final = 4


@dataclass(frozen=True, slots=True)
class Term:
    """One word of a question: its stem (or those it begins), its pieces of letters, near words."""

    stems: tuple[str, ...]
    weight: float
    worth: float
    grams: tuple[str, ...]
    near: tuple[str, ...] = ()
    #: How sure it is that this is the word: less for one that was corrected.
    certain: float = 1.0
    #: Whether it says which country the question is about.
    country: bool = False


class Query:
    """A question's words: those with a meaning, and the small ones between them."""

    def __init__(self, text: str, scope: Scope, *, begun: bool = False) -> None:
        self.scope = scope
        self.known_stems = stems(scope.language)
        spelled = words(text)
        asked = list(dict.fromkeys(spelled))[:_WORDS]
        ends = self._begun(asked.pop()) if begun and asked else None
        #: As the wordings are written that say just this.
        self.title = f" {' '.join(map(bare, spelled))} "
        small = [word for word in asked if word in self.known_stems.small]
        self.unseen = scope.rarity(0)
        self.small_words = frozenset(map(bare, small))
        self.small = [
            (f" {word} ", scope.worths[SMALL_MARK + word]) for word in sorted(self.small_words)
        ]
        self.terms = self._terms([word for word in asked if word not in small])
        self.terms += [ends] if ends else []
        #: Whether no word says what it is about, as in "why" and "hi there".
        self.says_little = not self.terms
        if self.says_little:
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

    def _terms(self, content: list[str]) -> list[Term]:
        made: dict[str, Term] = {}
        corrections = 0
        for word in content:
            stem = self.known_stems.stem(word)
            if stem in made:
                continue
            count = self.scope.count(stem)
            others = self._near(stem)
            if not count and not others and corrections < _CORRECTIONS:
                corrections += 1
                meant = self._meant(word)
                if meant:
                    made.setdefault(meant.stems[0], meant)
                    continue
            worth = self.scope.rarity(count)
            if others and not count:
                worth = max(map(self.scope.worths.__getitem__, others))
            made[stem] = Term(
                (stem,),
                1.0 if count else 0.0,
                worth,
                _grams(bare(word)),
                others,
                country=names_country(word),
            )
        return list(made.values())

    def _near(self, stem: str) -> tuple[str, ...]:
        """The commonest of the words that mean about the same."""
        count = self.scope.count
        others = near(stem, self.scope.language)
        counted = sorted((-many, other) for other in others if (many := count(other)))
        return tuple(other for _, other in counted[:_NEAR_WORDS])

    def _begun(self, word: str) -> Term | None:
        """A word that is still being typed: the commonest words that begin so, as one."""
        begin = bare(word)
        if len(begin) < _BEGINNING and begin.isascii():
            return None
        scope = self.scope
        ways = {way for part in scope.parts for way in part.stems.beginning(begin)}
        counted = sorted((-scope.count(way), way) for way in ways)[:_COMPLETIONS]
        found = tuple(way for count, way in counted if count)
        if not found:
            return next(iter(self._terms([word])), None)
        return Term(found, 1.0, scope.rarity(-counted[0][0]), _grams(begin)[:-1] or (f" {begin}",))

    def _term(self, stem: str, word: str, weight: float = 1.0) -> Term:
        return Term((stem,), weight, self.scope.worths[stem], _grams(word))

    def _meant(self, mistyped: str) -> Term | None:
        """The word nearest to one that stands nowhere, the surer the fewer the slips."""
        typed = bare(mistyped)
        meant = {
            (slips, -self.scope.count(stem), stem)
            for part in self.scope.parts
            for slips, word in part.spellings.corrections(typed)
            for stem in [self.known_stems.stem(word)]
        }
        for slips, count, stem in sorted(meant):
            if count:
                term = self._term(stem, stem, _CORRECTED_WEIGHT)
                return replace(term, certain=1 - _SLIP * slips / len(typed))
        return None


def _grams(word: str) -> tuple[str, ...]:
    marked = f" {word} "
    return tuple(marked[at : at + _GRAM] for at in range(max(1, len(marked) - _GRAM + 1)))
