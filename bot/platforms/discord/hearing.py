"""Whether each shard still hears: a connection may be alive, and yet be told of nothing.

A lost heartbeat the library notices. That heartbeats are answered says little: what counts is that
events arrive. So each shard is asked for one now and then: for the bot's own membership of one of
its servers, which needs no intent.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Collection
from dataclasses import dataclass

import discord

from bot.platforms.discord.failures import DISCORD_FAILURES, name_of

_LOG = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Hearing:
    """Every how many seconds each shard is asked for an event, and how long it may take.

    `heartbeat` is for how many seconds a shard may receive nothing at all, not even an answer to a
    heartbeat, before the library begins anew.
    """

    every: float = 120.0
    patience: float = 20.0
    heartbeat: float = 60.0


async def keep_hearing(
    client: discord.AutoShardedClient, live: Collection[int], hearing: Hearing
) -> None:
    """Renew each shard that is connected and told of nothing, until cancelled.

    `live` are the shards that have a session; one that has none twice in a row never got it.
    """
    silent: set[int] = set()
    while True:
        await asyncio.sleep(hearing.every)
        connected = {n for n, shard in client.shards.items() if not shard.is_closed()}
        without = connected.difference(live)
        deaf = without & silent
        silent = without - deaf
        for one in sorted(deaf | await _deaf(client, connected.intersection(live), hearing)):
            try:
                await _renew(client, one)
            except Exception:  # noqa: BLE001 (whatever it was, the others are still watched)
                _LOG.exception("shard %d could not be renewed", one)


async def _deaf(
    client: discord.AutoShardedClient, shards: Collection[int], hearing: Hearing
) -> set[int]:
    heard = await asyncio.gather(*(_hears(client, one, hearing) for one in shards))
    return {one for one, hears in zip(shards, heard, strict=True) if not hears}


async def _hears(client: discord.AutoShardedClient, number: int, hearing: Hearing) -> bool:
    """Tell whether a shard is told of what it asks for; one without servers cannot ask."""
    ours = (g for g in client.guilds if g.shard_id == number and not g.unavailable)
    guild, me = next(ours, None), client.user
    if guild is None or me is None:
        return True
    try:
        async with asyncio.timeout(hearing.patience):
            await guild.query_members(user_ids=[me.id], cache=False)
    except TimeoutError:
        return False
    except (*DISCORD_FAILURES, RuntimeError) as error:  # its socket is just being renewed
        _LOG.info("shard %d could not ask (%s)", number, name_of(error))
    return True


async def _renew(client: discord.AutoShardedClient, number: int) -> None:
    """Begin a new session: the old one would go on as it was."""
    shard = client.get_shard(number)
    if shard is None or shard.is_closed():
        return
    _LOG.warning("shard %d is connected but told of nothing; beginning a new session", number)
    await shard.reconnect()
