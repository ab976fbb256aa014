"""FAQ: what readers ask, and the answer."""

from __future__ import annotations

from typing import ClassVar

from pydantic import Field
from pydantic.dataclasses import dataclass

from bot.domain.entry import Entry
from bot.domain.fields import STRICT, GapId, Sentence, Text
from bot.domain.sections.item import Item, Layout, Section


@dataclass(frozen=True, slots=True, kw_only=True, config=STRICT)
class Faq(Item):
    """A question with its answer."""

    section: ClassVar[Section] = Section(
        field="faq",
        verb="faq",
        title="Frequently asked questions",
        one="question",
        many="questions",
        summary="Frequently asked questions and their answers",
        words="words",
        layout=Layout.MENU,
        synonyms=("faqs",),
    )
    unread: ClassVar[frozenset[str]] = Item.unread | {"answers"}

    question: Sentence
    """The question, as a reader would ask it."""
    answer: Text
    """The answer, in Markdown: bold, italic, inline code, https links, lists."""
    answers: tuple[GapId, ...] = Field((), max_length=50)
    """The gaps that it closes, as in `gap-12`: what readers asked before there was an answer."""

    def entry(self, story: str) -> Entry:
        """The answer under its question."""
        return Entry(
            story,
            self.section,
            self.id,
            self.question,
            self.answer,
            self.question,
            self.sources,
            also_asked=self.also_asked,
        )
