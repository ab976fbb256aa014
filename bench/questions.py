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
class Outcome:
    """Shares of the question set."""

    asked: int
    others: int
    right: float
    answered: float
    refused: float


def questions() -> tuple[list[tuple[str, str, list[str]]], list[str]]:
    """Each covered question, its story and the entries that answer it; and the uncovered ones."""
    data = yaml.safe_load(QUESTIONS.read_text(encoding="utf-8"))
    covered = [
        (str(words[0]), story, [one if " " in one else f"{story} {one}" for one in words[1:]])
        for story, asked in data.items()
        if story != "none"
        for words in asked
    ]
    return covered, [str(words) for words in data["none"]]


def shipped() -> Library:
    """The briefings that come with the bot."""
    library = Library(ROOT / "briefings", lambda: datetime(2026, 11, 23, tzinfo=UTC))
    library.load()
    return library


def judge() -> Outcome:
    """Ask the bot's own search the whole set, as in a channel with the story."""
    index = shipped().stories.index
    covered, others = questions()
    right = answered = 0
    for words, story, wanted in covered:
        found = index.search(words, first=story, limit=5)
        best = next((hit for hit in found.hits if hit.sure), next(iter(found.hits), None))
        entry = best.entry if best else None
        good = entry is not None and f"{entry.story} {entry.key}" in wanted
        right += good
        answered += good and best is not None and best.sure
    refused = sum(not index.search(words, limit=1).sure for words in others)
    count = len(covered)
    return Outcome(count, len(others), right / count, answered / count, refused / len(others))
