"""Item: what every piece of a briefing has; Section: what is known of a kind of piece."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass as plain_dataclass
from enum import Enum, auto
from typing import TYPE_CHECKING, ClassVar, Final

from pydantic import Field
from pydantic.dataclasses import dataclass

from bot.domain.fields import STRICT, Id, Sentence, SourceRef, YesNo

if TYPE_CHECKING:
    from bot.domain.entry import Entry


#: So many other wordings an item may have.
WORDINGS_LIMIT: Final = 120


class Layout(Enum):
    """How a whole section opens."""

    ENTRIES = auto()
    """Each entry under its own heading."""
    BULLETS = auto()
    """A list, one line an entry."""
    MENU = auto()
    """A menu of the entries: long texts behind short labels."""


@plain_dataclass(frozen=True, slots=True)
class Section:
    """A kind of piece: its key in the file, its verb in chat, and how it is called."""

    field: str
    verb: str
    title: str
    one: str
    many: str
    summary: str
    words: str = ""
    layout: Layout = Layout.ENTRIES
    synonyms: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True, config=STRICT)
class Item(ABC):
    """One piece of a briefing. Subclasses name their section and say how they read as an entry."""

    section: ClassVar[Section]
    unread: ClassVar[frozenset[str]] = frozenset({"id", "sources", "minor", "also_asked"})
    """The fields that no reader sees change: all others make news."""

    id: Id
    """Its name inside this file, which never changes: small letters, digits and hyphens."""
    sources: tuple[SourceRef, ...] = Field(min_length=1, max_length=10)
    """The ids of its sources, each with a place if you like: `article § Context`."""
    also_asked: tuple[Sentence, ...] = Field((), max_length=WORDINGS_LIMIT)
    """Questions that it answers, as people type them in chat: they find it, and are not shown."""
    minor: YesNo = False
    """`true` while its last change is too small for digests, such as a mended comma.

    Digests then tell neither that the item is new nor that its text has changed; that it was
    corrected, answered or withdrawn they always tell. Remove it with the next change that matters.
    """

    @abstractmethod
    def entry(self, story: str) -> Entry:
        """The piece as an entry of the story with this slug."""

    def gist(self) -> str:
        """Of what a digest quotes the first sentences: Markdown."""
        return self.entry("").body
