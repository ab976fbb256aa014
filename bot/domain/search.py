"""Search: the entries that some words are about, best first."""

from __future__ import annotations

from array import array
from bisect import bisect_left, bisect_right
from dataclasses import dataclass
from functools import lru_cache
from heapq import nlargest
from math import log
from typing import TYPE_CHECKING, Final
from zlib import crc32

from bot.domain.names import fold, folded
from bot.domain.plain import line_text

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from bot.domain.briefing import Story
    from bot.domain.entry import Entry
    from bot.domain.sections import Section

#: Words that carry too little meaning to look for.
_STOP: Final = frozenset(
    """
    a an and any are as at be been but by can could did do does for from had has have how i if in
    into is it its me my no not of on or our should so some than that the their them then there
    these they this those to us was we were what when where which who why will with would you your
    about
    """.split()
)
#: A word counts this much in what people ask, and 1 in the text.
_ASKED_WEIGHT: Final = 2.5
#: Once so many entries are found, a common word only lifts them.
_ENOUGH: Final = 2000


@dataclass(frozen=True, slots=True)
class Hit:
    """An entry that was found."""

    entry: Entry
    score: float


@dataclass(frozen=True, slots=True)
class Found:
    """The best entries, best first, and how many fit in all."""

    hits: tuple[Hit, ...] = ()
    total: int = 0


class StoryIndex:
    """Where each word of a story stands: two parallel arrays sorted by the word's checksum.

    About 12 kB a story. A place is twice the entry's number, plus one if the word is in what people
    ask (title, question, other wordings) rather than in the text.
    """

    __slots__ = ("_places", "_words", "size")

    def __init__(self, entries: Iterable[Entry]) -> None:
        found: list[int] = []
        self.size = 0
        for number, entry in enumerate(entries):
            self.size = number + 1
            facts = " ".join(line_text(value) for _, value in entry.facts)
            found += [word << 16 | number * 2 for word in _checksums(f"{entry.body} {facts}")]
            asked = " ".join((entry.title, *entry.also_asked))
            found += [word << 16 | number * 2 + 1 for word in _checksums(asked)]
        found.sort()
        self._words = array("I", [both >> 16 for both in found])
        self._places = array("H", [both & 0xFFFF for both in found])

    def places(self, word: int) -> Sequence[int]:
        """The places of a word."""
        words = self._words
        low = bisect_left(words, word)
        high = bisect_right(words, word, lo=low, hi=min(len(words), low + 2 * self.size))
        return self._places[low:high]


def keywords(text: str) -> list[str]:
    """The words of a question that carry its meaning, each once; all of them if none does."""
    words = list(dict.fromkeys(fold(text).split()))
    return [word for word in words if word not in _STOP] or words


def search(
    stories: Iterable[Story],
    words: str,
    *,
    section: Section | None = None,
    first: Story | None = None,
    limit: int = 25,
) -> Found:
    """The entries that these words are about; those of the story `first` before all others."""
    pool = list(stories)
    wanted = _checksums(" ".join(keywords(words)))
    found = {word: [story.index.places(word) for story in pool] for word in wanted}
    known = {word: sum(map(len, places)) for word, places in found.items()}
    entries = sum(story.index.size for story in pool)
    scores: dict[int, float] = {}
    for word in sorted(wanted, key=known.__getitem__):
        worth = log(1 + entries / (1 + known[word]))
        _add(scores, found[word], worth, pool, section)
    ours = pool.index(first) if first in pool else -1
    best = nlargest(limit, scores.items(), key=lambda one: (one[0] >> 16 == ours, one[1], -one[0]))
    hits = (Hit(pool[key >> 16].entry_at(key & 0xFFFF), score) for key, score in best)
    return Found(tuple(hits), len(scores))


def _add(
    scores: dict[int, float],
    found: Sequence[Sequence[int]],
    worth: float,
    pool: Sequence[Story],
    section: Section | None,
) -> None:
    """Add what one word is worth to every entry that has it; a key is story and entry in one."""
    enough = len(scores) >= _ENOUGH
    weights = (worth, worth * _ASKED_WEIGHT)
    for number, places in enumerate(found):
        if not places:
            continue
        low, high = pool[number].span(section) if section else (0, 1 << 16)
        for place in places:
            if not low <= place >> 1 < high:
                continue
            key = number << 16 | place >> 1
            if key in scores:
                scores[key] += weights[place & 1]
            elif not enough:
                scores[key] = weights[place & 1]


def _checksums(text: str) -> set[int]:
    return set(map(_checksum, folded(text).split()))


@lru_cache(maxsize=65_536)
def _checksum(word: str) -> int:
    return crc32(_stem(word).encode())


def _stem(word: str) -> str:
    """The word without the commonest English endings: agree, agrees and agreed are one."""
    for ending in ("ies", "ing", "es", "ed", "s"):
        if len(word) > len(ending) + 2 and word.endswith(ending):
            word = word.removesuffix(ending) + ("y" if ending == "ies" else "")
            break
    return word.rstrip("e") or word
