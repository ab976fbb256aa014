from __future__ import annotations

import sys

import pytest
from hypothesis import given, strategies as st

from bot.answers import Answers
from bot.domain.reply import Option
from bot.domain.request import Channel, Request
from bot.domain.stories import Stories
from bot.domain.wish import Wish, parse_wish
from tests.stories import CHANNEL, NOW, make_story

STORIES = Stories(
    [
        make_story("land-strikes", title="Announced land strikes", aliases=["cartels"]),
        make_story("venezuela-link"),
        make_story("daily", title="Mexico daily"),
        make_story("hidden", visible_to=["slack:T9"]),
    ]
)
ANSWERS = Answers(lambda: STORIES, lambda: NOW)
ELSEWHERE = Channel("slack", "T9", "C1")


def offered(
    words: str, zone: str | None = "Europe/Madrid", *, moderator: bool = True
) -> list[Option]:
    return list(ANSWERS.complete(Request(words, CHANNEL, zone=zone, moderator=moderator)))


def words_of(options: list[Option]) -> list[str]:
    return [option.words for option in options]


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("di", ["digest"]),
        ("digest p", ["digest preview", "digest pause"]),
        ("digest show ", []),
        ("digest add ", [f"digest add {name}" for name in ("all", "daily", "land-strikes")]),
        ("digest add ve", ["digest add venezuela-link"]),
        ("digest add cart", ["digest add land-strikes"]),
        ("digest add daily, ven", ["digest add daily, venezuela-link"]),
        ("digest add all ", ["digest add all at 09:00", "digest add all at 08:00"]),
        ("digest add all at 1", [f"digest add all at {at}" for at in ("12:00", "17:00", "10:00")]),
        ("digest add all at 09:00 on w", ["digest add all at 09:00 on weekdays"]),
        ("digest add all every mon", ["digest add all every Monday"]),
        ("digest add all every month on day 3", ["digest add all every month on day 3"]),
        ("digest add all cr", ['digest add all cron "0 9 * * 1-5"']),
        (
            "digest add all at 09:00 daily in lis",
            ["digest add all at 09:00 daily in Europe/Lisbon"],
        ),
        (
            "digest add all at 09:00 daily in houst",
            ["digest add all at 09:00 daily in America/Chicago"],
        ),
        ("digest add all at 09:00 daily fu", ["digest add all at 09:00 daily full"]),
        ("digest add all at 09:00 daily sa", ["digest add all at 09:00 daily say so"]),
        ("digest add all at 09:00 daily late 4", ["digest add all at 09:00 daily late 4h"]),
        ("digest add nosuch ", []),
        ("digest add all every blue moon ", []),
        ("digest zone lis", ["digest zone Europe/Lisbon"]),
        ("use ca", ["use land-strikes"]),
        ("use n", ["use nothing"]),
        ("use hid", []),
        ("digest add hid", []),
    ],
)
def test_typing_is_completed_for_moderators(typed: str, expected: list[str]) -> None:
    found = words_of(offered(typed))
    assert found[: len(expected)] == expected
    assert bool(found) == bool(expected)


def test_a_verb_says_what_it_does() -> None:
    assert offered("digest pa")[0].label == "pause — Let a digest rest until it is resumed"


def test_what_is_added_is_the_whole_wish() -> None:
    assert [option.hint for option in offered("digest add daily, ven")] == ["daily, venezuela-link"]
    assert [option.hint for option in offered("digest zone houst")] == ["America/Chicago"]


@pytest.mark.parametrize(
    "typed", ["di", "digest", "digest ", "digest add ", "digest zone ", "us", "use ", "use n"]
)
def test_nobody_else_is_offered_what_moderators_may(typed: str) -> None:
    found = words_of(offered(typed, moderator=False))
    assert not [words for words in found if words.startswith(("digest", "use"))]


def test_what_was_offered_to_a_moderator_is_not_kept_for_others() -> None:
    assert offered("digest ") != offered("digest ", moderator=False) == []
    assert offered("digest add all at 09:00 daily ", None) != offered(
        "digest add all at 09:00 daily "
    )


def is_whole(words: str, zone: str | None) -> bool:
    wish = words.removeprefix("digest add ")
    names = STORIES.visible_to(CHANNEL).names
    return words.startswith("digest add ") and isinstance(parse_wish(wish, names, zone), Wish)


@given(st.lists(st.integers(0, 24), min_size=1, max_size=9), st.sampled_from((None, "Asia/Tokyo")))
def test_whoever_takes_what_is_offered_gets_to_a_wish(picks: list[int], zone: str | None) -> None:
    words = "digest add"
    for pick in picks:
        options = words_of(offered(f"{words} ", zone))
        if not options:
            break
        words = options[pick % len(options)]
    steps = 0
    while not is_whole(words, zone):
        words = words_of(offered(f"{words} ", zone))[0]
        steps += 1
        assert steps < 5


PIECES = st.sampled_from(
    (
        *(
            "digest ",
            "add ",
            "zone ",
            "use ",
            "all ",
            "all",
            "land-strikes, ",
            "daily ",
            "ven",
            ", ",
        ),
        *("at ", "at 1", "at 09:00 ", "on ", "every ", "mon", "in ", "in l", "cron ", '"', "and "),
        *(
            "full ",
            "say",
            "late ",
            "5",
            "cartels and ",
            "mexico ",
            "Mexico daily ",
            "🙂",
            "#x ",
            "\n",
        ),
    )
)


@given(
    st.one_of(st.text(max_size=80), st.lists(PIECES, max_size=8).map("".join)),
    st.sampled_from(("", "digest ", "digest add ", "digest add all ")),
    st.sampled_from((None, "Asia/Tokyo")),
)
def test_each_way_on_leads_further(typed: str, before: str, zone: str | None) -> None:
    options = offered(before + typed, zone)
    assert len(options) <= 25
    assert len({option.words for option in options}) == len(options)
    assert not any("hidden" in option.words for option in options)
    for option in options[:5]:
        if option.words.startswith("digest add "):
            assert is_whole(option.words, zone) or offered(f"{option.words} ", zone)


@pytest.mark.parametrize(
    "typed", ["digest add ", "digest add story-1", "digest add all at 09:00 ", "use story-1"]
)
def test_completing_costs_the_same_among_many_stories(typed: str) -> None:
    few, many = (_steps(typed, count) for count in (200, 2000))
    assert many < 1.5 * few


def _steps(typed: str, count: int) -> int:
    """Count the functions that are called to complete a text."""
    stories = Stories(make_story(f"story-{number}") for number in range(count))
    answers = Answers(lambda: stories, lambda: NOW)
    steps = 0

    def note(_frame: object, event: str, _arg: object) -> None:
        nonlocal steps
        steps += event in {"call", "c_call"}

    answers.complete(Request(typed, ELSEWHERE, moderator=True))  # what is remembered is now
    answers = Answers(lambda: stories, lambda: NOW)
    sys.setprofile(note)
    try:
        answers.complete(Request(typed, ELSEWHERE, moderator=True))
    finally:
        sys.setprofile(None)
    return steps
