"""Discord, over the gateway, with discord.py; the SDK is imported only when a platform is made."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from bot.domain.platform import Checkup, Preview
from bot.platforms.discord.render import render, to_words
from bot.platforms.discord.settings import Settings

if TYPE_CHECKING:
    from bot.domain.platform import House, Platform

preview = Preview(render, to_words)


def create(settings: Settings, house: House) -> Platform:
    """Make the platform, ready to listen."""
    from bot.platforms.discord.platform import DiscordPlatform

    memory = Path(house.state) / "discord.json"
    return DiscordPlatform(settings, memory=memory, http_timeout=house.http_timeout)


async def doctor(settings: Settings, house: House) -> Checkup:
    """Say what is wrong with the bot's account and its servers, as Discord sees them."""
    from bot.platforms.discord.doctor import Doctor

    return await Doctor(settings, house).examine()


__all__ = ["Settings", "create", "doctor", "preview"]
