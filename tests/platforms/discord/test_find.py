from __future__ import annotations

from datetime import timedelta
from typing import Any

import discord
import pytest

from bot.domain.request import Channel
from bot.errors import PostError, PostOutcome, UnsupportedError
from bot.platforms.discord.keys import marked
from bot.platforms.discord.platform import DiscordPlatform
from bot.platforms.discord.render import render
from tests.loopback import discord_payloads as make
from tests.loopback.discord import DiscordServer
from tests.loopback.discord_payloads import CHANNEL, COMMON, DIRECT, GUILD
from tests.platforms.discord.conftest import DIGEST, HERE, Connect, settings_for
from tests.stories import NOW

HISTORY, CONNECT = 1 << 16, 1 << 20
#: When messages of the loopback server are posted, by their ids.
THEN = discord.utils.snowflake_time(int(make.next_id()))


def chatter(server: DiscordServer, count: int) -> None:
    """Let people talk."""
    for _ in range(count):
        said = make.message(CHANNEL, {"content": "Hello."})
        server.messages.append({**said, "author": make.user()})


def reads(server: DiscordServer) -> list[str]:
    """Requests for messages of a channel."""
    return [c.path for c in server.calls if (c.method, c.path[-9:]) == ("GET", "/messages")]


async def test_a_posted_message_is_found_by_its_key_alone(
    server: DiscordServer, connect: Connect
) -> None:
    async with connect() as platform:
        await server.told(platform)
        one = await platform.post(HERE, DIGEST, key="one")
        two = await platform.post(HERE, DIGEST, key="two")
        found = [await platform.find(HERE, key, since=THEN) for key in ("one", "two", "three")]

    assert found == [one, two, None]


async def test_a_message_that_was_taken_without_an_answer_is_found(
    server: DiscordServer, connect: Connect
) -> None:
    async with connect() as platform:
        await server.told(platform)
        server.rest.drop("POST", "/messages", "after")
        with pytest.raises(PostError):
            await platform.post(HERE, DIGEST, key="one")
        found = await platform.find(HERE, "one", since=THEN)

    assert found == server.messages[0]["id"]


@pytest.mark.parametrize(("before", "pages"), [(0, 1), (99, 1), (100, 2), (250, 3)])
async def test_a_message_is_found_among_many(
    server: DiscordServer, connect: Connect, before: int, pages: int
) -> None:
    async with connect() as platform:
        await server.told(platform)
        chatter(server, before)
        posted = await platform.post(HERE, DIGEST, key="one")
        found = await platform.find(HERE, "one", since=THEN)

    assert found == posted
    assert len(reads(server)) == pages


async def test_it_is_looked_for_from_its_first_try_on_whatever_the_clock_was(
    server: DiscordServer, connect: Connect
) -> None:
    async with connect() as platform:
        await server.told(platform)
        posted = await platform.post(HERE, DIGEST, key="one")
        an_hour_ahead = await platform.find(HERE, "one", since=THEN + timedelta(hours=1))
        days_later = await platform.find(HERE, "one", since=THEN + timedelta(days=3))
        long_ago = await platform.find(HERE, "one", since=NOW - timedelta(days=20_000))

    assert (an_hour_ahead, days_later, long_ago) == (posted, None, posted)


async def test_somebody_else_s_message_with_the_same_mark_is_not_ours(
    server: DiscordServer, connect: Connect
) -> None:
    body = {"components": marked(render(DIGEST)["components"], "one"), "flags": make.V2}
    async with connect() as platform:
        await server.told(platform)
        copied = make.message(CHANNEL, body)
        server.messages.append({**copied, "author": make.user("1", "Mallory", bot=True)})

        assert await platform.find(HERE, "one", since=THEN) is None


@pytest.mark.parametrize(
    ("kind", "denied", "missing"),
    [
        (0, HISTORY, "Read Message History in #general"),
        (0, 1 << 10, "View Channel and Read Message History in #general"),
        (2, CONNECT, "Connect in #general"),
    ],
)
async def test_without_the_right_to_read_an_empty_channel_proves_nothing(
    server: DiscordServer, connect: Connect, kind: int, denied: int, missing: str
) -> None:
    overwrite = {"id": GUILD, "type": 0, "allow": "0", "deny": str(denied)}
    channel = make.channel(CHANNEL, kind, permission_overwrites=[overwrite])
    server.rest.guild = make.guild([channel], COMMON | CONNECT)
    server.rest.unreadable.add(CHANNEL)
    async with connect() as platform:
        await server.told(platform)
        with pytest.raises(UnsupportedError, match=f"The bot lacks {missing}, so it cannot see"):
            await platform.find(HERE, "one", since=THEN)

    assert reads(server) == []


@pytest.mark.parametrize(("status", "code"), [(403, 50001), (404, 10003)])
async def test_a_channel_that_shows_nothing_any_more_cannot_be_looked_at(
    server: DiscordServer, connect: Connect, status: int, code: int
) -> None:
    async with connect() as platform:
        await server.told(platform)
        server.rest.denied[CHANNEL] = (status, code)
        with pytest.raises(UnsupportedError, match="The bot cannot look there"):
            await platform.find(HERE, "one", since=THEN)
        with pytest.raises(UnsupportedError, match="no longer sees that channel"):
            await platform.find(Channel("discord", GUILD, "1"), "one", since=THEN)


async def test_a_look_that_fails_may_be_repeated(server: DiscordServer, connect: Connect) -> None:
    async with connect() as platform:
        await server.told(platform)
        server.rest.limit_rate("GET", "/messages", seconds=12)
        limited = await doubt(platform)
        server.rest.fail("GET", "/messages", 502)
        broken = await doubt(platform)
        server.rest.fail("GET", "/messages", 200)
        odd = await doubt(platform)

    assert (limited.outcome, limited.retry_after) == (PostOutcome.RETRY, timedelta(seconds=12))
    assert (broken.outcome, odd.outcome) == (PostOutcome.UNKNOWN, PostOutcome.UNKNOWN)


async def test_without_a_connection_nobody_knows(server: DiscordServer) -> None:
    assert (await doubt(DiscordPlatform(settings_for(server)))).outcome is PostOutcome.RETRY


async def test_a_server_that_discord_lost_sight_of_is_asked_later(
    server: DiscordServer, connect: Connect
) -> None:
    async with connect() as platform:
        await server.told(platform)
        (session,) = server.gateway.open
        await session.dispatch("GUILD_DELETE", {"id": GUILD, "unavailable": True})
        await server.until(lambda: client_of(platform).guilds[0].unavailable, "an outage")

        assert (await doubt(platform)).outcome is PostOutcome.RETRY


async def test_a_direct_channel_can_be_read(server: DiscordServer, connect: Connect) -> None:
    direct = Channel("discord", "@me", DIRECT)
    async with connect() as platform:
        await server.told(platform)
        posted = await platform.post(direct, DIGEST, key="one")

        assert await platform.find(direct, "one", since=THEN) == posted


async def doubt(platform: DiscordPlatform) -> PostError:
    """Look, and return why there was no answer."""
    with pytest.raises(PostError) as caught:
        await platform.find(HERE, "one", since=THEN)
    return caught.value


def client_of(platform: DiscordPlatform) -> Any:
    return platform._client
