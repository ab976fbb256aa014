"""Words: a typed text as words with a place in it; Refusal: what of it is not understood."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, NamedTuple, TypeVar

from bot.domain.reply import clip

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

Item = TypeVar("Item")

#: A channel as Slack writes it is one word; a comma always stands alone.
_WORD: Final = re.compile(r"<#[^<>\s]*>|,|[^\s,]+")
#: What stands between the items of a list.
AND: Final = (", and", ",", "and", "&")
#: The numbers that are understood as words.
NUMBERS: Final = {
    word: number
    for number, word in enumerate(
        "one two three four five six seven eight nine ten eleven twelve".split(), 1
    )
}
#: Longest piece of a typed text that an error repeats.
_QUOTED: Final = 80
#: What is not seen and stands for nothing, as it comes along with pasted text; each a space here.
_UNSEEN: Final = dict.fromkeys(
    (0x200B, 0x200E, 0x200F, *range(0x202A, 0x202F), 0x2060, *range(0x2066, 0x206A), 0xFEFF), " "
)


class Way(NamedTuple):
    """A way on from a refusal: other words for what was not understood (none: without it).

    `text` is the whole text with them in it; whether that is understood is yet to be tried.
    """

    words: str
    text: str


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a text was not understood, what to do about it, and a text that is understood.

    `unknown` holds exactly the words that mean nothing here; it is empty where all words were
    understood, but not their sum. `ways` are what was perhaps meant, the likeliest first.
    """

    what: str
    remedy: str
    example: str
    unknown: tuple[str, ...] = ()
    ways: tuple[Way, ...] = ()

    def __str__(self) -> str:
        return f"{self.what} — {self.remedy}, as in: {self.example}"


class NotUnderstoodError(ValueError):
    """A text says something else than this grammar can; `refusal` holds the reason."""

    def __init__(self, refusal: Refusal) -> None:
        super().__init__(str(refusal))
        self.refusal = refusal


def refuse(what: str, remedy: str, example: str, *ways: Way) -> NotUnderstoodError:
    """The error for words that are known, but together mean nothing, or two things."""
    return NotUnderstoodError(Refusal(what, remedy, example, ways=ways))


def joined(texts: Sequence[str]) -> str:
    """A list in words: `a, b and c`."""
    *most, last = texts
    return f"{', '.join(most)} and {last}" if most else last


def quoted(text: str) -> str:
    """A piece of what was typed, as an error repeats it: on one line, and not too long."""
    return f"“{clip(' '.join(text.split()), _QUOTED)}”"


class Words:
    """The words of a text, read from the first to the last; letters compare in any case."""

    def __init__(self, text: str) -> None:
        self.text = text = text.translate(_UNSEEN)
        self._spans = [match.span() for match in _WORD.finditer(text)]
        self._folded = [text[start:end].casefold() for start, end in self._spans]
        self.place = 0

    def __len__(self) -> int:
        return len(self._spans)

    @property
    def left(self) -> bool:
        """Whether there are words left to read."""
        return self.place < len(self._spans)

    def word(self, place: int) -> str:
        """The word at a place, in small letters; empty after the last."""
        return self._folded[place] if place < len(self._folded) else ""

    def peek(self, ahead: int = 0) -> str:
        """The next word, or one after it, in small letters; empty after the last."""
        return self.word(self.place + ahead)

    def take(self, *phrases: str) -> str:
        """Read the first of these phrases that comes next; empty if none does."""
        for phrase in phrases:
            parts = phrase.split()
            if self._folded[self.place : self.place + len(parts)] == parts:
                self.place += len(parts)
                return phrase
        return ""

    def list_of(self, read: Callable[[Words], Item | None], most: int = 1000) -> list[Item]:
        """Read a list: what `read` reads, again after each comma or `and`, while it finds some."""
        found: list[Item] = []
        place = self.place
        while len(found) < most and (item := read(self)) is not None:
            found.append(item)
            place = self.place
            if not self.take(*AND):
                break
        self.place = place
        return found

    def said(self, start: int, end: int) -> str:
        """The text from one word to before another, as it was typed."""
        if start >= min(end, len(self._spans)):
            return ""
        return self.text[self._spans[start][0] : self._spans[min(end, len(self._spans)) - 1][1]]

    def way(self, words: str, *spans: tuple[int, int]) -> Way:
        """These words in the place of the first span of words, and without the others."""
        text = self.text
        for number, (start, end) in reversed(list(enumerate(spans))):
            first, last = self._spans[start][0], self._spans[min(end, len(self._spans)) - 1][1]
            text = f"{text[:first]}{'' if number else words}{text[last:]}"
        return Way(words, " ".join(text.split()))

    def rest(self) -> str:
        """The text from the next word on, as it was typed."""
        return self.said(self.place, len(self._spans))

    def skip(self, characters: int) -> None:
        """Go on behind this many characters of the rest."""
        end = self._spans[self.place][0] + characters if self.left else 0
        while self.left and self._spans[self.place][0] < end:
            self.place += 1
