"""A chat platform in memory, which takes, loses, doubts and refuses as it is told."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta

from bot.domain.pace import Pace
from bot.domain.platform import Answer, Complete, Report
from bot.domain.problem import Problem
from bot.domain.reply import Reply
from bot.domain.request import Channel
from bot.errors import PostError, PostOutcome, UnsupportedError


def busy(seconds: float | None = None) -> PostError:
    wait = None if seconds is None else timedelta(seconds=seconds)
    return PostError("Busy.", PostOutcome.RETRY, retry_after=wait)


def gone() -> PostError:
    return PostError("The channel is gone.", PostOutcome.REFUSED, dead_channel=True)


def refused() -> PostError:
    return PostError("The message is too long.", PostOutcome.REFUSED)


class Lost(Exception):
    """The message is taken, and then this happens to the answer."""

    def __init__(self, error: BaseException) -> None:
        super().__init__()
        self.error = error


def lost() -> Lost:
    return Lost(PostError("The answer was lost.", PostOutcome.UNKNOWN))


class ChatPlatform:
    """Does what each step of its script says, then takes everything."""

    name = "slack"

    def __init__(
        self,
        script: Iterable[BaseException] = (),
        *,
        readable: bool = True,
        window: timedelta = timedelta(0),
        pace: Pace | None = None,
    ) -> None:
        self.repeat_window = window
        self.pace = pace or Pace(timedelta(0), workspace=10_000, platform=10_000)
        self.messages: Counter[str] = Counter()
        self.order: list[tuple[str, str]] = []
        self.posts = self.looks = 0
        self.look_errors: list[Exception] = []
        self.delay: Callable[[Channel], float] = lambda _: 0.0
        self._script = list(script)
        self._readable = readable

    async def listen(self, answer: Answer, complete: Complete, report: Report) -> None:
        raise NotImplementedError

    async def post(self, channel: Channel, reply: Reply, *, key: str) -> str:
        self.posts += 1
        step = self._script.pop(0) if self._script else None
        if step is not None and not isinstance(step, Lost):
            raise step
        if not (self.repeat_window and self.messages[key]):
            self.messages[key] += 1
            self.order.append((channel.id, reply.title))
        await asyncio.sleep(self.delay(channel))
        if step is not None:
            raise step.error
        return f"id of {key}"

    async def check(self, channel: Channel) -> Problem | None:
        return None

    async def find(self, channel: Channel, key: str, *, since: datetime) -> str | None:
        self.looks += 1
        if self.look_errors:
            raise self.look_errors.pop(0)
        if not self._readable:
            raise UnsupportedError("The bot may not read there.")
        return f"id of {key}" if self.messages[key] else None
