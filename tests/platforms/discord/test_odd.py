from __future__ import annotations

import asyncio
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


async def test_a_page_that_discord_refuses_is_shown_plainly_and_its_controls_work(
    server: DiscordServer, connect: Connect, answers: FakeAnswers
) -> None:
    async with connect():
        server.rest.fail("POST", "/callback", 400, 50035)
        asked = await server.slash("faq")
        assert asked.message
        clicked = await server.click(asked.message, "Background")
        await server.select(asked.message, "Why now?")
        shared = await server.click(asked.message, "Share here")

    assert asked.message["flags"] & (limits.V2 | limits.EPHEMERAL) == limits.EPHEMERAL
    assert "You said faq" in asked.text
    assert "A simplified display" in asked.text
    assert "You said background" in clicked.text
    assert (shared.type, shared.ephemeral) == (4, False)
    assert answers.requests[2].words == "faq land-strikes why-now"


async def test_a_page_that_discord_refuses_in_place_or_late_is_shown_plainly_as_well(
    server: DiscordServer, connect: Connect, answers: FakeAnswers
) -> None:
    async with connect(limit=0.05):
        asked = await server.slash("faq")
        assert asked.message
        server.rest.fail("POST", "/callback", 400, 50035)
        clicked = await server.click(asked.message, "Background")
        answers.delay = 0.2
        server.rest.fail("PATCH", "/messages/@original", 400, 50035)
        late = await server.slash("timeline")
        await server.until(lambda: late.edits)
        server.rest.fail("PATCH", "/messages/@original", 400, 50035)
        turned = await server.click(asked.message, "Background")
        await server.until(lambda: turned.follow_ups)

    assert (clicked.type, clicked.ephemeral) == (4, True)
    assert "You said background" in str(clicked.data["content"])
    assert "You said timeline" in late.edits[0]["content"]
    assert "You said background" in turned.follow_ups[0]["content"]


async def test_a_message_that_discord_refuses_in_every_form_becomes_an_apology(
    server: DiscordServer, connect: Connect
) -> None:
    async with connect():
        server.rest.fail("POST", "/callback", 400, 50035, times=2)
        asked = await server.slash("faq")

    assert "Something went wrong" in asked.text


@pytest.mark.parametrize("status", [500, 502, 503])
async def test_a_response_that_discord_fails_to_take_is_sent_again(
    server: DiscordServer, connect: Connect, status: int
) -> None:
    async with connect():
        server.rest.fail("POST", "/callback", status)
        asked = await server.slash("faq")

    assert "You said faq" in asked.text


async def test_a_response_that_is_limited_is_sent_again_when_discord_says(
    server: DiscordServer, connect: Connect
) -> None:
    async with connect():
        server.rest.limit_rate("POST", "/callback", seconds=0.05)
        asked = await server.slash("faq")

    assert "You said faq" in asked.text


@pytest.mark.parametrize(("status", "code"), [(403, 50013), (403, 0), (500, 0), (429, 0)])
async def test_a_response_that_is_never_taken_is_a_line_in_the_log(
    server: DiscordServer,
    connect: Connect,
    caplog: pytest.LogCaptureFixture,
    status: int,
    code: int,
) -> None:
    async with connect(http_timeout=0.5):
        if status == 429:
            server.rest.limit_rate("POST", "/callback", seconds=3600, via=False, times=99)
        else:
            server.rest.fail("POST", "/callback", status, code, times=99)
        await server.slash("faq", wait=False)
        await server.until(lambda: "was not answered" in caplog.text)

    assert "Traceback" not in caplog.text


async def test_two_hundred_interactions_at_once_are_all_answered(
    server: DiscordServer, connect: Connect, caplog: pytest.LogCaptureFixture
) -> None:
    async with connect():
        asked = await asyncio.gather(
            *(server.slash("faq", words=f"number {n}") for n in range(200))
        )

    assert all(f"number {n}" in one.text for n, one in enumerate(asked))
    assert {(one.type, *one.refusals) for one in asked} == {(4,)}
    assert "Traceback" not in caplog.text


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
