from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import aiohttp
import discord
import pytest
import yarl
from discord import app_commands

from tests.loopback import discord_limits as limits
from tests.loopback.discord import TOKEN, DiscordServer
from tests.loopback.discord_payloads import CHANNEL


class Bare(discord.AutoShardedClient):
    """The least client that answers."""

    def __init__(self) -> None:
        super().__init__(intents=discord.Intents(guilds=True), max_messages=None)
        self.tree: app_commands.CommandTree[Bare] = app_commands.CommandTree(self)
        group: Any = app_commands.Group(name="brief", description="Ask")
        self.tree.add_command(group)

        @group.command(name="say", description="Say something")  # type: ignore[untyped-decorator]
        async def say(interaction: discord.Interaction, words: str) -> None:
            view = discord.ui.LayoutView(timeout=None)
            view.add_item(discord.ui.TextDisplay(words))
            row: Any = discord.ui.ActionRow()
            view.add_item(row.add_item(discord.ui.Button(label="More", custom_id="more")))
            await interaction.response.send_message(view=view, ephemeral=True)

        @group.command(name="nothing", description="Say nothing")  # type: ignore[untyped-decorator]
        async def nothing(_: discord.Interaction) -> None:
            await asyncio.sleep(0)

    async def setup_hook(self) -> None:
        await self.tree.sync()

    async def before_identify_hook(self, shard_id: int | None, *, initial: bool = False) -> None:
        """Identify at once."""


@pytest.fixture
async def server(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[DiscordServer]:
    async with DiscordServer() as server:
        monkeypatch.setattr(discord.http.Route, "BASE", server.api_url)
        gateway = discord.gateway.DiscordWebSocket
        monkeypatch.setattr(gateway, "DEFAULT_GATEWAY", yarl.URL(server.gateway_url))
        yield server


@asynccontextmanager
async def connected(server: DiscordServer) -> AsyncIterator[Bare]:
    async with Bare() as client:
        running = asyncio.create_task(client.start(TOKEN))
        await server.connected()
        yield client
        await client.close()
        await running


async def test_a_command_is_answered_over_real_sockets(server: DiscordServer) -> None:
    async with connected(server):
        asked = await server.slash("say", words="hello")

        assert (asked.type, asked.text, asked.ephemeral) == (4, "hello", True)
        assert server.gateway.heartbeats >= 1


async def test_a_dropped_socket_is_resumed_and_missed_events_are_told(
    server: DiscordServer,
) -> None:
    async with connected(server):
        session = server.gateway.open[0]
        await server.gateway.drop()
        asked = await server.slash("say", words="while you were away")

        assert asked.text == "while you were away"
        assert [r["session_id"] for r in server.gateway.resumes] == [session.id]
        assert len(server.gateway.identifies) == 1


async def test_op_7_is_answered_by_a_resume_and_op_9_by_a_new_session(
    server: DiscordServer,
) -> None:
    async with connected(server):
        await server.gateway.ask_to_reconnect()
        await server.until(lambda: len(server.gateway.resumes) == 1)
        await server.gateway.invalidate(resumable=False)
        await server.until(lambda: len(server.gateway.identifies) == 2)

        assert (await server.slash("say", words="still here")).text == "still here"


async def test_a_bad_token_is_refused(server: DiscordServer) -> None:
    async with Bare() as client:
        with pytest.raises(discord.LoginFailure):
            await client.start("wrong")


async def test_a_rate_limit_is_waited_out_only_with_a_via_header(server: DiscordServer) -> None:
    async with connected(server) as client:
        channel: Any = client.get_partial_messageable(int(CHANNEL))
        server.rest.limit_rate("POST", "/messages", seconds=0.01)
        await channel.send("waited")
        assert [m["content"] for m in server.messages] == ["waited"]

        server.rest.limit_rate("POST", "/messages", seconds=0.01, via=False)
        with pytest.raises(discord.HTTPException) as caught:
            await channel.send("refused")
        assert caught.value.status == 429


async def test_a_repeated_nonce_is_the_first_message(server: DiscordServer) -> None:
    async with connected(server) as client:
        channel: Any = client.get_partial_messageable(int(CHANNEL))
        first = await channel.send("once", nonce="n1")
        second = await channel.send("once", nonce="n1")

        assert first.id == second.id
        assert len(server.messages) == 1


async def test_an_interaction_is_answered_once_and_in_time(server: DiscordServer) -> None:
    async with connected(server), aiohttp.ClientSession() as session:
        asked = await server.slash("say", words="hello")
        again = await _answer(server, session, asked.payload)
        server.rest.interactions.callback_limit = 0.0
        late = await server.slash("nothing", wait=False)
        await asyncio.sleep(0.01)

        assert again["code"] == 40060
        assert (await _answer(server, session, late.payload))["code"] == 10062


async def _answer(
    server: DiscordServer, session: aiohttp.ClientSession, asked: dict[str, Any]
) -> dict[str, Any]:
    url = f"{server.api_url}/interactions/{asked['id']}/{asked['token']}/callback"
    async with session.post(url, json={"type": 4, "data": {"content": "late"}}) as response:
        answer: dict[str, Any] = await response.json()
        return answer


async def test_what_is_over_a_limit_is_refused(server: DiscordServer) -> None:
    async with connected(server) as client:
        channel: Any = client.get_partial_messageable(int(CHANNEL))
        view = discord.ui.LayoutView()
        view.add_item(discord.ui.TextDisplay("x" * 4001))
        with pytest.raises(discord.HTTPException) as caught:
            await channel.send(view=view)

        assert caught.value.code == 50035
        assert server.rest.rejected != []
    server.rest.rejected.clear()
    server.rest._bodies.clear()


@pytest.mark.skipif(not limits.description_present(), reason="no API description beside the repo")
def test_the_api_description_names_what_is_wrong() -> None:
    path = "/channels/{channel_id}/messages"
    text = {"type": 10, "content": ""}
    body = {"flags": limits.V2, "components": [{"type": 17, "components": [text]}]}

    assert limits.description_problems("POST", path, body) == [
        "$.components[0].components[0].content: '' should be non-empty"
    ]
    text["content"] = "something"
    assert limits.description_problems("POST", path, body) == []
