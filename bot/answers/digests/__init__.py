"""`digest …` and `use …`: what moderators do with a channel's digests, in words and by buttons."""

from __future__ import annotations

from bot.answers.digests.completion import complete_digest
from bot.answers.digests.desk import Desk, Limits
from bot.answers.digests.dispatch import answer

__all__ = ["Desk", "Limits", "answer", "complete_digest"]
