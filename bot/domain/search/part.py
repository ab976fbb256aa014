"""Part: an index of stories that are in one language and for one audience. Immutable."""

from __future__ import annotations

from array import array
from bisect import bisect_left, bisect_right
from collections import Counter
from itertools import compress
from typing import TYPE_CHECKING, Final

from bot.domain.search.draft import NOT_COVERED, SMALL_MARK, Draft
from bot.domain.search.vocabulary import Vocabulary

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence

    from bot.domain.search.draft import Block, Posting, Source

#: Once so many times the passages in use are numbered, and some, numbering begins anew.
_SPARSE: Final = 3
_SPARE: Final = 10_000
#: Where one story in so many changes, all are read anew.
_MANY: Final = 4
#: So many passages are moved one by one among those that are sorted by title.
_MOVED: Final = 10_000


class Part:
    """The passages of some stories by the words in them; `replaced` makes another."""

    __slots__ = (
        "_ends",
        "_next", "_spelled", "blocks", "by_slug", "by_title", "heads", "language", "not_covered",
        "numbers", "postings", "sections", "size", "spellings", "stems", "titles",
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
        #: The passages that no entry answers.
        self.not_covered: frozenset[int] = frozenset()
        #: All stems, and all words as they are spelled, which a mistyped one may stand for.
        self.stems, self.spellings = Vocabulary(), Vocabulary()
        self._spelled: Counter[str] = Counter()
        self.size = self._next = 0
        draft = Draft(language, 0)
        for source in sources:
            draft.add(source)
        self._take(draft, [])

    def replaced(self, put: Collection[Source], drop: frozenset[str]) -> Part:
        """This part without the stories of these names and with the put ones."""
        dropped = [self.by_slug[slug] for slug in drop if slug in self.by_slug]
        in_use = sum(block.end - block.start for block in self.blocks) - sum(
            block.end - block.start for block in dropped
        )
        many = len(dropped) * _MANY > len(self.blocks)
        if many or self._next > _SPARSE * in_use + _SPARE:
            kept = [block.source for block in self.blocks if block.source.slug not in drop]
            return Part(self.language, [*kept, *put])
        made = Part(self.language)
        made.titles, made.heads, made.numbers = self.titles[:], self.heads[:], self.numbers[:]
        made.sections, made.postings = self.sections[:], self.postings.copy()
        made.blocks, made.by_title = self.blocks, self.by_title
        made.stems, made.spellings = self.stems, self.spellings
        made._spelled = self._spelled.copy()
        made.not_covered, made.size, made._next = self.not_covered, self.size, self._next
        draft = Draft(self.language, self._next)
        for source in put:
            draft.add(source)
        made._take(draft, sorted(dropped))
        return made

    def _take(self, draft: Draft, dropped: Sequence[Block]) -> None:
        gone: dict[str, list[Block]] = {}
        counts, spelled, size = Counter[str](), Counter[str](), 0
        for block in dropped:
            old = Draft(self.language, block.start)
            old.add(block.source)
            counts.update(old.counts)
            spelled.update(old.spelled)
            size += old.size
            for word in old.found:
                gone.setdefault(word, []).append(block)
        new: dict[str, bool] = {}
        for word in {**gone, **draft.found}:
            before = self.postings.get(word)
            count = (before[2] if before else 0) - counts[word] + draft.counts[word]
            after = _joined(before, gone.get(word, ()), draft.found.get(word), count)
            if after:
                self.postings[word] = after
            else:
                self.postings.pop(word, None)
            if bool(before) is not bool(after) and word[0] != SMALL_MARK:
                new[word] = bool(after)
        self.stems = self.stems.changed(new)
        self._spell(draft.spelled, spelled)
        self.size += draft.size - size
        self._number(draft, dropped)

    def _spell(self, put: Counter[str], dropped: Counter[str]) -> None:
        """Keep which words there are, as they are spelled."""
        new: dict[str, bool] = {}
        for word in {**dropped, **put}:
            before = self._spelled[word]
            after = self._spelled[word] = before - dropped[word] + put[word]
            if not after:
                del self._spelled[word]
            if bool(before) is not bool(after):
                new[word] = bool(after)
        self.spellings = self.spellings.changed(new)

    def _number(self, draft: Draft, dropped: Sequence[Block]) -> None:
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
        not_covered = (number for number in fresh if self.sections[number] == NOT_COVERED)
        self.not_covered = self.not_covered.difference(gone).union(not_covered)

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
    if dropped:
        kept = bytearray(b"\1") * len(places)
        for block in dropped:
            low = bisect_left(places, block.start)
            high = bisect_left(places, block.end, lo=low)
            kept[low:high] = bytes(high - low)
        places, worth = array("I", compress(places, kept)), bytes(compress(worth, kept))
    if added:
        places, worth = places + added[0], worth + bytes(added[1])
    return (places, worth, count) if places else None


def _resorted(
    order: array[int], gone: Sequence[int], fresh: Sequence[int], titles: Sequence[str]
) -> array[int]:
    """Passages by title, without some and with others; few are moved one by one."""
    title = titles.__getitem__
    if len(gone) + len(fresh) > _MOVED:
        leaving = set(gone)
        kept = (number for number in order if number not in leaving)
        return array("I", sorted([*kept, *fresh], key=title))
    order = order[:]
    for number in gone:
        del order[order.index(number, bisect_left(order, titles[number], key=title))]
    for number in fresh:
        order.insert(bisect_right(order, titles[number], key=title), number)
    return order
