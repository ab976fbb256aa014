"""Publishing what was posted in an announcement channel to all who follow it."""

from __future__ import annotations

import asyncio
import logging
from typing import Final

import discord

from bot.domain.problem import Problem
from bot.domain.request import Channel
from bot.platforms.discord.failures import DISCORD_FAILURES, name_of
from bot.platforms.discord.wire import Wire

_LOG = logging.getLogger(__name__)

#: The message is published already, as after a repetition.
_PUBLISHED: Final = 40033
_TRIES: Final = 6
_FIRST_WAIT: Final = 0.5
#: Discord lets a channel publish about ten messages an hour.
_LONGEST_WAIT: Final = 3600.0


class Publishing:
    """Publishes in its own time: the message is posted, and the digest therewith delivered.

    What is not published when the bot stops stays as it is; a moderator can publish it by hand.
    """

    def __init__(self) -> None:
        self._tasks: set[asyncio.Task[None]] = set()

    def start(self, wire: Wire, channel: Channel, message: str) -> None:
        """Set out to publish a message."""
        task = asyncio.create_task(_publish(wire, channel, message))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def stop(self) -> None:
        """Leave the rest."""
        for task in self._tasks:
            task.cancel()
        if self._tasks:
            _LOG.warning("posted messages that were not published: %d", len(self._tasks))
            await asyncio.wait(self._tasks)


def unpublishable(place: object) -> Problem | None:
    """Say why nothing could be published from a channel; None if it could."""
    if isinstance(place, discord.TextChannel) and place.is_news():
        return None
    return Problem(
        "only announcement channels have followers to publish to",
        "choose an announcement channel, or leave out the word publish",
    )


async def _publish(wire: Wire, channel: Channel, message: str) -> None:
    path, wait = f"/channels/{channel.id}/messages/{message}/crosspost", _FIRST_WAIT
    for tried in range(1, _TRIES + 1):
        try:
            await wire.post(path, {})
            return
        except discord.RateLimited as error:
            failure: Exception = error
            wait = max(wait, error.retry_after)
        except discord.HTTPException as error:
            if error.code == _PUBLISHED:
                return
            failure = error
            if error.status < 500:  # noqa: PLR2004 (HTTP's server errors)
                break
        except DISCORD_FAILURES as error:
            failure = error
        if tried < _TRIES:
            await asyncio.sleep(min(wait, _LONGEST_WAIT))
            wait *= 2
    _LOG.warning("a message in %s was posted but not published (%s)", channel, name_of(failure))
