from __future__ import annotations

import pytest

from bot.domain.reply import Option
from tests.loopback.discord import MANAGE_GUILD, DiscordServer
from tests.loopback.discord_payloads import CHANNEL, COMMON, GUILD
from tests.platforms.discord.conftest import Connect, FakeAnswers

MODERATOR = COMMON | MANAGE_GUILD


async def test_the_options_of_a_new_digest_are_joined_into_words(
    server: DiscordServer, connect: Connect, answers: FakeAnswers
) -> None:
    every = {
        "stories": "land-strikes, venezuela-link",
        "when": "at 09:00 on weekdays",
        "zone": "Europe/Lisbon",
        "content": "full",
        "quiet": "say so",
        "late": "3h",
        "channel": CHANNEL,
    }
    whole = (
        "land-strikes, venezuela-link at 09:00 on weekdays in Europe/Lisbon full say so late 3h "
        f"in discord:{GUILD}/{CHANNEL}"
    )
    some = {"stories": "all", "when": "at 09:00 daily", "zone": "UTC"}
    async with connect():
        for options in (every, some, {}):
            await server.slash("add", group="digest", permissions=MODERATOR, options=options)

    assert [request.words for request in answers.requests] == [
        f"digest add {whole}",
        "digest add all at 09:00 daily in UTC",
        "digest add",
    ]
    assert [request.moderator for request in answers.requests] == [True] * 3


@pytest.mark.parametrize(
    ("verb", "options", "words"),
    [
        ("list", {}, "digest list"),
        ("help", {}, "digest help"),
        *(
            (verb, {"id": "12"}, f"digest {verb} 12")
            for verb in ("show", "preview", "now", "pause", "resume", "edit", "delete", "history")
        ),
        ("history", {}, "digest history"),
        ("why", {"id": "9007199254740991"}, "digest why 9007199254740991"),
        ("why", {"digest": "3"}, "digest why next 3"),
        ("why", {}, "digest why"),
    ],
)
async def test_what_becomes_of_a_digest_is_asked_by_its_number(
    server: DiscordServer,
    connect: Connect,
    answers: FakeAnswers,
    verb: str,
    options: dict[str, str],
    words: str,
) -> None:
    async with connect():
        await server.slash(verb, group="digest", permissions=MODERATOR, options=options)

    assert [request.words for request in answers.requests] == [words]


async def test_stories_times_and_zones_are_completed_each_with_its_own_words(
    server: DiscordServer, connect: Connect, answers: FakeAnswers
) -> None:
    answers.options = [
        Option("All stories", "digest add all", "all"),
        Option("Land strikes", "land-strikes", "a, land-strikes"),
        Option("Nothing", "digest add nothing", ""),
        Option("Too long", "digest add x", "x" * 101),
        Option("Daily", "digest add all at 09:00 daily", "all at 09:00 daily"),
        Option("UTC", "digest add all at 09:00 in UTC", "all at 09:00 in UTC"),
        Option("Full", "digest add all at 09:00 full", "all at 09:00 full"),
    ]
    async with connect():
        stories = await server.complete(
            "add", "stories", group="digest", permissions=MODERATOR, stories=" a, land"
        )
        zones = await server.complete(
            "add", "zone", group="digest", permissions=MODERATOR, stories="all", zone="lis"
        )
        times = await server.complete(
            "add", "when", group="digest", permissions=MODERATOR, stories="x", when="at 9"
        )
        await server.complete("add", "when", group="digest", permissions=MODERATOR, when="at 9 on")

    assert [request.words for request in answers.completions] == [
        "digest add a, land",
        "digest zone lis",
        "digest add all at 09",
        "digest add all at 09:00 on",
    ]
    assert [request.moderator for request in answers.completions] == [True] * 4
    assert zones[0] == {"name": "All stories", "value": "all"}
    assert times == [{"name": "at 09:00 daily", "value": "at 09:00 daily"}]
    assert stories == [
        {"name": "All stories", "value": "all"},
        {"name": "Land strikes", "value": "a, land-strikes"},
    ]


async def test_digests_are_shown_to_whom_may_manage_the_server_and_only_there(
    server: DiscordServer, connect: Connect
) -> None:
    async with connect():
        for common, direct in ((COMMON, False), (MODERATOR, True)):
            with pytest.raises(LookupError, match="does not show"):
                await server.slash("list", group="digest", permissions=common, direct=direct)


async def test_whom_a_server_lets_use_the_command_is_a_moderator_only_by_right(
    server: DiscordServer, connect: Connect, answers: FakeAnswers
) -> None:
    async with connect():
        await server.slash("list", group="digest", permissions=MODERATOR)
        command = server.rest.command("digest")
        assert command
        command["default_member_permissions"] = None
        await server.slash("list", group="digest")

    assert [request.moderator for request in answers.requests] == [True, False]


async def test_a_channels_own_story_is_chosen_beside_the_other_verbs(
    server: DiscordServer, connect: Connect, answers: FakeAnswers
) -> None:
    async with connect():
        await server.slash("use", story="land-strikes")

    assert [request.words for request in answers.requests] == ["use land-strikes"]
