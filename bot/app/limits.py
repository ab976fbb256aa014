"""What moderators may ask for at most, as the settings say."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from bot.answers.digests import Limits

if TYPE_CHECKING:
    from bot.settings import Settings


def limits_of(settings: Settings) -> Limits:
    """The limits for moderators."""
    return Limits(
        settings.digest_limit,
        timedelta(minutes=settings.digest_interval),
        timedelta(seconds=settings.digest_cooldown),
    )
