"""Part: an index of stories that are in one language and for one audience. Immutable.

A passage is one wording of an entry (its title, or one of `also_asked`) with the entry's text. What
a word is worth in a passage depends on that passage alone, not on the others: so a changed story
costs what it holds, and leaving stories out gives the very scores of an index without them.
"""

from __future__ import annotations

from array import array
from bisect import bisect_left, bisect_right
from collections import Counter
from typing import TYPE_CHECKING, Final, NamedTuple, Protocol

from bot.domain.plain import line_text
from bot.domain.search.text import bare, stems, words
from bot.domain.search.vocabulary import Vocabulary

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

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
#: Once so many times the passages in use are numbered, numbering begins anew.
_SPARSE: Final = 3
_FEW: Final = 10_000

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

    def entries(self) -> Iterator[Entry]:
        """What it says."""

    def entry_at(self, number: int) -> Entry:
        """The entry with this number, counted from 0."""


class Block(NamedTuple):
    """The passages of one story: numbers from `start` to before `end`; and how many entries."""

    start: int
    end: int
    size: int
    source: Source


class _Draft:
    """Passages that are being added to a part."""

    def __init__(self, language: str, first: int) -> None:
        self.stems = stems(language)
        self.first = first
        self.titles: list[str] = []
        self.heads = array("I")
        self.numbers = array("I")
        self.sections: list[str] = []
        self.found: dict[str, tuple[array[int], bytearray]] = {}
        self.counts: Counter[str] = Counter()
        self.size = 0
        self.blocks: list[Block] = []

    def add(self, source: Source) -> None:
        """Read all entries of a story."""
        start, before = self.first + len(self.titles), self.size
        for number, entry in enumerate(source.entries()):
            self._add_entry(number, entry)
        end = self.first + len(self.titles)
        self.blocks.append(Block(start, end, self.size - before, source))

    def _add_entry(self, number: int, entry: Entry) -> None:
        stem, small = self.stems, self.stems.small
        facts = "\n".join(line_text(value) for _, value in entry.facts)
        text = f"{entry.body}\n{facts}" if facts else entry.body
        said = [stem[word] for word in words(text) if word not in small]
        each = 1 / (1 - _BY_LENGTH + _BY_LENGTH * len(said) / _BODY_WORDS)
        once = _byte(each)
        counted = Counter(said)
        body = {word: once if n == 1 else _byte(n * each) for word, n in counted.items()}
        head = self.first + len(self.titles)
        found: set[str] = set(body)
        for asked in dict.fromkeys((entry.title, *entry.also_asked)):
            found.update(self._add_passage(words(asked), body, counted, each))
            self.heads.append(head)
            self.numbers.append(number)
            self.sections.append(entry.section.verb)
        self.counts.update(found)
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
        for word, times in Counter(content).items():
            worth[word] = _byte(times * title + counted[word] * each)
        found = self.found
        for word, byte in (body | worth).items():
            posting = found.get(word)
            if posting is None:
                posting = found[word] = (array("I"), bytearray())
            posting[0].append(passage)
            posting[1].append(byte)
        return worth


def _byte(much: float) -> int:
    return round(FULL * much / (_SATURATION + much))


class Part:
    """The passages of some stories by the words in them; `replaced` makes another."""

    __slots__ = (
        "_ends",
        "_next", "blocks", "by_slug", "by_title", "heads", "language", "numbers", "postings",
        "sections", "size", "titles", "vocabulary",
    )  # fmt: skip

    def __init__(self, language: str, sources: Iterable[Source] = ()) -> None:
        self.language = language
        self.titles: list[str] = []
        self.heads = array("I")
        self.numbers = array("I")
        self.sections: list[str] = []
        self.postings: dict[str, Posting] = {}
        self.blocks: list[Block] = []
        self.by_slug: Mapping[str, Block] = {}
        self._ends: list[int] = []
        self.by_title = array("I")
        self.vocabulary = Vocabulary()
        self.size = self._next = 0
        draft = _Draft(language, 0)
        for source in sources:
            draft.add(source)
        self._take(draft, [])

    def replaced(self, put: Collection[Source], drop: frozenset[str]) -> Part:
        """This part without the stories of these names and with the put ones."""
        dropped = [block for block in self.blocks if block.source.slug in drop]
        in_use = sum(block.end - block.start for block in self.blocks if block not in dropped)
        if self._next > _SPARSE * in_use + _FEW:
            kept = [block.source for block in self.blocks if block.source.slug not in drop]
            return Part(self.language, [*kept, *put])
        made = Part(self.language)
        made.titles, made.heads, made.numbers = self.titles[:], self.heads[:], self.numbers[:]
        made.sections, made.postings = self.sections[:], self.postings.copy()
        made.blocks, made.by_title, made.vocabulary = self.blocks, self.by_title, self.vocabulary
        made.size, made._next = self.size, self._next
        draft = _Draft(self.language, self._next)
        for source in put:
            draft.add(source)
        made._take(draft, dropped)
        return made

    def _take(self, draft: _Draft, dropped: Sequence[Block]) -> None:
        old = _Draft(self.language, 0)
        for block in dropped:
            old.add(block.source)
        new: dict[str, bool] = {}
        for word in {**old.found, **draft.found}:
            before = self.postings.get(word)
            count = (before[2] if before else 0) - old.counts[word] + draft.counts[word]
            after = _joined(before, dropped, draft.found.get(word), count)
            if after:
                self.postings[word] = after
            else:
                self.postings.pop(word, None)
            if bool(before) is not bool(after) and word[0] != SMALL_MARK:
                new[word] = bool(after)
        self.vocabulary = self.vocabulary.changed(new)
        self.size += draft.size - old.size
        self._number(draft, dropped)

    def _number(self, draft: _Draft, dropped: Sequence[Block]) -> None:
        """Keep what is known of each passage by its number."""
        self.titles += draft.titles
        self.heads += draft.heads
        self.numbers += draft.numbers
        self.sections += draft.sections
        self._next += len(draft.titles)
        leaving = {block.source.slug for block in dropped}
        kept = [block for block in self.blocks if block.source.slug not in leaving]
        self.blocks = [*kept, *draft.blocks]
        self.by_slug = {block.source.slug: block for block in self.blocks}
        self._ends = [block.end for block in self.blocks]
        gone = [number for block in dropped for number in range(block.start, block.end)]
        fresh = range(self._next - len(draft.titles), self._next)
        self.by_title = _resorted(self.by_title, gone, fresh, self.titles)
        for number in gone:
            self.titles[number] = ""

    def block_of(self, passage: int) -> Block:
        """The story that a passage is of."""
        return self.blocks[bisect_right(self._ends, passage)]


def _joined(
    posting: Posting | None,
    dropped: Sequence[Block],
    added: tuple[array[int], bytearray] | None,
    count: int,
) -> Posting | None:
    """A posting without the passages of dropped stories, and with the added ones at its end."""
    if posting is None:
        return (added[0], bytes(added[1]), count) if added else None
    places, worth, _ = posting
    for block in reversed(dropped):
        low = bisect_left(places, block.start)
        high = bisect_left(places, block.end, lo=low)
        if low < high:
            places, worth = places[:low] + places[high:], worth[:low] + worth[high:]
    if added:
        places, worth = places + added[0], worth + bytes(added[1])
    return (places, worth, count) if places else None


def _resorted(
    order: array[int], gone: Sequence[int], fresh: Sequence[int], titles: Sequence[str]
) -> array[int]:
    """Passages by title, without some and with others; few are moved one by one."""
    title = titles.__getitem__
    if len(gone) + len(fresh) > _FEW:
        leaving = set(gone)
        kept = (number for number in order if number not in leaving)
        return array("I", sorted([*kept, *fresh], key=title))
    order = order[:]
    for number in gone:
        del order[order.index(number, bisect_left(order, titles[number], key=title))]
    for number in fresh:
        order.insert(bisect_right(order, titles[number], key=title), number)
    return order
