"""A playground with all of the house behind it: a store, two stories, digests and their timer."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from aiohttp import web

from bot import clock
from bot.answers import Answers
from bot.answers.digests import Limits
from bot.answers.feedback import Feedback
from bot.app.deliveries import Deliveries
from bot.app.feedback import feedback_report
from bot.app.moving import Moving
from bot.app.supervisor import Supervisor
from bot.clock import Clock, Ticker
from bot.domain.platform import House
from bot.domain.stories import Stories
from bot.platforms.web.platform import WebPlatform
from bot.platforms.web.settings import Settings
from bot.store import Store
from tests.platforms.web.sample import PREVIEWS
from tests.stories import make_faq, make_story

STORIES = Stories(
    [
        make_story("harbour-tunnel", faq=[make_faq("pays", "Who pays?")]),
        make_story("night-trains", faq=[make_faq("when", "When do they run?")]),
    ]
)


@dataclass
class Living:
    """A served house."""

    url: str
    store: Store
    clock: Clock


@asynccontextmanager
async def living(path: Path, port: int = 0, *, alone: bool = True) -> AsyncIterator[Living]:
    """A house that answers and posts for as long as the block runs; its file stays."""
    own = Clock()
    async with await Store.open(f"sqlite:///{path}/bot.db") as store:
        deliveries = Deliveries(store, lambda: STORIES, Limits(), own.now)
        moving = Moving("web", own, store, deliveries)
        house = House(
            http_timeout=10,
            state=str(path),
            previews=PREVIEWS,
            problems=list,
            revision=lambda: 1,
            on_change=lambda _: None,
            digests=store,
            clock=moving if alone else None,
            now=clock.now,
            feedback=lambda: feedback_report(store, STORIES),
        )
        platform = WebPlatform(Settings(_env_file=None), house)
        answers = Answers(
            lambda: STORIES,
            own.now,
            deliveries.bound,
            deliveries.desk(),
            feedback=Feedback(store, clock.now),
        )
        supervisor = Supervisor(platform, answers, answers.complete, clock.now)
        await moving.start()
        await deliveries.start({"web": supervisor})
        async with _serving(platform, port) as served:
            tasks = [
                asyncio.create_task(supervisor.run()),
                asyncio.create_task(Ticker(deliveries.jobs()).run()),
            ]
            try:
                yield Living(f"http://127.0.0.1:{served}", store, own)
            finally:
                for task in tasks:
                    task.cancel()
                await asyncio.wait(tasks)


@asynccontextmanager
async def _serving(platform: WebPlatform, port: int) -> AsyncIterator[int]:
    app = web.Application()
    app.add_routes(platform.routes())
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", port).start()
    try:
        yield runner.addresses[0][1]
    finally:
        await runner.cleanup()
