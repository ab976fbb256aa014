from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest

from bot.domain.reply import Note, Reply, line
from tests.loopback.slack import Fault, SlackServer
from tests.platforms.slack.conftest import QUICK, House, listening, message_of, shown
from tests.platforms.slack.forms import opened
from tests.platforms.slack.menus import ALL, UNCLEAR, menu_house


@pytest.fixture
def house() -> House:
    return menu_house()


async def test_what_is_not_understood_is_said_at_its_field_and_nothing_is_lost(
    house: House,
) -> None:
    house.known[ALL.replace("at 09:00 daily", "at 8h")] = UNCLEAR
    async with SlackServer() as slack, listening(slack, house):
        modal = await opened(slack, "digest add")
        ack = await slack.submit(modal, When="at 8h")
        assert (ack.payload or {})["response_action"] == "errors"
        assert modal.error("When") == "I do not understand “at 8h” — write the time."
        assert len(modal.errors) == 1
        assert modal.shown("When")["value"] == "at 8h"
        await slack.submit(modal, When="at 09:00 daily")
        assert house.asked[-1].words == ALL
        assert modal.inputs == []


@pytest.mark.parametrize(
    ("why", "label"),
    [
        ("I do not understand “harbor, all”", "Stories"),
        ("It does not say in which time zone — add a city", "Time zone"),
        ("“at 09:00 daily” comes again after 1 hour", "When"),
        ("I do not understand “at 09:00 daily in Europe/Lisbon harbour and many more…”", "When"),
        ("There are too many digests", "Channel"),
    ],
)
async def test_a_refusal_stands_at_the_field_that_it_is_about(
    house: House, why: str, label: str
) -> None:
    house.known[ALL] = replace(UNCLEAR, refusal=why)
    async with SlackServer() as slack, listening(slack, house):
        modal = await opened(slack, "digest add")
        await slack.submit(modal)
        assert modal.error(label) == why


async def test_a_refusal_that_comes_late_brings_the_form_back_as_it_was_filled_in(
    house: House,
) -> None:
    words = "digest add in slack:T1/C2 story-1 at 8h in America/New_York"
    house.known[words] = UNCLEAR
    async with SlackServer() as slack, listening(slack, house, replace(QUICK, ack=0.05)):
        modal = await opened(slack, "digest add")
        await slack.suggest(modal, "Stories", "story-1")
        await slack.suggest(modal, "Time zone", "new yo")
        house.delay = 0.3
        filled_in = {"Stories": "Story of story-1", "Time_zone": "America/New_York"}
        await slack.submit(modal, Channel="C2", When="at 8h", **filled_in)
        assert "Working on it" in modal.everything()
        await slack.until(lambda: modal.updates == 2)
        assert "I do not understand “at 8h”" in modal.everything()
        house.delay = 0.0
        await slack.submit(modal, When="at 09:00")
        assert house.asked[-1].words == words.replace("8h", "09:00")
        assert modal.inputs == []


@pytest.mark.parametrize("late", [False, True])
async def test_rights_that_cannot_be_checked_cost_nothing_that_was_typed(
    house: House, late: bool
) -> None:
    timing = replace(QUICK, ack=0.05 if late else 2.0, trust=0.01)
    async with SlackServer() as slack, listening(slack, house, timing):
        slack.workspace.add_user("U1", is_admin=True)
        modal = await opened(slack, "digest add")
        await asyncio.sleep(0.05)
        slack.keep_failing("users.info", Fault(status=503, delay=0.3 if late else 0))
        await slack.submit(modal, When="at 08:00")
        await slack.until(lambda: "whether you are a moderator" in modal.everything())
        assert [request.words for request in house.asked] == ["digest add"]
        slack.faults.lasting.clear()
        await slack.submit(modal)
        await slack.until(lambda: len(house.asked) == 2)
        assert house.asked[-1].words == ALL.replace("09:00 daily", "08:00")
        assert house.asked[-1].moderator


async def test_a_failure_costs_nothing_that_was_typed(house: House) -> None:
    house.known[ALL.replace("09:00", "08:00")] = RuntimeError("boom")
    async with SlackServer() as slack, listening(slack, house):
        modal = await opened(slack, "digest add")
        await slack.submit(modal, When="at 08:00 daily")
        assert "went wrong" in modal.error("Channel")
        assert modal.shown("When")["value"] == "at 08:00 daily"


async def test_where_a_form_opened_too_late_a_button_opens_it(house: House) -> None:
    async with SlackServer() as slack, listening(slack, house):
        slack.fail("views.open", Fault(error="expired_trigger_id"))
        await slack.slash("digest add")
        message = await shown(slack, 1)
        assert "Type /brief digest add" in message.text
        await slack.click(message, "New digest…")
        await slack.until(lambda: slack.workspace.views.modals)
        assert slack.modal().shown("When")["value"] == "at 09:00 daily"


async def test_a_slow_look_at_rights_opens_the_form_nevertheless(house: House) -> None:
    async with SlackServer() as slack, listening(slack, house, replace(QUICK, ack=0.05)):
        slack.workspace.add_user("U1", is_admin=True)
        slack.fail("users.info", Fault(delay=0.3))
        modal = await opened(slack, "digest add")
        assert (modal.title, house.asked[-1].moderator) == ("New digest", True)


@pytest.mark.parametrize("channel", ["G1", "D1"])
async def test_a_form_opens_in_private_channels_and_direct_messages(
    house: House, channel: str
) -> None:
    async with SlackServer() as slack, listening(slack, house):
        slack.workspace.channels.add(channel)
        modal = await opened(slack, "digest add", channel=channel)
        await slack.submit(modal)
        assert str(house.asked[-1].channel) == f"slack:T1/{channel}"


async def test_a_made_up_digest_button_is_asked_with_the_rights_of_its_clicker(
    house: House,
) -> None:
    house.known["digest confirm 999 \u202e<!channel>"] = Reply("No such digest", (Note(line("?")),))
    async with SlackServer() as slack, listening(slack, house):
        slack.workspace.add_user("U1")
        message = message_of(await slack.slash("faq"))
        made_up = "digest confirm 999 \u202e<!channel>"
        await slack.act(message, {"type": "button", "action_id": "b1:1", "value": made_up})
        await slack.until(lambda: message.edits)
        assert not house.asked[-1].moderator
