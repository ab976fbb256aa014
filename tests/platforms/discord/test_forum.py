from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from bot.errors import PostError, PostOutcome
from bot.platforms.discord.platform import DiscordPlatform
from tests.loopback import discord_payloads as make
from tests.loopback.discord import DiscordServer
from tests.loopback.discord_payloads import CHANNEL
from tests.platforms.discord.conftest import DIGEST, HERE, Connect, settings_for

LONG_AGO = datetime(2015, 1, 2, tzinfo=UTC)
TAG = {"id": "5", "name": "Briefings", "moderated": False, "emoji_id": None, "emoji_name": None}


@pytest.fixture
def forum(server: DiscordServer) -> None:
    """The one channel is a forum."""
    server.rest.channels[CHANNEL] = make.channel(CHANNEL, 15, available_tags=[TAG])
    server.rest.guild = make.guild([server.rest.channels[CHANNEL]])


async def posted(platform: DiscordPlatform, key: str, tries: int = 4) -> str:
    """Post as the outbox does: what was surely not taken is posted again."""
    for _ in range(tries):
        try:
            return await platform.post(HERE, DIGEST, key=key)
        except PostError as error:
            if error.outcome is PostOutcome.REFUSED:
                raise
    raise AssertionError("never posted")


def threads(server: DiscordServer) -> list[str]:
    """The threads of the forum."""
    return [one["id"] for one in server.rest.channels.values() if "thread_metadata" in one]


def digests(server: DiscordServer) -> list[str]:
    """Where digests were posted."""
    return [one["channel_id"] for one in server.messages if "nonce" in one]


@pytest.mark.usefixtures("forum")
async def test_a_forum_gets_one_thread_for_all_its_digests(
    server: DiscordServer, connect: Connect
) -> None:
    async with connect() as platform:
        await server.told(platform)
        first = await posted(platform, "one")
        again = await posted(platform, "one")
        other = await posted(platform, "two")
        found = [await platform.find(HERE, key, since=LONG_AGO) for key in ("one", "two", "x")]

    (thread,) = threads(server)
    assert first == again != other
    assert found == [first, other, None]
    assert digests(server) == [thread, thread]


@pytest.mark.usefixtures("forum")
async def test_a_thread_that_was_just_made_is_posted_to_at_the_next_try(
    server: DiscordServer, connect: Connect
) -> None:
    async with connect() as platform:
        await server.told(platform)
        with pytest.raises(PostError) as caught:
            await platform.post(HERE, DIGEST, key="one")

    assert caught.value.outcome is PostOutcome.RETRY
    assert digests(server) == []
    made = next(c.body for c in server.calls if c.path == f"/channels/{CHANNEL}/threads")
    assert made["name"] == "Briefing digests"
    assert made["applied_tags"] == ["5"]


@pytest.mark.usefixtures("forum")
@pytest.mark.parametrize("when", ["before", "after"])
async def test_a_lost_answer_makes_no_second_digest_whatever_becomes_of_the_thread(
    server: DiscordServer, connect: Connect, when: str
) -> None:
    async with connect() as platform:
        await server.told(platform)
        server.rest.drop("POST", f"/channels/{CHANNEL}/threads", when)
        await posted(platform, "one")
        server.rest.drop("POST", "/messages", when)
        await posted(platform, "two")
        later = make.channel(make.next_id(), 11, parent_id=CHANNEL, owner_id=make.BOT)
        server.rest.channels[later["id"]] = later | {"thread_metadata": {"archived": False}}
        await posted(platform, "two")
        await posted(platform, "three")

    first, _ = threads(server)
    assert digests(server) == [first] * 3


@pytest.mark.usefixtures("forum")
async def test_an_archived_thread_is_used_again_and_another_of_somebody_else_is_not(
    server: DiscordServer, connect: Connect
) -> None:
    async with connect() as platform:
        await server.told(platform)
        await posted(platform, "one")
        (thread,) = threads(server)
        server.rest.channels[thread]["thread_metadata"]["archived"] = True
        theirs = make.channel("1", 11, parent_id=CHANNEL, owner_id="7")
        server.rest.channels["1"] = theirs | {"thread_metadata": {"archived": False}}
        await posted(platform, "two")

    assert digests(server) == [thread, thread]


@pytest.mark.usefixtures("forum")
@pytest.mark.parametrize(
    ("status", "code", "outcome", "dead"),
    [
        (403, 50013, PostOutcome.REFUSED, True),
        (400, 40067, PostOutcome.REFUSED, True),
        (500, 0, PostOutcome.RETRY, False),
        (429, 0, PostOutcome.RETRY, False),
    ],
)
async def test_a_thread_that_cannot_be_made_says_why(
    server: DiscordServer,
    connect: Connect,
    status: int,
    code: int,
    outcome: PostOutcome,
    dead: bool,
) -> None:
    async with connect() as platform:
        await server.told(platform)
        server.rest.fail("POST", "/threads", status, code)
        with pytest.raises(PostError) as caught:
            await platform.post(HERE, DIGEST, key="one")

    assert (caught.value.outcome, caught.value.dead_channel) == (outcome, dead)


@pytest.mark.usefixtures("forum")
async def test_a_forum_that_discord_has_not_told_of_yet_is_no_dead_channel(
    server: DiscordServer, connect: Connect
) -> None:
    server.rest.guild = make.guild([])
    async with connect() as platform:
        await server.told(platform)
        with pytest.raises(PostError) as caught:
            await platform.post(HERE, DIGEST, key="one")

    assert caught.value.outcome is PostOutcome.RETRY


async def test_what_is_to_be_published_is_published_once(
    server: DiscordServer, connect: Connect
) -> None:
    server.rest.channels[CHANNEL] = make.channel(CHANNEL, 5)
    server.rest.guild = make.guild([server.rest.channels[CHANNEL]])
    told = replace(DIGEST, publish=True)
    async with connect() as platform:
        await server.told(platform)
        assert await platform.check_publish(HERE) is None
        await platform.post(HERE, DIGEST, key="kept")
        await platform.post(HERE, told, key="one")
        await server.until(lambda: server.messages[1]["flags"] & 1, "a published message")
        await platform.post(HERE, told, key="one")
        await server.until(lambda: len(crossposts(server)) == 2)

    assert [one["flags"] & 1 for one in server.messages] == [0, 1]


async def test_what_is_not_for_everybody_is_posted_and_never_published(
    server: DiscordServer, connect: Connect, caplog: pytest.LogCaptureFixture
) -> None:
    server.rest.channels[CHANNEL] = make.channel(CHANNEL, 5)
    server.rest.guild = make.guild([server.rest.channels[CHANNEL]])
    told = replace(DIGEST, publish=True)
    async with connect() as platform:
        await server.told(platform)
        await platform.post(HERE, replace(told, internal=True), key="kept")
        await platform.post(HERE, told, key="one")
        await server.until(lambda: server.messages[1]["flags"] & 1, "a published message")

    assert [one["flags"] & 1 for one in server.messages] == [0, 1]
    assert crossposts(server) == [200]
    assert "is not published: it is not for everybody" in caplog.text


def crossposts(server: DiscordServer) -> list[int]:
    """What became of the requests to publish."""
    return [c.status for c in server.calls if c.path.endswith("/crosspost") and c.status]


async def test_what_cannot_be_published_is_posted_and_logged(
    server: DiscordServer, connect: Connect, caplog: pytest.LogCaptureFixture
) -> None:
    server.rest.channels[CHANNEL] = make.channel(CHANNEL, 5)
    server.rest.guild = make.guild([server.rest.channels[CHANNEL]])
    async with connect() as platform:
        await server.told(platform)
        server.rest.limit_rate("POST", "/crosspost", seconds=0.01)
        server.rest.fail("POST", "/crosspost", 403, 50013)
        await platform.post(HERE, replace(DIGEST, publish=True), key="one")
        await server.until(lambda: "posted but not published" in caplog.text)

    assert crossposts(server) == [429, 403]
    assert "50013" in caplog.text


async def test_publishing_does_not_outlive_the_connection(
    server: DiscordServer, connect: Connect, caplog: pytest.LogCaptureFixture
) -> None:
    async with connect() as platform:
        server.rest.delay("POST", "/crosspost", 60)
        await platform.post(HERE, replace(DIGEST, publish=True), key="one")
        await server.until(lambda: any(c.path.endswith("/crosspost") for c in server.calls))

    assert "that were not published" in caplog.text


@pytest.mark.parametrize("kind", [0, 2, 15])
async def test_only_announcement_channels_publish(
    server: DiscordServer, connect: Connect, kind: int
) -> None:
    more: dict[str, Any] = {"available_tags": []} if kind == 15 else {}
    server.rest.guild = make.guild([make.channel(CHANNEL, kind, **more)])
    early = await DiscordPlatform(settings_for(server)).check_publish(HERE)
    async with connect() as platform:
        await server.told(platform)
        problem = await platform.check_publish(HERE)

    assert problem
    assert "announcement channels" in problem.what
    assert early
    assert early.what == "the bot is not connected to Discord"
