"""Telling moderators of digests that could not be composed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import exists, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.occurrence import OccurrenceState
from bot.store.tables import notice


async def tell_failed(
    connection: AsyncConnection, rows: Iterable[Mapping[str, Any]], present: int
) -> None:
    """Leave a notice of each of these occurrences that failed, unless one says so already."""
    for row in rows:
        if row["state"] != OccurrenceState.FAILED.value:
            continue
        number = row["schedule_id"]
        told = {
            "tenant": row["tenant"],
            "channel": row["channel"],
            "schedule_id": number,
            "text": f"Digest {number} failed: {row['reason']}. Its news is in the next one.",
        }
        same = [notice.c[name] == value for name, value in told.items()]
        unread = select(exists().where(notice.c.shown_at.is_(None), *same))
        if not (await connection.execute(unread)).scalar_one():
            await connection.execute(insert(notice).values(at=present, **told))
