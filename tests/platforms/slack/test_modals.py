from __future__ import annotations

import json
import logging

import pytest

from bot.domain.request import Channel
from tests.loopback import slack_payloads as payloads
from tests.loopback.slack import Fault, Message, SlackServer
from tests.platforms.slack.conftest import (
    House,
    listening,
    message_of,
    shown,
)
from tests.platforms.slack.forms import WORDS, answered, form_house, opened, told


@pytest.fixture
def house(house: House) -> House:
    """A house with a form."""
    return form_house(house)


async def test_a_button_of_an_answer_works_in_the_modal(house: House) -> None:
    async with SlackServer() as slack, listening(slack, house):
        modal = await answered(slack)
        assert (await slack.use(modal, "Start it")).error is None
        await slack.until(lambda: modal.updates == 2)
        assert "You said: digest on 1" in modal.everything()
        assert house.asked[-1].channel == Channel("slack", "T1", "C1")
        assert modal.title == "New digest"


async def test_a_form_in_answer_to_a_button_of_a_modal_can_be_filled_in_there(house: House) -> None:
    async with SlackServer() as slack, listening(slack, house):
        modal = await answered(slack)
        await slack.use(modal, "Change")
        await slack.until(lambda: modal.updates == 2)
        assert modal.shown("Time")["value"] == "09:00"
        await slack.submit(modal, Story="Night trains", Time="08:00")
        assert [request.words for request in house.asked] == ["new", WORDS, "new", WORDS]


@pytest.mark.parametrize("thread", [None, "1.1"])
async def test_what_is_for_everybody_goes_to_the_channel(house: House, thread: str | None) -> None:
    async with SlackServer() as slack, listening(slack, house):
        message = await asked_for(slack, thread)
        await slack.click(message, "New")
        await slack.until(lambda: slack.workspace.views.modals)
        modal = slack.modal()
        await slack.submit(modal, Story="Night trains", Time="08:00")
        await slack.use(modal, "Tell all")
        await slack.until(lambda: modal.updates == 2)
        public = slack.seen_by("U2")[-1]
        assert (public.text, public.thread) == ("Ada started a digest", thread)
        assert "now in the channel" in modal.everything()


async def asked_for(slack: SlackServer, thread: str | None) -> Message:
    if thread is None:
        return message_of(await slack.slash("faq"))
    await slack.mention("faq", thread=thread)
    return await shown(slack, 1)


async def test_what_cannot_be_posted_for_everybody_is_shown_with_the_reason(house: House) -> None:
    async with SlackServer() as slack, listening(slack, house):
        modal = await answered(slack)
        for hook in slack.workspace.hooks.values():
            hook.expired = True
        await slack.use(modal, "Tell all")
        await slack.until(lambda: modal.updates == 2)
        assert slack.seen_by("U2") == []
        assert "Ada started a digest" in modal.everything()
        assert "did not let this be posted" in modal.everything()


async def test_a_modal_that_was_changed_or_closed_meanwhile_is_left_alone(
    house: House, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    async with SlackServer() as slack, listening(slack, house):
        modal = await answered(slack)
        house.delay = 0.2
        await slack.use(modal, "Start it")
        modal.hash = "other"
        await told(caplog, "hash_conflict")
        modal.closed = True
        await slack.use(modal, "Start it")
        await told(caplog, "not_found")
        assert modal.updates == 1
    assert [record for record in caplog.records if record.levelno > logging.INFO] == []


@pytest.mark.parametrize(
    "change",
    [
        {"callback_id": "b0:form"},
        {"private_metadata": ""},
        {"private_metadata": '{"channel":1}'},
        {"blocks": [{"type": "input", "block_id": "time", "element": {}}]},
    ],
)
async def test_an_old_or_made_up_form_gets_a_kind_sentence(
    house: House, change: dict[str, object]
) -> None:
    async with SlackServer() as slack, listening(slack, house):
        modal = await opened(slack)
        body = payloads.view_submission("", "U1", {}) | {"view": modal.payload() | change}
        ack = await slack.deliver("interactive", body, accepts_payload=True)
        slack.workspace.views.acked(modal, ack.payload)
        assert "older version" in modal.everything()
        assert len(house.asked) == 1


async def test_an_old_control_of_a_modal_gets_a_kind_sentence(house: House) -> None:
    async with SlackServer() as slack, listening(slack, house):
        modal = await answered(slack)
        action = {"type": "button", "action_id": "b0:1", "value": "faq"}
        body = payloads.view_actions(action, "U1", modal.payload())
        assert (await slack.deliver("interactive", body)).error is None
        await slack.until(lambda: modal.updates == 2)
        assert "older version" in modal.everything()


async def test_no_words_and_no_address_of_a_form_are_logged(
    house: House, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    async with SlackServer() as slack, listening(slack, house):
        modal = await opened(slack)
        slack.fail("views.update", Fault(error="invalid_arguments"), Fault(status=500))
        await slack.submit(modal, Story="Night trains", Time="secret words")
        for _ in range(2):
            modal.show(json.loads(json.dumps(modal.view)))
            body = payloads.view_actions({"action_id": "b1:1", "value": "x"}, "U1", modal.payload())
            await slack.deliver("interactive", body)
        await told(caplog, "(HTTP 500)")
    ours = [record for record in caplog.records if not record.name.startswith("asyncio")]
    logged = "\n".join(logging.Formatter().format(record) for record in ours)
    assert "Slack did not update a modal (invalid_arguments)" in logged
    for secret in ("secret words", "/commands/", slack.bot_token):
        assert secret not in logged
