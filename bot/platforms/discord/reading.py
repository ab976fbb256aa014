"""Reading back: looks for the bot's own message among those of a channel."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, Final

import discord

from bot.domain.request import Channel
from bot.errors import PostError, PostOutcome, UnsupportedError
from bot.platforms.discord.keys import carries
from bot.platforms.discord.places import DIRECT, find_place, guild_of
from bot.platforms.discord.rights import lacks_history
from bot.platforms.discord.wire import Wire

#: What a clock here may be ahead of Discord's, whole hours set by mistake included.
_SKEW: Final = timedelta(hours=2)
_PAGE: Final = 100


async def check_history(client: discord.Client, channel: Channel) -> None:
    """Make sure of the right to read, for without it Discord shows an empty channel.

    Raises:
        UnsupportedError: the bot may not read there.
        PostError: nobody can say now.
        DiscordException: Discord cannot be asked now.
    """
    if channel.workspace == DIRECT:
        return
    guild = guild_of(client, channel)
    if guild and guild.unavailable:
        raise PostError("Discord has lost sight of that server.", PostOutcome.RETRY)
    place = await find_place(client, channel)
    if guild is None or place is None:
        raise UnsupportedError("The bot no longer sees that channel, so it cannot look there.")
    if missing := lacks_history(guild, place):
        raise UnsupportedError(
            f"The bot lacks {missing}, so it cannot see what it posted. In the channel's settings, "
            "under Permissions, allow the bot's role this; until then look there yourself."
        )


async def find_message(
    wire: Wire, author: discord.abc.Snowflake, channel: Channel, key: str, since: datetime
) -> str | None:
    """Return the id of the author's message that carries a key, posted after `since`.

    Raises:
        DiscordException: Discord does not show all of the messages.
    """
    after = max(0, discord.utils.time_snowflake(since - _SKEW))
    while True:
        page = await wire.get(f"/channels/{channel.id}/messages", after=after, limit=_PAGE)
        messages = _checked(page)
        for message in messages:
            if str(message["author"]["id"]) == str(author.id) and carries(message, key):
                return str(message["id"])
        if len(messages) < _PAGE:
            return None
        after = max(after + 1, *(int(message["id"]) for message in messages))


def _checked(page: Any) -> list[dict[str, Any]]:
    """Return a page of messages, each with its id and its author.

    Raises:
        InvalidData: it is none, so nobody can say what is not in it.
    """
    try:
        if all(int(message["id"]) and message["author"]["id"] for message in page):
            return list(page)
    except (KeyError, TypeError, ValueError):
        pass
    raise discord.InvalidData("Discord's answer is no list of messages")
