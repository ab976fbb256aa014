from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest

from bot.domain.reply import Action, Paragraph, Reply, line
from tests.loopback import slack_payloads as payloads
from tests.loopback.slack import SlackServer
from tests.platforms.slack.conftest import (
    QUICK,
    House,
    listening,
    message_of,
    shown,
)


async def test_a_slash_command_is_answered_in_its_ack(house: House) -> None:
    async with SlackServer() as slack, listening(slack, house):
        ack = await slack.slash("faq")
        assert message_of(ack).text.startswith("Questions")
        assert message_of(ack).only_for == "U1"
        assert slack.called("response_url") == []


async def test_a_mention_in_a_thread_is_answered_there_for_its_author_alone(house: House) -> None:
    async with SlackServer() as slack, listening(slack, house):
        ack = await slack.mention("faq & more", thread="1.1")
        answer = await shown(slack, 1)
        assert (ack.error, answer.only_for, answer.thread) == (None, "U1", "1.1")
        assert house.asked[0].words == "faq & more"


async def test_a_mention_outside_a_thread_is_answered_in_the_channel(house: House) -> None:
    async with SlackServer() as slack, listening(slack, house):
        await slack.mention("faq")
        assert (await shown(slack, 1)).thread is None


async def test_the_bot_does_not_answer_bots_or_itself(house: House) -> None:
    async with SlackServer() as slack, listening(slack, house):
        event = payloads.app_mention(f"<@{payloads.BOT_USER}> faq", "U9", "C1")
        event["event"]["bot_id"] = "B9"
        assert (await slack.deliver("events_api", event)).error is None
        assert (await slack.mention("faq", user=payloads.BOT_USER)).error is None
        assert house.asked == []


async def test_a_repeated_envelope_is_answered_once(house: House) -> None:
    async with SlackServer() as slack, listening(slack, house):
        slash = await slack.slash("faq")
        click = await slack.click(message_of(slash), "Background")
        mention = await slack.mention("faq")
        await slack.until(lambda: len(slack.seen_by("U1")) == 2 and message_of(slash).edits)
        repeated = [await slack.again(ack) for ack in (slash, click, mention)]
        assert [ack.error for ack in repeated] == [None] * 3
        assert [ack.payload for ack in repeated] == [slash.payload, None, None]
        assert len(house.asked) == 3
        assert len(slack.seen_by("U1")) == 2


async def test_a_command_that_is_delivered_again_does_once_what_it_asks_for(house: House) -> None:
    async with SlackServer() as slack, listening(slack, house):
        slack.workspace.add_user("U1", is_admin=True)
        slash = await slack.slash("digest pause 1")
        repeated = [await slack.again(slash) for _ in range(2)]
        assert [ack.payload for ack in repeated] == [slash.payload] * 2
        assert slash.payload
        assert [request.words for request in house.asked] == ["digest pause 1"]
        assert (await slack.slash("digest pause 1")).payload == slash.payload  # typed again
        assert len(house.asked) == 2


async def test_a_command_whose_ack_was_lost_is_answered_once_it_is_delivered_again(
    house: House,
) -> None:
    house.delay = 0.2
    async with SlackServer() as slack, listening(slack, house):
        slack.sockets.ack_limit = 0.5
        lost = await slack.slash("faq", drop="before")
        assert lost.error == "operation_timeout"
        slack.sockets.ack_limit = 3.0
        again = await slack.again(lost)
        assert again.payload
        assert again.payload["text"].startswith("Questions")
        assert len(house.asked) == 1
        assert slack.called("response_url") == []


async def test_a_command_that_is_answered_after_its_ack_is_not_answered_again(
    house: House,
) -> None:
    house.delay = 0.2
    async with SlackServer() as slack, listening(slack, house, replace(QUICK, ack=0.05)):
        slash = await slack.slash("faq")
        assert (await slack.again(slash)).payload is None  # meanwhile
        await shown(slack, 1)
        assert (await slack.again(slash)).payload is None  # and afterwards
        assert len(slack.called("response_url")) == len(house.asked) == 1


async def test_what_a_command_was_answered_long_ago_is_not_said_again(house: House) -> None:
    async with SlackServer() as slack, listening(slack, house, replace(QUICK, again=0.0)):
        slash = await slack.slash("faq")
        await asyncio.sleep(0.05)
        again = await slack.again(slash)
        assert (again.error, again.payload) == (None, None)
        assert len(house.asked) == 1


async def test_words_arrive_as_they_were_typed(house: House) -> None:
    async with SlackServer() as slack, listening(slack, house):
        await slack.slash_raw(" faq &lt;b&gt; &amp;amp; <#C1|general> <@U2> <https://a.example|a> ")
        assert house.asked[0].words == "faq <b> &amp; #general @U2 a"


@pytest.mark.parametrize("text", ["<!channel>", "@here <@U2> &lt;!everyone&gt;"])
async def test_a_story_named_like_a_mention_pings_nobody(house: House, text: str) -> None:
    house.known["faq"] = Reply(text, (Paragraph(line(text)),), (Action(text, f"share {text}"),))
    async with SlackServer() as slack, listening(slack, house):
        message = message_of(await slack.slash("faq"))
        await slack.click(message, text)
        await shown(slack, 1, user="U2")


async def test_a_slow_answer_comes_by_the_response_url(house: House) -> None:
    house.delay = 0.3
    async with SlackServer() as slack, listening(slack, house, replace(QUICK, ack=0.05)):
        ack = await slack.slash("faq")
        assert (ack.error, ack.payload) == (None, None)
        answer = await shown(slack, 1)
        assert answer.text.startswith("Questions")
        assert slack.called("response_url")[0]["replace_original"] is False


async def test_a_failing_answer_says_so_with_a_reference_to_the_log(
    house: House, caplog: pytest.LogCaptureFixture
) -> None:
    house.known["faq"] = RuntimeError("boom")
    async with SlackServer() as slack, listening(slack, house):
        message = message_of(await slack.slash("faq"))
        reference = message.text.split("under ")[1].rstrip(".")
        assert reference in caplog.text
        assert "boom" in caplog.text
        assert "boom" not in message.everything()


async def test_a_hundred_commands_at_once_are_all_acked_in_time(house: House) -> None:
    async with SlackServer() as slack, listening(slack, house):
        acks = await asyncio.gather(*(slack.slash(f"words {n}") for n in range(100)))
        assert [message_of(ack).text for ack in acks] == [
            f"You said: words {n}\n\nSo." for n in range(100)
        ]
