"""The budget of new sessions: Discord resets the token of a bot that begins too many a day.

It counts every client of the process, for a supervisor makes one after the other.
"""

from __future__ import annotations

import asyncio
import logging
import math
from collections import deque
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Final

import discord

from bot.errors import PlatformError

_LOG = logging.getLogger(__name__)

#: Kept for whoever has to start the bot by hand while something is wrong.
_SPARE: Final = 20
_HOUR: Final = 3600.0


@dataclass(slots=True)
class Budget:
    """When sessions were begun, and how soon the next may be.

    `spacing` are the seconds between two of them that Discord wants; `an_hour` is how many there
    may be besides one for each shard, as after a restart.
    """

    spacing: float = 5.0
    an_hour: int = 20
    _begun: deque[float] = field(default_factory=deque)

    async def check(self, client: discord.AutoShardedClient) -> None:
        """Make sure that Discord allows as many new sessions as this start takes.

        Raises:
            PlatformError: it does not; it tells when it will.
            DiscordException: it cannot be asked now.
        """
        shards, _, limit = await client.http.get_bot_gateway()
        left = limit["remaining"]
        if left >= min(shards + _SPARE, limit["total"]):
            return
        wait = timedelta(seconds=math.ceil(limit["reset_after"] / 1000))
        raise PlatformError(
            f"Discord allows this bot {left} more sessions, too few to spend on a start; it will "
            f"allow {limit['total']} again in {wait}. Look in the log for why it began so many."
        )

    async def take(self, shards: int) -> None:
        """Wait until a session may begin, and count it."""
        clock = asyncio.get_running_loop().time
        while (wait := self._wait(clock(), shards)) > 0:
            if wait > self.spacing:
                _LOG.warning("%d new sessions in an hour; waiting %.0f s", len(self._begun), wait)
            await asyncio.sleep(wait)
        self._begun.append(clock())

    def _wait(self, now: float, shards: int) -> float:
        """Return for how many seconds no session may begin."""
        while self._begun and now - self._begun[0] > _HOUR:
            self._begun.popleft()
        if not self._begun:
            return 0.0
        apart = self._begun[-1] + self.spacing - now
        full = len(self._begun) >= self.an_hour + shards
        return max(apart, self._begun[0] + _HOUR - now if full else 0.0)
