from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest

from bot.domain.reply import Field, Note, Reply, line
from bot.domain.request import Channel
from tests.loopback.slack import Fault, SlackServer
from tests.platforms.slack.conftest import (
    QUICK,
    House,
    ask_until_known,
    listening,
    shown,
)
from tests.platforms.slack.forms import FORM, WORDS, answered, form_house, opened


@pytest.fixture
def house(house: House) -> House:
    """A house with a form."""
    return form_house(house)


async def test_a_submitted_form_asks_its_words_in_its_channel_and_is_answered_in_place(
    house: House,
) -> None:
    async with SlackServer() as slack, listening(slack, house):
        modal = await opened(slack, channel="C2")
        ack = await slack.submit(modal, Story="Night trains", Time=" 08:00 ", Channel="C1")
        assert ack.error is None
        request = house.asked[-1]
        assert (request.words, request.user) == (WORDS, "U1")
        assert request.channel == Channel("slack", "T1", "C2")
        assert (modal.updates, modal.title, modal.inputs) == (1, "New digest", [])
        assert "Night trains, at 08:00." in modal.everything()
        assert slack.seen_by("U1", "C2") == []


async def test_a_slow_answer_takes_the_place_of_a_word_that_it_is_on_its_way(house: House) -> None:
    async with SlackServer() as slack, listening(slack, house, replace(QUICK, ack=0.05)):
        modal = await opened(slack)
        house.delay = 0.3
        await slack.submit(modal, Story="Night trains", Time="08:00")
        assert "Working on it" in modal.everything()
        await slack.until(lambda: modal.updates == 2)
        assert "Night trains, at 08:00." in modal.everything()
        house.delay = 0
        await slack.use(modal, "Start it")
        await slack.until(lambda: modal.updates == 3)
        assert house.asked[-1].words == "digest on 1"


async def test_a_slow_answer_to_a_closed_modal_is_a_message(house: House) -> None:
    async with SlackServer() as slack, listening(slack, house, replace(QUICK, ack=0.05)):
        modal = await opened(slack)
        house.delay = 0.3
        await slack.submit(modal, Story="Night trains", Time="08:00")
        modal.closed = True
        message = await shown(slack, 1)
        assert message.text.startswith("Preview")
        assert message.only_for == "U1"


async def test_rights_are_those_of_the_moment_of_submission(house: House) -> None:
    timing = replace(QUICK, remember=0.05)
    async with SlackServer() as slack, listening(slack, house, timing):
        slack.workspace.add_user("U1", is_admin=True)
        modal = await opened(slack)
        await slack.until(lambda: slack.called("users.info"))
        await asyncio.sleep(0.2)
        slack.workspace.add_user("U1", is_admin=False)
        await slack.submit(modal, Story="Night trains", Time="08:00")
        assert (house.asked[-1].moderator, house.asked[-1].zone) == (False, "Europe/Lisbon")


async def test_who_was_forgotten_while_filling_in_is_looked_up_first(house: House) -> None:
    async with SlackServer() as slack, listening(slack, house):
        modal = await opened(slack)
        modal.user = "U2"
        slack.workspace.add_user("U2", is_admin=True)
        slack.fail("users.info", Fault(delay=0.2))
        await slack.submit(modal, Story="Night trains", Time="08:00")
        assert (house.asked[-1].user, house.asked[-1].moderator) == ("U2", True)


async def test_a_submission_that_is_told_twice_is_asked_once(house: House) -> None:
    async with SlackServer() as slack, listening(slack, house):
        modal = await opened(slack)
        ack = await slack.submit(modal, Story="Night trains", Time="08:00")
        again = await slack.again(ack)
        assert again.payload == ack.payload
        assert [request.words for request in house.asked] == ["new", WORDS]


async def test_a_form_in_answer_to_a_form_says_why_and_forgets_what_was_typed(house: House) -> None:
    fields = (Field("at", "Time", value="08:00"),)
    again = Reply(
        "No such time: 8h", (Note(line("Write 08:00.")),), form=replace(FORM, fields=fields)
    )
    house.known["digest add trains at 8h in slack:T1/C1"] = again
    async with SlackServer() as slack, listening(slack, house):
        modal = await opened(slack)
        await slack.submit(modal, Story="Night trains", Time="8h")
        assert "No such time: 8h" in modal.everything()
        assert modal.shown("Time")["value"] == "08:00"


async def test_a_failure_is_told_in_the_modal(
    house: House, caplog: pytest.LogCaptureFixture
) -> None:
    house.known[WORDS] = RuntimeError("boom")
    async with SlackServer() as slack, listening(slack, house):
        modal = await answered(slack)
        assert "went wrong" in modal.everything()
        assert "boom" not in modal.everything()
        assert "boom" in caplog.text


async def test_a_form_is_for_whom_it_was_opened_for(house: House) -> None:
    async with SlackServer() as slack, listening(slack, house):
        slack.workspace.add_user("U1", real_name="Ada", is_admin=True)
        await ask_until_known(slack, house)
        modal = await opened(slack)
        await slack.submit(modal, Story="Night trains", Time="08:00")
        assert (house.asked[-1].user_name, house.asked[-1].moderator) == ("Ada", True)
