"""Small stories for tests, made in one line."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from pydantic import TypeAdapter

from bot.domain.briefing import BriefingFile, Story
from bot.domain.request import Channel

#: When tests take place.
NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
CHANNEL = Channel("slack", "T1", "C1")

_FILES = TypeAdapter(BriefingFile)


def make_story(slug: str = "land-strikes", **fields: Any) -> Story:
    """A story with one source and what else is given."""
    data = {
        "title": slug.replace("-", " ").title(),
        "bottom_line": f"What matters about {slug}.",
        "as_of": "2026-11-20",
        "status": "developing",
        "sources": [
            {"id": "article", "title": "An article", "publisher": "unknown", "kind": "news"}
        ],
        **fields,
    }
    return Story(slug, _FILES.validate_python(data), revision=slug)


def make_faq(item_id: str, question: str, answer: str = "Yes.", **fields: Any) -> dict[str, Any]:
    """A FAQ entry."""
    return {"id": item_id, "question": question, "answer": answer, "sources": ["article"], **fields}
