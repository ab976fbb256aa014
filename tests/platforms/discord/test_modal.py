from __future__ import annotations

import logging
from dataclasses import replace
from typing import Any

import pytest

from bot.domain.reply import Action, Field, FieldKind, Form, Option, Paragraph, Reply, line
from bot.domain.request import Channel
from tests.loopback import discord_limits as limits
from tests.loopback.discord import MANAGE_GUILD, DiscordServer, Interaction
from tests.loopback.discord_payloads import CHANNEL, COMMON, DIRECT, GUILD, PERSON
from tests.platforms.discord.conftest import Connect, FakeAnswers

CONTENT = (Option("What changed", "changes"), Option("The full card", "full"))
FORM = Form(
    "New digest",
    "digest add",
    (
        Field("", "Stories", value="all", hint="all, or the names of some"),
        Field("", "When"),
        Field("in", "Zone", required=False),
        Field("", "Content", FieldKind.CHOICE, "changes", options=CONTENT, required=False),
        Field("in", "Channel", FieldKind.CHANNEL, required=False),
    ),
)
ASKS = Reply("New digest", (Paragraph(line("Say when.")),), (Action("Form", "form"),), form=FORM)
WHEN = {"When": "at 09:00 daily"}


async def opened(
    server: DiscordServer, answers: FakeAnswers, reply: Reply = ASKS, **more: Any
) -> Interaction:
    """Ask what is answered with a form; what is submitted is echoed."""
    answers.reply = reply
    asked = await server.slash("help", **more)
    answers.reply = None
    return asked


async def test_an_answer_with_a_form_opens_it(
    server: DiscordServer, connect: Connect, answers: FakeAnswers
) -> None:
    async with connect():
        asked = await opened(server, answers)

    assert asked.type == 9
    assert (asked.form["title"], asked.form["custom_id"]) == ("New digest", "b1f:digest add")
    assert [row["label"] for row in asked.form["components"]] == [
        "Stories",
        "When",
        "Zone",
        "Content",
        "Channel",
    ]


async def test_a_submitted_form_asks_its_words_for_the_asker_alone(
    server: DiscordServer, connect: Connect, answers: FakeAnswers
) -> None:
    async with connect():
        asked = await opened(server, answers)
        told = {**WHEN, "Zone": "Asia/Tokyo", "Channel": CHANNEL, "Content": "The full card"}
        submitted = await server.submit(asked, told, permissions=COMMON | MANAGE_GUILD)

    request = answers.requests[-1]
    assert (submitted.type, submitted.ephemeral) == (4, True)
    assert "You said digest add all at 09:00 daily in Asia/Tokyo" in submitted.text
    assert request.words == (
        f"digest add all at 09:00 daily in Asia/Tokyo full in discord:{GUILD}/{CHANNEL}"
    )
    assert request.channel == Channel("discord", GUILD, CHANNEL)
    assert (request.user, request.user_name, request.moderator) == (PERSON, "Ada", True)


async def test_a_form_that_came_from_a_private_answer_is_answered_in_its_place(
    server: DiscordServer, connect: Connect, answers: FakeAnswers
) -> None:
    async with connect():
        page = await server.slash("help")
        assert page.message
        answers.reply = ASKS
        clicked = await server.click(page.message, "Background")
        answers.reply = None
        submitted = await server.submit(clicked, WHEN)

    assert (clicked.type, submitted.type) == (9, 7)
    assert submitted.message is page.message
    assert "You said digest add all at 09:00 daily" in page.text


async def test_a_form_that_came_from_what_all_can_see_changes_nothing_there(
    server: DiscordServer, connect: Connect, answers: FakeAnswers
) -> None:
    async with connect():
        page = await server.slash("help")
        assert page.message
        await server.click(page.message, "Share here")
        before = limits.texts(server.messages[0])
        answers.reply = ASKS
        clicked = await server.click(server.messages[0], "Background")
        answers.reply = None
        submitted = await server.submit(clicked, WHEN)

    assert (submitted.type, submitted.ephemeral) == (4, True)
    assert limits.texts(server.messages[0]) == before


async def test_a_form_can_be_submitted_after_a_restart(
    server: DiscordServer, connect: Connect, answers: FakeAnswers
) -> None:
    async with connect():
        asked = await opened(server, answers)
    await server.gateway.drop()
    async with connect():
        submitted = await server.submit(asked, WHEN)

    assert "You said digest add all at 09:00 daily" in submitted.text


async def test_who_lost_the_role_while_filling_in_a_form_is_no_moderator(
    server: DiscordServer, connect: Connect, answers: FakeAnswers
) -> None:
    async with connect():
        asked = await opened(server, answers, permissions=COMMON | MANAGE_GUILD)
        await server.submit(asked, WHEN, permissions=COMMON)

    assert [request.moderator for request in answers.requests] == [True, False]


async def test_a_form_works_in_a_direct_channel(
    server: DiscordServer, connect: Connect, answers: FakeAnswers
) -> None:
    async with connect():
        asked = await opened(server, answers, direct=True)
        await server.submit(asked, WHEN)

    assert str(answers.requests[-1].channel) == f"discord:@me/{DIRECT}"


@pytest.mark.parametrize("custom_id", ["b0f:digest add", "b2f:digest add", "made up", "b1:0:help"])
async def test_a_form_of_another_version_gets_a_kind_sentence(
    server: DiscordServer, connect: Connect, answers: FakeAnswers, custom_id: str
) -> None:
    async with connect():
        asked = await opened(server, answers)
        submitted = await server.submit(asked, WHEN, custom_id=custom_id)

    assert (submitted.type, submitted.ephemeral) == (4, True)
    assert "another version" in submitted.text
    assert len(answers.requests) == 1


async def test_a_form_in_answer_to_a_form_is_said_in_words(
    server: DiscordServer, connect: Connect, answers: FakeAnswers
) -> None:
    async with connect():
        asked = await opened(server, answers)
        answers.reply = ASKS
        submitted = await server.submit(asked, WHEN)

    assert submitted.type == 4
    assert "Say when." in submitted.text


async def test_a_form_with_no_room_in_a_modal_is_said_in_words(
    server: DiscordServer, connect: Connect, answers: FakeAnswers
) -> None:
    async with connect():
        long = replace(ASKS, form=replace(FORM, words="x" * 97))
        asked = await opened(server, answers, long)

    assert asked.type == 4
    assert "Say when." in asked.text


async def test_a_slow_form_is_said_in_words(
    server: DiscordServer, connect: Connect, answers: FakeAnswers
) -> None:
    answers.delay, answers.reply = 0.1, ASKS
    async with connect(limit=0.01):
        asked = await server.slash("help")
        await server.until(lambda: asked.edits, "an edit")

    assert asked.type == 5
    assert "Say when." in asked.text


async def test_a_slow_answer_to_a_form_is_deferred_and_then_edited_in(
    server: DiscordServer, connect: Connect, answers: FakeAnswers
) -> None:
    async with connect(limit=0.05):
        page = await server.slash("help")
        assert page.message
        answers.reply = ASKS
        alone, clicked = await server.slash("help"), await server.click(page.message, "Background")
        answers.reply, answers.delay = None, 0.2
        fresh = await server.submit(alone, WHEN)
        in_place = await server.submit(clicked, WHEN)
        await server.until(lambda: fresh.edits and in_place.edits, "both edits")

    assert (fresh.type, fresh.ephemeral) == (5, True)
    assert "You said digest add" in fresh.text
    assert in_place.type == 6
    assert in_place.message is page.message
    assert "You said digest add" in page.text


async def test_a_form_told_twice_is_answered_once(
    server: DiscordServer, connect: Connect, answers: FakeAnswers, caplog: pytest.LogCaptureFixture
) -> None:
    async with connect():
        submitted = await server.submit(await opened(server, answers), WHEN)
        with caplog.at_level(logging.INFO):
            await server.again(submitted)
            await server.until(lambda: "already over" in caplog.text)

    assert submitted.refusals == [40060]
    assert "Traceback" not in caplog.text


async def test_a_form_that_discord_refuses_is_said_in_words(
    server: DiscordServer, connect: Connect, answers: FakeAnswers
) -> None:
    async with connect():
        server.rest.fail("POST", "/callback", 400, 50035)
        asked = await opened(server, answers)

    assert asked.type == 4
    assert "Say when." in asked.text


async def test_nothing_is_kept_of_a_form_that_was_opened(
    server: DiscordServer, connect: Connect, answers: FakeAnswers
) -> None:
    async with connect() as platform:
        await opened(server, answers)
        client: Any = platform._client
        await server.until(lambda: not client.answering._busy)

        assert client._connection._view_store._modals == {}
