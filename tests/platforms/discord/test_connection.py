from __future__ import annotations

import asyncio
import logging

import discord
import pytest
from pydantic import SecretStr

from bot.errors import PlatformError
from bot.platforms.discord.endpoints import proxy_for
from bot.platforms.discord.platform import DiscordPlatform
from bot.platforms.discord.settings import Settings
from tests.loopback.discord import DiscordServer
from tests.platforms.discord.conftest import Connect, FakeAnswers, settings_for


@pytest.fixture
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Identify without the five seconds that Discord wants between two identifications."""

    async def hook(*_: object, initial: bool = False) -> None:
        """Wait for nothing."""

    monkeypatch.setattr(discord.Client, "before_identify_hook", hook)


async def listen(answers: FakeAnswers, settings: Settings) -> PlatformError:
    """Listen until Discord ends it, and return how it did."""
    platform = DiscordPlatform(settings)
    with pytest.raises(PlatformError) as caught:
        async with asyncio.timeout(20):
            await platform.listen(answers.answer, answers.complete, answers.reports.append)
    return caught.value


async def test_the_client_asks_for_guilds_and_nothing_else(
    server: DiscordServer, connect: Connect
) -> None:
    async with connect():
        await server.slash("help")

    (identify,) = server.gateway.identifies
    assert identify["intents"] == 1
    assert identify["shard"] == [0, 1]


async def test_a_dropped_socket_is_resumed_and_what_was_missed_is_answered(
    server: DiscordServer, connect: Connect, answers: FakeAnswers
) -> None:
    async with connect():
        await server.until(lambda: answers.reports == [True])
        await server.gateway.drop()
        asked = await server.slash("faq")
        await server.until(lambda: answers.reports == [True, False, True])

    assert "You said faq" in asked.text
    assert len(server.gateway.resumes) == 1
    assert len(server.gateway.identifies) == 1


async def test_op_7_is_followed_by_a_resume(
    server: DiscordServer, connect: Connect, answers: FakeAnswers
) -> None:
    async with connect():
        await server.gateway.ask_to_reconnect()
        await server.until(lambda: server.gateway.resumes)
        asked = await server.slash("faq")

    assert "You said faq" in asked.text
    assert len(server.gateway.identifies) == 1


async def test_op_9_is_followed_by_a_new_session_at_our_own_gateway(
    server: DiscordServer, connect: Connect, at_once: None
) -> None:
    async with connect():
        await server.gateway.invalidate(resumable=False)
        await server.until(lambda: len(server.gateway.identifies) == 2)
        asked = await server.slash("faq")

    assert "You said faq" in asked.text


async def test_every_shard_answers(
    server: DiscordServer, connect: Connect, answers: FakeAnswers, at_once: None
) -> None:
    server.gateway.shards = 2
    async with connect():
        await server.slash("help")
        await server.slash("help", direct=True)
        await server.until(lambda: answers.reports == [True])

    assert sorted(i["shard"] for i in server.gateway.identifies) == [[0, 2], [1, 2]]


async def test_a_bad_token_is_refused_for_good(server: DiscordServer, answers: FakeAnswers) -> None:
    error = await listen(answers, settings_for(server, token=SecretStr("wrong")))

    assert error.permanent
    assert "DISCORD_TOKEN" in str(error)
    assert "wrong" not in str(error)
    assert [call.path for call in server.calls] == ["/users/@me"]


@pytest.mark.parametrize("token", [None, SecretStr(" "), SecretStr("a b"), SecretStr("tök\n")])
async def test_a_token_that_is_none_is_refused_without_asking(
    server: DiscordServer, answers: FakeAnswers, token: SecretStr | None
) -> None:
    error = await listen(answers, settings_for(server, token=token))

    assert error.permanent
    assert server.calls == []


@pytest.mark.parametrize("code", [4004, 4013, 4014])
async def test_a_fatal_close_is_for_good(
    server: DiscordServer, answers: FakeAnswers, connect: Connect, code: int
) -> None:
    listening = asyncio.create_task(listen(answers, settings_for(server)))
    await server.connected()
    await server.gateway.close(code)

    assert (await listening).permanent


async def test_an_outage_at_login_may_pass(server: DiscordServer, answers: FakeAnswers) -> None:
    server.rest.fail("GET", "/users/@me", 503)

    assert not (await listen(answers, settings_for(server))).permanent


async def test_a_refused_connection_may_pass(server: DiscordServer, answers: FakeAnswers) -> None:
    settings = settings_for(server, api_url="http://127.0.0.1:1/api/v10")

    assert not (await listen(answers, settings)).permanent


async def test_an_event_that_cannot_be_read_ends_the_connection_but_not_for_good(
    server: DiscordServer, answers: FakeAnswers, caplog: pytest.LogCaptureFixture
) -> None:
    listening = asyncio.create_task(listen(answers, settings_for(server)))
    await server.connected()
    await server.gateway.open[0].dispatch("GUILD_CREATE", {"no": "id"})

    assert not (await listening).permanent
    assert "KeyError" in caplog.text


async def test_it_listens_again_after_an_outage(
    server: DiscordServer, answers: FakeAnswers, connect: Connect
) -> None:
    platform = DiscordPlatform(settings_for(server))
    server.rest.fail("GET", "/users/@me", 503)
    with pytest.raises(PlatformError):
        await platform.listen(answers.answer, answers.complete, answers.reports.append)
    listening = asyncio.create_task(
        platform.listen(answers.answer, answers.complete, answers.reports.append)
    )

    assert "You said faq" in (await server.slash("faq")).text
    listening.cancel()
    await asyncio.wait([listening])


async def test_a_login_that_takes_too_long_is_an_outage(
    server: DiscordServer, answers: FakeAnswers
) -> None:
    platform = DiscordPlatform(settings_for(server), http_timeout=0.1)
    server.rest.delay("GET", "/users/@me", 60)
    with pytest.raises(PlatformError, match=r"cannot be reached \(TimeoutError\)") as caught:
        async with asyncio.timeout(30):
            await platform.listen(answers.answer, answers.complete, answers.reports.append)
    assert not caught.value.permanent


async def test_discord_is_reached_through_the_proxy_of_the_environment(
    server: DiscordServer, connect: Connect, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("http_proxy", server.api_url.removesuffix("/api/v10"))
    api = "http://discord.test/api/v10"  # the server is asked for it as a proxy would be
    async with connect(api_url=api):
        assert "You said faq" in (await server.slash("faq")).text


def test_a_proxy_is_not_for_loopback_and_what_the_environment_excepts(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("https_proxy", "http://proxy.example:3128")
    monkeypatch.setenv("no_proxy", "discord.example")
    assert proxy_for("https://discord.com/api/v10") == "http://proxy.example:3128"
    assert proxy_for("https://discord.example/api/v10") is None
    assert proxy_for("https://localhost:1/api/v10") is None


async def test_stopping_waits_for_the_answers_under_way(
    server: DiscordServer, connect: Connect, answers: FakeAnswers
) -> None:
    answers.delay = 0.1
    async with connect():
        asked = await server.slash("faq", wait=False)
        await server.until(lambda: answers.requests)

    assert "You said faq" in asked.text


async def test_stopping_leaves_nothing_behind(server: DiscordServer, connect: Connect) -> None:
    before = discord.http.Route.BASE, discord.gateway.DiscordWebSocket.DEFAULT_GATEWAY
    tasks = asyncio.all_tasks()
    async with connect():
        await server.slash("faq")
    await server.until(lambda: not server.gateway.connections)
    ours = {task for task in asyncio.all_tasks() - tasks if "discord" in repr(task.get_coro())}

    assert ours == set()
    assert before == (discord.http.Route.BASE, discord.gateway.DiscordWebSocket.DEFAULT_GATEWAY)


async def test_the_invite_link_asks_for_exactly_what_is_used(
    server: DiscordServer, connect: Connect, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.INFO):
        async with connect():
            pass

    assert (
        "https://discord.com/oauth2/authorize?client_id=700000000000000001"
        "&scope=bot+applications.commands&permissions=274877975552" in caplog.text
    )


async def test_the_token_is_in_no_log_line(
    server: DiscordServer, connect: Connect, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.INFO):
        async with connect():
            await server.slash("faq")
            await server.gateway.drop()
            await server.slash("faq")

    assert server.token not in caplog.text
