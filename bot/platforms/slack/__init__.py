"""Slack, over Socket Mode or HTTP, with slack-bolt."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.domain.platform import Checkup, House, Preview
from bot.platforms.slack import controls, render
from bot.platforms.slack.settings import Settings
from bot.platforms.slack.timing import Timing

if TYPE_CHECKING:
    from bot.platforms.slack.platform import SlackPlatform

__all__ = ["Settings", "create", "doctor", "preview"]

preview = Preview(render.render, controls.to_words)


async def doctor(settings: Settings, house: House) -> Checkup:
    """What is wrong with the app and its tokens, as Slack sees them."""
    from bot.platforms.slack.doctor import Doctor

    return await Doctor(settings, house).examine()


def create(settings: Settings, house: House) -> SlackPlatform:
    """The platform; the SDK is imported only here, when it is wanted."""
    from bot.platforms.slack.platform import SlackPlatform

    return SlackPlatform(settings, Timing(http=house.http_timeout), house)
