"""Search: the entries that some words are about, best first."""

from __future__ import annotations

from array import array
from bisect import bisect_left
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
_TITLE_WEIGHT: Final = 2.5
_ENOUGH: Final = 2000


@dataclass(frozen=True, slots=True)
class Hit:
    """An entry that was found. `share` is how much of the question's meaning it covers, 0 to 1."""

    entry: Entry
    score: float
    share: float


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
        low = bisect_left(self._words, word)
        high = low
        while high < len(self._words) and self._words[high] == word:
            high += 1
        return self._places[low:high]


def keywords(text: str) -> list[str]:
    """The words of a question that carry its meaning, each once; all of them if none does."""
    words = list(dict.fromkeys(fold(text).split()))
    return [word for word in words if word not in _STOP] or words


def search(
    stories: Iterable[Story], words: str, *, section: Section | None = None, limit: int = 25
) -> list[Hit]:
    """The entries that these words are about, best first."""
    wanted = list(_checksums(" ".join(keywords(words))))
    pool = list(stories)
    found = {word: [(story, story.index.places(word)) for story in pool] for word in wanted}
    entries = sum(story.index.size for story in pool)
    worth = {
        word: log(1 + entries / (1 + sum(map(len, (places for _, places in found[word])))))
        for word in wanted
    }
    scores: dict[tuple[str, int], dict[int, float]] = {}
    for word in sorted(wanted, key=worth.__getitem__, reverse=True):
        enough = len(scores) >= _ENOUGH
        for story, places in found[word]:
            for place in places:
                key = (story.slug, place // 2)
                held = scores.get(key)
                if held is None:
                    if enough:  # a common word only lifts what rarer ones have found
                        continue
                    held = scores[key] = {}
                weight = _TITLE_WEIGHT if place % 2 else 1.0
                held[word] = max(held.get(word, 0.0), worth[word] * weight)
    return _hits(pool, scores, worth, section, limit)


def _hits(
    pool: Sequence[Story],
    scores: dict[tuple[str, int], dict[int, float]],
    worth: dict[int, float],
    section: Section | None,
    limit: int,
) -> list[Hit]:
    total = sum(worth.values()) or 1.0
    by_slug = {story.slug: story for story in pool}
    ranked = nlargest(
        limit if section is None else len(scores),
        scores.items(),
        key=lambda item: (sum(item[1].values()), -item[0][1]),
    )
    hits = []
    for (slug, number), held in ranked:
        entry = by_slug[slug].entry_at(number)
        if section is None or entry.section is section:
            share = sum(worth[word] for word in held) / total
            hits.append(Hit(entry, sum(held.values()), share))
    return hits[:limit]


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
