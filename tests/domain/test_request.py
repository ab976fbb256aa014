from __future__ import annotations

import pytest
from hypothesis import given, strategies as st

from bot.domain.names import Names
from bot.domain.request import Channel, Command, parse
from bot.domain.verbs import DIGEST, VERBS, verb_named
from tests.stories import make_story

NAMES = Names(
    [
        make_story("land-strikes", title="Announced land strikes on cartels", aliases=["cartels"]),
        make_story("venezuela-link", title="The Venezuela link", aliases=["hemisphere"]),
        make_story("strike-law", title="The law of strikes"),
    ]
)


def understood(words: str) -> tuple[str | None, str | None, str]:
    command = parse(words, NAMES)
    return (command.verb.name if command.verb else None, command.story, command.words)


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("", ("story", None, "")),
        ("land-strikes", ("story", "land-strikes", "")),
        ("Land Strikes", ("story", "land-strikes", "")),
        ("cartels", ("story", "land-strikes", "")),
        ("the venezuela link", ("story", "venezuela-link", "")),
        ("venezuela", ("story", "venezuela-link", "")),
        ("story land-strikes", ("story", "land-strikes", "")),
        ("faq", ("faq", None, "")),
        ("FAQ cartels", ("faq", "land-strikes", "")),
        ("cartels faq", ("faq", "land-strikes", "")),
        ("faq land-strikes consent", ("faq", "land-strikes", "consent")),
        ("faq has mexico agreed cartels", ("faq", "land-strikes", "has mexico agreed")),
        ("land-strikes faq has mexico agreed", ("faq", "land-strikes", "has mexico agreed")),
        ("faq consent", ("faq", None, "consent")),
        ("faq venezuela consent", ("faq", "venezuela-link", "consent")),
        ("faq what happened in venezuela", ("faq", None, "what happened in venezuela")),
        ("faq the consent", ("faq", None, "the consent")),
        ("consent faq cartels", ("faq", "land-strikes", "consent")),
        ("is it legal faq", ("faq", None, "is it legal")),
        ("questions, cartels", ("questions", "land-strikes", "")),
        ("faq: consent", ("faq", None, "consent")),
        ("/brief faq consent", ("faq", None, "consent")),
        ("  questions   hemisphere ", ("questions", "venezuela-link", "")),
        ("bg venezuela", ("background", "venezuela-link", "")),
        ("ask is it legal", ("ask", None, "is it legal")),
        ("ask cartels are who", ("ask", None, "cartels are who")),
        ("ask land-strikes is it legal", ("ask", "land-strikes", "is it legal")),
        ("search consent", ("search", None, "consent")),
        ("help", ("help", None, "")),
        ("?", ("help", None, "")),
        ("stories", ("stories", None, "")),
        ("blub", (None, None, "blub")),
        ("land-strikes blub", (None, "land-strikes", "blub")),
    ],
)
def test_words_are_understood(words: str, expected: tuple[str | None, str | None, str]) -> None:
    assert understood(words) == expected


def test_a_part_that_fits_several_stories_names_them_all() -> None:
    command = parse("faq strike", NAMES)
    assert (command.story, sorted(command.maybe)) == (None, ["land-strikes", "strike-law"])


def test_a_closing_page_number_is_taken_off() -> None:
    command = parse("share timeline land-strikes page 3", NAMES)
    assert command == Command(verb_named("timeline"), "land-strikes", "", page=3, shared=True)


@pytest.mark.parametrize("words", ["ask what is on page 2", "ask what about page 10000"])
def test_a_question_keeps_the_words_page_and_number(words: str) -> None:
    command = parse(words, NAMES)
    assert (command.words, command.page) == (words.removeprefix("ask "), 1)


@pytest.mark.parametrize("number", ["0", "00", "-1", "99999999999999999999", "²", "٣"])
def test_a_page_that_is_no_number_of_a_page_never_breaks_the_parser(number: str) -> None:
    assert parse(f"timeline land-strikes page {number}", NAMES).page >= 1


@given(st.text(max_size=400))
def test_any_words_are_understood_somehow(words: str) -> None:
    command = parse(words, NAMES)
    assert command.verb is None or command.verb in VERBS
    assert command.page >= 1


@given(st.sampled_from(VERBS), st.sampled_from(["land-strikes", "venezuela-link"]))
def test_verb_and_story_may_come_in_either_order(verb: object, slug: str) -> None:
    name = getattr(verb, "name", "")
    if name in {"ask", "search", "help", "stories", "digest"}:  # no story leads or closes these
        return
    assert understood(f"{name} {slug}") == understood(f"{slug} {name}")


def test_a_channel_reads_back_what_it_prints() -> None:
    channel = Channel("slack", "T1", "C1")
    assert Channel.parse(str(channel)) == channel


@pytest.mark.parametrize(
    "text", ["", "slack", "slack:T1", "slack:T1/", "slack:/C1", "Slack:T1/C1/x"]
)
def test_a_channel_of_another_form_is_refused_with_an_example(text: str) -> None:
    with pytest.raises(ValueError, match="slack:T1/C1"):
        Channel.parse(text)


def test_a_slug_in_first_place_wins_over_a_longer_name() -> None:
    names = Names([make_story("mexico"), make_story("talks", title="Mexico talks")])
    command = parse("share faq mexico talks", names)
    assert (command.story, command.words) == ("mexico", "talks")
    assert parse("mexico talks", names).story == "talks"


def test_a_wish_for_digests_keeps_all_its_words() -> None:
    words = "digest add all at 09:00 daily page 2"
    assert parse(words, Names()) == Command(DIGEST, words="add all at 09:00 daily page 2")
    assert parse("digest history page 2", Names()) == Command(DIGEST, words="history", page=2)


@pytest.mark.parametrize("typed", ["/digest show 3", "/brief digest show 3", "/DIGEST show 3"])
def test_the_name_of_the_command_may_be_typed_as_well(typed: str) -> None:
    assert parse(typed, Names()) == Command(DIGEST, words="show 3")


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("tell ~abcdefgh - why now", ("tell", None, "~abcdefgh - why now")),
        ("tell ~abcdefgh - why page 2", ("tell", None, "~abcdefgh - why page 2")),
        ("helpful yes a faq/x", ("helpful", None, "yes a faq/x")),
        ("helpful maybe a faq/x", (None, None, "helpful maybe a faq/x")),
        ("tell me about land strikes", ("ask", None, "me about land strikes")),
        ("tell ~ - why now", ("tell", None, "~ - why now")),
        ("tell", ("ask", None, "")),
    ],
)
def test_only_a_buttons_words_make_a_click(
    words: str, expected: tuple[str, str | None, str]
) -> None:
    assert understood(words) == expected
