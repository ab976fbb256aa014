from __future__ import annotations

import json

import pytest

from tests.loopback import slack_payloads as payloads
from tests.loopback.slack import SlackServer
from tests.platforms.slack.conftest import (
    House,
    ask_until_known,
    listening,
    message_of,
    shown,
)


async def test_a_button_edits_the_message_in_place(house: House) -> None:
    async with SlackServer() as slack, listening(slack, house):
        message = message_of(await slack.slash("faq"))
        assert (await slack.click(message, "Background")).error is None
        await slack.until(lambda: message.edits == 1)
        assert message.text.startswith("You said: background")
        assert slack.seen_by("U1") == [message]


async def test_an_option_of_a_menu_edits_the_message_in_place(house: House) -> None:
    async with SlackServer() as slack, listening(slack, house):
        message = message_of(await slack.slash("faq"))
        await slack.click(message, "Why now?")
        await slack.until(lambda: message.edits == 1)
        assert message.text.startswith("You said: faq why-now")


async def test_a_shared_answer_is_public_and_names_who_shared_it(house: House) -> None:
    async with SlackServer() as slack, listening(slack, house):
        slack.workspace.add_user("U1", real_name="Ada Lovelace")
        await ask_until_known(slack, house)
        message = message_of(await slack.slash("faq"))
        await slack.click(message, "Share here")
        public = await shown(slack, 1, user="U2")
        assert public.only_for is None
        assert public.text.endswith("Shared by Ada Lovelace.")
        assert (message.edits, message.deleted) == (0, False)


async def test_a_click_that_fails_leaves_the_message_as_it_was(house: House) -> None:
    house.known["background"] = RuntimeError("boom")
    async with SlackServer() as slack, listening(slack, house):
        message = message_of(await slack.slash("faq"))
        await slack.click(message, "Background")
        assert "went wrong" in (await shown(slack, 2)).text
        assert message.edits == 0


async def test_a_button_of_a_public_message_answers_its_clicker_alone(house: House) -> None:
    async with SlackServer() as slack, listening(slack, house):
        await slack.click(message_of(await slack.slash("faq")), "Share here")
        public = await shown(slack, 1, user="U2")
        await slack.click(public, "Background", user="U2")
        answer = await shown(slack, 2, user="U2")
        assert (answer.only_for, public.edits) == ("U2", 0)


async def test_a_button_in_a_thread_is_answered_in_the_thread(house: House) -> None:
    async with SlackServer() as slack, listening(slack, house):
        await slack.mention("share faq", thread="1.1")
        public = await shown(slack, 1, user="U2")
        assert (public.only_for, public.thread) == (None, "1.1")
        await slack.click(public, "Background", user="U2")
        answer = await shown(slack, 2, user="U2")
        assert (answer.only_for, answer.thread) == ("U2", "1.1")


@pytest.mark.parametrize(
    "action",
    [
        {"type": "button", "action_id": "b0:1", "value": "faq"},
        {"type": "button", "action_id": "b1:1"},
        {"type": "button", "action_id": "open", "value": "<!channel>"},
        {"type": "static_select", "action_id": "b1:1", "selected_option": None},
        {"type": "datepicker", "action_id": "day", "selected_date": "2026-01-01"},
        {"type": "button"},
    ],
)
async def test_an_old_or_made_up_control_gets_a_kind_sentence(
    house: House, action: dict[str, object]
) -> None:
    async with SlackServer() as slack, listening(slack, house):
        message = message_of(await slack.slash("faq"))
        assert (await slack.act(message, action)).error is None
        if "action_id" in action:
            sentence = await shown(slack, 2)
            assert "older version" in sentence.text
        assert message.edits == 0


async def test_everything_else_is_acked_and_told_to_start_anew(house: House) -> None:
    async with SlackServer() as slack, listening(slack, house):
        view = payloads.view_submission("old_form", "U1", {})
        updated = await slack.deliver("interactive", view, accepts_payload=True)
        assert updated.payload is not None
        assert updated.payload["response_action"] == "update"
        assert "older version" in json.dumps(updated.payload)
        shortcut = await slack.deliver("interactive", payloads.shortcut("old", "U1"))
        assert shortcut.error is None
        await slack.until(lambda: slack.called("views.open"))
        suggestion = payloads.block_suggestion("old", "wa", "U1")
        options = await slack.deliver("interactive", suggestion, accepts_payload=True)
        assert options.payload == {"options": []}
        other = payloads.slash_command("x", "U1", "C1", "") | {"command": "/other"}
        answered = await slack.deliver("slash_commands", other, accepts_payload=True)
        assert "/brief" in json.dumps(answered.payload)
        event = payloads.event_callback({"type": "channel_archive", "channel": "C1"})
        assert (await slack.deliver("events_api", event)).error is None
