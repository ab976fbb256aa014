"""What people may ask for at most, as the settings say."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Final

from bot.answers.digests import Limits
from bot.answers.feedback import Feedback
from bot.answers.pacing import Pacing
from bot.app.platforms import PLAYGROUND

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from bot.settings import Settings
    from bot.store import Store

#: What platforms call the workspace of those who are in none of ours: in Discord's direct messages,
#: and of other organisations on Slack.
_OPEN_TO_ALL: Final = frozenset((("discord", "@me"), ("slack", "outside")))


def limits_of(settings: Settings) -> Limits:
    """The limits for moderators."""
    return Limits(
        settings.digest_limit,
        timedelta(minutes=settings.digest_interval),
        timedelta(seconds=settings.digest_cooldown),
    )


def pacing_of(settings: Settings, now: Callable[[], datetime]) -> Pacing:
    """How fast people may ask. The playground does not tell one person from another."""
    return Pacing(settings.ask_person, settings.ask_workspace, now, (PLAYGROUND,), _OPEN_TO_ALL)


def feedback_of(settings: Settings, store: Store, now: Callable[[], datetime]) -> Feedback:
    """Where what readers say is put down, and how much of it."""
    return Feedback(store, now, settings.gaps_limit)
