from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from tests.journeys.process import Bot, running
from tests.journeys.test_run import discord_settings
from tests.loopback import discord_payloads as make
from tests.loopback.discord import MANAGE_GUILD, DiscordServer
from tests.loopback.discord_payloads import CHANNEL, COMMON, GUILD

RIGHTS = MANAGE_GUILD | COMMON
WISH = {"when": "at 09:00 on weekdays", "zone": "Europe/Lisbon", "publish": "true"}


@pytest.fixture
async def news() -> AsyncIterator[DiscordServer]:
    """A Discord whose channel is for announcements."""
    async with DiscordServer() as server:
        server.rest.channels[CHANNEL] = make.channel(CHANNEL, 5)
        server.rest.guild = make.guild([server.rest.channels[CHANNEL]])
        yield server


async def plan(news: DiscordServer, stories: str) -> dict[str, Any]:
    asked = await news.slash(
        "add", group="digest", permissions=RIGHTS, options={"stories": stories, **WISH}
    )
    assert asked.message
    return asked.message


async def post_now(news: DiscordServer, number: str) -> dict[str, Any]:
    """Post a digest by hand; what is then in the channel."""
    before = len(news.messages)
    asked = await news.slash("now", group="digest", permissions=RIGHTS, options={"id": number})
    assert asked.message
    await news.click(asked.message, "Post It Now", permissions=RIGHTS)
    await news.until(lambda: len(news.messages) > before, "a digest")
    return news.messages[-1]


async def keep(news: DiscordServer, bot: Bot) -> None:
    """Let the story be for this server alone, and wait until that is live."""
    path = bot.briefings / "land-strikes.yaml"
    text = path.read_text(encoding="utf-8")
    kept = f'status: watching\nvisible_to: ["discord:{GUILD}"]'
    path.write_text(text.replace("status: developing", kept), encoding="utf-8")
    said = ""
    async with asyncio.timeout(30):
        while "Watching" not in said:
            await asyncio.sleep(0.05)
            said = str((await news.slash("story", story="land-strikes")).message)


async def test_a_digest_is_published_until_its_story_is_not_for_everybody(
    news: DiscordServer, tmp_path: Path
) -> None:
    settings = discord_settings(news, BOT_DIGEST_COOLDOWN="0")
    async with running(tmp_path, **settings) as bot:
        await bot.says("discord is ready")
        planned = await plan(news, "land-strikes")
        assert "to all who follow the channel" in str(planned)
        saved = await news.click(planned, "Save", permissions=RIGHTS)
        found = re.search(r"Digest (\d+) is scheduled", str(saved.message))
        assert found
        first = await post_now(news, found[1])
        await news.until(lambda: first["flags"] & 1, "a published digest")
        await keep(news, bot)
        second = await post_now(news, found[1])
        await bot.says("is not published: it is not for everybody")
        assert "whoever follows a channel reads" in str(await plan(news, "land-strikes"))
        assert await bot.stop() == 0
    assert second["flags"] & 1 == 0
    assert len([call for call in news.calls if call.path.endswith("/crosspost")]) == 1
    assert "Traceback" not in bot.output
