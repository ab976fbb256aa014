"""Background: how things came to this."""

from __future__ import annotations

from typing import ClassVar

from pydantic.dataclasses import dataclass

from bot.domain.entry import Entry
from bot.domain.fields import STRICT, Sentence, Text
from bot.domain.sections.item import Item, Section


@dataclass(frozen=True, slots=True, kw_only=True, config=STRICT)
class Background(Item):
    """One part of the background, under a title."""

    section: ClassVar[Section] = Section(
        field="background",
        verb="background",
        title="Background",
        one="background section",
        many="background sections",
        summary="How things came to this",
        words="words",
        synonyms=("bg", "context"),
    )

    title: Sentence
    """What this part is about."""
    text: Text
    """How things came to this, in Markdown: bold, italic, inline code, https links, lists."""

    def entry(self, story: str) -> Entry:
        """The part under its title."""
        return Entry(
            story,
            self.section,
            self.id,
            self.title,
            self.text,
            self.title,
            self.sources,
            also_asked=self.also_asked,
        )
