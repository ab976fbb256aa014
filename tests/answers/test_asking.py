from __future__ import annotations

from collections.abc import Awaitable, Callable

import pytest
from hypothesis import given, strategies as st

from bot.answers import Answers
from bot.domain.briefing import Story
from bot.domain.measure import fits
from bot.domain.plain import to_text
from bot.domain.reply import Reply
from bot.domain.request import Request
from bot.domain.stories import Stories
from tests.stories import CHANNEL, NOW, make_faq, make_story

Ask = Callable[[str], Awaitable[Reply]]

BRIDGE = make_story(
    "bridge",
    faq=[
        make_faq("when", "When does the bridge close?", "On Monday.", also_asked=["closing date"]),
        make_faq("ferry", "Is there a ferry instead?", "Yes, every hour."),
        make_faq("cost", "What does the repair cost?", "The notice does not say. It may later."),
        make_faq("crane", "Who operates the crane?", "A crew from the yard."),
        make_faq("crane-size", "How tall is the crane?", "Forty metres."),
    ],
    open_questions=[
        {
            "id": "toll",
            "question": "Will a toll be charged afterwards?",
            "status": "open",
            "opened": "2026-11-01",
            "watch_for": "The council's budget vote.",
            "sources": ["article"],
        },
        {
            "id": "bus",
            "question": "Will buses be rerouted?",
            "status": "answered",
            "opened": "2026-11-01",
            "answer": "Yes, by the north bank.",
            "sources": ["article"],
        },
    ],
)
TUNNEL = make_story(
    "tunnel",
    faq=[
        make_faq("when", "When does the tunnel open?", "In May."),
        make_faq("lights", "Are the lights on at night?", "They are."),
    ],
)
SECRET = make_story(
    "secret", visible_to=["slack:T9"], faq=[make_faq("x", "Who digs for uranium?", "Nobody.")]
)


def asking(stories: list[Story], bound: str | None = None) -> Ask:
    answers = Answers(lambda: Stories(stories), lambda: NOW, lambda _: bound)

    async def ask(words: str) -> Reply:
        return await answers(Request(f"ask {words}", CHANNEL))

    return ask


ASK = asking([BRIDGE, TUNNEL, SECRET])


async def test_a_wording_of_an_entry_gets_it_whole_with_its_source_and_date() -> None:
    reply = await ASK("when does the bridge close")
    text = to_text(reply)
    assert reply.title == "When does the bridge close?"
    for part in ("On Monday.", "Matched your wording.", "As of 20 November 2026", "An article"):
        assert part in text


async def test_other_words_get_the_closest_entry() -> None:
    reply = await ASK("is a ferry running instead of the bridge")
    assert "Yes, every hour." in to_text(reply)
    assert "Closest entry to your question." in to_text(reply)


async def test_an_open_question_is_said_to_be_one_with_what_would_settle_it() -> None:
    reply = await ASK("will they charge a toll")
    assert reply.title == "This is an open question"
    assert "Will a toll be charged afterwards?" in to_text(reply)
    assert "What would settle it: The council's budget vote." in to_text(reply)


async def test_a_question_that_has_been_answered_is_answered() -> None:
    reply = await ASK("will buses be rerouted")
    assert reply.title == "Will buses be rerouted?"
    assert "Yes, by the north bank." in to_text(reply)


async def test_an_entry_that_says_the_source_is_silent_is_said_to_be_so() -> None:
    text = to_text(await ASK("what does the repair cost"))
    assert "The source does not say: this is what the briefing notes about it." in text


async def test_what_somebody_does_not_have_is_not_put_on_the_source() -> None:
    entry = make_faq("plans", "Will the bridge be closed for good?", "The council has no plans.")
    text = to_text(await asking([make_story(faq=[entry])])("will the bridge be closed for good"))
    assert "Matched your wording." in text
    assert "The source does not say" not in text


async def test_two_entries_that_fit_about_equally_well_are_both_given() -> None:
    reply = await ASK("crane")
    assert reply.title == "Two entries fit about equally well"
    text = to_text(reply)
    assert "A crew from the yard." in text
    assert "Forty metres." in text
    opened = {action.words for action in reply.actions}
    assert {"faq bridge crane", "faq bridge crane-size"} <= opened


async def test_the_same_wording_in_two_stories_gets_both_but_for_the_channels_own() -> None:
    stories = [
        make_story(slug, faq=[make_faq("crew", "Who crews it?", f"The {slug}'s crew.")])
        for slug in ("bridge", "ferry", "tunnel")
    ]
    reply = await asking(stories)("who crews it")
    assert reply.title == "Two entries fit about equally well"
    reply = await asking(stories, bound="ferry")("who crews it")
    assert reply.title == "Who crews it?"
    assert "The ferry's crew." in to_text(reply)
    elsewhere = [*stories, make_story("dam", faq=[make_faq("why", "Why now?")])]
    reply = await asking(elsewhere, bound="dam")("who crews it")
    assert reply.title == "Two entries fit about equally well"


async def test_beside_the_channels_own_entry_only_a_better_one_is_offered() -> None:
    own = make_story("own", faq=[make_faq("open", "When will the tunnel be open to lorries?")])
    other = make_story("other", faq=[make_faq("open", "When will the tunnel open?")])
    ask = asking([own, other], bound="own")
    assert (await ask("when will the tunnel be open to lorries")).title.endswith("lorries?")
    assert (await ask("when will the tunnel open")).title == "Two entries fit about equally well"


async def test_another_storys_entry_that_is_no_better_is_not_offered_beside_ones_own() -> None:
    who = {"own": "Which buses may use the tunnel?", "other": "Which lorries may use the tunnel?"}
    stories = [make_story(slug, faq=[make_faq("use", asked)]) for slug, asked in who.items()]
    for bound, title in (("own", who["own"]), (None, "Two entries fit about equally well")):
        reply = await asking([*stories, BRIDGE], bound)("which vehicles may use the tunnel")
        assert reply.title == title


async def test_what_no_entry_answers_is_not_covered_and_the_nearest_are_offered() -> None:
    reply = await ASK("what did the mayor of Lisbon say about airport bridge taxes and parking")
    assert reply.title == "Not covered"
    assert "The briefing does not cover this." in to_text(reply)
    assert any(action.words.split()[1:2] == ["bridge"] for action in reply.actions)


async def test_the_channels_own_story_comes_first_and_others_are_named() -> None:
    ask = asking([BRIDGE, TUNNEL], bound="tunnel")
    assert "In May." in to_text(await ask("when does it open"))
    nearest = [action.words for action in (await ask("when")).actions]
    assert nearest[:2] == ["faq tunnel when", "faq bridge when"]
    text = to_text(await ask("is there a ferry instead"))
    assert "Yes, every hour." in text
    assert "From another story: Bridge." in text


async def test_a_slug_in_first_place_asks_that_story_alone() -> None:
    assert (await ASK("tunnel is there a ferry instead")).title == "Not covered"


async def test_hidden_stories_change_no_answer() -> None:
    for words in ("who digs for uranium", "uranium", "when does the bridge close"):
        with_hidden, without = await ASK(words), await asking([BRIDGE, TUNNEL])(words)
        assert (to_text(with_hidden), with_hidden.actions) == (to_text(without), without.actions)


@pytest.mark.parametrize("words", ["", "   ", "???", "🙂🙂", "…", "\u202e\u202e"])
async def test_nothing_to_look_for_is_asked_for_some_words(words: str) -> None:
    assert (await ASK(words)).title == "What do you want to know?"


NOT_COVERED = "Not covered"


@pytest.mark.parametrize(
    ("words", "title"),
    [
        ("什么时候", NOT_COVERED),
        ("когда закроют мост", NOT_COVERED),
        ("متى", NOT_COVERED),
        ("zz " * 40, NOT_COVERED),
        ("wehn does teh brigde close " * 8, "When does the bridge close?"),
        ("bridge", "When does the bridge close?"),
        ("ferry", "Is there a ferry instead?"),
        ("ferry!!! 🙂", "Is there a ferry instead?"),
    ],
)
async def test_whatever_is_typed_gets_a_sensible_answer(words: str, title: str) -> None:
    reply = await ASK(words)
    assert reply.title == title
    assert any(action.label == "Tell the maintainers" for action in reply.actions) is (
        title == NOT_COVERED
    )


async def test_of_a_pasted_page_the_beginning_is_read_and_that_is_said() -> None:
    reply = await ASK("when does the bridge close " + "and so on and so forth " * 40)
    text = to_text(reply)
    assert "On Monday." in text
    assert "A question may have 300 characters; yours has" in text


async def test_slips_do_not_hide_an_answer() -> None:
    assert "On Monday." in to_text(await ASK("when deos the brigde close"))


@given(st.text(max_size=500))
async def test_any_question_fits_a_message(words: str) -> None:
    assert fits(await ASK(words))
