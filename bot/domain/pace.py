"""Pace: how fast a platform may be posted to."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta


@dataclass(frozen=True, slots=True)
class Pace:
    """Limits of one platform, kept by all processes together.

    The defaults stay under what both Slack (about one message a second and channel) and Discord
    (50 requests a second and bot) document. `wait_together` says that a Retry-After holds for the
    whole workspace, not for the channel alone.
    """

    channel: timedelta = timedelta(seconds=1.1)
    """From the end of one post to a channel to the start of the next."""
    workspace: float = 20.0
    """Posts a second to one workspace."""
    platform: float = 40.0
    """Posts a second to all of them."""
    wait_together: bool = False
