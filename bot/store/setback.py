"""A clock that was set back: what waits for a time by the old clock waits as long by the new."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import case, update

from bot.store.database import Database, finished
from bot.store.epoch import span_ms, to_ms
from bot.store.tables import occurrence


class Setback(Database):
    """Moving what waits."""

    async def move_back(self, span: timedelta, now: datetime) -> None:
        """Make up for this process's clock, which was set back by `span` and says `now`.

        Leases, backoffs and the age of doubts stay as long as they were. Where the database's
        clock decides, nothing changes.
        """
        if self._own_clock:
            return
        row, back = occurrence.c, span_ms(span)
        later = row.visible_at > to_ms(now)

        async def work() -> None:
            async with self._writing() as connection:
                await connection.execute(
                    update(occurrence)
                    .where(row.visible_at.is_not(None))
                    .values(
                        visible_at=case((later, row.visible_at - back), else_=row.visible_at),
                        first_try_at=row.first_try_at - back,
                    )
                )

        await finished(work())
