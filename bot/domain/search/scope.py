"""Scope: the passages that a question is asked of, and what a word tells among them."""

from __future__ import annotations

from bisect import bisect_left
from math import log
from typing import TYPE_CHECKING, Final

from bot.domain.search.text import stems

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence

    from bot.domain.search.draft import Posting
    from bot.domain.search.part import Part
    from bot.domain.search.text import Stems

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
    """All passages of some parts, or those of some stories."""

    def __init__(self, parts: Sequence[Part], within: Collection[str] | None = None) -> None:
        if within is not None:  # a language that only others are in says nothing of words
            parts = [part for part in parts if not part.by_slug.keys().isdisjoint(within)]
        self.parts = parts
        self.languages = tuple(dict.fromkeys(part.language for part in parts))
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
        return total

    def rarity(self, count: int) -> float:
        """What a word tells that stands in so many entries."""
        return log(1 + (self.size - count + 0.5) / (count + 0.5))

    def passage(self, place: int) -> tuple[int, int]:
        """The part of a place, and the passage in it."""
        return place >> PART_BITS, place & _PASSAGE

    def place(self, story: str, number: int) -> int:
        """The place of a story's passage, by its number in the story; -1 if there is none."""
        for part, known in enumerate(self.parts):
            block = known.by_slug.get(story)
            if block and block.start + number < block.end:
                return part << PART_BITS | block.start + number
        return -1

    def holds(self, place: int) -> bool:
        """Whether a passage is among those asked of."""
        ranges = self._ranges[place >> PART_BITS]
        number = place & _PASSAGE
        return ranges is None or any(start <= number < end for start, end in ranges)

    def entry(self, place: int) -> tuple[Part, int, int]:
        """The part of a place, and all passages of its entry: the first, and one past the last."""
        part, passage = self.parts[place >> PART_BITS], place & _PASSAGE
        heads, first = part.heads, part.heads[passage]
        end = passage + 1
        while end < len(heads) and heads[end] == first:
            end += 1
        return part, first, end

    def head(self, place: int) -> tuple[int, int]:
        """What names the entry of a passage: its part, and its first passage there."""
        number, passage = place >> PART_BITS, place & _PASSAGE
        return number, self.parts[number].heads[passage]

    def title(self, place: int) -> str:
        """The wording of a passage, between spaces."""
        return self.parts[place >> PART_BITS].titles[place & _PASSAGE]

    def section(self, place: int) -> str:
        """The verb of the section that a passage is in."""
        return self.parts[place >> PART_BITS].sections[place & _PASSAGE]

    def not_covered(self, places: Collection[int]) -> int:
        """How many of these passages are questions that no entry answers."""
        if not any(part.not_covered for part in self.parts):
            return 0
        return sum(map(self.is_not_covered, places))

    def is_not_covered(self, place: int) -> bool:
        """Whether a passage is a question that no entry answers."""
        return (place & _PASSAGE) in self.parts[place >> PART_BITS].not_covered

    def story(self, place: int) -> str:
        """The story that a passage is of."""
        return self.parts[place >> PART_BITS].block_of(place & _PASSAGE).source.slug

    def stems(self, place: int) -> Stems:
        """The stems of a passage's language."""
        return stems(self.parts[place >> PART_BITS].language)

    def name(self, place: int) -> tuple[str, int]:
        """What a passage is called, however passages are numbered."""
        block = self.parts[place >> PART_BITS].block_of(place & _PASSAGE)
        return block.source.slug, (place & _PASSAGE) - block.start


def _ranges(part: Part, within: Collection[str]) -> Ranges:
    found = (part.by_slug.get(slug) for slug in within)
    return sorted((block.start, block.end) for block in found if block)
