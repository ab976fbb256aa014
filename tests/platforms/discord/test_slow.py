from __future__ import annotations

import logging

import pytest

from bot.domain.reply import Paragraph, Reply, line
from tests.loopback import discord_limits as limits
from tests.loopback.discord import DiscordServer
from tests.platforms.discord.conftest import Connect, FakeAnswers


async def test_a_slow_answer_is_deferred_and_then_edited_in(
    server: DiscordServer, connect: Connect, answers: FakeAnswers
) -> None:
    answers.delay = 0.1
    async with connect(limit=0.01):
        asked = await server.slash("faq")
        assert (asked.type, asked.ephemeral) == (5, True)
        await server.until(lambda: asked.edits, "an edit")
        assert "You said faq" in asked.text

        assert asked.message
        clicked = await server.click(asked.message, "Background")
        assert clicked.type == 6
        await server.until(lambda: clicked.edits, "an edit")
        assert "You said background" in clicked.text

        shared = await server.click(asked.message, "Share here")
        await server.until(lambda: shared.follow_ups, "a message for everyone")
        assert "Shared by Ada" in "\n".join(limits.texts(shared.follow_ups[0]))
        assert not shared.follow_ups[0]["flags"] & limits.EPHEMERAL


async def test_a_slow_click_on_what_all_can_see_changes_nothing_there(
    server: DiscordServer, connect: Connect, answers: FakeAnswers
) -> None:
    async with connect(limit=0.01):
        asked = await server.slash("faq")
        assert asked.message
        shared = await server.click(asked.message, "Share here")
        before = limits.texts(server.messages[0])
        answers.delay = 0.1
        clicked = await server.click(server.messages[0], "Background")
        await server.until(lambda: clicked.edits, "an edit")

    assert (clicked.type, clicked.ephemeral) == (5, True)
    assert limits.texts(server.messages[0]) == before
    assert shared.message is server.messages[0]


async def test_an_answer_that_overtakes_its_deferral_waits_for_it(
    server: DiscordServer, connect: Connect, answers: FakeAnswers
) -> None:
    answers.delay = 0.05
    async with connect(limit=0.01):
        server.rest.delay("POST", "/callback", 0.2)
        asked = await server.slash("faq")
        await server.until(lambda: asked.edits, "an edit")

    assert "You said faq" in asked.text


async def test_a_response_that_is_slow_to_arrive_is_not_deferred_as_well(
    server: DiscordServer, connect: Connect
) -> None:
    async with connect(limit=0.05):
        server.rest.delay("POST", "/callback", 0.2)
        asked = await server.slash("faq")

    assert (asked.type, asked.refusals) == (4, [])


async def test_a_slow_share_by_command_says_so_and_is_a_message_of_its_own(
    server: DiscordServer, connect: Connect, answers: FakeAnswers
) -> None:
    answers.delay = 0.1
    answers.reply = Reply("For all", (Paragraph(line("Hello.")),), private=False)
    async with connect(limit=0.01):
        asked = await server.slash("faq")
        await server.until(lambda: asked.follow_ups, "a message for everyone")

    assert "Shared" in asked.text
    assert "For all" in limits.texts(asked.follow_ups[0])[0]


async def test_an_expired_interaction_is_a_line_in_the_log(
    server: DiscordServer, connect: Connect, answers: FakeAnswers, caplog: pytest.LogCaptureFixture
) -> None:
    answers.delay = 0.1
    async with connect(limit=0.01):
        with caplog.at_level(logging.INFO):
            asked = await server.slash("faq")
            asked.expired = True
            await server.until(lambda: "already over" in caplog.text)

    assert asked.edits == []
    assert "Traceback" not in caplog.text
