"""The questions on the shipped briefings, and how the bot's own search fares with them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import yaml

from bot.library import Library

ROOT = Path(__file__).parent.parent
QUESTIONS = ROOT / "bench/questions.yaml"


@dataclass(frozen=True, slots=True)
class Question:
    """A question asked in a story's channel, and the entries that answer it: none, if empty."""

    words: str
    story: str
    wanted: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Outcome:
    """Shares of the question set: answered by the right entry, answered at all, refused."""

    asked: int
    others: int
    right: float
    answered: float
    refused: float


def questions() -> tuple[list[Question], list[Question]]:
    """The covered questions and the uncovered ones."""
    data = yaml.safe_load(QUESTIONS.read_text(encoding="utf-8"))
    covered = [
        Question(words, story, tuple(one if " " in one else f"{story} {one}" for one in wanted))
        for story, some in data.items()
        for words, *wanted in some["answered"]
    ]
    others = [
        Question(words, story) for story, some in data.items() for words in some["not_covered"]
    ]
    return covered, others


def shipped() -> Library:
    """The briefings that come with the bot."""
    library = Library(ROOT / "briefings", lambda: datetime(2026, 11, 23, tzinfo=UTC))
    library.load()
    return library


def judge() -> Outcome:
    """Ask the bot's own search the whole set, each question in its story's channel."""
    index = shipped().stories.index
    covered, others = questions()
    right = answered = refused = 0
    for question in (*covered, *others):
        found = index.search(question.words, first=question.story)
        best = found.answer.entry if found.answer else None
        refused += not question.wanted and best is None
        answered += bool(question.wanted) and best is not None
        right += best is not None and f"{best.story} {best.key}" in question.wanted
    asked, rest = len(covered), len(others)
    return Outcome(asked, rest, right / asked, answered / asked, refused / rest)
