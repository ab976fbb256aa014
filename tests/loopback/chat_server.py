"""A chat platform on loopback that is instant, or fails by a seed in every way that HTTP can.

It keeps one promise, without which nobody could do better: a request is decided at the latest
`decides_within` seconds after it left its sender.
"""

from __future__ import annotations

import asyncio
import random
import time
from collections import Counter
from dataclasses import dataclass, field
from typing import Self

from aiohttp import web

WAYS = (
    *("429", "429", "500", "500 after", "reset", "reset after", "hang", "hang after"),
    *("late", "body", "body after", "refuse"),
)


@dataclass
class ChatServer:
    """`faults` is the share of requests that go wrong; `window` for how long a key is refused.

    Channels whose id ends in `x` are gone.
    """

    seed: int = 0
    faults: float = 0.0
    decides_within: float = 1.0
    patience: float = 0.5
    windows: dict[str, float] = field(default_factory=dict)
    messages: dict[tuple[str, str], list[float]] = field(default_factory=dict)
    requests: Counter[str] = field(default_factory=Counter)
    violations: int = 0
    url: str = ""

    def __post_init__(self) -> None:
        self._random = random.Random(self.seed)
        self._until: dict[str, float] = {}
        self._runner: web.AppRunner | None = None
        self._late: set[asyncio.Task[None]] = set()

    async def __aenter__(self) -> Self:
        app = web.Application()
        app.add_routes([web.post("/{platform}", self._post), web.get("/{platform}", self._find)])
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", 0, backlog=1024).start()
        self.url = f"http://127.0.0.1:{self._runner.addresses[0][1]}"
        return self

    async def __aexit__(self, *_: object) -> None:
        for task in self._late:
            task.cancel()
        if self._runner:
            await self._runner.cleanup()

    def doubles(self) -> list[tuple[str, str]]:
        """Platform and key of each message that is there more than once."""
        return [where for where, times in self.messages.items() if len(times) > 1]

    async def _post(self, request: web.Request) -> web.StreamResponse:
        platform, asked = request.match_info["platform"], await request.json()
        channel, key, sent_at = asked["channel"], asked["key"], float(asked["sent_at"])
        self.requests["posts"] += 1
        if channel.endswith("x"):
            return web.Response(status=404)
        if time.monotonic() < self._until.get(channel, 0.0) - 0.02:
            self.violations += 1
        way = self._random.choice(WAYS) if self._random.random() < self.faults else ""
        self.requests[way] += 1
        if way == "late":
            wait = self._random.uniform(0, self.decides_within)
            self._apply_later(platform, key, sent_at, wait)
        elif not way or way.endswith("after"):
            self._apply(platform, key, sent_at)
        return await self._answer(way, request, channel, key)

    async def _find(self, request: web.Request) -> web.StreamResponse:
        platform, key = request.match_info["platform"], request.query["key"]
        self.requests["looks"] += 1
        if self._random.random() < self.faults:
            way = self._random.choice(("429", "500", "reset", "hang", "body"))
            return await self._answer(way, request, request.query["channel"], key)
        found = key if self.messages.get((platform, key)) else None
        return web.json_response({"id": found})

    def _apply(self, platform: str, key: str, sent_at: float) -> None:
        present = time.monotonic()
        if present > sent_at + self.decides_within:
            return  # nobody waits for that any more
        times = self.messages.setdefault((platform, key), [])
        if times and present - times[-1] < self.windows.get(platform, 0.0):
            return  # the platform refuses the repeated key, and answers with the first message
        times.append(present)

    def _apply_later(self, platform: str, key: str, sent_at: float, wait: float) -> None:
        async def later() -> None:
            await asyncio.sleep(wait)
            self._apply(platform, key, sent_at)

        task = asyncio.create_task(later())
        self._late.add(task)
        task.add_done_callback(self._late.discard)

    async def _answer(
        self, way: str, request: web.Request, channel: str, key: str
    ) -> web.StreamResponse:
        kind = way.split(maxsplit=1)[0] if way else ""
        if kind in {"hang", "late"}:
            await asyncio.sleep(self.patience * 2)
        if kind in {"reset", "hang", "late"}:
            if request.transport:
                request.transport.abort()
            return web.Response(status=500)
        if kind == "429":
            wait = self._random.uniform(0.05, 0.5)
            self._until[channel] = time.monotonic() + wait
            return web.Response(status=429, headers={"Retry-After": f"{wait:.3f}"})
        if kind == "body":
            return web.Response(text="<html>", content_type="application/json")
        if kind == "refuse":
            return web.Response(status=503)
        return web.json_response({"id": key}) if not kind else web.Response(status=500)
