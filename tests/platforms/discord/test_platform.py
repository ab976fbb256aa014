from __future__ import annotations

import asyncio
import logging
import time
from typing import Any

import pytest

from bot.domain.reply import Action, Option, Paragraph, Reply, Row, line
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


async def test_a_completion_that_fails_offers_nothing(
    server: DiscordServer, connect: Connect, answers: FakeAnswers
) -> None:
    answers.error = LookupError("no such thing")
    async with connect():
        assert await server.complete("faq", "story", story="x") == []


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
