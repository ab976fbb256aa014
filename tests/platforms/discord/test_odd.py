from __future__ import annotations

import logging
import time

import pytest

from tests.loopback import discord_limits as limits
from tests.loopback.discord import DiscordServer
from tests.platforms.discord.conftest import Connect, FakeAnswers


async def test_a_completion_that_fails_offers_nothing(
    server: DiscordServer, connect: Connect, answers: FakeAnswers
) -> None:
    answers.error = LookupError("no such thing")
    async with connect():
        assert await server.complete("faq", "story", story="x") == []


async def test_an_interaction_told_twice_is_answered_once(
    server: DiscordServer, connect: Connect, caplog: pytest.LogCaptureFixture
) -> None:
    async with connect():
        asked = await server.slash("faq")
        with caplog.at_level(logging.INFO):
            await server.again(asked)
            await server.until(lambda: asked.refusals)
            await server.until(lambda: "already over" in caplog.text)

    assert asked.refusals == [40060]
    assert "Traceback" not in caplog.text


async def test_an_interaction_that_is_gone_is_a_line_in_the_log(
    server: DiscordServer, connect: Connect, caplog: pytest.LogCaptureFixture
) -> None:
    async with connect():
        server.rest.interactions.callback_limit = -1.0
        with caplog.at_level(logging.INFO):
            late = await server.slash("faq", wait=False)
            await server.until(lambda: late.refusals)
            await server.until(lambda: "already over" in caplog.text)

    assert late.refusals == [10062]
    assert "Traceback" not in caplog.text


@pytest.mark.parametrize(
    "custom_id", ["b0:faq", "b2:0:faq x", "made up", "b1:", "b1m:0:x", "x" * 100]
)
async def test_a_control_of_another_version_gets_a_kind_sentence(
    server: DiscordServer, connect: Connect, answers: FakeAnswers, custom_id: str
) -> None:
    button = {"type": 2, "style": 2, "label": "Open", "custom_id": custom_id}
    async with connect():
        older = server.place([{"type": 17, "components": [{"type": 1, "components": [button]}]}])
        clicked = await server.click(older, "Open")

    assert (clicked.type, clicked.ephemeral) == (4, True)
    assert "another version" in clicked.text
    assert answers.requests == []


async def test_a_control_on_a_message_of_the_first_components_gets_an_answer(
    server: DiscordServer, connect: Connect, answers: FakeAnswers
) -> None:
    button = {"type": 2, "style": 2, "label": "Open", "custom_id": "b1:0:help"}
    async with connect():
        older = server.place([{"type": 1, "components": [button]}], flags=0)
        await server.click(older, "Open")

    assert [request.words for request in answers.requests] == ["help"]


async def test_a_command_of_another_version_gets_a_kind_sentence(
    server: DiscordServer, connect: Connect
) -> None:
    async with connect():
        await server.slash("help")
        command = server.rest.command("brief")
        assert command
        command["options"].append({"type": 1, "name": "gone", "description": "Gone"})
        asked = await server.slash("gone")

    assert "This command has changed" in asked.text


async def test_an_answer_that_fails_gets_a_kind_sentence_and_a_number(
    server: DiscordServer, connect: Connect, answers: FakeAnswers, caplog: pytest.LogCaptureFixture
) -> None:
    answers.error = LookupError("no such thing")
    async with connect():
        asked = await server.slash("faq")

    number = asked.text.rsplit("error ", 1)[1].strip(".")
    assert "Something went wrong" in asked.text
    assert asked.ephemeral
    assert f"(error {number})" in caplog.text
    assert "no such thing" in caplog.text


async def test_a_message_that_discord_refuses_becomes_an_apology(
    server: DiscordServer, connect: Connect
) -> None:
    async with connect():
        server.rest.fail("POST", "/callback", 400, 50035)
        asked = await server.slash("faq")

    assert "Something went wrong" in asked.text


async def test_a_story_named_everyone_pings_nobody(
    server: DiscordServer, connect: Connect, answers: FakeAnswers
) -> None:
    async with connect():
        await server.slash("faq", story="@everyone <@123> <@&123> @here")

    payloads = [call.body["data"] for call in server.calls if call.path.endswith("/callback")]
    assert [limits.pings({**payload, "allowed_mentions": None}) for payload in payloads] == [[]]
    assert [payload["allowed_mentions"] for payload in payloads] == [{"parse": []}]


async def test_six_thousand_characters_of_brackets_are_answered_as_quickly_as_of_letters(
    server: DiscordServer, connect: Connect
) -> None:
    async with connect():
        seconds = {}
        for words in ("[x](" * 1500, "word " * 1200):
            began = time.perf_counter()
            for _ in range(5):
                await server.slash("search", words=words)
            seconds[words[0]] = time.perf_counter() - began

    assert seconds["["] < 10 * seconds["w"]
