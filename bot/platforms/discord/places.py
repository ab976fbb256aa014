"""Where a channel is, as the gateway told it, or as Discord tells it when asked."""

from __future__ import annotations

from typing import Final

import discord

from bot.domain.request import Channel

#: The workspace of direct channels: their people belong to no server there.
DIRECT: Final = "@me"
#: The longest number that can be the id of anything.
_LONGEST: Final = 20

Place = discord.abc.GuildChannel | discord.Thread


def is_ours(channel: Channel) -> bool:
    """Tell whether the channel can be one of Discord's, whose ids are numbers."""
    ids = [channel.id] if channel.workspace == DIRECT else [channel.id, channel.workspace]
    numbers = all(one.isascii() and one.isdecimal() and len(one) <= _LONGEST for one in ids)
    return channel.platform == "discord" and numbers


def guild_of(client: discord.Client, channel: Channel) -> discord.Guild | None:
    """Return the server that a channel is said to be in, if the bot is there."""
    return None if channel.workspace == DIRECT else client.get_guild(int(channel.workspace))


def is_told(client: discord.Client, channel: Channel) -> bool:
    """Tell whether the gateway has told all that it tells of a channel's server."""
    guild = guild_of(client, channel)
    direct = channel.workspace == DIRECT
    return direct or client.is_ready() or (guild is not None and not guild.unavailable)


async def find_place(client: discord.Client, channel: Channel) -> Place | None:
    """Return a channel of a server, if it is one of that server that the bot can see.

    The gateway tells nothing of archived threads, so Discord is asked for what it did not tell.

    Raises:
        DiscordException: it cannot be asked now.
    """
    guild = guild_of(client, channel)
    if guild is None or is_elsewhere(client, channel):
        return None
    known = guild.get_channel_or_thread(int(channel.id))
    if known is not None:
        return known
    try:
        found = await client.fetch_channel(int(channel.id))
    except (discord.NotFound, discord.Forbidden, discord.InvalidData):
        return None
    return found if isinstance(found, Place) and found.guild.id == guild.id else None


def is_elsewhere(client: discord.Client, channel: Channel) -> bool:
    """Tell whether the channel is known to be of another server than it is said to be."""
    known = client.get_channel(int(channel.id))
    guild = getattr(known, "guild", None)
    return known is not None and str(guild.id if guild else DIRECT) != channel.workspace


def name_of_place(place: Place) -> str:
    """Return the name by which people know a channel."""
    return f"the thread {place.name}" if isinstance(place, discord.Thread) else f"#{place.name}"
