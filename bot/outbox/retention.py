"""Retention: what has been over for long leaves the store, a little at a time."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta
from typing import Final

from bot.store import Store

#: For so long moderators can ask why.
KEPT: Final = timedelta(days=30)
_BATCH: Final = 1_000


async def forget_old(store: Store, now: datetime) -> int:
    """Drop what was over before the time that is kept; how many occurrences left."""
    count = 0
    while gone := await store.forget(now - KEPT, _BATCH):
        count += gone
        await asyncio.sleep(0)
        if gone < _BATCH:
            break
    return count
