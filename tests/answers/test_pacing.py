from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from hypothesis import given, strategies as st

from bot.answers import Answers
from bot.answers.asked import PAGES_LIMIT
from bot.answers.pacing import _KEPT, Pacing
from bot.app.limits import pacing_of
from bot.domain.plain import to_text
from bot.domain.reply import Reply
from bot.domain.request import Channel, Request, parse
from bot.domain.stories import Stories
from bot.platforms.discord.places import DIRECT
from bot.platforms.slack.asking import OUTSIDE
from bot.settings import Settings
from tests.stories import CHANNEL, NOW, make_faq, make_story

STORIES = Stories([make_story(faq=[make_faq("consent", "Has Mexico agreed?")])])
SLOW_DOWN = "One moment, please"


class House:
    def __init__(self, person: int = 2, workspace: int = 5) -> None:
        self.at = NOW
        pacing = Pacing(person, workspace, self.now, ("web",))
        self.answers = Answers(lambda: STORIES, self.now, pacing=pacing)

    def now(self) -> datetime:
        return self.at

    async def ask(
        self,
        words: str = "ask has mexico agreed",
        user: str = "U1",
        channel: Channel = CHANNEL,
        *,
        moderator: bool = False,
    ) -> Reply:
        return await self.answers(Request(words, channel, user, moderator=moderator))


@pytest.fixture
def house() -> House:
    return House()


async def test_who_asks_too_fast_is_told_kindly_when_to_ask_again(house: House) -> None:
    titles = [(await house.ask()).title for _ in range(3)]
    assert titles == ["Has Mexico agreed?", "Has Mexico agreed?", SLOW_DOWN]
    reply = await house.ask("ask why now")
    said = "You have asked a lot in the last minute. Please try again in 30 seconds"
    assert said in to_text(reply)
    assert [(each.label, each.words) for each in reply.actions] == [
        ("Try again", "ask why now"),
        ("All stories", "stories"),
    ]
    assert reply.private


async def test_after_the_time_that_was_named_one_more_is_answered(house: House) -> None:
    for _ in range(3):
        await house.ask()
    house.at += timedelta(seconds=30)
    assert (await house.ask()).title == "Has Mexico agreed?"
    assert (await house.ask()).title == SLOW_DOWN


@pytest.mark.parametrize(
    "words", ["search mexico", "tell ~abcdefgh - zebras", "find mexico", "share search mexico"]
)
async def test_searching_and_telling_count_as_asking(house: House, words: str) -> None:
    assert SLOW_DOWN not in [(await house.ask(words)).title for _ in range(2)]
    assert (await house.ask()).title == SLOW_DOWN


@pytest.mark.parametrize(
    "words",
    [
        *("", "faq consent", "stories", "help", "search mexico page 2", "share faq consent"),
        f"search mexico page {PAGES_LIMIT}",
        "helpful yes land-strikes faq/consent",
    ],
)
async def test_sections_and_buttons_are_never_paced(house: House, words: str) -> None:
    for _ in range(10):
        assert (await house.ask(words)).title != SLOW_DOWN
    assert (await house.ask()).title != SLOW_DOWN


@pytest.mark.parametrize(
    "words",
    [
        f"search mexico page {PAGES_LIMIT + 1}",
        "search mexico page 1",
        "land-strikes ask why page 2",
    ],
)
async def test_what_turns_no_page_is_paced(house: House, words: str) -> None:
    titles = [(await house.ask(words)).title for _ in range(3)]
    assert [title == SLOW_DOWN for title in titles] == [False, False, True]


async def test_a_question_that_the_workspace_refuses_costs_the_person_nothing() -> None:
    house = House(person=2, workspace=2)
    for user in ("U1", "U2"):
        await house.ask(user=user)
    for _ in range(5):
        assert "Many people here" in to_text(await house.ask(user="U3"))
    house.at += timedelta(seconds=60)
    titles = [(await house.ask(user="U3")).title for _ in range(2)]
    assert titles == ["Has Mexico agreed?"] * 2


async def test_a_question_that_the_person_is_refused_costs_the_workspace_nothing() -> None:
    house = House(person=1, workspace=2)
    for _ in range(5):
        await house.ask(user="U1")
    assert (await house.ask(user="U2")).title == "Has Mexico agreed?"


async def test_moderators_are_paced_like_everybody(house: House) -> None:
    titles = [(await house.ask(moderator=True)).title for _ in range(3)]
    assert titles[-1] == SLOW_DOWN


async def test_people_do_not_hold_each_other_up_before_the_workspace_is_full(house: House) -> None:
    users = ["U1", "U2", "U3", "U4", "U5"]
    assert SLOW_DOWN not in [(await house.ask(user=user)).title for user in users]
    reply = await house.ask(user="U6")
    assert "Many people here have asked in the last minute." in to_text(reply)
    elsewhere = Channel("slack", "T2", "C1")
    assert (await house.ask(user="U6", channel=elsewhere)).title != SLOW_DOWN


async def test_where_nobody_has_a_name_only_the_workspace_counts(house: House) -> None:
    playground = Channel("web", "local", "playground")
    titles = [(await house.ask(user="you", channel=playground)).title for _ in range(6)]
    assert titles.index(SLOW_DOWN) == 5


async def test_people_of_anywhere_do_not_use_up_each_others_questions() -> None:
    pacing = pacing_of(Settings(ask_person=2, ask_workspace=5), lambda: NOW)
    command = parse("ask why", STORIES.names)
    for platform, workspace in (("discord", DIRECT), ("slack", OUTSIDE), ("slack", "T1")):
        channel = Channel(platform, workspace, "1")
        asked = [Request("ask why", channel, f"U{number}") for number in range(9)]
        refused = [one for one in asked if pacing.refusal(command, one)]
        assert len(refused) == (4 if workspace == "T1" else 0)
        pacing.refusal(command, asked[0])
        assert pacing.refusal(command, asked[0])


async def test_a_clock_that_is_set_back_locks_nobody_out(house: House) -> None:
    house.at += timedelta(days=2)
    for _ in range(3):
        await house.ask()
    house.at = NOW
    assert (await house.ask()).title == SLOW_DOWN
    house.at += timedelta(seconds=30)
    assert (await house.ask()).title == "Has Mexico agreed?"


@given(st.lists(st.integers(0, 40), max_size=60), st.integers(1, 6))
def test_nobody_is_answered_more_often_than_twice_the_pace_in_any_minute(
    waits: list[int], person: int
) -> None:
    at = [NOW]
    pacing = Pacing(person, 10_000, lambda: at[0])
    asked = Request("ask why", CHANNEL, "U1")
    answered = []
    for wait in waits:
        at[0] += timedelta(seconds=wait)
        if pacing.refusal(parse(asked.words, STORIES.names), asked) is None:
            answered.append(at[0])
    for first in answered:
        within = [each for each in answered if first <= each < first + timedelta(minutes=1)]
        assert len(within) <= 2 * person


def test_only_so_many_people_are_remembered() -> None:
    pacing = Pacing(1, 1_000_000, lambda: NOW)
    command = parse("ask why", STORIES.names)
    for number in range(_KEPT + 50):
        assert pacing.refusal(command, Request("ask why", CHANNEL, f"U{number}")) is None
    assert len(pacing._buckets) == _KEPT
