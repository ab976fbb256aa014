"""`python -m tests.faults.worker DATABASE URL`: tick and deliver until killed."""

from __future__ import annotations

import asyncio
import sys
from datetime import timedelta

import aiohttp

from bot import clock
from bot.digests import queue_due
from bot.domain.stories import Stories
from bot.outbox import Limits, Outbox
from bot.store import Store
from bot.store.database import UNAVAILABLE
from tests.loopback.chat_platform import LoopbackChat
from tests.stories import make_story

LIMITS = Limits(
    http=timedelta(seconds=0.5),
    settle=timedelta(seconds=0.8),
    queue=timedelta(seconds=1.0),
    spare=timedelta(seconds=0.2),
    turn=timedelta(seconds=2),
)
WINDOW = timedelta(seconds=8)


async def work(database: str, url: str) -> None:
    stories = Stories([make_story()])
    async with await Store.open(database) as store, aiohttp.ClientSession() as session:
        platforms = {
            "slack": LoopbackChat("slack", url, session),
            "discord": LoopbackChat("discord", url, session, WINDOW),
        }
        outbox = Outbox(store, LIMITS)
        while True:
            try:
                await queue_due(store, stories, clock.now())
                await outbox.deliver_due(platforms, clock.now())
            except UNAVAILABLE:
                await asyncio.sleep(0.2)
            await asyncio.sleep(0.02)


if __name__ == "__main__":
    asyncio.run(work(*sys.argv[1:]))
