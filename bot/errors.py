"""Every error raised on purpose.

BotError
├── ConfigurationError      a setting is missing or wrong; the bot cannot start as asked
├── PlatformError           a chat platform cannot be listened to now, or never with these settings
├── PostError               a message was not posted, or we cannot know whether it was
├── UnsupportedError        this platform cannot do what was asked
└── VersionError            stored data has a form that only another version of the bot knows
"""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import timedelta


class BotError(Exception):
    """Base of every error below; its text is written for the person who can act on it."""


class ConfigurationError(BotError):
    """A setting is missing or wrong; the text names the setting and the remedy."""


class PlatformError(BotError):
    """A platform stopped listening.

    `permanent` means that trying again with the same settings cannot help (a revoked token).
    """

    def __init__(self, message: str, *, permanent: bool = False) -> None:
        super().__init__(message)
        self.permanent = permanent


class PostOutcome(StrEnum):
    """What is known of a message that was not confirmed."""

    RETRY = "retry"
    """Surely not accepted; may be sent again."""
    REFUSED = "refused"
    """Not accepted, and never will be as things are."""
    UNKNOWN = "unknown"
    """The platform may or may not have accepted it."""


class PostError(BotError):
    """A post did not end in a confirmed message.

    `dead_channel` means that nothing can be posted there until somebody changes that: it is gone,
    archived, or lets the bot no longer in.
    """

    def __init__(
        self,
        message: str,
        outcome: PostOutcome,
        *,
        retry_after: timedelta | None = None,
        dead_channel: bool = False,
    ) -> None:
        super().__init__(message)
        self.outcome = outcome
        self.retry_after = retry_after
        self.dead_channel = dead_channel


class UnsupportedError(BotError):
    """The platform, or what it was granted, does not allow this."""


class VersionError(BotError):
    """Stored data has a form that this version of the bot does not know."""

    def __init__(self, what: str, form: object, known: int) -> None:
        super().__init__(
            f"{what} is stored in form {form}, and this version of the bot knows form {known} — "
            "run the version of the bot that stored it, or a later one"
        )
