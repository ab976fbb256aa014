"""Requests to Discord's API whose fate must be known: each is sent once, or not at all.

discord.py sends a request up to five times by itself, and sleeps through rate limits both before
and after it. Whoever then runs out of time cannot tell whether anything was sent.
"""

from __future__ import annotations

import asyncio
import json
import math
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from http import HTTPStatus
from typing import Any, Final

import aiohttp
import discord

from bot.platforms.discord.endpoints import proxy_for
from bot.platforms.discord.settings import Settings

#: Of the time that a call may take: to be done before whoever asked gives up, whatever had to be
#: asked before,
_SHARE: Final = 0.65
#: and to have a connection, without which nothing was sent.
_CONNECTING: Final = 0.5
#: No rate limit is longer than this many seconds.
_LONGEST: Final = 86_400.0


class Wire:
    """Sends what it is told, once; answers and errors are those of discord.py."""

    def __init__(self, settings: Settings, session: aiohttp.ClientSession, user_agent: str) -> None:
        self._session = session
        self._base = settings.api_url.rstrip("/")
        self._proxy = proxy_for(settings.api_url)
        self._headers = {"Authorization": f"Bot {settings.secret}", "User-Agent": user_agent}
        self._held_until = 0.0

    async def get(self, path: str, **query: str | int) -> Any:
        """Read something.

        Raises:
            RateLimited: not before `retry_after`; nothing may have been sent.
            HTTPException: Discord refuses it.
            InvalidData: Discord did it, as far as one can tell from an answer that is none.
        """
        return await self._send("GET", path, params=query)

    async def post(self, path: str, body: Mapping[str, Any]) -> Any:
        """Create something. It raises what `get` does."""
        headers = {"Content-Type": "application/json"}
        return await self._send("POST", path, data=json.dumps(body).encode(), headers=headers)

    async def _send(
        self, method: str, path: str, headers: Mapping[str, str] | None = None, **more: Any
    ) -> Any:
        loop = asyncio.get_running_loop()
        if (left := self._held_until - loop.time()) > 0:
            raise discord.RateLimited(left)
        headers = {**self._headers, **(headers or {})}
        more |= {"headers": headers, "proxy": self._proxy, "allow_redirects": False}
        async with self._session.request(method, self._base + path, **more) as response:
            answer = _parsed(await response.read())
        if HTTPStatus.OK <= response.status < HTTPStatus.MULTIPLE_CHOICES:
            if answer is None:
                raise discord.InvalidData(f"HTTP {response.status} without JSON")
            return answer
        wait = _wait(response, answer)
        if wait is not None:
            if isinstance(answer, dict) and answer.get("global") is True:
                self._held_until = loop.time() + wait
            raise discord.RateLimited(wait)
        raise _error(response, answer)


@asynccontextmanager
async def wire(settings: Settings, user_agent: str, seconds: float) -> AsyncIterator[Wire]:
    """Connect as often as it takes, for calls of which each may take so many seconds."""
    total = _SHARE * seconds
    limits = aiohttp.ClientTimeout(total=total, connect=_CONNECTING * total)
    connector = aiohttp.TCPConnector(limit=0)
    async with aiohttp.ClientSession(connector=connector, timeout=limits) as session:
        yield Wire(settings, session, user_agent)


def _parsed(body: bytes) -> Any:
    """Return what a body says; None if it is no JSON."""
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        return None


def _wait(response: aiohttp.ClientResponse, answer: Any) -> float | None:
    """Return for how many seconds a refused request must wait; None if Discord does not say."""
    limited = response.status == HTTPStatus.TOO_MANY_REQUESTS
    told = answer.get("retry_after") if isinstance(answer, dict) else None
    if response.status >= HTTPStatus.INTERNAL_SERVER_ERROR or (told is None and not limited):
        return None
    for value in (told, response.headers.get("Retry-After")):
        try:
            seconds = float(value or "")
        except (TypeError, ValueError):
            continue
        if math.isfinite(seconds) and seconds >= 0:
            return min(seconds, _LONGEST)
    return None


def _error(response: aiohttp.ClientResponse, answer: Any) -> discord.HTTPException:
    """Return an error with no more of the answer than discord.py can read."""
    told = answer if isinstance(answer, dict) else {}
    code, why = told.get("code"), told.get("message")
    about = {"code": code if isinstance(code, int) else 0, "message": str(why or "")}
    return discord.HTTPException(response, about)
