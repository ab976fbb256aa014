"""The bot's side of `ChatServer`: a platform that reads back, or one that refuses repeated keys."""

from __future__ import annotations

import time
from datetime import datetime, timedelta
from http import HTTPStatus
from typing import Any

import aiohttp

from bot.domain.pace import Pace
from bot.domain.platform import Answer, Complete, Report
from bot.domain.problem import Problem
from bot.domain.reply import Reply
from bot.domain.request import Channel
from bot.errors import PostError, PostOutcome, UnsupportedError

#: As fast as the machine allows.
FREE = Pace(timedelta(seconds=0.02), workspace=1e6, platform=1e6)


class LoopbackChat:
    """Posts to a `ChatServer`."""

    def __init__(
        self,
        name: str,
        url: str,
        session: aiohttp.ClientSession,
        window: timedelta = timedelta(0),
        pace: Pace = FREE,
    ) -> None:
        self.name, self.repeat_window, self.pace = name, window, pace
        self._url, self._session = f"{url}/{name}", session

    async def listen(self, answer: Answer, complete: Complete, report: Report) -> None:
        raise NotImplementedError

    async def check(self, channel: Channel) -> Problem | None:
        return None

    async def post(self, channel: Channel, reply: Reply, *, key: str) -> str:
        said = {"channel": str(channel), "key": key, "text": reply.title}
        said["sent_at"] = str(time.monotonic())
        try:
            async with self._session.post(self._url, json=said) as answer:
                return str((await _checked(answer))["id"])
        except aiohttp.ClientConnectorError as error:
            raise PostError("It cannot be reached.", PostOutcome.RETRY) from error
        except (aiohttp.ClientError, OSError, ValueError) as error:
            raise PostError(f"It broke ({type(error).__name__}).", PostOutcome.UNKNOWN) from error

    async def find(self, channel: Channel, key: str, *, since: datetime) -> str | None:
        if self.repeat_window:
            raise UnsupportedError("It cannot be read.")
        try:
            query = {"channel": str(channel), "key": key}
            async with self._session.get(self._url, params=query) as answer:
                found: str | None = (await _checked(answer))["id"]
                return found
        except (aiohttp.ClientError, OSError, ValueError) as error:
            raise PostError(f"It broke ({type(error).__name__}).", PostOutcome.UNKNOWN) from error


async def _checked(answer: aiohttp.ClientResponse) -> Any:
    if answer.status == HTTPStatus.TOO_MANY_REQUESTS:
        wait = timedelta(seconds=float(answer.headers["Retry-After"]))
        raise PostError("It is busy.", PostOutcome.RETRY, retry_after=wait)
    if answer.status == HTTPStatus.SERVICE_UNAVAILABLE:
        raise PostError("It is busy.", PostOutcome.RETRY)
    if answer.status == HTTPStatus.NOT_FOUND:
        raise PostError("The channel is gone.", PostOutcome.REFUSED, dead_channel=True)
    if answer.status != HTTPStatus.OK:
        raise PostError(f"It failed ({answer.status}).", PostOutcome.UNKNOWN)
    return await answer.json()
