from __future__ import annotations

import asyncio

import pytest

from bot.domain.reply import Action, Paragraph, Reply, line
from tests.loopback.slack import Fault, SlackServer
from tests.loopback.slack_gestures import write
from tests.platforms.slack.conftest import House, listening


async def test_what_is_written_to_the_bot_alone_is_answered_there(house: House) -> None:
    async with SlackServer() as slack, listening(slack, house):
        assert (await write(slack, "faq")).error is None
        await slack.until(lambda: slack.seen_by("U1", "D1"))
        (answer,) = slack.seen_by("U1", "D1")
        assert answer.text.startswith("Questions")
        # Nobody else is there to share it with.
        assert "Share here" not in answer.everything()
        assert str(house.asked[-1].channel) == "slack:T1/D1"


async def test_in_a_thread_of_that_conversation_the_answer_is_in_the_thread(house: House) -> None:
    async with SlackServer() as slack, listening(slack, house):
        await write(slack, "faq", thread_ts="1.1")
        await slack.until(lambda: slack.seen_by("U1", "D1"))
        assert slack.seen_by("U1", "D1")[0].thread == "1.1"


async def test_a_control_of_that_conversation_edits_the_message_in_place(house: House) -> None:
    async with SlackServer() as slack, listening(slack, house):
        await write(slack, "faq")
        await slack.until(lambda: slack.seen_by("U1", "D1"))
        (message,) = slack.seen_by("U1", "D1")
        await slack.click(message, "Why now?")
        await slack.until(lambda: message.edits)
        assert message.text.startswith("You said: faq why-now")


@pytest.mark.parametrize(
    "event",
    [
        {"bot_id": "B1"},
        {"user": "UBOT"},
        {"subtype": "message_changed"},
        {"subtype": "message_deleted", "user": None},
        {"channel_type": "channel", "channel": "C1"},
        {"channel_type": "mpim", "channel": "G1"},
    ],
)
async def test_nothing_but_what_people_write_to_it_is_answered(
    house: House, event: dict[str, str]
) -> None:
    async with SlackServer() as slack, listening(slack, house):
        assert (await write(slack, "faq", **event)).error is None
        await asyncio.sleep(0.05)
        assert house.asked == []


async def test_the_same_message_told_twice_is_answered_once(house: House) -> None:
    async with SlackServer() as slack, listening(slack, house):
        await slack.again(await write(slack, "faq"))
        await slack.until(lambda: slack.seen_by("U1", "D1"))
        await asyncio.sleep(0.05)
        assert len(slack.seen_by("U1", "D1")) == 1


async def test_blocks_that_slack_does_not_take_are_said_in_plain_words(
    house: House, caplog: pytest.LogCaptureFixture
) -> None:
    house.known["all"] = Reply(
        "Everything", (Paragraph(line("One <!channel>.")),), (Action("More", "more"),)
    )
    async with SlackServer() as slack, listening(slack, house):
        slack.fail("chat.postMessage", Fault(error="invalid_blocks"))
        await write(slack, "all")
        await slack.until(lambda: slack.seen_by("U1", "D1"))
        (answer,) = slack.seen_by("U1", "D1")
        assert "Simplified display" in answer.everything()
        assert "One <!channel>." in answer.everything()
        assert len(slack.called("chat.postMessage")) == 2
        assert "invalid_blocks" in caplog.text


async def test_plain_words_that_are_refused_too_are_not_sent_again(house: House) -> None:
    async with SlackServer() as slack, listening(slack, house):
        slack.keep_failing("chat.postMessage", Fault(error="invalid_blocks"))
        await write(slack, "all")
        await slack.until(lambda: len(slack.called("chat.postMessage")) == 2)
        await asyncio.sleep(0.05)
        assert len(slack.called("chat.postMessage")) == 2
