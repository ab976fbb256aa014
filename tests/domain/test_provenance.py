from __future__ import annotations

from datetime import date
from typing import Any

from hypothesis import given, strategies as st

from bot.domain.briefing import Story
from bot.domain.measure import block_weight
from bot.domain.plain import to_text
from bot.domain.provenance import PROVENANCE_WEIGHT, provenance
from bot.domain.reply import Reply
from tests.stories import make_story
from tests.strategies import stories

DAY = date(2026, 11, 22)


def said(story: Story, *refs: str) -> str:
    return to_text(Reply("", provenance(story, refs, DAY)))


def make_source(number: int, **fields: Any) -> dict[str, Any]:
    title = f"Source {number} {'*' * 190}"
    return {"id": f"s{number}", "title": title, "publisher": "|" * 75, "kind": "news", **fields}


@given(stories(), st.dates(DAY, date(2040, 1, 1)))
def test_where_a_text_comes_from_stays_within_its_room(story: Story, day: date) -> None:
    refs = [ref for entry in story.entries() for ref in entry.sources]
    assert sum(map(block_weight, provenance(story, refs, day))) <= PROVENANCE_WEIGHT


def test_the_heaviest_source_is_named_without_its_address() -> None:
    sources = [make_source(n, url=f"https://a.example/{'(' * 480}") for n in range(3)]
    story = make_story(title="*" * 75, sources=sources, review_by="2026-01-01", owners=["|" * 75])
    refs = [f"s{n} § {'*' * 100}" for n in range(3)]
    assert sum(map(block_weight, provenance(story, refs, DAY))) <= PROVENANCE_WEIGHT
    text = said(story, *refs)
    assert "“Source 0 " in text
    assert text.endswith("and 2 more under Sources")
    assert "https" not in text


def test_an_ordinary_source_keeps_its_address_and_places() -> None:
    story = make_story(
        sources=[
            {"id": "a", "title": "T", "publisher": "P", "kind": "news", "url": "https://a.example/"}
        ]
    )
    assert said(story, "a § One", "a § Two") == (
        "As of 20 November 2026 (2 days ago) · Land Strikes · "
        "Source: “T” (https://a.example/), P (§ One; § Two)"
    )
