from __future__ import annotations

import asyncio
from typing import Any

from bot.domain.reply import Action, Option, Reply, Row, line
from bot.domain.request import Channel
from bot.domain.verbs import DIGEST, VERBS
from tests.loopback import discord_limits as limits
from tests.loopback.discord import MANAGE_GUILD, DiscordServer
from tests.loopback.discord_payloads import CHANNEL, COMMON, DIRECT, GUILD, PERSON
from tests.platforms.discord.conftest import Connect, FakeAnswers


async def test_a_command_is_answered_in_the_callback_for_the_asker_alone(
    server: DiscordServer, connect: Connect, answers: FakeAnswers
) -> None:
    async with connect():
        asked = await server.slash("faq", story="land-strikes", words="why")

    (request,) = answers.requests
    assert (asked.type, asked.ephemeral) == (4, True)
    assert "You said faq land\\-strikes why" in asked.text
    assert request.words == "faq land-strikes why"
    assert request.channel == Channel("discord", GUILD, CHANNEL)
    assert (request.user, request.user_name) == (PERSON, "Ada")
    assert (request.moderator, request.locale, request.zone) == (False, "en-GB", None)


async def test_every_verb_is_a_subcommand_with_a_story_to_complete(
    server: DiscordServer, connect: Connect, answers: FakeAnswers
) -> None:
    verbs = [verb for verb in VERBS if verb is not DIGEST]
    async with connect():
        for verb in verbs:
            options = {"story": "land-strikes"} if verb.story else {}
            if verb.words:
                options[verb.words] = "some words"
            await server.slash(verb.name, options=options)
            offered = await server.complete(verb.name, "story", story="l") if verb.story else []
            assert offered == []

    asked = [request.words for request in answers.requests]
    assert asked == [
        " ".join([verb.name] + ["land-strikes"] * verb.story + ["some words"] * bool(verb.words))
        for verb in verbs
    ]


async def test_a_moderator_is_who_may_manage_the_server(
    server: DiscordServer, connect: Connect, answers: FakeAnswers
) -> None:
    async with connect():
        await server.slash("help", permissions=COMMON | MANAGE_GUILD)
        await server.slash("help", permissions=COMMON | 1 << 3)
        asked = await server.slash("help")
        assert asked.message
        await server.click(asked.message, "Background", permissions=MANAGE_GUILD)

    assert [request.moderator for request in answers.requests] == [True, True, False, True]


async def test_a_direct_channel_belongs_to_no_server(
    server: DiscordServer, connect: Connect, answers: FakeAnswers
) -> None:
    async with connect():
        asked = await server.slash("help", direct=True)
        assert asked.message
        await server.click(asked.message, "Background")

    assert [str(request.channel) for request in answers.requests] == [f"discord:@me/{DIRECT}"] * 2


async def test_stories_are_completed_by_slug(
    server: DiscordServer, connect: Connect, answers: FakeAnswers
) -> None:
    answers.options = [
        Option(f"Story {n} {'x' * 120}", f"story slug-{n}", f"slug-{n}") for n in range(30)
    ]
    async with connect():
        choices = await server.complete("faq", "story", story=" Stor")
        await server.complete("ask", "story", question="why", story="")

    assert [request.words for request in answers.completions] == ["story Stor", "story "]
    assert len(choices) == 25
    assert choices[0]["value"] == "slug-0"
    assert len(choices[0]["name"]) <= 100


async def test_words_are_completed_within_the_story(
    server: DiscordServer, connect: Connect, answers: FakeAnswers
) -> None:
    answers.options = [
        Option("Why now?", "faq land-strikes why-now", "why-now"),
        Option("Something else", "faq another why-now", "why-now"),
        Option("Too long to come back", f"faq land-strikes {'x' * 101}", "x"),
    ]
    async with connect():
        within = await server.complete("faq", "words", story="land-strikes", words="why")
        alone = await server.complete("faq", "words", words="why")

    assert [request.words for request in answers.completions] == ["faq land-strikes why", "faq why"]
    assert within == [{"name": "Why now?", "value": "why-now"}]
    assert [choice["value"] for choice in alone] == ["land-strikes why-now", "another why-now"]


async def test_a_click_on_a_private_answer_turns_its_page(
    server: DiscordServer, connect: Connect, answers: FakeAnswers
) -> None:
    async with connect():
        asked = await server.slash("faq")
        assert asked.message
        clicked = await server.click(asked.message, "Background")

    assert clicked.type == 7
    assert clicked.message is asked.message
    assert "You said background land\\-strikes" in clicked.text
    assert clicked.ephemeral


async def test_a_picked_option_asks_its_words(
    server: DiscordServer, connect: Connect, answers: FakeAnswers
) -> None:
    async with connect():
        asked = await server.slash("faq")
        assert asked.message
        await server.select(asked.message, "Why now?")

    assert answers.requests[-1].words == "faq land-strikes why-now"


async def test_a_shared_answer_is_a_new_message_that_names_who_shared_it(
    server: DiscordServer, connect: Connect
) -> None:
    async with connect():
        asked = await server.slash("faq")
        assert asked.message
        shared = await server.click(asked.message, "Share here")

        assert (shared.type, shared.ephemeral) == (4, False)
        assert "Shared by Ada" in shared.text
        assert server.messages == [shared.message]

        other = await server.click(server.messages[0], "Background")
        assert (other.type, other.ephemeral) == (4, True)
        assert "Shared by Ada" in "\n".join(limits.texts(server.messages[0]))


async def test_a_row_has_its_own_button(
    server: DiscordServer, connect: Connect, answers: FakeAnswers
) -> None:
    answers.reply = Reply("Found", (Row(line("Why now?"), Action("Open", "faq x why-now")),))
    async with connect():
        asked = await server.slash("help")
        assert asked.message
        await server.click(asked.message, "Open")

    assert answers.requests[-1].words == "faq x why-now"


async def test_a_hundred_interactions_at_once_are_all_answered(
    server: DiscordServer, connect: Connect, answers: FakeAnswers
) -> None:
    async with connect():
        asked = await asyncio.gather(
            *(server.slash("faq", words=f"number {n}") for n in range(100))
        )

    assert [f"number {n}" in each.text for n, each in enumerate(asked)] == [True] * 100
    assert all(each.type == 4 for each in asked)
    assert [each.refusals for each in asked] == [[]] * 100


async def test_nothing_is_kept_of_an_answered_interaction(
    server: DiscordServer, connect: Connect
) -> None:
    async with connect() as platform:
        asked = await server.slash("faq")
        assert asked.message
        await server.click(asked.message, "Background")
        client: Any = platform._client
        await server.until(lambda: not client.answering._busy)

        assert client.persistent_views == []
        assert client._connection._view_store._synced_message_views == {}
        assert client._connection._view_store._views == {}
        waiting = {task.get_coro().__qualname__ for task in asyncio.all_tasks()}  # type: ignore[union-attr]
        assert [name for name in waiting if "View" in name] == []
