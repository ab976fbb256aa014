"""The other side of `bench.sdk`, in a process of its own: a platform on loopback that asks.

`python -m bench.driver slack|discord COUNT` prints its address, waits for a client, asks COUNT
times to warm it up, says `warm`, asks COUNT times more, and says `done`.
"""

from __future__ import annotations

import asyncio
import sys

from tests.loopback.discord import DiscordServer
from tests.loopback.slack import SlackServer

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
    asyncio.run({"slack": slack, "discord": discord}[sys.argv[1]](int(sys.argv[2])))
