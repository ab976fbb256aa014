"""Found: the entries that a question is about, and how sure that is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from bot.domain.entry import Entry

#: From this confidence on, an entry is taken to answer the question.
THRESHOLD: Final = 0.9


@dataclass(frozen=True, slots=True)
class Hit:
    """An entry that was found, and the confidence that it answers the question.

    The confidence compares across questions and libraries; both figures are 0 for entries that are
    too far down to be looked at. `worded` says that the question is one of the entry's own
    wordings, but for small words.
    """

    entry: Entry
    score: float
    confidence: float
    worded: bool = False

    @property
    def sure(self) -> bool:
        """Whether it is taken to answer the question."""
        return self.confidence >= THRESHOLD


@dataclass(frozen=True, slots=True)
class Found:
    """The best entries, best first; how many were found; and all those that answer the question.

    Found are the entries with any of the question's words; where very many have one, those with its
    rarest.
    """

    hits: tuple[Hit, ...] = ()
    total: int = 0
    answers: tuple[Hit, ...] = ()

    @property
    def answer(self) -> Hit | None:
        """The first that is taken to answer the question, if there is one."""
        return self.answers[0] if self.answers else None

    @property
    def sure(self) -> bool:
        """Whether anything is taken to answer the question."""
        return bool(self.answers)
