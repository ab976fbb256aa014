from __future__ import annotations

import asyncio
import json
import signal
from pathlib import Path

import aiohttp
import pytest

from tests.journeys.process import Bot, running
from tests.loopback import discord, slack
from tests.loopback.discord import DiscordServer
from tests.loopback.slack import SlackServer


def slack_settings(server: SlackServer, **changed: str) -> dict[str, str]:
    return {
        "SLACK_API_URL": server.api_url,
        "SLACK_BOT_TOKEN": slack.BOT_TOKEN,
        "SLACK_APP_TOKEN": slack.APP_TOKEN,
        **changed,
    }


def discord_settings(server: DiscordServer, **changed: str) -> dict[str, str]:
    return {
        "DISCORD_API_URL": server.api_url,
        "DISCORD_GATEWAY_URL": server.gateway_url,
        "DISCORD_TOKEN": discord.TOKEN,
        **changed,
    }


def states(ready: str) -> dict[str, str]:
    lines = [json.loads(line) for line in ready.splitlines()]
    return {each["platform"]: each["state"] for each in lines}


async def test_with_no_token_the_playground_answers(tmp_path: Path) -> None:
    async with running(tmp_path) as bot:
        text = await bot.brief("/brief faq consent")
        status, ready = await bot.get("/readyz")
    assert text.startswith("Has Mexico agreed to the strikes?")
    assert (status, states(ready)) == (200, {"web": "ready"})


async def test_one_process_answers_on_all_three_platforms(tmp_path: Path) -> None:
    async with SlackServer() as on_slack, DiscordServer() as on_discord:
        settings = {**slack_settings(on_slack), **discord_settings(on_discord)}
        async with running(tmp_path, BOT_PLATFORMS="slack,discord,web", **settings) as bot:
            await bot.says("slack is ready")
            await bot.says("discord is ready")
            ack = await on_slack.slash("faq consent")
            asked = await on_discord.slash("faq", story="land-strikes", words="mexico-consent")
            page = await bot.brief("faq consent")
            code = await bot.stop()
    assert ack.payload
    assert "Has Mexico agreed to the strikes?" in json.dumps(ack.payload)
    assert "Has Mexico agreed to the strikes?" in json.dumps(asked.message)
    assert page.startswith("Has Mexico agreed to the strikes?")
    assert code == 0


async def test_a_bad_slack_token_leaves_discord_serving(tmp_path: Path) -> None:
    async with SlackServer() as on_slack, DiscordServer() as on_discord:
        wrong = slack_settings(on_slack, SLACK_BOT_TOKEN="xoxb-wrong-wrong-wrong")
        async with running(tmp_path, **wrong, **discord_settings(on_discord)) as bot:
            await bot.says("slack stays off")
            await bot.says("discord is ready")
            asked = await on_discord.slash("story", story="land-strikes")
            status, ready = await bot.get("/readyz")
            assert await bot.stop() == 0
    assert (status, states(ready)) == (200, {"slack": "failed", "discord": "ready"})
    assert "Announced US land strikes" in json.dumps(asked.message)
    assert "Traceback" not in bot.output
    assert "xoxb-wrong-wrong-wrong" not in bot.output


async def test_a_bad_discord_token_leaves_slack_serving(tmp_path: Path) -> None:
    async with SlackServer() as on_slack, DiscordServer() as on_discord:
        wrong = discord_settings(on_discord, DISCORD_TOKEN="w-r-o-n-g.token")
        async with running(tmp_path, **wrong, **slack_settings(on_slack)) as bot:
            await bot.says("discord stays off")
            await bot.says("slack is ready")
            assert (await on_slack.slash("help")).payload
            assert await bot.stop() == 0
    assert "Traceback" not in bot.output
    assert "w-r-o-n-g" not in bot.output


async def test_with_every_account_refused_it_ends_and_says_why(tmp_path: Path) -> None:
    async with SlackServer() as on_slack, DiscordServer() as on_discord:
        wrong = {
            **slack_settings(on_slack, SLACK_BOT_TOKEN="xoxb-wrong"),
            **discord_settings(on_discord, DISCORD_TOKEN="wrong"),
        }
        async with running(tmp_path, **wrong) as bot:
            code = await bot.ended()
            await bot.says("briefing-bot: ")
    assert code == 2
    assert bot.output.count("Slack refuses SLACK_BOT_TOKEN") == 1
    assert bot.output.count("Discord refuses DISCORD_TOKEN") == 1
    assert "mend the settings of discord and slack" in bot.lines[-2]
    assert "Traceback" not in bot.output


async def test_slack_being_away_at_start_does_not_end_the_bot(tmp_path: Path) -> None:
    async with SlackServer() as on_slack:
        settings = slack_settings(on_slack)
    async with running(tmp_path, **settings) as bot:
        await bot.says("slack is not reachable")
        await bot.says("trying again")
        status, _ = await bot.get("/readyz")
        assert await bot.stop() == 0
    assert status == 503
    assert "Traceback" not in bot.output


async def test_a_saved_file_is_live_and_a_broken_one_does_no_harm(tmp_path: Path) -> None:
    async with running(tmp_path) as bot:
        assert (await bot.brief("land-strikes")).startswith("Announced US land strikes")
        path = bot.briefings / "land-strikes.yaml"
        good = path.read_text(encoding="utf-8")
        path.write_text(good.replace("title: Announced US", "title: Newly announced US"), "utf-8")
        await until_title(bot, "Newly announced US land strikes")
        path.write_text("title: [broken", encoding="utf-8")
        await bot.says("land-strikes.yaml:1:8")
        await bot.says("land-strikes is served from its last good version")
        assert (await bot.brief("land-strikes")).startswith("Newly announced US land strikes")
        (bot.briefings / "added.yaml").write_text(
            good.replace("title: Announced US", "title: Added").replace("aliases:", "topics_:"),
            encoding="utf-8",
        )
        await bot.says("there is no key `topics_`")
        path.unlink()
        await until_title(bot, "I did not understand that")


async def until_title(bot: Bot, title: str) -> None:
    async with asyncio.timeout(30):
        said = ""
        while not said.startswith(title):
            await asyncio.sleep(0.05)
            said = await bot.brief("land-strikes")


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
async def test_a_signal_stops_it_cleanly(number: signal.Signals, tmp_path: Path) -> None:
    async with running(tmp_path) as bot:
        await bot.says("web is ready")
        code = await bot.stop(number)
    assert code == 0
    assert "Traceback" not in bot.output


async def test_it_stops_in_time_whatever_is_under_way(
    tmp_path: Path,
) -> None:
    async with (
        SlackServer() as on_slack,
        DiscordServer() as on_discord,
        aiohttp.ClientSession() as session,
    ):
        settings = {**slack_settings(on_slack), **discord_settings(on_discord)}
        async with running(tmp_path, BOT_PLATFORMS="slack,discord,web", **settings) as bot:
            for name in ("slack", "discord", "web"):
                await bot.says(f"{name} is ready")
            address = await bot.address()
            stream = await session.get(f"{address}/api/events")
            await stream.content.readline()
            host, _, port = address.removeprefix("http://").rpartition(":")
            _, writer = await asyncio.open_connection(host, int(port))
            head = "POST /api/brief HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json"
            writer.write(f'{head}\r\nContent-Length: 99\r\n\r\n{{"words": '.encode())
            await writer.drain()
            on_discord.rest.delay("POST", "/callback", 60)
            asked = asyncio.create_task(on_discord.slash("help"))
            await on_discord.until(lambda: "/callback" in on_discord.calls[-1].path)
            assert await bot.stop() == 0
            asked.cancel()
            stream.close()
            writer.close()
    assert "Traceback" not in bot.output
    assert "did not stop in time" not in bot.output


async def test_a_second_bot_on_the_same_port_says_so(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    async with running(tmp_path / "a") as first:
        port = (await first.address()).rpartition(":")[2]
        async with running(tmp_path / "b", WEB_PORT=port) as second:
            code = await second.ended()
            await second.says(f"port {port} on 127.0.0.1 is taken")
    assert code == 2


async def test_json_logs_are_one_object_a_line(tmp_path: Path) -> None:
    async with running(tmp_path, BOT_LOG_FORMAT="json") as bot:
        await bot.says("web is ready")
        await bot.stop()
    assert all(json.loads(line)["level"] for line in bot.lines if line)


async def test_a_second_start_registers_no_commands_again(tmp_path: Path) -> None:
    async with DiscordServer() as on_discord:
        for _ in range(2):
            async with running(tmp_path, **discord_settings(on_discord)) as bot:
                await bot.says("discord is ready")
                await bot.says("registered")
                assert await bot.stop() == 0
    assert len(on_discord.rest.syncs) == 1
    assert "the commands are registered already" in bot.output


async def test_a_wrong_setting_of_one_platform_stops_no_other(tmp_path: Path) -> None:
    async with SlackServer() as on_slack:
        wrong = {"BOT_PLATFORMS": "slack,discord", "DISCORD_DEV_GUILD": "my server"}
        async with running(tmp_path, **wrong, **slack_settings(on_slack)) as bot:
            await bot.says("slack is ready")
            _, ready = await bot.get("/readyz")
            assert await bot.stop() == 0
    assert "discord stays off: a setting is not usable — DISCORD_DEV_GUILD" in bot.output
    assert '"failed"' in ready


async def test_a_wrong_setting_of_an_unused_platform_only_warns(tmp_path: Path) -> None:
    async with running(tmp_path, DISCORD_DEV_GUILD="my server") as bot:
        await bot.says("web is ready")
        assert await bot.stop() == 0
    assert "DISCORD_DEV_GUILD" in bot.output
