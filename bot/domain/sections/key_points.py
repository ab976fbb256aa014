"""Key points: what a reader must know first."""

from __future__ import annotations

from typing import ClassVar

from pydantic.dataclasses import dataclass

from bot.domain.entry import Entry
from bot.domain.fields import STRICT, Sentence, ShortText
from bot.domain.reply import clip
from bot.domain.sections.item import Item, Section


@dataclass(frozen=True, slots=True, kw_only=True, config=STRICT)
class KeyPoint(Item):
    """One thing to know; with `said_by` it is shown as what someone says, never as fact."""

    section: ClassVar[Section] = Section(
        field="key_points",
        verb="points",
        title="Key points",
        one="key point",
        many="key points",
        summary="What to know first",
        synonyms=("key-points", "keypoints", "point"),
    )

    text: ShortText
    said_by: Sentence | None = None

    def entry(self, story: str) -> Entry:
        """The point; its text is both its label and its body."""
        body = f"{self.said_by}: {self.text}" if self.said_by else self.text
        return Entry(story, self.section, self.id, "", body, clip(body, 90), self.sources)
