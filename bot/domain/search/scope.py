"""Scope: the passages that a question is asked of, and what a word tells among them."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from itertools import islice
from math import log
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Sequence

    from bot.domain.entry import Entry
    from bot.domain.search.draft import Posting
    from bot.domain.search.part import Part

#: A place is the number of a part above these bits, and of a passage in it.
PART_BITS: Final = 32
_PASSAGE: Final = (1 << PART_BITS) - 1

Ranges = list[tuple[int, int]]


class _Worths(dict[str, float]):
    """What each stem tells, worked out once."""

    def __init__(self, scope: Scope) -> None:
        super().__init__()
        self._scope = scope

    def __missing__(self, stem: str) -> float:
        worth = self[stem] = self._scope.rarity(self._scope.count(stem))
        return worth


class Scope:
    """All passages of some parts in one language, or those of some stories.

    `left_out` names a story and the number of one of its passages that is as if it were not there.
    """

    def __init__(
        self,
        parts: Sequence[Part],
        within: Collection[str] | None = None,
        left_out: tuple[str, int] | None = None,
    ) -> None:
        if within is not None:  # a language that only others are in says nothing of words
            parts = [part for part in parts if not part.by_slug.keys().isdisjoint(within)]
        self.parts = parts
        self.language = parts[0].language if parts else ""
        self.left_out = self.place(*left_out) if left_out else -1
        self.worths = _Worths(self)
        self._ranges: list[Ranges | None] = [None] * len(parts)
        self.size = sum(part.size for part in parts)
        if within is not None:
            self._ranges = [_ranges(part, within) for part in parts]
            self.size = sum(
                block.size for part in parts for slug in within if (block := part.by_slug.get(slug))
            )

    def postings(self, part: int, stem: str, story: str | None = None) -> Iterator[Posting]:
        """Where a stem stands in one of the parts, or in one story of it."""
        posting = self.parts[part].postings.get(stem)
        if posting is None:
            return
        ranges = self._ranges[part] if story is None else _ranges(self.parts[part], (story,))
        if ranges is None:
            yield posting
            return
        places, worth, _ = posting
        heads = self.parts[part].heads
        for start, end in ranges:
            low = bisect_left(places, start)
            high = bisect_left(places, end, lo=low)
            if low < high:
                count = len({heads[place] for place in places[low:high]})
                yield places[low:high], worth[low:high], count

    def count(self, stem: str) -> int:
        """In how many entries a stem stands."""
        total = 0
        for number, part in enumerate(self.parts):
            posting = part.postings.get(stem)
            if posting is None:
                continue
            if self._ranges[number] is None:
                total += posting[2]
            else:
                total += sum(count for *_, count in self.postings(number, stem))
        return total - (self.left_out >= 0 and self._is_only_in_left_out(stem))

    def _is_only_in_left_out(self, stem: str) -> bool:
        """Whether the left-out passage is the only one of its entry with this stem."""
        part, first, end = self.entry(self.left_out)
        places = part.postings[stem][0] if stem in part.postings else ()
        low = bisect_left(places, first)
        high = bisect_left(places, end, lo=low)
        return high - low == 1 and places[low] == self.left_out & _PASSAGE

    def stand(self, stems: Iterable[str], entry: tuple[Part, int, int]) -> bool:
        """Whether one of these stems stands in any passage of an entry."""
        part, first, end = entry
        left_out = -1
        if self.left_out >= 0 and self.parts[self.left_out >> PART_BITS] is part:
            left_out = self.left_out & _PASSAGE
        for stem in stems:
            posting = part.postings.get(stem)
            if posting is None:
                continue
            places = posting[0]
            at = bisect_left(places, first)
            if at < len(places) and places[at] == left_out:
                at += 1
            if at < len(places) and places[at] < end:
                return True
        return False

    def has(self, place: int, stems: Iterable[str]) -> bool:
        """Whether one of these stems stands in this very passage."""
        postings, passage = self.parts[place >> PART_BITS].postings, place & _PASSAGE
        for stem in stems:
            places = postings[stem][0] if stem in postings else ()
            at = bisect_left(places, passage)
            if at < len(places) and places[at] == passage:
                return True
        return False

    def rarity(self, count: int) -> float:
        """What a word tells that stands in so many entries."""
        return log(1 + (self.size - count + 0.5) / (count + 0.5))

    def place(self, story: str, number: int) -> int:
        """The place of a story's passage, by its number in the story; -1 if there is none."""
        places = self.places(story)
        return places[number] if number < len(places) else -1

    def beginning(self, part: int, begin: str) -> Iterator[int]:
        """The passages of a part whose wording begins so, by their wording, or by story."""
        known, ranges = self.parts[part], self._ranges[part]
        titles = known.titles
        if ranges is not None:
            for start, end in ranges:
                yield from (one for one in range(start, end) if titles[one].startswith(begin))
            return
        order = known.by_title
        low = bisect_left(order, begin, key=titles.__getitem__)
        for one in islice(order, low, None):
            if not titles[one].startswith(begin):
                return
            yield one

    def titled(self, title: str) -> Iterator[int]:
        """The passages with just this wording."""
        for number, part in enumerate(self.parts):
            for passage in self.beginning(number, title):
                if part.titles[passage] == title:
                    yield number << PART_BITS | passage

    def entry(self, place: int) -> tuple[Part, int, int]:
        """The part of a place, and all passages of its entry: the first, and one past the last."""
        part, passage = self.parts[place >> PART_BITS], place & _PASSAGE
        first = part.heads[passage]
        return part, first, bisect_right(part.heads, first, lo=passage)

    def head(self, place: int) -> tuple[int, int]:
        """What names the entry of a passage: its part, and its first passage there."""
        number, passage = place >> PART_BITS, place & _PASSAGE
        return number, self.parts[number].heads[passage]

    def title(self, place: int) -> str:
        """The wording of a passage, between spaces."""
        return self.parts[place >> PART_BITS].titles[place & _PASSAGE]

    def not_covered(self, places: Collection[int]) -> Collection[int]:
        """Those of these passages that are questions which no entry answers."""
        if len(self.parts) == 1:
            return self.parts[0].not_covered.intersection(places)
        if not any(part.not_covered for part in self.parts):
            return ()
        return [
            place
            for place in places
            if place & _PASSAGE in self.parts[place >> PART_BITS].not_covered
        ]

    def entries(self, places: Collection[int]) -> int:
        """How many entries these passages are of; each that is not covered counts as one."""
        if all(part.size == len(part.titles) for part in self.parts):  # each has one wording
            return len(places)
        if len(self.parts) == 1:
            return len(set(map(self.parts[0].heads.__getitem__, places)))
        return len(set(map(self.head, places)))

    def places(self, story: str) -> range:
        """All passages of a story."""
        for number, part in enumerate(self.parts):
            if block := part.by_slug.get(story):
                return range(number << PART_BITS | block.start, number << PART_BITS | block.end)
        return range(0)

    def said(self, place: int) -> Entry:
        """The entry of a passage."""
        part, passage = self.parts[place >> PART_BITS], place & _PASSAGE
        return part.block_of(passage).source.entry_at(part.numbers[passage])

    def story(self, place: int) -> str:
        """The story that a passage is of."""
        return self.parts[place >> PART_BITS].block_of(place & _PASSAGE).source.slug

    def name(self, place: int) -> tuple[str, int]:
        """What a passage is called, however passages are numbered."""
        block = self.parts[place >> PART_BITS].block_of(place & _PASSAGE)
        return block.source.slug, (place & _PASSAGE) - block.start


def _ranges(part: Part, within: Collection[str]) -> Ranges:
    found = (part.by_slug.get(slug) for slug in within)
    return sorted((block.start, block.end) for block in found if block)
