"""Positions: who holds what view."""

from __future__ import annotations

from typing import ClassVar

from pydantic.dataclasses import dataclass

from bot.domain.entry import Entry
from bot.domain.fields import STRICT, Name, Text
from bot.domain.sections.item import Item, Section


@dataclass(frozen=True, slots=True, kw_only=True, config=STRICT)
class StatedPosition(Item):
    """Somebody's view, always shown under who holds it."""

    section: ClassVar[Section] = Section(
        field="positions",
        verb="positions",
        title="Positions",
        one="position",
        many="positions",
        summary="Who holds what view",
        words="words",
        synonyms=("position", "views"),
    )

    who: Name
    """Who holds the view."""
    view: Text
    """The view, told as theirs, in Markdown: bold, italic, inline code, https links, lists."""

    def entry(self, story: str) -> Entry:
        """The view under who holds it."""
        return Entry(
            story,
            self.section,
            self.id,
            self.who,
            self.view,
            self.who,
            self.sources,
            also_asked=self.also_asked,
        )
