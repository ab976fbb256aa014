"""What the bot may do in a channel, worked out from what the gateway told."""

from __future__ import annotations

import discord

from bot.domain.problem import Problem


def problem_in(guild: discord.Guild | None, channel_id: int) -> Problem | None:
    """Say why the bot could not post in a channel of a server; None if it could."""
    if guild is None:
        return Problem("the bot is not in that server", "invite it; its link is in the bot's log")
    channel = guild.get_channel_or_thread(channel_id)
    if channel is None:
        return Problem(
            "the bot sees no such channel",
            "check that it exists, and give the bot's role View Channel there",
        )
    if not isinstance(channel, discord.abc.Messageable):
        return Problem(f"{channel.name} takes no messages", "choose a text channel or a thread")
    return _lacking(channel.name, channel.permissions_for(guild.me), channel)


def _lacking(
    name: str, rights: discord.Permissions, channel: discord.abc.Messageable
) -> Problem | None:
    thread = isinstance(channel, discord.Thread)
    writes = rights.send_messages_in_threads if thread else rights.send_messages
    wanted = "Send Messages in Threads" if thread else "Send Messages"
    missing = [
        right
        for right, given in (("View Channel", rights.view_channel), (wanted, writes))
        if not given
    ]
    if missing:
        return Problem(
            f"the bot lacks {' and '.join(missing)} in {name}", "give its role these rights there"
        )
    if isinstance(channel, discord.Thread) and channel.locked:
        return Problem(f"the thread {name} is locked", "unlock it, or choose another channel")
    return None
