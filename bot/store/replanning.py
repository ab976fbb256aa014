"""Replanning: the next runs of schedules, a batch at a time, once the rules of zones are new."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import datetime

from sqlalchemy import bindparam, select, update

from bot.store.database import Database, finished
from bot.store.due import DueSchedule
from bot.store.epoch import to_at, to_ms
from bot.store.rows import to_schedule
from bot.store.tables import schedule

Plan = Callable[[DueSchedule], Awaitable[datetime | None]]
"""When a schedule is due instead; None leaves it as it is."""


class Replanning(Database):
    """Planning anew what is planned."""

    async def replan(self, above: int, limit: int, plan: Plan) -> int | None:
        """Replan up to `limit` schedules with higher ids than `above`; the highest of them."""
        return await finished(self._replan(above, limit, plan))

    async def _replan(self, above: int, limit: int, plan: Plan) -> int | None:
        statement = (
            select(schedule)
            .where(schedule.c.id > above, schedule.c.next_at.is_not(None))
            .order_by(schedule.c.id)
            .limit(limit)
            .with_for_update()
        )
        moved = []
        async with self._writing() as connection:
            rows = (await connection.execute(statement)).mappings().all()
            for row in rows:
                try:
                    due = DueSchedule(to_schedule(row), to_at(row["next_at"]))
                except ValueError:  # said to its moderators once it is due
                    continue
                at = await plan(due)
                if at and at != due.next_at:
                    moved.append({"which": row["id"], "next": to_ms(at)})
            if moved:
                await connection.execute(_MOVE, moved)
        return rows[-1]["id"] if rows else None


_MOVE = (
    update(schedule).where(schedule.c.id == bindparam("which")).values(next_at=bindparam("next"))
)
