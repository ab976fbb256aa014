"""Timeline: what happened when."""

from __future__ import annotations

from typing import ClassVar

from pydantic.dataclasses import dataclass

from bot.domain.dates import partial_text
from bot.domain.entry import Entry
from bot.domain.fields import STRICT, PartialDate, ShortText
from bot.domain.reply import clip
from bot.domain.sections.item import Item, Layout, Section


@dataclass(frozen=True, slots=True, kw_only=True, config=STRICT)
class Event(Item):
    """What happened on a day, in a month or in a year."""

    section: ClassVar[Section] = Section(
        field="timeline",
        verb="timeline",
        title="Timeline",
        one="event",
        many="events",
        summary="What happened when",
        words="words",
        layout=Layout.BULLETS,
        synonyms=("events",),
    )

    date: PartialDate
    """When it happened, as exactly as is known: 2026, 2026-01 or 2026-01-31."""
    text: ShortText
    """What happened, in a sentence or two."""

    def entry(self, story: str) -> Entry:
        """The event under its date."""
        when = partial_text(self.date)
        label = clip(f"{when}: {self.text}", 90)
        return Entry(
            story,
            self.section,
            self.id,
            when,
            self.text,
            label,
            self.sources,
            also_asked=self.also_asked,
        )
