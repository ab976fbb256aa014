"""What the bot asks of a server, and the link that asks it."""

from __future__ import annotations

from typing import Final

import discord

#: All that the bot does: look into channels and write there, in threads as well; and look for what
#: it wrote, should an answer of Discord's be lost.
PERMISSIONS: Final = discord.Permissions(
    view_channel=True,
    send_messages=True,
    send_messages_in_threads=True,
    read_message_history=True,
)


def invite_link(application: int) -> str:
    """Return the address at which somebody who manages a server lets the bot in."""
    scopes = ("bot", "applications.commands")
    return discord.utils.oauth_url(application, permissions=PERMISSIONS, scopes=scopes)
