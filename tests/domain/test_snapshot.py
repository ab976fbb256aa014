from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, strategies as st
from pydantic import TypeAdapter

from bot.domain.briefing import BriefingFile, Story
from bot.domain.snapshot import (
    BOTTOM_LINE,
    Fingerprint,
    snapshot,
    snapshot_from_json,
    snapshot_to_json,
)
from bot.errors import VersionError
from tests.stories import make_faq, make_story
from tests.strategies import briefings, stories

ITEM = {"sources": ["article"]}
QUESTION = {
    **ITEM,
    "id": "agree",
    "question": "Will they agree?",
    "status": "open",
    "opened": "2026-11-01",
    "history": [{"date": "2026-11-02", "note": "They met.", "sources": ["article"]}],
}
FIELDS: dict[str, Any] = {
    "faq": [make_faq("why", "Why now?", "Because.", also_asked=["how come"])],
    "background": [{**ITEM, "id": "past", "title": "The past", "text": "Long ago."}],
    "open_questions": [QUESTION],
    "timeline": [{**ITEM, "id": "met", "date": "2026-11-02", "text": "They met."}],
    "positions": [{**ITEM, "id": "mayor", "who": "The mayor", "view": "Is against it."}],
    "key_points": [{**ITEM, "id": "first", "text": "It is new.", "said_by": "The mayor"}],
    "why_it_matters": "It costs money.",
}


def changed(field: str, **values: Any) -> Story:
    """The story of `FIELDS` with other values in the one item of a section."""
    return make_story(**{**FIELDS, field: [{**FIELDS[field][0], **values}]})


def differing(one: Story, other: Story) -> list[str]:
    """The keys whose marks differ."""
    before, after = snapshot(one), snapshot(other)
    keys = sorted(before.keys() | after.keys())
    none = Fingerprint("")
    return [key for key in keys if before.get(key, none).mark != after.get(key, none).mark]


@pytest.mark.parametrize(
    ("field", "name", "value"),
    [
        ("faq", "question", "Why today?"),
        ("faq", "answer", "Because not."),
        ("faq", "answer", "*Because*."),
        ("background", "title", "Long ago"),
        ("background", "text", "Not long ago."),
        ("open_questions", "question", "Will all agree?"),
        ("open_questions", "status", "moot"),
        ("open_questions", "opened", "2026-11-02"),
        ("open_questions", "watch_for", "A letter."),
        ("open_questions", "why_it_matters", "Money."),
        ("open_questions", "answer", "In part."),
        ("open_questions", "history", []),
        ("open_questions", "history", [{"date": "2026-11-03", "note": "They met."}]),
        ("timeline", "date", "2026-11"),
        ("timeline", "text", "They met in Rome."),
        ("positions", "who", "The council"),
        ("positions", "view", "Is for it."),
        ("key_points", "text", "It is old."),
        ("key_points", "said_by", None),
    ],
)
def test_what_a_reader_sees_of_an_item_changes_its_mark(field: str, name: str, value: Any) -> None:
    other = changed(field, **{name: value})
    (key,) = differing(make_story(**FIELDS), other)
    assert key == next(iter(other.entries(_section(field)))).key


def _section(field: str) -> Any:
    return next(
        entry.section for entry in make_story(**FIELDS).entries() if entry.section.field == field
    )


@pytest.mark.parametrize(
    ("field", "name", "value"),
    [
        ("faq", "also_asked", ["what for"]),
        ("faq", "answers", ["gap-12"]),
        ("faq", "sources", ["article § Why"]),
        ("faq", "minor", True),
        ("faq", "answer", "  Because.\n"),
        ("positions", "view", "Is\n\n against  it."),
        ("background", "text", "Long ago."),
        (
            "open_questions",
            "history",
            [{"date": "2026-11-02", "note": "They  met.", "sources": []}],
        ),
        ("key_points", "said_by", "The mayor "),
    ],
)
def test_what_no_reader_sees_leaves_the_mark(field: str, name: str, value: Any) -> None:
    assert differing(make_story(**FIELDS), changed(field, **{name: value})) == []


def test_letters_that_look_the_same_are_the_same() -> None:
    one, other = (make_story(bottom_line=text) for text in ("Caf\u00e9.", "Cafe\u0301."))
    assert differing(one, other) == []


@pytest.mark.parametrize(
    ("fields", "keys"),
    [
        ({"bottom_line": "Else."}, [BOTTOM_LINE]),
        ({"why_it_matters": "It costs time."}, ["story/why-it-matters"]),
        ({"why_it_matters": None}, ["story/why-it-matters"]),
        ({"as_of": "2026-11-21", "owners": ["Ada"], "review_by": "2027-01-01"}, []),
        ({"title": "Another title", "aliases": ["x"], "topics": ["y"]}, []),
    ],
)
def test_the_story_itself_is_told_of_too(fields: dict[str, Any], keys: list[str]) -> None:
    assert differing(make_story(**FIELDS), make_story(**{**FIELDS, **fields})) == keys


def test_a_fingerprint_keeps_what_names_the_thing_once_it_is_gone() -> None:
    told = snapshot(make_story(**{**FIELDS, "status": "watching"}))
    assert (told[BOTTOM_LINE].label, told[BOTTOM_LINE].status) == ("Land Strikes", "watching")
    assert (told["questions/agree"].label, told["questions/agree"].status) == (
        "Will they agree?",
        "open",
    )
    assert told["points/first"].label == "The mayor: It is new."


@given(stories())
def test_a_snapshot_comes_back_from_its_text(story: Story) -> None:
    told = snapshot(story)
    assert snapshot_from_json(snapshot_to_json(told)) == told


@given(briefings(), st.randoms())
def test_the_order_of_a_file_does_not_matter(data: dict[str, Any], random: Any) -> None:
    mixed = {
        name: random.sample(value, len(value)) if isinstance(value, list) else value
        for name, value in data.items()
    }
    files = TypeAdapter(BriefingFile)
    one, other = (Story("s", files.validate_python(each)) for each in (data, mixed))
    assert snapshot_to_json(snapshot(one)) == snapshot_to_json(snapshot(other))


def test_a_snapshot_is_small_and_its_text_plain() -> None:
    told = {"faq/why": Fingerprint("m" * 12, "Why?"), "questions/q": Fingerprint("n", "Q?", "open")}
    assert snapshot_to_json(told) == (
        '{"told":{"faq/why":["mmmmmmmmmmmm","Why?"],"questions/q":["n","Q?","open"]},"v":1}'
    )
    assert snapshot_from_json(snapshot_to_json({})) == {}


def test_a_snapshot_of_another_version_is_refused() -> None:
    text = json.dumps({"v": 7, "told": {}})
    with pytest.raises(VersionError, match="stored in form 7"):
        snapshot_from_json(text)


def test_marks_stay_what_they_are_from_release_to_release() -> None:
    # A mark that moves with a release would be news in every channel at once.
    told = snapshot(make_story(**FIELDS))
    assert {key: found.mark for key, found in told.items()} == {
        "background/past": "zp3lGYNVHTZg",
        "faq/why": "YskRGgPsBCFn",
        "points/first": "AxI1ZEOhYJGq",
        "positions/mayor": "z0WcOyzchDjg",
        "questions/agree": "SIkTnm-Uw9I4",
        "story/bottom-line": "WaBHBIlqK4c8",
        "story/why-it-matters": "-SBePDcVqNVI",
        "timeline/met": "XAH_xJQfINxv",
    }
