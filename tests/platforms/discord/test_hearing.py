from __future__ import annotations

import asyncio
import logging

import pytest

from bot.errors import PlatformError
from bot.platforms.discord.hearing import Hearing
from bot.platforms.discord.identifying import Budget
from bot.platforms.discord.platform import DiscordPlatform
from tests.loopback.discord import DiscordServer
from tests.platforms.discord.conftest import Connect, FakeAnswers, settings_for

QUICK = Hearing(every=0.05, patience=0.3, heartbeat=0.3)


@pytest.fixture
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Budget, "_wait", lambda *_: 0.0)


async def test_heartbeats_are_sent_and_a_shard_that_hears_is_left_alone(
    server: DiscordServer, connect: Connect
) -> None:
    server.gateway.heartbeat_interval = 0.05
    async with connect(hearing=QUICK) as platform:
        await server.told(platform)
        await server.until(lambda: server.gateway.heartbeats > 10)
        asked = await server.slash("faq")

    assert "You said faq" in asked.text
    assert len(server.gateway.identifies) == 1
    assert server.gateway.resumes == []


async def test_a_connection_whose_heartbeats_are_not_acknowledged_is_resumed(
    server: DiscordServer, connect: Connect, caplog: pytest.LogCaptureFixture
) -> None:
    server.gateway.heartbeat_interval = 0.1
    async with connect(hearing=Hearing(heartbeat=0.3)) as platform:
        await server.told(platform)
        server.gateway.deaf = True
        await server.until(lambda: server.gateway.resumes, "a resume")
        server.gateway.deaf = False
        asked = await server.slash("faq")

    assert "You said faq" in asked.text
    assert len(server.gateway.identifies) == 1


async def test_a_connection_that_is_alive_but_told_of_nothing_is_renewed(
    server: DiscordServer, connect: Connect, at_once: None, caplog: pytest.LogCaptureFixture
) -> None:
    server.gateway.heartbeat_interval = 0.05
    async with connect(hearing=QUICK) as platform:
        await server.told(platform)
        (connection,) = server.gateway.connections
        connection.silent = True
        await server.until(lambda: len(server.gateway.identifies) == 2, "a new session")
        await server.told(platform)
        asked = await server.slash("faq")

    assert "You said faq" in asked.text
    assert "told of nothing" in caplog.text
    assert "Traceback" not in caplog.text


async def test_a_session_that_never_begins_is_begun_again(
    server: DiscordServer, connect: Connect, at_once: None
) -> None:
    server.gateway.silent = True
    async with connect(hearing=QUICK) as platform:
        await server.until(lambda: len(server.gateway.identifies) == 1, "a session")
        server.gateway.silent = False
        await server.until(lambda: len(server.gateway.identifies) == 2, "a new session")
        await server.told(platform)
        asked = await server.slash("faq")

    assert "You said faq" in asked.text


async def test_a_start_that_would_spend_the_last_sessions_waits(
    server: DiscordServer, answers: FakeAnswers
) -> None:
    server.gateway.remaining = 5
    platform = DiscordPlatform(settings_for(server))
    with pytest.raises(PlatformError, match=r"5 more sessions.*1:00:00") as caught:
        await platform.listen(answers.answer, answers.complete, answers.reports.append)

    assert not caught.value.permanent
    assert server.gateway.identifies == []


async def test_sessions_are_spaced_and_so_many_an_hour(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    loop, at = asyncio.get_running_loop(), [0.0]
    slept: list[float] = []

    async def sleep(seconds: float) -> None:
        slept.append(seconds)
        at[0] += seconds

    monkeypatch.setattr(loop, "time", lambda: at[0])
    monkeypatch.setattr("bot.platforms.discord.identifying.asyncio.sleep", sleep)
    budget = Budget(spacing=5, an_hour=2)
    with caplog.at_level(logging.WARNING):
        for _ in range(4):
            await budget.take(1)
    monkeypatch.undo()

    assert slept[:2] == [5.0, 5.0]
    assert sum(slept) == pytest.approx(3600)
    assert "3 new sessions in an hour" in caplog.text


async def test_a_server_that_removes_the_bot_is_a_line_in_the_log(
    server: DiscordServer, connect: Connect, caplog: pytest.LogCaptureFixture
) -> None:
    async with connect() as platform:
        await server.told(platform)
        (session,) = server.gateway.open
        guild = server.rest.guild["id"]
        await session.dispatch("GUILD_DELETE", {"id": guild})
        await server.until(lambda: "no longer in the Discord server" in caplog.text)

    assert "Traceback" not in caplog.text
