"""A platform that does as it is told."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from bot.domain.platform import Answer, Complete, Report
    from bot.domain.problem import Problem
    from bot.domain.reply import Reply
    from bot.domain.request import Channel


class FakePlatform:
    """Fails with each given error in turn, then listens well until cancelled."""

    repeat_window = timedelta(0)

    def __init__(self, name: str = "fake", failures: Iterable[Exception] = ()) -> None:
        self.name = name
        self.listened = 0
        self.ready = asyncio.Event()
        self._failures = list(failures)

    async def listen(self, answer: Answer, complete: Complete, report: Report) -> None:
        self.listened += 1
        if self._failures:
            raise self._failures.pop(0)
        report(True)
        self.ready.set()
        try:
            await asyncio.Event().wait()
        finally:
            report(False)

    async def post(self, channel: Channel, reply: Reply, *, key: str) -> str:
        return key

    async def check(self, channel: Channel) -> Problem | None:
        return None

    async def find(self, channel: Channel, key: str, *, since: datetime) -> str | None:
        return None
