"""The local playground: a web page that answers `/brief` as Slack and as Discord show it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.platforms.web.settings import Settings

if TYPE_CHECKING:
    from bot.domain.platform import House, Platform

__all__ = ["Settings", "create", "preview"]

preview = None
"""Nobody shows the playground's messages elsewhere."""


def create(settings: Settings, house: House) -> Platform:
    """The playground, ready to be mounted and to listen.

    Raises:
        ConfigurationError: a network would see it, and no good token is set.
    """
    from bot.platforms.web.platform import WebPlatform

    return WebPlatform(settings, house)
