"""The channel that somebody wants digests in: it must be one that they can see themselves."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final

import discord

from bot.domain.verbs import DIGEST

#: How a channel of Discord's may be written; only its id counts.
_NAMED: Final = re.compile(r"<#([0-9]{1,20})[^>\s]*>|discord:[^\s/]+/([0-9]{1,20})(?!\S)")


def without_unseen(interaction: discord.Interaction[Any], words: str) -> str:
    """Return words for a digest in which a channel that the asker cannot see is a mere name.

    A name tells the house of no channel, so what is hidden is refused like what is not there.
    Discord says what somebody may do in a channel that they picked; where one is typed, it is
    worked out from their roles.
    """

    def shown(match: re.Match[str]) -> str:
        number = int(match[1] or match[2])
        seen = number == interaction.channel_id or _sees(interaction, number)
        return match[0] if seen else f"#{number}"

    asks = words.partition(" ")[0].casefold() == DIGEST.name and interaction.guild_id
    return _NAMED.sub(shown, words) if asks else words


def _sees(interaction: discord.Interaction[Any], number: int) -> bool:
    picked = _picked(interaction).get(str(number))
    if picked is not None:
        return discord.Permissions(int(picked.get("permissions", 0))).view_channel
    guild, person = interaction.guild, interaction.user
    place = guild.get_channel_or_thread(number) if guild else None
    if place is None or not isinstance(person, discord.Member):
        return False
    try:
        rights = place.permissions_for(person)
    except discord.ClientException:  # a thread whose channel the bot does not see
        return False
    private = isinstance(place, discord.Thread) and place.is_private()
    return rights.view_channel and (rights.manage_threads or not private)


def _picked(interaction: discord.Interaction[Any]) -> Mapping[str, Any]:
    """Return the channels that were picked from Discord's own list, by id."""
    data: Mapping[str, Any] = interaction.data or {}
    channels: Mapping[str, Any] = data.get("resolved", {}).get("channels", {})
    return channels
