from __future__ import annotations

import asyncio

import pytest
from hypothesis import given

from bot.domain.reply import Action, Paragraph, Reply, line
from bot.platforms.slack.response_urls import ResponseUrls
from bot.platforms.slack.simple import render_simple
from tests.loopback import slack_payloads as payloads
from tests.loopback.slack import Fault, SlackServer
from tests.loopback.slack_limits import breaches, texts
from tests.platforms.slack.conftest import House, listening, message_of, shown
from tests.platforms.slack.forms import answered, form_house
from tests.platforms.slack.hostile import HOSTILE
from tests.strategies import hostile_texts, long_texts, replies


def test_a_response_url_is_used_five_times_within_half_an_hour() -> None:
    clock = [0.0]
    urls = ResponseUrls(lambda: clock[0])
    assert [urls.take("a") for _ in range(6)] == [True] * 5 + [False]
    urls.note("b")
    clock[0] = 29 * 60
    assert urls.take("b")
    clock[0] = 30 * 60
    urls.note("b")
    assert not urls.take("b")
    assert urls.take("c")


async def test_an_answer_whose_response_url_is_of_the_past_still_arrives(house: House) -> None:
    async with SlackServer() as slack, listening(slack, house):
        message = message_of(await slack.slash("faq"))
        slack.fail("response_url", Fault(status=404))
        await slack.click(message, "Background")
        answer = await shown(slack, 2)
        assert answer.text.startswith("You said: background")
        assert (answer.only_for, message.edits) == ("U1", 0)


async def test_what_was_to_be_shared_too_late_is_told_to_its_asker_alone(house: House) -> None:
    async with SlackServer() as slack, listening(slack, house):
        message = message_of(await slack.slash("faq"))
        slack.fail("response_url", Fault(status=404))
        await slack.click(message, "Share here")
        answer = await shown(slack, 2)
        assert "too late" in answer.text
        assert answer.only_for == "U1"
        assert len(slack.seen_by("U2")) == 0


@pytest.mark.parametrize("fault", [Fault(status=500), Fault(drop="after")])
async def test_an_answer_that_perhaps_arrived_is_not_sent_again(house: House, fault: Fault) -> None:
    async with SlackServer() as slack, listening(slack, house):
        message = message_of(await slack.slash("faq"))
        slack.fail("response_url", fault)
        await slack.click(message, "Background")
        await slack.until(lambda: slack.called("response_url"))
        await asyncio.sleep(0.1)
        assert slack.called("chat.postEphemeral") == []


async def test_an_answer_that_is_refused_is_said_in_plain_words_once(
    house: House, caplog: pytest.LogCaptureFixture
) -> None:
    house.known["background"] = Reply("Past", (Paragraph(line("One @here.")),), (Action("A", "a"),))
    async with SlackServer() as slack, listening(slack, house):
        message = message_of(await slack.slash("faq"))
        slack.fail("response_url", Fault(status=400))
        await slack.click(message, "Background")
        await slack.until(lambda: message.edits)
        assert "Simplified display" in message.everything()
        assert "One @here." in "".join(texts(message.payload))
        assert "plain words" in caplog.text


async def test_a_control_without_a_response_url_is_answered_all_the_same(house: House) -> None:
    async with SlackServer() as slack, listening(slack, house):
        action = {"type": "button", "action_id": "b1:1", "value": "faq"}
        container = {"type": "message", "channel_id": "C1", "message_ts": "1.1"}
        body = payloads.block_actions(action, "U1", container, "")
        del body["response_url"], body["channel"]
        assert (await slack.deliver("interactive", body)).error is None
        assert (await shown(slack, 1)).text.startswith("Questions")


async def test_no_response_url_is_used_more_than_five_times(house: House) -> None:
    async with SlackServer() as slack, listening(slack, form_house(house)):
        modal = await answered(slack)
        view = modal.payload()
        action = payloads.used_control(*modal.find("Tell all"))
        for number in range(7):
            await slack.deliver("interactive", payloads.view_actions(action, "U1", view))
            await slack.until(lambda: len(slack.called("views.update")) > number)  # noqa: B023
        assert len(slack.called("response_url")) == 5
        assert len(slack.seen_by("U2")) == 5


@given(replies(hostile_texts(HOSTILE), hostile_texts(HOSTILE)))
def test_plain_words_are_within_slacks_limits(reply: Reply) -> None:
    assert breaches(render_simple(reply)) == []


@given(long_texts(hostile_texts(HOSTILE)))
def test_long_plain_words_are_whole_or_say_that_there_is_more(text: str) -> None:
    message = render_simple(Reply("", (Paragraph(line(text)),)))
    assert breaches(message) == []
    said = "".join(texts(message))
    assert "Simplified display" in said
