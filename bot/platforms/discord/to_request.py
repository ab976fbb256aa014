"""What Discord tells of a command or a click, as a Request."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

import discord

from bot.domain.request import Channel, Request
from bot.platforms.discord.places import DIRECT


def to_request(
    interaction: discord.Interaction[Any], words: str, roles: Collection[int] = ()
) -> Request:
    """Translate an interaction; `roles` are those whose holders are moderators."""
    return Request(
        words,
        Channel("discord", workspace_of(interaction), str(interaction.channel_id or 0)),
        user=str(interaction.user.id),
        user_name=interaction.user.display_name,
        moderator=is_moderator(interaction, roles),
        locale=str(interaction.locale),
    )


def is_moderator(interaction: discord.Interaction[Any], roles: Collection[int] = ()) -> bool:
    """Tell whether somebody moderates the server they are in, as Discord says with every act.

    In a direct channel nobody does: there are no members.
    """
    person = interaction.user
    if not isinstance(person, discord.Member):
        return False
    rights = interaction.permissions
    held = any(person.get_role(role) for role in roles)
    return rights.manage_guild or rights.administrator or held


def workspace_of(interaction: discord.Interaction[Any]) -> str:
    """Return the server's id, or what stands for it in a direct channel."""
    return str(interaction.guild_id or DIRECT)


def join(*parts: str | None) -> str:
    """Join a verb and the options given with it into the words after `/brief`."""
    return " ".join(part.strip() for part in parts if part)


def typed_options(data: Mapping[str, Any]) -> tuple[dict[str, str], str]:
    """Return the options typed so far in a subcommand, and the name of the one being typed."""
    options: Sequence[Mapping[str, Any]] = data.get("options", ())
    while options and options[0]["type"] == discord.AppCommandOptionType.subcommand.value:
        options = options[0].get("options", ())
    focused = next((option["name"] for option in options if option.get("focused")), "")
    return {option["name"]: str(option.get("value", "")) for option in options}, focused
