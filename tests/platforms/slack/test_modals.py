from __future__ import annotations

import asyncio
import json
import logging
from dataclasses import replace

import pytest

from bot.domain.reply import Action, Field, FieldKind, Form, Note, Option, Paragraph, Reply, line
from bot.domain.request import Channel
from tests.loopback import slack_payloads as payloads
from tests.loopback.slack import Fault, Message, Modal, SlackServer
from tests.platforms.slack.conftest import QUICK, House, listening
from tests.platforms.slack.test_platform import ask_until_known, message_of, shown

CHOICES = (Option("Harbour tunnel", "harbour"), Option("Night trains", "trains"))
FORM = Form(
    "New digest",
    "digest add",
    (
        Field("", "Story", FieldKind.CHOICE, options=CHOICES),
        Field("at", "Time", value="09:00"),
        Field("in", "Channel", FieldKind.CHANNEL),
    ),
    "Preview",
)
ASK = Reply(
    "New digest", (Paragraph(line("Type /brief digest add …")),), (Action("New", "new"),), form=FORM
)
WORDS = "digest add trains at 08:00 in slack:T1/C1"
PREVIEW = Reply(
    "Preview",
    (Paragraph(line("Night trains, at 08:00.")),),
    (Action("Start it", "digest on 1"), Action("Tell all", "tell"), Action("Change", "new")),
)


@pytest.fixture
def house(house: House) -> House:
    """A house with a form, and what a filled in one is answered with."""
    public = Reply("Ada started a digest", private=False)
    house.known |= {"new": ASK, WORDS: PREVIEW, "tell": public, "share new": ASK}
    house.known["faq"] = Reply(
        "Questions", (), (Action("New", "new"), Action("Share", "share new"))
    )
    return house


async def opened(slack: SlackServer, words: str = "new", channel: str = "C1") -> Modal:
    """Ask for a form, and wait for it."""
    ack = await slack.slash(words, channel=channel)
    assert (ack.error, ack.payload) == (None, None)
    await slack.until(lambda: slack.workspace.views.modals)
    return slack.modal()


async def answered(slack: SlackServer) -> Modal:
    """A form that is filled in and answered."""
    modal = await opened(slack)
    await slack.submit(modal, Story="Night trains", Time="08:00")
    return modal


async def told(caplog: pytest.LogCaptureFixture, word: str) -> None:
    """Wait until the log says this."""
    for _ in range(500):
        if word in caplog.text:
            return
        await asyncio.sleep(0.01)
    raise AssertionError(f"{word!r} is not in the log")


async def test_a_form_opens_filled_in_as_far_as_it_can_be(house: House) -> None:
    async with SlackServer() as slack, listening(slack, house):
        modal = await opened(slack, channel="C2")
        assert (modal.title, modal.user) == ("New digest", "U1")
        assert modal.missing() == ["Story"]
        assert modal.shown("Time")["value"] == "09:00"
        assert modal.shown("Channel")["selected_conversation"] == "C2"
        assert slack.seen_by("U1", "C2") == []
        assert slack.called("response_url") == []


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


async def test_a_failure_is_told_in_the_modal(
    house: House, caplog: pytest.LogCaptureFixture
) -> None:
    house.known[WORDS] = RuntimeError("boom")
    async with SlackServer() as slack, listening(slack, house):
        modal = await answered(slack)
        assert "went wrong" in modal.everything()
        assert "boom" not in modal.everything()
        assert "boom" in caplog.text


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


async def test_a_form_is_for_whom_it_was_opened_for(house: House) -> None:
    async with SlackServer() as slack, listening(slack, house):
        slack.workspace.add_user("U1", real_name="Ada", is_admin=True)
        await ask_until_known(slack, house)
        modal = await opened(slack)
        await slack.submit(modal, Story="Night trains", Time="08:00")
        assert (house.asked[-1].user_name, house.asked[-1].moderator) == ("Ada", True)


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
