"""Names: which stories some words name, wholly, in part, or nearly."""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_left, insort
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from rapidfuzz import fuzz, process

from bot.domain.entry import Entry
from bot.domain.search import Index
from bot.domain.sections.item import Section

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from bot.domain.briefing import Story

#: A part of a name that fits more stories than this names none of them.
_TOO_MANY: Final = 400
#: Confidence from which a story is worth offering for what was perhaps its name.
_NEAR: Final = 0.5
#: Likeness, in percent, from which a name is worth offering for a mistyped one.
_LIKE: Final = 70
_NOT_WORD: Final = re.compile(r"[\W_]+")
#: The same for ASCII, ten times as fast.
_ASCII: Final = {code: chr(code).lower() if chr(code).isalnum() else " " for code in range(128)}
#: Words that stand in many names and name no story.
_SMALL: Final = frozenset(
    "a an and are as at by for from has have how in is it its of on or the this to was what when "
    "where which who why will with".split()
)
_END = "\U0010ffff"

#: What a story is in an index of names.
_STORY: Final = Section("", "story", "Stories", "story", "stories", "")

#: Whether words of the name come before, or it is a topic; the name from a word on; the story.
Key = tuple[bool, str, str]


@lru_cache(maxsize=4096)
def fold(text: str) -> str:
    """A name or a question in the form in which it is compared; remembered, as names recur."""
    return folded(text)


def folded(text: str) -> str:
    """Words in small letters without accents and punctuation, one space between them."""
    if text.isascii():
        return " ".join(text.translate(_ASCII).split())
    decomposed = unicodedata.normalize("NFKD", text)
    bare = "".join(char for char in decomposed if not unicodedata.combining(char))
    return _NOT_WORD.sub(" ", bare.casefold()).strip()


class Names:
    """An index of names; its cost does not grow with the number of stories, but for typos."""

    def __init__(self, stories: Iterable[Story] = ()) -> None:
        self._keys: list[Key] = []
        self._whole: dict[str, tuple[str, ...]] = {}
        stories = list(stories)
        self._index = Index(map(_Named, stories))
        for story in stories:
            self._keys.extend(_keys(story))
            self._add_whole(story)
        self._keys.sort()

    def replaced(self, put: Iterable[Story], drop: Iterable[Story]) -> Names:
        """The index with some stories dropped and others put in; this one stays as it is."""
        put, drop = list(put), list(drop)
        names = Names()
        names._index = self._index.replaced(map(_Named, put), map(_Named, drop))
        names._keys, names._whole = self._keys.copy(), self._whole.copy()
        for story in drop:
            for key in _keys(story):
                place = bisect_left(names._keys, key)
                if names._keys[place : place + 1] == [key]:
                    del names._keys[place]
            for name in set(map(fold, story.names())):
                rest = tuple(slug for slug in names._whole.pop(name, ()) if slug != story.slug)
                if rest:
                    names._whole[name] = rest
        for story in put:
            for key in _keys(story):
                insort(names._keys, key)
            names._add_whole(story)
        return names

    def _add_whole(self, story: Story) -> None:
        for name in map(fold, story.names()):
            held = self._whole.get(name, ())
            if story.slug not in held:
                self._whole[name] = (*held, story.slug)

    def exact(self, words: str) -> str | None:
        """The slug of the one story with this slug, alias or title."""
        slugs = self._whole.get(fold(words), ())
        slug = words.strip().casefold()
        return slug if slug in slugs else slugs[0] if len(slugs) == 1 else None

    def named(self, words: str) -> tuple[str, ...]:
        """The slugs of the stories that these words name, wholly or in part."""
        one = self.exact(words)
        folded = fold(words)
        if one or len(folded) < 2:  # noqa: PLR2004 (one letter names nothing)
            return (one,) if one else ()
        if folded in self._whole:
            return self._whole[folded]
        return tuple(dict.fromkeys(self._with(folded) or ())) or self._by_words(folded.split())

    def part(self, words: str) -> str | None:
        """The slug of the one story that has just these words, whole and in a row, in a name."""
        folded = fold(words)
        if not folded or folded in _SMALL:
            return None
        slugs = {
            slug
            for inner in (False, True)
            for low, high in [self._range(folded, inner=inner)]
            if high - low <= _TOO_MANY
            for _, name, slug in self._keys[low:high]
            if name == folded or name.startswith(f"{folded} ")
        }
        return slugs.pop() if len(slugs) == 1 else None

    def _by_words(self, words: list[str]) -> tuple[str, ...]:
        """Stories of which every word begins some word of their names, in any order."""
        if len(words) < 2:  # noqa: PLR2004 (one word is a phrase)
            return ()
        found = [set(slugs) for slugs in map(self._with, words) if slugs is not None]
        return tuple(sorted(set.intersection(*found))) if found else ()

    def _with(self, prefix: str) -> list[str] | None:
        """Slugs of stories with a name that goes on so from a word; None if that says little."""
        ranges = [self._range(prefix, inner=inner) for inner in (False, True)]
        if sum(high - low for low, high in ranges) > _TOO_MANY:
            return None
        return [slug for low, high in ranges for _, _, slug in self._keys[low:high]]

    def _range(self, prefix: str, *, inner: bool) -> tuple[int, int]:
        low = bisect_left(self._keys, (inner, prefix, ""))
        return low, bisect_left(self._keys, (inner, prefix + _END, ""), lo=low)

    def complete(self, typed: str, limit: int) -> list[str]:
        """Slugs of stories with a name that goes on from what was typed; those it opens first."""
        found: dict[str, None] = {}
        for inner in (False, True):
            low, high = self._range(fold(typed), inner=inner)
            # Names of one story stand close together, so a few more keys give enough stories.
            for _, _, slug in self._keys[low : min(high, low + 2 * limit)]:
                found[slug] = None
        return list(found)[:limit]

    def nearest(self, words: str, limit: int = 3) -> list[str]:
        """Slugs of the stories whose names are most like these words; none if nothing is alike."""
        hits = self._index.search(words, limit=limit).hits
        slugs = [hit.entry.story for hit in hits if hit.confidence >= _NEAR]
        if not slugs:  # a slip in a first letter, or a word run into another
            like = process.extract(
                fold(words), list(self._whole), scorer=fuzz.ratio, score_cutoff=_LIKE, limit=6
            )
            slugs = [slug for name, _, _ in like for slug in self._whole[name]]
        return list(dict.fromkeys(slugs))[:limit]


@dataclass(frozen=True, slots=True)
class _Named:
    """A story by its names alone, to look it up as entries are."""

    story: Story
    language: str = ""
    audience: tuple[str, ...] = ()
    not_covered: tuple[str, ...] = ()

    @property
    def slug(self) -> str:
        """The story's name."""
        return self.story.slug

    def entries(self) -> Iterator[Entry]:
        """One entry, asked for by the story's names."""
        yield self.entry_at(0)

    def entry_at(self, _number: int) -> Entry:
        """The same."""
        title, *others = self.story.briefing.title, self.slug, *self.story.briefing.aliases
        about = " ".join(self.story.briefing.topics)
        return Entry(
            self.slug, _STORY, self.slug, title, about, title, (), also_asked=tuple(others)
        )


def _keys(story: Story) -> Iterator[Key]:
    seen = set()
    names = [(name, False) for name in story.names()]
    topics = [(topic, True) for topic in story.briefing.topics]
    for name, is_topic in (*names, *topics):
        words = fold(name).split()
        for place in range(len(words)):
            key = (is_topic or place > 0, " ".join(words[place:]), story.slug)
            if key not in seen:
                seen.add(key)
                yield key
