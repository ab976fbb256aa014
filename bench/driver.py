"""The other side of `bench.sdk`, in a process of its own: a platform on loopback that asks.

`python -m bench.driver slack|slack-http|discord COUNT` prints its address, waits for a client,
asks COUNT times to warm it up, says `warm`, asks COUNT times more, and says `done`.
"""

from __future__ import annotations

import asyncio
import socket
import sys

import aiohttp

from tests.loopback.discord import DiscordServer
from tests.loopback.slack import SlackServer
from tests.loopback.slack_http import Caller

WORDS = "faq land-strikes"


async def slack(count: int) -> None:
    """Ask over Socket Mode."""
    async with SlackServer() as server:
        _say(server.api_url)
        await server.until(lambda: len(server.sockets.links) > 1)
        for part in ("warm", "done"):
            for _ in range(count):
                await server.slash(WORDS)
            _say(part)
        await asyncio.Event().wait()


async def slack_http(count: int) -> None:
    """Call with signed requests, at a port that is named beforehand."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    async with SlackServer() as server:
        server.caller = Caller(f"http://127.0.0.1:{port}/slack/events")
        _say(f"{server.api_url} {port}")
        for _ in range(600):
            if await _answers(server):
                break
            await asyncio.sleep(0.1)
        for part in ("warm", "done"):
            for _ in range(count):
                assert (await server.slash(WORDS)).error is None
            _say(part)
        await asyncio.Event().wait()


async def _answers(server: SlackServer) -> bool:
    try:
        return (await server.slash(WORDS)).error is None
    except aiohttp.ClientError:
        return False


async def discord(count: int) -> None:
    """Ask over the gateway."""
    async with DiscordServer() as server:
        _say(f"{server.api_url} {server.gateway_url}")
        await server.connected()
        await server.until(lambda: server.rest.syncs, "registered commands")
        for part in ("warm", "done"):
            for _ in range(count):
                await server.slash("faq", story="land-strikes")
            _say(part)
        await asyncio.Event().wait()


def _say(text: str) -> None:
    print(text, flush=True)


if __name__ == "__main__":
    known = {"slack": slack, "slack-http": slack_http, "discord": discord}
    asyncio.run(known[sys.argv[1]](int(sys.argv[2])))
