"""Request → Reply: what the bot says to the words after `/brief`."""

from __future__ import annotations

from bot.answers.answers import Answers

__all__ = ["Answers"]
