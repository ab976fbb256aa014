from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any

import pytest

from bot.domain.reply import Action, Paragraph, Reply, line
from bot.domain.request import Channel
from bot.errors import PostError, PostOutcome, UnsupportedError
from bot.platforms.discord.platform import DiscordPlatform, to_nonce
from tests.loopback import discord_limits as limits, discord_payloads as make
from tests.loopback.discord import DiscordServer
from tests.loopback.discord_payloads import CHANNEL, DIRECT, GUILD
from tests.platforms.discord.conftest import Connect, settings_for
from tests.stories import NOW

HERE = Channel("discord", GUILD, CHANNEL)
DIGEST = Reply(
    "Daily digest",
    (Paragraph(line("@everyone Two changes.")),),
    (Action("Open", "x"),),
    private=False,
)


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

    assert error.outcome is PostOutcome.UNKNOWN
    assert platform.repeat_window == timedelta(minutes=2)
    assert len(server.messages) == 1


@pytest.mark.parametrize(
    ("status", "code", "outcome"),
    [
        (404, 10003, PostOutcome.REFUSED),
        (403, 50001, PostOutcome.REFUSED),
        (403, 50013, PostOutcome.REFUSED),
        (400, 50035, PostOutcome.REFUSED),
        (400, 12345, PostOutcome.REFUSED),
        (401, 0, PostOutcome.REFUSED),
        (400, 40062, PostOutcome.RETRY),
        (503, 0, PostOutcome.RETRY),
        (429, 0, PostOutcome.RETRY),  # without Via, as Cloudflare says it
        (520, 0, PostOutcome.UNKNOWN),
    ],
)
async def test_an_error_says_what_is_known_of_the_message(
    server: DiscordServer, connect: Connect, status: int, code: int, outcome: PostOutcome
) -> None:
    async with connect() as platform:
        server.rest.fail("POST", "/messages", status, code)

        assert (await refused(platform)).outcome is outcome


async def test_a_refusal_says_what_to_do(server: DiscordServer, connect: Connect) -> None:
    async with connect() as platform:
        server.rest.denied[CHANNEL] = (403, 50013)

        assert str(await refused(platform)) == (
            "Discord did not take the message, as the bot may not write there (50013): "
            "give its role Send Messages there."
        )


async def test_a_short_rate_limit_is_waited_out_and_a_long_one_told(
    server: DiscordServer, connect: Connect
) -> None:
    async with connect() as platform:
        server.rest.limit_rate("POST", "/messages", seconds=0.01)
        await platform.post(HERE, DIGEST, key="one")
        server.rest.limit_rate("POST", "/messages", seconds=90)
        error = await refused(platform, key="two")

    assert (error.outcome, error.retry_after) == (PostOutcome.RETRY, timedelta(seconds=90))


async def test_a_post_that_takes_too_long_leaves_the_outcome_unknown(
    server: DiscordServer, connect: Connect
) -> None:
    async with connect(http_timeout=1) as platform, asyncio.timeout(30):
        server.rest.delay("POST", "/messages", 60)
        error = await refused(platform)

    assert error.outcome is PostOutcome.UNKNOWN


async def test_without_a_connection_a_post_may_be_tried_again(server: DiscordServer) -> None:
    error = await refused(DiscordPlatform(settings_for(server)))

    assert error.outcome is PostOutcome.RETRY


async def test_a_channel_of_another_platform_is_refused(
    server: DiscordServer, connect: Connect
) -> None:
    async with connect() as platform:
        error = await refused(platform, Channel("slack", "T1", "C1"))
        problem = await platform.check(Channel("slack", "T1", "C1"))

    assert error.outcome is PostOutcome.REFUSED
    assert problem
    assert problem.what == "slack:T1/C1 is no channel of Discord's"


def test_a_nonce_is_short_and_always_the_same() -> None:
    assert to_nonce("schedule/1") == "DA2J6T53UDLQ3TM6RW6SUVDJQ"
    assert to_nonce("a") != to_nonce("b")


async def test_discord_cannot_look_for_a_message(server: DiscordServer) -> None:
    with pytest.raises(UnsupportedError):
        await DiscordPlatform(settings_for(server)).find(HERE, "key", since=NOW)


def overwrite(**denied: int) -> list[dict[str, Any]]:
    """An overwrite for everyone that takes rights away."""
    return [{"id": GUILD, "type": 0, "allow": "0", "deny": str(sum(denied.values()))}]


@pytest.mark.parametrize(
    ("channel", "what"),
    [
        (make.channel(CHANNEL), None),
        (
            make.channel(CHANNEL, permission_overwrites=overwrite(send=1 << 11)),
            "the bot lacks Send Messages in general",
        ),
        (
            make.channel(CHANNEL, permission_overwrites=overwrite(view=1 << 10)),
            "the bot lacks View Channel and Send Messages in general",
        ),
        (make.channel(CHANNEL, 15, available_tags=[]), "general takes no messages"),
        (make.channel("720000000000000009"), "the bot sees no such channel"),
    ],
)
async def test_check_says_what_is_missing(
    server: DiscordServer, connect: Connect, channel: dict[str, Any], what: str | None
) -> None:
    server.rest.guild = make.guild([channel])
    async with connect() as platform:
        await server.until(lambda: platform._client and platform._client.guilds, "a guild")
        problem = await platform.check(HERE)

    assert (problem and problem.what) == what


async def test_check_says_that_the_bot_is_not_there(
    server: DiscordServer, connect: Connect
) -> None:
    early = await DiscordPlatform(settings_for(server)).check(HERE)
    async with connect() as platform:
        await server.until(lambda: platform._client and platform._client.is_ready(), "ready")
        elsewhere = await platform.check(Channel("discord", "1", "2"))
        direct = await platform.check(Channel("discord", "@me", DIRECT))

    assert early
    assert early.what == "the bot is not connected to Discord"
    assert elsewhere
    assert elsewhere.what == "the bot is not in that server"
    assert direct is None
