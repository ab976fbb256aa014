"""The channel that somebody wants digests in: it must be one that they can see themselves."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final

import discord

from bot.domain.reply import Action, Paragraph, Quote, Reply, clip, line
from bot.domain.verbs import DIGEST

#: How a channel of Discord's may be written; only its id counts.
_NAMED: Final = re.compile(r"<#([0-9]{1,20})[^>\s]*>|discord:\S+?/([0-9]{1,20})|#([0-9]{15,20})")
_QUOTED: Final = 1000


def unseen_target(interaction: discord.Interaction[Any], words: str) -> Reply | None:
    """Refuse words for a digest that name a channel which the asker cannot see; None if none do.

    Discord says what somebody may do in a channel that they picked; where one is typed, it is
    worked out from their roles. What is hidden reads like what is not there.
    """
    first, _, rest = words.partition(" ")
    if first.casefold() != DIGEST.name or interaction.guild_id is None:
        return None
    for match in _NAMED.finditer(rest):
        number = int(next(filter(None, match.groups())))
        if number != interaction.channel_id and not _sees(interaction, number):
            return _refusal(match[0], rest)
    return None


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


def _form(typed: str) -> str:
    """Return the words that open the form for these."""
    verb, number, *_ = *typed.split(maxsplit=2), "", ""
    return f"{DIGEST.name} edit {number}" if verb.casefold() == "edit" else f"{DIGEST.name} add"


def _refusal(named: str, typed: str) -> Reply:
    shown = f"You can see no channel {named} in this server. Pick one from the list of channels."
    return Reply(
        "No such channel",
        (
            Quote(line(clip(typed, _QUOTED))),
            Paragraph(line(shown, " Without one, it is the channel you are in.")),
        ),
        (Action("Fill in a Form", _form(typed)), Action("All digests", "digest list")),
        refusal=shown,
    )
