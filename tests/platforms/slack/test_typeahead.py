from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import given, strategies as st

from bot.answers import Answers
from bot.domain.reply import Menu, Option, Reply
from bot.domain.request import Request
from bot.domain.stories import Stories
from bot.platforms.slack.render import render
from bot.platforms.slack.suggestions import Suggestions
from tests.loopback import slack_payloads as payloads
from tests.loopback.slack import SlackServer
from tests.loopback.slack_elements import options_breaches
from tests.loopback.slack_gestures import suggest
from tests.loopback.slack_limits import breaches
from tests.platforms.slack.conftest import House, listening, message_of
from tests.platforms.slack.hostile import HOSTILE
from tests.stories import NOW, make_faq, make_story
from tests.strategies import hostile_texts

QUESTIONS = [make_faq(f"q{n}", f"Why <!channel> {n}?") for n in range(120)]
STORIES = Stories((make_story("harbour", faq=QUESTIONS), make_story("few", faq=QUESTIONS[:25])))


class RealHouse(House):
    """The bot's own answers, of a story with very many questions."""

    answers = Answers(lambda: STORIES, lambda: NOW)

    async def answer(self, request: Request) -> Reply:
        self.asked.append(request)
        return await self.answers(request)

    def complete(self, request: Request) -> Sequence[Option]:
        self.asked.append(request)
        return self.answers.complete(request)


@pytest.fixture
def house() -> House:
    return RealHouse()


async def test_of_many_questions_one_is_found_by_typing_and_shown_in_place(house: House) -> None:
    async with SlackServer() as slack, listening(slack, house):
        message = message_of(await slack.slash("faq harbour"))
        assert len(await suggest(slack, message, "")) == 25
        (option,) = await suggest(slack, message, "why 119")
        assert option["text"]["text"] == "Why <!channel> 119?"
        assert str(house.asked[-1].channel) == "slack:T1/C1"
        action = {"type": "external_select", "action_id": "b1:more2", "selected_option": option}
        assert (await slack.act(message, action)).error is None
        await slack.until(lambda: message.edits)
        assert message.text.startswith("Why &lt;!channel&gt; 119?")


async def test_where_all_fit_there_is_nothing_to_type(house: House) -> None:
    async with SlackServer() as slack, listening(slack, house):
        assert "external_select" not in message_of(await slack.slash("faq few")).everything()


@pytest.mark.parametrize(
    "change",
    [
        {"block_id": "b0:1:faq harbour"},
        {"block_id": ""},
        {"block_id": None},
        {"action_id": "b1:more12345"},
        {"action_id": "b1:other1"},
        {"container": {}},
    ],
)
async def test_a_made_up_menu_of_a_message_offers_nothing(
    house: House, change: dict[str, Any]
) -> None:
    async with SlackServer() as slack, listening(slack, house):
        body = payloads.block_suggestion("b1:more1", "why", "U1") | {"block_id": "b1:1:faq harbour"}
        ack = await slack.deliver("interactive", body | change, accepts_payload=True)
        assert (ack.error, ack.payload) == (None, {"options": []})


@given(typed=hostile_texts(HOSTILE), label=hostile_texts(HOSTILE), words=st.text(max_size=200))
def test_whatever_is_offered_slack_takes(typed: str, label: str, words: str) -> None:
    body = payloads.block_suggestion("b1:more1", typed, "U1") | {"block_id": f"b1:1:{words}"}
    options = Suggestions(lambda _: [Option(label, words)] * 2)(body)
    assert options_breaches(options) == []


@given(label=hostile_texts(HOSTILE), more=st.text(max_size=300))
def test_a_menu_with_more_than_fits_is_within_slacks_limits(label: str, more: str) -> None:
    menu = Menu(label, (Option("One", "one"),), more)
    assert breaches(render(Reply("Title", (menu, menu)))) == []
