"""Posting to a channel: the message as Discord takes it, and whose channel it is."""

from __future__ import annotations

import asyncio
from typing import Any

import discord

from bot.domain.reply import Reply
from bot.domain.request import Channel
from bot.errors import PostError, PostOutcome
from bot.platforms.discord.failures import DISCORD_FAILURES, UNKNOWN_MESSAGE, to_post_error
from bot.platforms.discord.keys import marked, to_nonce
from bot.platforms.discord.places import DIRECT, guild_of, is_elsewhere
from bot.platforms.discord.render import IS_COMPONENTS_V2, render
from bot.platforms.discord.wire import Wire


async def post_once(wire: Wire, channel: Channel, reply: Reply, key: str) -> str:
    """Post one message in one request, and return its id.

    The id is empty where Discord knows the message by its nonce, but somebody has deleted it.

    Raises:
        PostError: with what is known of the message.
    """
    body = _to_body(reply, key)
    try:
        sent = await wire.post(f"/channels/{channel.id}/messages", body)
        return str(int(sent["id"]))
    except DISCORD_FAILURES as error:
        if isinstance(error, discord.HTTPException) and error.code == UNKNOWN_MESSAGE:
            return ""
        raise to_post_error(error) from error
    except (KeyError, TypeError, ValueError) as error:
        raise PostError("Discord's answer is no message.", PostOutcome.UNKNOWN) from error


async def check_server(
    client: discord.Client, wire: Wire, channel: Channel, seconds: float
) -> None:
    """Make sure that the channel is of the server it is said to be in: nobody else's is posted to.

    Raises:
        PostError: it is not, or nobody can say now; nothing was posted in any case.
    """
    guild = guild_of(client, channel)
    if guild and guild.get_channel_or_thread(int(channel.id)):
        return
    if is_elsewhere(client, channel):
        raise _not_there(channel)
    if channel.workspace == DIRECT:
        return
    try:  # an archived thread, which the gateway does not tell of
        async with asyncio.timeout(seconds):
            told = await wire.get(f"/channels/{channel.id}")
    except DISCORD_FAILURES as error:
        unsaid = to_post_error(error)
        if unsaid.outcome is PostOutcome.UNKNOWN:
            raise PostError(str(unsaid), PostOutcome.RETRY) from error
        raise unsaid from error
    if not (isinstance(told, dict) and str(told.get("guild_id")) == channel.workspace):
        raise _not_there(channel)


def _to_body(reply: Reply, key: str) -> dict[str, Any]:
    """Return the message for everyone, with what of its key Discord and we know it by."""
    message = render(reply)
    try:
        components = marked(message["components"], key)
    except ValueError as error:
        why = f"The message cannot be posted: {error}."
        raise PostError(why, PostOutcome.REFUSED) from error
    known = {"nonce": to_nonce(key), "enforce_nonce": True}
    return {**message, "flags": IS_COMPONENTS_V2, "components": components, **known}


def _not_there(channel: Channel) -> PostError:
    return PostError(
        f"Discord's server {channel.workspace} has no channel {channel.id}: choose another one.",
        PostOutcome.REFUSED,
        dead_channel=True,
    )
