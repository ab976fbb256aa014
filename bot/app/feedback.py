"""Feedback: what readers told, read from the store for maintainers."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from bot.domain.gap_report import Report, report

if TYPE_CHECKING:
    from datetime import datetime

    from bot.domain.stories import Stories
    from bot.store import Store


async def feedback_report(
    store: Store, stories: Stories, *, since: datetime | None = None
) -> Report:
    """Gaps and votes beside what the briefings say now; of gaps, those asked since then.

    Raises:
        SQLAlchemyError: the database is away.
    """
    gaps, votes = await store.gaps(since=since), await store.votes()
    return await asyncio.to_thread(report, gaps, votes, stories)
