"""Entry: one thing a briefing says; the unit of search, change and provenance."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bot.domain.reply import Line
    from bot.domain.sections.item import Section


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing a briefing says.

    `body` is Markdown (see `bot.domain.markdown`); `label` is what a menu or a list calls it;
    `sources` name source ids, each with a place in the source where the maintainer gave one
    (`article § Context`).
    """

    story: str
    section: Section
    id: str
    title: str
    body: str
    label: str
    sources: tuple[str, ...]
    facts: tuple[tuple[str, Line], ...] = ()
    also_asked: tuple[str, ...] = ()

    @property
    def wordings(self) -> tuple[str, ...]:
        """What it is asked by, each once: its title first."""
        return tuple(dict.fromkeys((self.title, *self.also_asked)))

    @property
    def key(self) -> str:
        """Its stable name inside the story, as in `faq/why-now`."""
        return f"{self.section.verb}/{self.id}"

    @property
    def words(self) -> str:
        """The words that open it."""
        return f"{self.section.verb} {self.story} {self.id}"
