"""The outbox: posts what is recorded, once, or says that it cannot know."""

from __future__ import annotations

from bot.outbox.attempt import Limits
from bot.outbox.outbox import Outbox
from bot.outbox.retention import forget_old, give_up

__all__ = ["Limits", "Outbox", "forget_old", "give_up"]
