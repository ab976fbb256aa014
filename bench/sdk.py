"""What an answer costs beside the SDK around it: CPU per slash command, over real sockets.

A platform on loopback asks from a process of its own. First a bare bot of the same SDK answers with
a message of the same size made beforehand; then our bot answers; then only our part, words in to
payload out, is measured. All in one run: compare the columns, not the numbers of two days.
"""

from __future__ import annotations

import asyncio
import json
import sys
import tempfile
import time
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import discord
from discord import app_commands
from pydantic import SecretStr
from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncAck, AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

from bench import slack_http
from bench.table import print_table
from bot.answers import Answers
from bot.domain.platform import House
from bot.domain.request import Channel, Request
from bot.library.library import Library
from bot.platforms import discord as on_discord, slack as on_slack
from bot.platforms.discord.endpoints import endpoints
from bot.platforms.discord.message import Message
from tests.loopback.discord import TOKEN
from tests.loopback.slack import APP_TOKEN, BOT_TOKEN

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Coroutine

ROOT = Path(__file__).parents[1]
COUNT = 1000
NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
REQUEST = Request("faq land-strikes", Channel("slack", "T1", "C1"))


def main() -> None:
    """Measure both platforms and print."""
    rows = []
    for name in ("slack", "slack-http", "discord"):
        costs = asyncio.run(_costs(name))
        bare, ours, part = (costs[key] * 1e6 for key in ("bare", "bot", "part"))
        rows.append(
            (
                name.title(),
                f"{bare:,.0f}",
                f"{ours:,.0f}",
                f"{ours / bare:.2f}",
                f"{part:,.1f}",
                f"{part / bare:.3f}",
            )
        )
    print_table(
        f"CPU per slash command, µs ({COUNT} one after the other)",
        ("platform", "bare SDK", "our bot", "ratio", "words → payload", "share of the SDK"),
        rows,
    )


async def _costs(name: str) -> dict[str, float]:
    library = Library(ROOT / "briefings", lambda: NOW)
    library.load()
    answers = Answers(lambda: library.stories, lambda: NOW)
    bare = {"slack": _bare_slack, "slack-http": _bare_http, "discord": _bare_discord}[name]
    return {
        "bare": await _asked(name, lambda address: bare(address, answers)),
        "bot": await _asked(name, lambda address: _bot(name, address, answers)),
        "part": await _part(name, answers),
    }


async def _part(name: str, answers: Answers) -> float:
    preview = (on_discord if name == "discord" else on_slack).preview
    preview.render(await answers(REQUEST))
    began = time.process_time()
    for _ in range(COUNT):
        preview.render(await answers(REQUEST))
    return (time.process_time() - began) / COUNT


async def _asked(name: str, client: Callable[[str], Coroutine[Any, Any, object]]) -> float:
    """CPU seconds that this client takes for one command."""
    async with _driver(name) as (address, said):
        listening = asyncio.create_task(client(address))
        await said("warm")
        began = time.process_time()
        await said("done")
        took = time.process_time() - began
        listening.cancel()
        with suppress(asyncio.CancelledError):
            await listening
    return took / COUNT


@asynccontextmanager
async def _driver(
    name: str,
) -> AsyncIterator[tuple[str, Callable[[str], Coroutine[Any, Any, None]]]]:
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "bench.driver",
        name,
        str(COUNT),
        cwd=ROOT,
        stdout=asyncio.subprocess.PIPE,
    )
    assert process.stdout
    out = process.stdout

    async def said(text: str) -> None:
        line = (await asyncio.wait_for(out.readline(), 120)).decode().strip()
        assert line == text, line

    try:
        yield (await out.readline()).decode().strip(), said
    finally:
        process.kill()
        await process.wait()


async def _bot(name: str, address: str, answers: Answers) -> None:
    if name == "slack-http":
        await slack_http.ours(address, answers)
        return
    house = House(10, tempfile.mkdtemp(), {}, list, lambda: 1, lambda _: None, now=lambda: NOW)
    if name == "slack":
        settings = on_slack.Settings(
            api_url=address, bot_token=SecretStr(BOT_TOKEN), app_token=SecretStr(APP_TOKEN)
        )
        await on_slack.create(settings, house).listen(answers, answers.complete, lambda _: None)
    else:
        rest, gateway = address.split()
        platform = on_discord.create(
            on_discord.Settings(token=SecretStr(TOKEN), api_url=rest, gateway_url=gateway), house
        )
        await platform.listen(answers, answers.complete, lambda _: None)


async def _bare_http(address: str, answers: Answers) -> None:
    await slack_http.bare(address, answers, REQUEST)


async def _bare_slack(address: str, answers: Answers) -> None:
    message = json.dumps(on_slack.preview.render(await answers(REQUEST)))
    app = AsyncApp(
        client=AsyncWebClient(token=BOT_TOKEN, base_url=address), process_before_response=True
    )

    async def brief(ack: AsyncAck) -> None:
        await ack(json.loads(message))

    app.command("/brief")(brief)
    handlers = [AsyncSocketModeHandler(app, APP_TOKEN) for _ in range(2)]
    try:
        for handler in handlers:
            await handler.connect_async()
        await asyncio.Event().wait()
    finally:
        for handler in handlers:
            await handler.close_async()


async def _bare_discord(address: str, answers: Answers) -> None:
    rest, gateway = address.split()
    reply = await answers(REQUEST)
    client = discord.AutoShardedClient(intents=discord.Intents(guilds=True))
    tree = app_commands.CommandTree(client)
    group = app_commands.Group(name="brief", description="Bare")

    @group.command(name="faq", description="Bare")
    async def faq(interaction: discord.Interaction, story: str, words: str = "") -> None:
        del story, words  # a bare bot says the same to all
        await interaction.response.send_message(view=Message(reply), ephemeral=True)

    tree.add_command(group)

    async def setup_hook() -> None:
        await tree.sync()

    client.setup_hook = setup_hook  # type: ignore[method-assign]
    with endpoints(on_discord.Settings(token=SecretStr(TOKEN), api_url=rest, gateway_url=gateway)):
        async with client:
            await client.start(TOKEN)


if __name__ == "__main__":
    main()
