"""Controls that work whenever they were posted: what they ask stands in their custom_id."""

from __future__ import annotations

import re
from typing import Any, Self

import discord

from bot.platforms.discord.answering import OLDER_CONTROL, Answering
from bot.platforms.discord.exchange import Interaction
from bot.platforms.discord.render import to_words

Item = discord.ui.Item[Any]


class Control(discord.ui.DynamicItem[Item], template=r"(?s:.*)"):
    """Any button or menu on a message of ours.

    Its template takes every custom_id: discord.py drops one that no template takes, and calls all
    whose templates do. Which version a custom_id is of, and what it asks, is for `to_words` to say.
    """

    @classmethod
    async def from_custom_id(
        cls, _interaction: Interaction, item: Item, _match: re.Match[str], /
    ) -> Self:
        """Wrap the control that was used."""
        return cls(item)

    async def callback(self, interaction: Interaction) -> None:
        """Ask the words it holds; say so if it is of another version, or made up."""
        words = to_words(interaction.data or {})
        answering: Answering = interaction.client.answering
        if words is None:
            await answering.say(interaction, OLDER_CONTROL)
        else:
            await answering.answer(interaction, words)
