from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any

import pytest

from bot.domain.request import Channel
from bot.errors import PostError, PostOutcome
from bot.platforms.discord.keys import to_nonce
from bot.platforms.discord.platform import DiscordPlatform
from tests.loopback import discord_limits as limits, discord_payloads as make
from tests.loopback.discord import DiscordServer
from tests.loopback.discord_faults import Fault
from tests.loopback.discord_payloads import CHANNEL, GUILD
from tests.platforms.discord.conftest import DIGEST, HERE, Connect, settings_for

RETRY, REFUSED, UNKNOWN = PostOutcome.RETRY, PostOutcome.REFUSED, PostOutcome.UNKNOWN
DEAD = [
    *((404, code) for code in (10003, 10004)),
    *((403, code) for code in (50001, 50013, 50007, 50278, 40001)),
    *((400, code) for code in (50008, 50024, 40058, 40067, 50083, 160005, 30007)),
    *((401, code) for code in (0, 50014)),
]
BAD_MESSAGE = [
    *((400, code) for code in (50035, 50006, 40005, 50045, 50109, 12345, 0)),
    *((403, code) for code in (200000, 240000, 0)),
]
BUSY = [
    *((400, code) for code in (40004, 40006, 40062, 20016, 20028, 20029, 110000)),
    (503, 130000),
    (429, 0),  # without Via, as Cloudflare says it
]
DOUBTFUL = [(status, 0) for status in (500, 502, 503, 504, 520, 524, 307)]


def posts(server: DiscordServer) -> list[Any]:
    """The bodies of all requests to post."""
    return [c.body for c in server.calls if (c.method, c.path[-9:]) == ("POST", "/messages")]


async def refused(platform: DiscordPlatform, channel: Channel = HERE, key: str = "k") -> PostError:
    """Post, and return why it was not confirmed."""
    with pytest.raises(PostError) as caught:
        await platform.post(channel, DIGEST, key=key)
    return caught.value


async def test_a_post_is_a_message_for_all_that_pings_nobody(
    server: DiscordServer, connect: Connect
) -> None:
    async with connect() as platform:
        id = await platform.post(HERE, DIGEST, key="schedule/2026-08-05")  # noqa: A001
        (message,) = server.messages
        clicked = await server.click(message, "Open")

    body = next(call.body for call in server.calls if call.path.endswith("/messages"))
    assert (message["id"], message["flags"]) == (id, limits.V2)
    assert body["allowed_mentions"] == {"parse": []}
    assert (body["nonce"], body["enforce_nonce"]) == (to_nonce("schedule/2026-08-05"), True)
    assert (clicked.type, clicked.ephemeral) == (4, True)


async def test_a_repeated_post_is_the_first_message(
    server: DiscordServer, connect: Connect
) -> None:
    async with connect() as platform:
        first = await platform.post(HERE, DIGEST, key="one")
        again = await platform.post(HERE, DIGEST, key="one")
        other = await platform.post(HERE, DIGEST, key="two")

    assert first == again != other
    assert len(server.messages) == 2


@pytest.mark.parametrize("when", ["before", "after"])
async def test_a_connection_that_breaks_leaves_the_outcome_unknown_and_may_be_repeated(
    server: DiscordServer, connect: Connect, when: str
) -> None:
    async with connect() as platform:
        server.rest.drop("POST", "/messages", when)
        error = await refused(platform, key="one")
        await platform.post(HERE, DIGEST, key="one")

    assert error.outcome is UNKNOWN
    assert platform.repeat_window == timedelta(minutes=2)
    assert len(server.messages) == 1


@pytest.mark.parametrize(
    ("errors", "outcome", "dead"),
    [
        (DEAD, REFUSED, True),
        (BAD_MESSAGE, REFUSED, False),
        (BUSY, RETRY, False),
        (DOUBTFUL, UNKNOWN, False),
    ],
)
async def test_an_error_says_what_is_known_of_the_message_and_of_its_channel(
    server: DiscordServer,
    connect: Connect,
    errors: list[tuple[int, int]],
    outcome: PostOutcome,
    dead: bool,
) -> None:
    known = {}
    async with connect() as platform:
        for status, code in errors:
            server.rest.fail("POST", "/messages", status, code)
            error = await refused(platform)
            known[status, code] = (error.outcome, error.dead_channel)
            assert (error.retry_after, str(error)[-1]) == (None, "."), error

    assert known == dict.fromkeys(errors, (outcome, dead))
    assert len(posts(server)) == len(errors)


async def test_a_refusal_says_what_to_do(server: DiscordServer, connect: Connect) -> None:
    async with connect() as platform:
        server.rest.denied[CHANNEL] = (403, 50013)

        assert str(await refused(platform)) == (
            "Discord did not take the message, as the bot may not write there (50013): in the "
            "channel's settings, under Permissions, allow the bot's role Send Messages (for a "
            "thread, Send Messages in Threads)."
        )


@pytest.mark.parametrize(
    ("headers", "body", "seconds"),
    [
        ({}, {"retry_after": 0.4}, 0.4),
        ({"Via": "1.1 google"}, {"retry_after": 15}, 15),
        ({"Via": "1.1 google", "Retry-After": "7"}, {"retry_after": "soon"}, 7),
        ({"Retry-After": "90"}, {}, 90),
        ({"Retry-After": "inf"}, {"retry_after": 1e300}, 86_400),
        ({"Retry-After": "later"}, {"retry_after": -1}, None),
    ],
)
async def test_a_rate_limit_is_told_at_once_and_never_waited_out(
    server: DiscordServer,
    connect: Connect,
    headers: dict[str, str],
    body: dict[str, Any],
    seconds: float | None,
) -> None:
    async with connect() as platform:
        server.rest.faults.append(Fault("POST", "/messages", 1, 429, body, headers))
        error = await refused(platform)
        assert len(posts(server)) == 1
        await platform.post(HERE, DIGEST, key="k")

    wait = None if seconds is None else timedelta(seconds=seconds)
    assert (error.outcome, error.retry_after) == (RETRY, wait)


async def test_a_limit_on_a_channel_s_writes_says_how_long_to_wait(
    server: DiscordServer, connect: Connect
) -> None:
    async with connect() as platform:
        server.rest.fail("POST", "/messages", 400, 20028, retry_after=3)
        error = await refused(platform)

    assert (error.outcome, error.retry_after) == (RETRY, timedelta(seconds=3))


async def test_nothing_is_sent_while_a_limit_for_the_whole_bot_lasts(
    server: DiscordServer, connect: Connect
) -> None:
    async with connect() as platform:
        body = {"retry_after": 60, "global": True}
        server.rest.faults.append(Fault("POST", "/messages", 1, 429, body))
        await refused(platform)
        error = await refused(platform, key="another")

    assert error.outcome is RETRY
    assert error.retry_after
    assert timedelta(seconds=50) < error.retry_after <= timedelta(seconds=60)
    assert len(posts(server)) == 1


async def test_an_exhausted_bucket_does_not_delay_the_confirmation(
    server: DiscordServer, connect: Connect
) -> None:
    headers = {"X-RateLimit-Remaining": "0", "X-RateLimit-Reset-After": "25"}
    async with connect(http_timeout=2) as platform, asyncio.timeout(10):
        message = {**make.message(CHANNEL, {}), "id": "12"}
        server.rest.faults.append(Fault("POST", "/messages", 1, 200, message, headers))
        assert await platform.post(HERE, DIGEST, key="k") == "12"


@pytest.mark.parametrize("body", [b"<html>", b"", b'{"id": 1', b"{}", b"[]", b'{"id": "x"}'])
async def test_a_success_that_tells_no_message_leaves_the_outcome_unknown(
    server: DiscordServer, connect: Connect, body: bytes
) -> None:
    async with connect() as platform:
        server.rest.faults.append(Fault("POST", "/messages", 1, 200, raw=body))
        error = await refused(platform)

    assert error.outcome is UNKNOWN


async def test_a_post_that_takes_too_long_leaves_the_outcome_unknown(
    server: DiscordServer, connect: Connect
) -> None:
    async with connect(http_timeout=1) as platform, asyncio.timeout(30):
        server.rest.delay("POST", "/messages", 60)
        error = await refused(platform)

    assert error.outcome is UNKNOWN


async def test_a_request_that_found_no_connection_was_never_sent(
    server: DiscordServer, connect: Connect
) -> None:
    async with connect() as platform:
        assert platform._wire
        platform._wire._base = "http://127.0.0.1:1/api"

        assert (await refused(platform)).outcome is RETRY


async def test_a_deleted_message_that_discord_knows_by_its_nonce_counts_as_posted(
    server: DiscordServer, connect: Connect
) -> None:
    async with connect() as platform:
        await platform.post(HERE, DIGEST, key="one")
        server.messages.clear()
        again = await platform.post(HERE, DIGEST, key="one")

    assert (again, server.messages) == ("", [])


async def test_without_a_connection_a_post_may_be_tried_again(server: DiscordServer) -> None:
    error = await refused(DiscordPlatform(settings_for(server)))

    assert error.outcome is RETRY


async def test_a_channel_of_another_platform_is_refused(
    server: DiscordServer, connect: Connect
) -> None:
    async with connect() as platform:
        error = await refused(platform, Channel("slack", "T1", "C1"))
        problem = await platform.check(Channel("slack", "T1", "C1"))

    assert error.outcome is REFUSED
    assert problem
    assert problem.what == "slack:T1/C1 is no channel of Discord's"


async def test_a_channel_of_another_server_is_not_posted_to(
    server: DiscordServer, connect: Connect
) -> None:
    other, archived, gone = "730000000000000001", "730000000000000002", "730000000000000003"
    elsewhere = {"guild_id": "710000000000000009"}
    server.rest.channels[other] = make.channel(other, 0, **elsewhere)
    server.rest.channels[archived] = make.channel(archived, 11)
    async with connect() as platform:
        foreign = await refused(platform, Channel("discord", GUILD, other))
        claimed = await refused(platform, Channel("discord", "@me", CHANNEL))
        missing = await refused(platform, Channel("discord", GUILD, gone))
        await platform.post(Channel("discord", GUILD, archived), DIGEST, key="k")

    for error in (foreign, claimed, missing):
        assert (error.outcome, error.dead_channel) == (REFUSED, True)
    assert [message["channel_id"] for message in server.messages] == [archived]


async def test_a_post_that_cannot_be_prepared_was_never_sent(
    server: DiscordServer, connect: Connect
) -> None:
    unknown = Channel("discord", GUILD, "730000000000000001")
    async with connect(http_timeout=1) as platform:
        server.rest.fail("GET", "/channels/", 500)
        broken = await refused(platform, unknown)
        server.rest.delay("GET", "/channels/", 60)
        slow = await refused(platform, unknown)

    assert (broken.outcome, slow.outcome) == (RETRY, RETRY)
    assert posts(server) == []
