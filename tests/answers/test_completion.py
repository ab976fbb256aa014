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


def test_at_most_25_are_offered() -> None:
    many = Stories(make_story(f"story-{number}") for number in range(300))
    answers = Answers(lambda: many, lambda: NOW)
    assert len(answers.complete(Request("story-", CHANNEL))) == 25


@given(st.text(max_size=200))
def test_any_typing_is_completed_without_failing(typed: str) -> None:
    assert len(completed(typed)) <= 25
    assert not any("hidden" in words for words in completed(typed))
