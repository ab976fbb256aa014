from __future__ import annotations

from dataclasses import replace

import pytest

from tests.loopback.slack import Fault, SlackServer
from tests.platforms.slack.conftest import (
    QUICK,
    House,
    listening,
    message_of,
    shown,
)
from tests.platforms.slack.forms import ASK, FORM, form_house, opened


@pytest.fixture
def house(house: House) -> House:
    """A house with a form."""
    return form_house(house)


async def test_a_form_opens_filled_in_as_far_as_it_can_be(house: House) -> None:
    async with SlackServer() as slack, listening(slack, house):
        modal = await opened(slack, channel="C2")
        assert (modal.title, modal.user) == ("New digest", "U1")
        assert modal.missing() == ["Story"]
        assert modal.shown("Time")["value"] == "09:00"
        assert modal.shown("Channel")["selected_conversation"] == "C2"
        assert slack.seen_by("U1", "C2") == []
        assert slack.called("response_url") == []


async def test_a_form_opens_from_a_button_and_leaves_the_message_as_it_is(house: House) -> None:
    async with SlackServer() as slack, listening(slack, house):
        message = message_of(await slack.slash("faq"))
        await slack.click(message, "New")
        await slack.until(lambda: slack.workspace.views.modals)
        assert slack.modal().title == "New digest"
        assert (message.edits, slack.seen_by("U1")) == (0, [message])


@pytest.mark.parametrize(
    "fault",
    [
        Fault(error="expired_trigger_id"),
        Fault(error="internal_error"),
        Fault(status=503),
        Fault(status=429),
        Fault(drop="before"),
        Fault(delay=1),
    ],
)
async def test_where_no_modal_opens_the_answer_is_the_message(house: House, fault: Fault) -> None:
    async with SlackServer() as slack, listening(slack, house, replace(QUICK, open=0.4)):
        slack.fail("views.open", fault)
        assert (await slack.slash("new")).payload is None
        message = await shown(slack, 1)
        assert "Type /brief digest add" in message.text
        slack.fail("views.open", fault)
        await slack.click(message, "New")
        await slack.until(lambda: message.edits == 1)


async def test_a_form_that_fits_no_modal_is_the_message(house: House) -> None:
    house.known["new"] = replace(ASK, form=replace(FORM, fields=()))
    async with SlackServer() as slack, listening(slack, house):
        await slack.slash("new")
        assert "Type /brief digest add" in (await shown(slack, 1)).text
        assert slack.called("views.open") == []


async def test_what_is_shared_opens_no_form(house: House) -> None:
    async with SlackServer() as slack, listening(slack, house):
        await slack.click(message_of(await slack.slash("faq")), "Share")
        public = await shown(slack, 1, user="U2")
        assert "Type /brief digest add" in public.text
        assert slack.called("views.open") == []


async def test_a_mention_is_answered_with_the_message(house: House) -> None:
    async with SlackServer() as slack, listening(slack, house):
        await slack.mention("new")
        assert "Type /brief digest add" in (await shown(slack, 1)).text


async def test_a_slow_form_opens_later(house: House) -> None:
    house.delay = 0.2
    async with SlackServer() as slack, listening(slack, house, replace(QUICK, ack=0.05)):
        modal = await opened(slack)
        assert modal.title == "New digest"
