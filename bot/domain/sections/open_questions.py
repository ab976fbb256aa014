"""Open questions: what nobody can say yet, and what would settle it."""

from __future__ import annotations

from enum import StrEnum
from typing import ClassVar

from pydantic import Field
from pydantic.dataclasses import dataclass

from bot.domain import markdown
from bot.domain.dates import day_text
from bot.domain.entry import Entry
from bot.domain.fields import STRICT, Day, Sentence, ShortText, SourceRef, Text
from bot.domain.reply import Line, line
from bot.domain.sections.item import Item, Section


class QuestionStatus(StrEnum):
    """How far a question is settled."""

    OPEN = "open"
    PARTLY_ANSWERED = "partly_answered"
    ANSWERED = "answered"
    MOOT = "moot"

    @property
    def label(self) -> str:
        """The status as readers see it."""
        return {"partly_answered": "Partly answered", "moot": "No longer matters"}.get(
            self.value, self.value.capitalize()
        )

    @property
    def settled(self) -> bool:
        """Whether nobody waits for an answer any more."""
        return self in (QuestionStatus.ANSWERED, QuestionStatus.MOOT)


@dataclass(frozen=True, slots=True, kw_only=True, config=STRICT)
class HistoryNote:
    """What happened to a question on a day."""

    date: Day
    """The day on which it happened."""
    note: ShortText
    """What happened, in a sentence or two."""
    sources: tuple[SourceRef, ...] = Field((), max_length=10)
    """The ids of the sources that say so."""


@dataclass(frozen=True, slots=True, kw_only=True, config=STRICT)
class OpenQuestion(Item):
    """A question without a settled answer; `answer` is required once it is answered."""

    section: ClassVar[Section] = Section(
        field="open_questions",
        verb="questions",
        title="Open questions",
        one="open question",
        many="open questions",
        summary="What is still open, and what would settle it",
        words="words",
        synonyms=("open", "open-questions", "question"),
    )

    question: Sentence
    """What nobody can say for sure yet."""
    status: QuestionStatus
    """How far it is settled: open, partly_answered, answered or moot."""
    opened: Day
    """The day from which it was open."""
    why_it_matters: ShortText | None = None
    """What depends on the answer."""
    watch_for: ShortText | None = None
    """What would settle it."""
    answer: Text | None = None
    """The answer, as far as there is one; required once the status is `answered`."""
    history: tuple[HistoryNote, ...] = Field((), max_length=20)
    """What happened to it so far, the oldest first."""

    def entry(self, story: str) -> Entry:
        """The question with its status, what would settle it, and its history."""
        return Entry(
            story,
            self.section,
            self.id,
            self.question,
            self.answer or "",
            self.question,
            self.sources,
            facts=tuple(self._facts()),
            also_asked=self.also_asked,
        )

    def gist(self) -> str:
        """The answer; else what happened last, or how far it is settled."""
        if self.answer and self.status is QuestionStatus.ANSWERED:
            return self.answer
        if self.history:
            latest = max(self.history, key=lambda note: note.date)
            return f"{day_text(latest.date)}: {latest.note}"
        return self.answer or f"{self.status.label}, asked since {day_text(self.opened)}"

    def _facts(self) -> list[tuple[str, Line]]:
        facts = [("Status", line(f"{self.status.label}, asked since {day_text(self.opened)}"))]
        if self.why_it_matters:
            facts.append(("Why it matters", markdown.to_line(self.why_it_matters)))
        if self.watch_for:
            facts.append(("What would settle it", markdown.to_line(self.watch_for)))
        facts += [(day_text(note.date), markdown.to_line(note.note)) for note in self.history]
        return facts
