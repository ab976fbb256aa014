from __future__ import annotations

from datetime import timedelta

from bot.domain.occurrence import Event, Occurrence, OccurrenceState
from bot.domain.pace import Pace
from bot.domain.reply_json import reply_to_json
from bot.outbox.attempt import Attempt, Limits
from bot.platforms.discord.platform import DiscordPlatform
from bot.store.closing import Verdict
from tests.loopback.discord import DiscordServer
from tests.loopback.discord_payloads import CHANNEL
from tests.platforms.discord.conftest import DIGEST, HERE, Connect
from tests.platforms.discord.test_find import THEN

LIMITS = Limits()
LONG_AFTER = timedelta(minutes=10)


async def tried(
    platform: DiscordPlatform, state: OccurrenceState, after: timedelta = timedelta(0)
) -> Verdict:
    """Try a digest whose first request left at THEN, so much later."""
    claim = Occurrence(
        1,
        1,
        THEN,
        HERE,
        "the key",
        state,
        THEN,
        THEN + timedelta(hours=6),
        visible_at=THEN + after + LIMITS.lease,
        first_try_at=THEN,
        attempts=1,
        reply=reply_to_json(DIGEST),
    )
    return await Attempt(claim, platform, Pace(), LIMITS, lambda: timedelta(0)).run()


async def test_a_lost_answer_is_made_up_for_by_the_nonce_or_by_looking(
    server: DiscordServer, connect: Connect
) -> None:
    async with connect() as platform:
        await server.told(platform)
        server.rest.drop("POST", "/messages", "after")
        lost = await tried(platform, OccurrenceState.SENDING)
        repeated = await tried(platform, OccurrenceState.CHECKING)
        server.rest.nonces.clear()  # as Discord does after some minutes
        looked = await tried(platform, OccurrenceState.CHECKING, LONG_AFTER)

    (message,) = server.messages
    assert lost.event is Event.IN_DOUBT
    assert (repeated.event, repeated.remote_id) == (Event.CONFIRMED, message["id"])
    assert (looked.event, looked.remote_id) == (Event.CONFIRMED, message["id"])


async def test_what_did_not_arrive_is_absent_long_after(
    server: DiscordServer, connect: Connect
) -> None:
    async with connect() as platform:
        await server.told(platform)
        server.rest.drop("POST", "/messages", "before")
        await tried(platform, OccurrenceState.SENDING)
        looked = await tried(platform, OccurrenceState.CHECKING, LONG_AFTER)

    assert (looked.event, server.messages) == (Event.ABSENT, [])


async def test_a_long_rate_limit_holds_the_channel_and_leaves_no_doubt(
    server: DiscordServer, connect: Connect
) -> None:
    async with connect() as platform:
        server.rest.limit_rate("POST", "/messages", seconds=25)
        verdict = await tried(platform, OccurrenceState.SENDING)

    assert verdict.event is Event.NOT_TAKEN
    assert verdict.wait == verdict.hold == timedelta(seconds=25)


async def test_only_a_dead_channel_suspends_its_digests(
    server: DiscordServer, connect: Connect
) -> None:
    async with connect() as platform:
        server.rest.fail("POST", "/messages", 400, 50035)
        bad = await tried(platform, OccurrenceState.SENDING)
        server.rest.denied[CHANNEL] = (403, 50013)
        dead = await tried(platform, OccurrenceState.SENDING)

    assert [(one.event, one.suspend) for one in (bad, dead)] == [
        (Event.REFUSED, False),
        (Event.REFUSED, True),
    ]
    assert "allow the bot's role Send Messages" in dead.notice


async def test_where_the_bot_may_not_read_nobody_knows_and_nothing_is_repeated(
    server: DiscordServer, connect: Connect
) -> None:
    everyone = server.rest.guild["roles"][0]
    everyone["permissions"] = str(int(everyone["permissions"]) & ~(1 << 16))
    server.rest.unreadable.add(CHANNEL)
    async with connect() as platform:
        await server.told(platform)
        server.rest.drop("POST", "/messages", "after")
        await tried(platform, OccurrenceState.SENDING)
        looked = await tried(platform, OccurrenceState.CHECKING, LONG_AFTER)

    assert looked.event is Event.GIVEN_UP
    assert "Read Message History" in looked.notice
    assert len(server.messages) == 1
