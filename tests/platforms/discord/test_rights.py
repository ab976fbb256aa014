from __future__ import annotations

from typing import Any

import pytest

from tests.loopback import discord_payloads as make
from tests.loopback.discord import MANAGE_GUILD, DiscordServer
from tests.loopback.discord_payloads import CHANNEL, COMMON, DIRECT, GUILD
from tests.platforms.discord.conftest import Connect, FakeAnswers

MODERATOR = COMMON | MANAGE_GUILD
ADMINISTRATOR, MANAGE_THREADS = 1 << 3, 1 << 34
EDITORS, READERS = "740000000000000001", "740000000000000002"
OTHER, HIDDEN, THREAD = "730000000000000001", "730000000000000002", "730000000000000003"


def role(id: str, permissions: int = 0) -> dict[str, Any]:
    """A role of the guild."""
    everyone = make.guild([])["roles"][0]
    return {**everyone, "id": id, "name": "A role", "permissions": str(permissions)}


def channels() -> list[dict[str, Any]]:
    """A channel that all see, one that readers see, and one that nobody sees."""
    unseen = {"id": GUILD, "type": 0, "allow": "0", "deny": str(1 << 10)}
    seen = {"id": READERS, "type": 0, "allow": str(1 << 10), "deny": "0"}
    return [
        make.channel(CHANNEL),
        make.channel(OTHER, name="other", permission_overwrites=[unseen, seen]),
        make.channel(HIDDEN, name="hidden", permission_overwrites=[unseen], seen_with=0),
    ]


@pytest.fixture
def told(server: DiscordServer) -> None:
    """A guild with these channels and roles."""
    server.rest.guild = {**make.guild(channels()), "owner_id": "1"}
    server.rest.guild["roles"] += [role(EDITORS), role(READERS)]
    server.rest.channels.update({one["id"]: one for one in channels()})


@pytest.mark.usefixtures("told")
async def test_who_has_a_configured_role_of_this_server_is_a_moderator(
    server: DiscordServer, connect: Connect, answers: FakeAnswers
) -> None:
    async with connect(moderator_roles=f"{EDITORS}, 750000000000000009") as platform:
        await server.told(platform)
        for server.roles in [[], [READERS], [EDITORS], [READERS, EDITORS], ["750000000000000009"]]:
            asked = await server.slash("help")
            assert asked.message
            await server.click(asked.message, "Background")

    assert [request.moderator for request in answers.requests] == [
        *([False] * 4),
        *([True] * 4),
        *([False] * 2),
    ]


async def test_in_a_direct_channel_nobody_is_a_moderator(
    server: DiscordServer, connect: Connect, answers: FakeAnswers
) -> None:
    async with connect(moderator_roles=EDITORS):
        asked = await server.slash("help", direct=True, permissions=MODERATOR)
        assert asked.message
        await server.click(asked.message, "Background", permissions=MODERATOR)

    assert [request.moderator for request in answers.requests] == [False, False]
    assert {request.channel.id for request in answers.requests} == {DIRECT}


@pytest.mark.usefixtures("told")
@pytest.mark.parametrize(
    ("named", "roles", "seen"),
    [
        (f"<#{CHANNEL}>", [], True),
        (f"discord:{GUILD}/{CHANNEL}", [], True),
        (f"<#{OTHER}>", [READERS], True),
        (f"<#{OTHER}>", [], False),
        (f"discord:{GUILD}/{OTHER}", [], False),
        (f"#{OTHER}", [], False),
        (f"<#{HIDDEN}>", [READERS], False),
        ("<#1>", [], False),
        ("discord:1/2", [], False),
    ],
)
async def test_a_typed_channel_must_be_one_that_the_moderator_sees(
    server: DiscordServer,
    connect: Connect,
    answers: FakeAnswers,
    named: str,
    roles: list[str],
    seen: bool,
) -> None:
    server.roles = roles
    wish = {"stories": "all", "when": f"at 09:00 daily in {named}", "zone": "UTC"}
    async with connect() as platform:
        await server.told(platform)
        await server.slash("add", group="digest", permissions=MODERATOR, options=wish)

    (request,) = answers.requests
    number = named.rstrip(">").replace("#", "/").rpartition("/")[2]
    shown = named if seen else f"#{number}"
    assert request.words == f"digest add all at 09:00 daily in {shown} in UTC"


@pytest.mark.usefixtures("told")
async def test_discord_says_whether_somebody_sees_the_channel_they_picked(
    server: DiscordServer, connect: Connect, answers: FakeAnswers
) -> None:
    wish = {"stories": "all", "when": "at 09:00 daily", "zone": "UTC"}
    async with connect() as platform:
        await server.told(platform)
        for channel in (OTHER, HIDDEN):
            picked = {**wish, "channel": channel}
            await server.slash("add", group="digest", permissions=MODERATOR, options=picked)

    assert [request.words for request in answers.requests] == [
        f"digest add all at 09:00 daily in UTC in discord:{GUILD}/{OTHER}",
        f"digest add all at 09:00 daily in UTC in #{HIDDEN}",
    ]


async def test_a_typed_private_thread_is_seen_by_who_manages_threads(
    server: DiscordServer, connect: Connect, answers: FakeAnswers
) -> None:
    since = "2026-01-01T00:00:00+00:00"
    about = {"archived": False, "locked": False, "archive_timestamp": since}
    about["auto_archive_duration"] = 60
    thread = make.channel(THREAD, 12, parent_id=CHANNEL, thread_metadata=about, owner_id="1")
    thread |= {"message_count": 0, "member_count": 1}
    server.rest.guild["roles"] += [role(EDITORS, MANAGE_THREADS)]
    server.rest.guild |= {"threads": [thread], "owner_id": "1"}
    wish = {"stories": "all", "when": f"at 09:00 daily in <#{THREAD}>", "zone": "UTC"}
    async with connect() as platform:
        await server.told(platform)
        for server.roles in ([], [EDITORS]):
            await server.slash("add", group="digest", permissions=MODERATOR, options=wish)

    named = [request.words.split()[7] for request in answers.requests]
    assert named == [f"#{THREAD}", f"<#{THREAD}>"]


@pytest.mark.usefixtures("told")
async def test_a_made_up_control_names_no_channel_that_is_hidden_and_gives_no_rights(
    server: DiscordServer, connect: Connect, answers: FakeAnswers
) -> None:
    button = {"type": 2, "style": 2, "label": "Go"}
    button["custom_id"] = f"b1:0:digest add all at 09:00 daily in <#{HIDDEN}>"
    async with connect() as platform:
        await server.told(platform)
        made_up = server.place([{"type": 1, "components": [button]}], flags=0)
        await server.click(made_up, "Go")
        await server.click(made_up, "Go", permissions=MODERATOR)

    assert [request.moderator for request in answers.requests] == [False, True]
    assert {request.words for request in answers.requests} == {
        f"digest add all at 09:00 daily in #{HIDDEN}"
    }


async def test_a_control_of_another_server_is_asked_where_it_is_clicked(
    server: DiscordServer, connect: Connect, answers: FakeAnswers
) -> None:
    button = {"type": 2, "style": 2, "label": "Delete", "custom_id": "b1:0:digest delete 5 confirm"}
    async with connect():
        copied = server.place([{"type": 1, "components": [button]}], flags=0)
        await server.click(copied, "Delete")

    (request,) = answers.requests
    assert (request.channel.workspace, request.moderator) == (GUILD, False)
