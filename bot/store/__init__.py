"""The store: schedules, occurrences and what each channel was told, in SQLite or PostgreSQL."""

from __future__ import annotations

from bot.store.store import Store

__all__ = ["Store"]
