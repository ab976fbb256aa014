from __future__ import annotations

import pytest
from hypothesis import given, strategies as st

from bot.answers import Answers
from bot.domain.request import Request
from bot.domain.stories import Stories
from tests.stories import CHANNEL, NOW, make_faq, make_story

STORIES = Stories(
    [
        make_story(
            "land-strikes", faq=[make_faq("consent", "Has Mexico agreed?"), make_faq("b", "Is it?")]
        ),
        make_story("venezuela-link"),
        make_story("hidden", visible_to=["slack:T9"]),
    ]
)
ANSWERS = Answers(lambda: STORIES, lambda: NOW)


def completed(words: str) -> list[str]:
    return [option.words for option in ANSWERS.complete(Request(words, CHANNEL))]


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("", ["land-strikes", "venezuela-link"]),
        ("fa", ["faq"]),
        ("s", ["story", "sources", "search", "stories", "land-strikes"]),
        ("ven", ["venezuela-link"]),
        ("faq ", ["faq land-strikes", "faq venezuela-link"]),
        ("faq li", ["faq venezuela-link"]),
        ("faq land-strikes ", ["faq land-strikes consent", "faq land-strikes b"]),
        ("faq land-strikes mex", ["faq land-strikes consent"]),
        ("faq land-strikes zebra", []),
        ("help ", []),
        ("hid", []),
    ],
)
def test_typing_is_completed(typed: str, expected: list[str]) -> None:
    assert completed(typed) == expected


FERRY = {"text": "The ferry runs.", "sources": ["article"]}
ASKED = Stories(
    [
        make_story(
            "bridge",
            faq=[
                make_faq("ferry", "Does a ferry run?"),
                make_faq("fare", "What does the ferry cost?", also_asked=["ferry fare"]),
            ],
            key_points=[{"id": "ferry", **FERRY}],
            background=[{"id": "ferry", "title": "The old ferry", **FERRY}],
            open_questions=[
                {
                    "id": "night",
                    "question": "Will the ferry run at night?",
                    "status": "open",
                    "opened": "2026-11-01",
                    "sources": ["article"],
                }
            ],
        ),
        make_story(
            "harbour",
            faq=[make_faq("run", "Does a ferry run?"), make_faq("crew", "Who crews the ferry?")],
        ),
        make_story("secret", visible_to=["slack:T9"], faq=[make_faq("x", "Is the ferry armed?")]),
    ]
)


def asked(words: str, here: str | None = None) -> list[str]:
    answers = Answers(lambda: ASKED, lambda: NOW, lambda _: here)
    return [option.words for option in answers.complete(Request(words, CHANNEL))]


OF_BRIDGE = {"Does a ferry run?", "What does the ferry cost?", "Will the ferry run at night?"}
ALL_ASKED = {f"ask {question}" for question in (*OF_BRIDGE, "Who crews the ferry?")}


def test_a_question_is_completed_to_questions_alone_and_each_once() -> None:
    found = asked("ask ferr")
    assert sorted(found) == sorted(ALL_ASKED)


@pytest.mark.parametrize(("here", "last"), [("bridge", 1), ("harbour", 2)])
def test_questions_of_the_channels_own_story_come_first(here: str, last: int) -> None:
    found = asked("ask ferry", here)
    assert set(found) == ALL_ASKED
    own = {f"ask {entry.title}" for entry in ASKED[here].entries() if f"{entry.title}"[-1:] == "?"}
    assert set(found[: len(own)]) == own
    assert len(found) - len(own) == last


def test_a_named_story_stays_named_and_only_its_questions_are_offered() -> None:
    found = asked("ask bridge ferry", "harbour")
    assert set(found) == {f"ask bridge {question}" for question in OF_BRIDGE}
    assert asked("ask harbour who cr") == ["ask harbour Who crews the ferry?"]


@pytest.mark.parametrize("typed", ["ask ", "ask ?", "ask bridge ", "ask zebra"])
def test_nothing_to_look_for_is_completed_to_no_question(typed: str) -> None:
    assert asked(typed) == []


def test_a_question_that_fits_no_command_is_not_offered() -> None:
    long = make_faq("long", f"Does the ferry run {'and run ' * 20}?")
    answers = Answers(lambda: Stories([make_story(faq=[long])]), lambda: NOW)
    assert answers.complete(Request("ask ferry", CHANNEL)) == []


def test_at_most_25_are_offered() -> None:
    many = Stories(make_story(f"story-{number}") for number in range(300))
    answers = Answers(lambda: many, lambda: NOW)
    assert len(answers.complete(Request("story-", CHANNEL))) == 25


@given(st.text(max_size=200))
def test_any_typing_is_completed_without_failing(typed: str) -> None:
    assert len(completed(typed)) <= 25
    assert not any("hidden" in words for words in completed(typed))
