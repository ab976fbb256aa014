from __future__ import annotations

from typing import Any

import pytest

from bot.domain.request import Channel
from bot.platforms.discord.platform import DiscordPlatform
from tests.loopback import discord_payloads as make
from tests.loopback.discord import DiscordServer
from tests.loopback.discord_payloads import BOT, CHANNEL, COMMON, DIRECT, GUILD
from tests.platforms.discord.conftest import HERE, Connect, settings_for

VIEW, SEND, IN_THREADS, MANAGE_THREADS = 1 << 10, 1 << 11, 1 << 38, 1 << 34
THREAD = "720000000000000077"
FOR_ALL = "allow the bot's role"
SETTINGS = "in the channel's settings, under Permissions,"
CHOOSE = "choose a text channel, an announcement channel or a thread"


def overwrite(denied: int) -> list[dict[str, Any]]:
    """An overwrite for everyone that takes rights away."""
    return [{"id": GUILD, "type": 0, "allow": "0", "deny": str(denied)}]


def thread(**more: Any) -> dict[str, Any]:
    """A public thread of the one channel."""
    about = {"archived": False, "locked": False, "auto_archive_duration": 1440, **more}
    about["archive_timestamp"] = "2026-01-01T00:00:00+00:00"
    told = make.channel(THREAD, 11, parent_id=CHANNEL, name="strikes", owner_id=BOT)
    return {**told, "thread_metadata": about, "message_count": 1, "member_count": 1}


@pytest.mark.parametrize(
    ("channel", "what", "remedy"),
    [
        (make.channel(CHANNEL), None, None),
        (make.channel(CHANNEL, 5), None, None),
        (make.channel(CHANNEL, 2), None, None),
        (
            make.channel(CHANNEL, permission_overwrites=overwrite(SEND)),
            "the bot lacks Send Messages in #general",
            f"in the settings of #general, under Permissions, {FOR_ALL} this",
        ),
        (
            make.channel(CHANNEL, 5, permission_overwrites=overwrite(VIEW)),
            "the bot lacks View Channel and Send Messages in #general",
            f"in the settings of #general, under Permissions, {FOR_ALL} these",
        ),
        (
            make.channel(CHANNEL, 15, available_tags=[]),
            "#general is a forum, which takes posts and not messages",
            f"open a post in it and choose that, or {CHOOSE}",
        ),
        (
            make.channel(CHANNEL, 16, available_tags=[]),
            "#general is a media channel, which takes posts and not messages",
            None,
        ),
        (make.channel(CHANNEL, 4), "general takes no messages", None),
        (
            make.channel("720000000000000009"),
            "the bot sees no such channel in Newsroom",
            f"check that it exists, and {SETTINGS} {FOR_ALL} View Channel",
        ),
    ],
)
async def test_check_says_what_is_missing_and_where_to_give_it(
    server: DiscordServer,
    connect: Connect,
    channel: dict[str, Any],
    what: str | None,
    remedy: str | None,
) -> None:
    server.rest.guild = make.guild([channel])
    if channel["id"] != CHANNEL:
        del server.rest.channels[CHANNEL]
    async with connect() as platform:
        await server.told(platform)
        problem = await platform.check(HERE)

    assert (problem and problem.what) == what
    assert remedy is None or (problem and problem.remedy) == remedy


@pytest.mark.parametrize(
    ("about", "permissions", "denied", "what"),
    [
        ({}, COMMON, 0, None),
        ({}, COMMON, SEND, None),
        ({}, COMMON, IN_THREADS, "the bot lacks Send Messages in Threads in the thread strikes"),
        ({"locked": True}, COMMON, 0, "the thread strikes is locked"),
        ({"locked": True}, COMMON | MANAGE_THREADS, 0, None),
        ({"archived": True}, COMMON, 0, None),
        ({"archived": True, "locked": True}, COMMON, 0, "the thread strikes is locked"),
    ],
)
@pytest.mark.parametrize("told", [True, False])
async def test_a_thread_has_rights_of_its_own_and_archived_ones_are_asked_for(
    server: DiscordServer,
    connect: Connect,
    about: dict[str, Any],
    permissions: int,
    denied: int,
    what: str | None,
    told: bool,
) -> None:
    channel = make.channel(CHANNEL, permission_overwrites=overwrite(denied))
    server.rest.guild = make.guild([channel], permissions)
    if told:
        server.rest.guild["threads"] = [thread(**about)]
    else:
        server.rest.channels[THREAD] = thread(**about)
    async with connect() as platform:
        await server.told(platform)
        problem = await platform.check(Channel("discord", GUILD, THREAD))

    assert (problem and problem.what) == what
    if problem and denied:
        assert problem.remedy.startswith("in the settings of #general, under Permissions,")


async def test_changed_overwrites_count_at_once(server: DiscordServer, connect: Connect) -> None:
    async with connect() as platform:
        await server.told(platform)
        before = await platform.check(HERE)
        (session,) = server.gateway.open
        changed = make.channel(CHANNEL, permission_overwrites=overwrite(SEND))
        await session.dispatch("CHANNEL_UPDATE", changed)
        await server.until(lambda: client_of(platform).get_channel(int(CHANNEL)).overwrites)
        after = await platform.check(HERE)

    assert before is None
    assert after
    assert after.what == "the bot lacks Send Messages in #general"


async def test_the_bot_s_own_role_is_named(server: DiscordServer, connect: Connect) -> None:
    own = {**server.rest.guild["roles"][0], "id": "7", "name": "Briefings", "managed": True}
    own |= {"tags": {"bot_id": BOT}, "permissions": "0", "position": 1}
    server.rest.guild = make.guild([make.channel(CHANNEL, permission_overwrites=overwrite(SEND))])
    server.rest.guild["roles"].append(own)
    server.rest.guild["members"][0]["roles"] = ["7"]
    async with connect() as platform:
        await server.told(platform)
        problem = await platform.check(HERE)

    assert problem
    assert problem.remedy == (
        "in the settings of #general, under Permissions, allow the role Briefings this"
    )


async def test_a_time_out_is_told(server: DiscordServer, connect: Connect) -> None:
    me = server.rest.guild["members"][0]
    me["communication_disabled_until"] = "2999-01-01T00:00:00+00:00"
    async with connect() as platform:
        await server.told(platform)
        problem = await platform.check(HERE)

    assert problem
    assert problem.what == "the bot has a time-out in Newsroom"


async def test_a_channel_of_another_server_is_none_of_this_one(
    server: DiscordServer, connect: Connect
) -> None:
    other = "730000000000000001"
    server.rest.channels[other] = make.channel(other, 0, guild_id="710000000000000009")
    async with connect() as platform:
        await server.told(platform)
        problem = await platform.check(Channel("discord", GUILD, other))

    assert problem
    assert problem.what == "the bot sees no such channel in Newsroom"


async def test_check_says_that_the_bot_is_not_there(
    server: DiscordServer, connect: Connect
) -> None:
    early = await DiscordPlatform(settings_for(server)).check(HERE)
    async with connect() as platform:
        await server.until(lambda: client_of(platform).is_ready(), "ready")
        elsewhere = await platform.check(Channel("discord", "1", "2"))
        direct = await platform.check(Channel("discord", "@me", DIRECT))
        (session,) = server.gateway.open
        await session.dispatch("GUILD_DELETE", {"id": GUILD, "unavailable": True})
        await server.until(lambda: client_of(platform).guilds[0].unavailable, "an outage")
        away = await platform.check(HERE)

    assert early
    assert early.what == "the bot is not connected to Discord"
    assert elsewhere
    assert elsewhere.what == "the bot is not in that server"
    assert direct is None
    assert away
    assert away.what == "Discord has lost sight of that server"


async def test_a_check_that_discord_does_not_answer_says_so(
    server: DiscordServer, connect: Connect
) -> None:
    async with connect(http_timeout=1) as platform:
        await server.told(platform)
        server.rest.delay("GET", "/channels/", 60)
        problem = await platform.check(Channel("discord", GUILD, "720000000000000009"))

    assert problem
    assert problem.what.startswith("Discord does not tell of that channel now")


def client_of(platform: DiscordPlatform) -> Any:
    return platform._client
