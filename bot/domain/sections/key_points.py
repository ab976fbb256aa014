"""Key points: what a reader must know first."""

from __future__ import annotations

from typing import ClassVar

from pydantic.dataclasses import dataclass

from bot.domain.entry import Entry
from bot.domain.fields import STRICT, Sentence, ShortText
from bot.domain.reply import clip
from bot.domain.sections.item import Item, Layout, Section


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
        layout=Layout.BULLETS,
        synonyms=("key-points", "keypoints", "point"),
    )

    text: ShortText
    """The point, in a sentence or two."""
    said_by: Sentence | None = None
    """Who says so, if it is not an established fact: it is then shown as their words."""

    def entry(self, story: str) -> Entry:
        """The point, under who says it where it is not fact."""
        title = f"According to {_inside(self.said_by)}" if self.said_by else ""
        label = clip(f"{self.said_by}: {self.text}" if self.said_by else self.text, 90)
        return Entry(
            story,
            self.section,
            self.id,
            title,
            self.text,
            label,
            self.sources,
            also_asked=self.also_asked,
        )


def _inside(name: str) -> str:
    """A name as it reads inside a sentence."""
    return f"the {name[4:]}" if name.startswith("The ") else name
