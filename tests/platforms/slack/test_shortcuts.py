from __future__ import annotations

from dataclasses import replace

import pytest

from bot.domain.reply import Action, Paragraph, Reply, line
from tests.loopback import slack_payloads as payloads
from tests.loopback.slack import Fault, SlackServer
from tests.loopback.slack_gestures import ask_from_anywhere, check
from tests.platforms.slack.conftest import QUICK, House, listening, shown


async def test_a_message_is_looked_for_and_answered_to_whoever_asked(house: House) -> None:
    async with SlackServer() as slack, listening(slack, house):
        assert (await check(slack, "Is the tunnel &lt;open&gt;?")).error is None
        answer = await shown(slack, 1)
        assert house.asked[-1].words == "ask Is the tunnel <open>?"
        assert (answer.only_for, answer.thread) == ("U1", None)
        assert (house.asked[-1].user, str(house.asked[-1].channel)) == ("U1", "slack:T1/C1")


async def test_a_message_of_a_thread_is_answered_in_the_thread(house: House) -> None:
    async with SlackServer() as slack, listening(slack, house):
        await check(slack, "Is it open?", thread="1.1")
        answer = await shown(slack, 1)
        assert (answer.only_for, answer.thread) == ("U1", "1.1")


async def test_a_long_message_is_read_in_part(house: House) -> None:
    async with SlackServer() as slack, listening(slack, house):
        await check(slack, "digest " * 5_000)
        await shown(slack, 1)
        assert len(house.asked[-1].words) <= 1_010


@pytest.mark.parametrize("text", ["", "   "])
async def test_a_message_without_text_gets_a_kind_sentence(house: House, text: str) -> None:
    async with SlackServer() as slack, listening(slack, house):
        await check(slack, text)
        assert "no text to look for" in (await shown(slack, 1)).text
        assert house.asked == []


async def test_a_shortcut_that_is_told_twice_is_answered_once(house: House) -> None:
    async with SlackServer() as slack, listening(slack, house):
        ack = await check(slack, "Is it open?")
        await slack.again(ack)
        await shown(slack, 1)
        assert len(house.asked) == 1


async def test_a_question_is_asked_from_anywhere_and_answered_in_its_modal(house: House) -> None:
    house.known["ask Why now?"] = Reply(
        "Because", (Paragraph(line("So.")),), (Action("Share here", "share x"), Action("All", "x"))
    )
    async with SlackServer() as slack, listening(slack, house):
        assert (await ask_from_anywhere(slack)).error is None
        await slack.until(lambda: slack.workspace.views.modals)
        modal = slack.modal()
        assert modal.title == "Ask a briefing"
        ack = await slack.submit(modal, Your_question="Why now?")
        assert (ack.payload or {})["response_action"] == "update"
        assert "Because" in modal.everything()
        # There is no channel to share it in.
        assert "Share here" not in modal.everything()
        assert str(house.asked[-1].channel) == "slack:T1/U1"
        await slack.use(modal, "All")
        await slack.until(lambda: "You said: x" in modal.everything())


async def test_a_slow_answer_to_a_question_comes_into_its_modal(house: House) -> None:
    async with SlackServer() as slack, listening(slack, house, replace(QUICK, ack=0.1)):
        await ask_from_anywhere(slack)
        await slack.until(lambda: slack.workspace.views.modals)
        house.delay = 0.4
        modal = slack.modal()
        await slack.submit(modal, Your_question="Why now?")
        assert "Working on it" in modal.everything()
        await slack.until(lambda: "You said: ask Why now?" in modal.everything())


async def test_a_modal_that_opens_too_late_takes_nobody_down(house: House) -> None:
    async with SlackServer() as slack, listening(slack, house):
        slack.fail("views.open", Fault(error="expired_trigger_id"))
        assert (await ask_from_anywhere(slack)).error is None
        await slack.until(lambda: slack.called("views.open"))
        assert (await ask_from_anywhere(slack)).error is None
        await slack.until(lambda: slack.workspace.views.modals)


async def test_an_unknown_shortcut_and_a_closed_modal_are_acked(house: House) -> None:
    async with SlackServer() as slack, listening(slack, house):
        assert (await ask_from_anywhere(slack, name="old")).error is None
        await slack.until(lambda: slack.workspace.views.modals)
        assert "older version" in slack.modal().everything()
        closed = payloads.view_submission("b1:form", "U1", {}) | {"type": "view_closed"}
        assert (await slack.deliver("interactive", closed)).error is None
