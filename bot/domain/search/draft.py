"""Draft: stories being read for an index, passage by passage.

A passage is one wording of an entry (its title, or one of `also_asked`) with the entry's text, or a
question that the story does not cover. What a word is worth in a passage depends on that passage
alone, not on the others: so a changed story costs what it holds, and leaving stories out gives the
very scores of an index without them.
"""

from __future__ import annotations

from array import array
from collections import Counter
from typing import TYPE_CHECKING, Final, NamedTuple, Protocol

from bot.domain.plain import line_text
from bot.domain.search.near import near
from bot.domain.search.text import bare, stems, words

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from bot.domain.entry import Entry

# BM25 with two fields. The usual lengths are fixed, so that passages do not depend on each other.
_SATURATION: Final = 0.8
_BY_LENGTH: Final = 0.75
_TITLE_WEIGHT: Final = 2.0
_TITLE_WORDS: Final = 6.0
_BODY_WORDS: Final = 30.0
#: A word's worth in a passage is kept as a byte: this is 1.
FULL: Final = 255
#: Stands before a small word of a title: small words are found only there.
SMALL_MARK: Final = "="
#: Stands for the section of a passage that no entry answers.
NOT_COVERED: Final = ""

#: The passages where a word stands, rising; what it is worth in each; and in how many entries.
Posting = tuple["array[int]", bytes, int]


class Source(Protocol):
    """A story, as far as the search must know it."""

    @property
    def slug(self) -> str:
        """Its name."""

    @property
    def language(self) -> str:
        """The language that it is written in."""

    @property
    def audience(self) -> tuple[str, ...]:
        """The tenants and channels that may see it; empty: everyone."""

    @property
    def not_covered(self) -> tuple[str, ...]:
        """Questions that nothing it says answers."""

    def entries(self) -> Iterator[Entry]:
        """What it says."""

    def entry_at(self, number: int) -> Entry:
        """The entry with this number, counted from 0."""


class Block(NamedTuple):
    """The passages of one story: numbers from `start` to before `end`.

    `size` counts its entries, and the questions that it does not cover.
    """

    start: int
    end: int
    size: int
    source: Source


class Draft:
    """Passages that are being added to a part."""

    def __init__(self, language: str, first: int) -> None:
        self.stems = stems(language)
        near("", language)  # reads its list now, while nobody waits for an answer
        self.first = first
        self.titles: list[str] = []
        self.heads = array("I")
        self.numbers = array("I")
        self.sections: list[str] = []
        self.found: dict[str, tuple[array[int], bytearray]] = {}
        self.counts: Counter[str] = Counter()
        #: In how many entries each word stands as it is spelled, without accents.
        self.spelled: Counter[str] = Counter()
        self.size = 0
        self.blocks: list[Block] = []

    def add(self, source: Source) -> None:
        """Read all entries of a story."""
        start, before = self.first + len(self.titles), self.size
        for number, entry in enumerate(source.entries()):
            self._add_entry(number, entry)
        for question in source.not_covered:
            self._add_not_covered(question)
        end = self.first + len(self.titles)
        self.blocks.append(Block(start, end, self.size - before, source))

    def _add_entry(self, number: int, entry: Entry) -> None:
        stem, small = self.stems, self.stems.small
        facts = "\n".join(line_text(value) for _, value in entry.facts)
        text = f"{entry.body}\n{facts}" if facts else entry.body
        spelled = [word for word in words(text) if word not in small]
        said = [stem[word] for word in spelled]
        each = 1 / (1 - _BY_LENGTH + _BY_LENGTH * len(said) / _BODY_WORDS)
        once = _byte(each)
        counted = Counter(said)
        body = {word: once if n == 1 else _byte(n * each) for word, n in counted.items()}
        head = self.first + len(self.titles)
        found, written = set(body), set(spelled)
        for asked in map(words, entry.wordings):
            found.update(self._add_passage(asked, body, counted, each))
            written.update(asked)
            self.heads.append(head)
            self.numbers.append(number)
            self.sections.append(entry.section.verb)
        self.counts.update(found)
        self.spelled.update(map(bare, written))
        self.size += 1

    def _add_not_covered(self, question: str) -> None:
        asked = words(question)
        self.spelled.update(map(bare, asked))
        self.heads.append(self.first + len(self.titles))
        self.numbers.append(0)
        self.sections.append(NOT_COVERED)
        self.counts.update(self._add_passage(asked, {}, Counter(), 0.0))
        self.size += 1

    def _add_passage(
        self, asked: list[str], body: dict[str, int], counted: Counter[str], each: float
    ) -> Iterable[str]:
        """Note where the words of one wording and its text stand; return those of the wording."""
        passage = self.first + len(self.titles)
        stem, small = self.stems, self.stems.small
        self.titles.append(f" {' '.join(map(bare, asked))} ")
        content = [stem[word] for word in asked if word not in small]
        title = _TITLE_WEIGHT / (1 - _BY_LENGTH + _BY_LENGTH * len(content) / _TITLE_WORDS)
        worth = {SMALL_MARK + bare(word): _byte(title) for word in asked if word in small}
        for word in content:
            worth[word] = _byte(content.count(word) * title + counted[word] * each)
        found = self.found
        for word, byte in (body | worth).items():
            try:
                places, worths = found[word]
            except KeyError:  # seldom: most words are known
                places, worths = found[word] = (array("I"), bytearray())
            places.append(passage)
            worths.append(byte)
        return worth.keys()


def _byte(much: float) -> int:
    return round(FULL * much / (_SATURATION + much))
