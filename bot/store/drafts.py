"""Drafts in the store: what moderators have planned and not confirmed yet."""

from __future__ import annotations

from datetime import datetime
from enum import Enum, auto
from typing import Any, Final

from sqlalchemy import ColumnElement, delete, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.schedule import Schedule, ScheduleState
from bot.store.database import finished
from bot.store.epoch import to_ms
from bot.store.rows import schedule_columns, tenant_of
from bot.store.schedules import Schedules
from bot.store.tables import schedule

_DRAFT: Final = ScheduleState.DRAFT.value


class Saved(Enum):
    """What became of a draft that was to be saved."""

    DONE = auto()
    FULL = auto()
    """The workspace has as many schedules as it may."""
    GONE = auto()
    """The draft is no draft any more: somebody was faster, or it was dropped."""
    CHANGED = auto()
    """The schedule that it would change was changed or removed meanwhile."""


class Drafts(Schedules):
    """Keeping a few drafts, and making schedules of them."""

    async def keep_draft(self, draft: Schedule, most: int, oldest: datetime, now: datetime) -> int:
        """Keep a draft and return its id.

        Of its workspace's drafts those from before `oldest` go, and of the rest all but the newest
        `most`, this one included.
        """
        tenant = tenant_of(draft.channel)
        drafts = (schedule.c.tenant == tenant) & (schedule.c.state == _DRAFT)
        kept = select(schedule.c.id).where(drafts).order_by(schedule.c.id.desc()).limit(most)
        old = schedule.c.created_at < to_ms(oldest)
        columns = schedule_columns(draft, None) | {"created_at": to_ms(now)}

        async def work() -> int:
            async with self._writing() as connection:
                added = schedule.insert().values(columns).returning(schedule.c.id)
                number = int((await connection.execute(added)).scalar_one())
                await connection.execute(
                    delete(schedule).where(drafts, old | schedule.c.id.not_in(kept))
                )
                return number

        return await finished(work())

    async def confirm_draft(
        self, confirmed: Schedule, next_at: datetime | None, most: int
    ) -> Saved:
        """Make a draft a schedule, unless its workspace has `most` already.

        The workspace's rows are locked, so that of two at its last free place only one is saved.
        """
        ours = schedule.c.tenant == tenant_of(confirmed.channel)
        rows = select(schedule.c.id, schedule.c.state).where(ours).order_by(schedule.c.id)

        async def work() -> Saved:
            async with self._writing() as connection:
                states = {
                    row.id: row.state for row in await connection.execute(rows.with_for_update())
                }
                if states.get(confirmed.id) != _DRAFT:
                    return Saved.GONE
                if sum(state != _DRAFT for state in states.values()) >= most:
                    return Saved.FULL
                await _put(connection, confirmed, next_at, schedule.c.state == _DRAFT)
                return Saved.DONE

        return await finished(work())

    async def apply_draft(
        self, draft_id: int, changed: Schedule, next_at: datetime | None
    ) -> Saved:
        """Change a schedule as a draft says, and drop the draft: both or neither.

        `changed.revision` is the one that was read.
        """
        draft = (schedule.c.id == draft_id) & (schedule.c.state == _DRAFT)

        async def work() -> Saved:
            async with self._writing() as connection:
                locked = select(schedule.c.id).where(draft).with_for_update()
                if (await connection.execute(locked)).first() is None:
                    return Saved.GONE
                read = schedule.c.revision == changed.revision
                if not await _put(connection, changed, next_at, read):
                    return Saved.CHANGED
                await connection.execute(delete(schedule).where(draft))
                return Saved.DONE

        return await finished(work())


async def _put(
    connection: AsyncConnection,
    saved: Schedule,
    next_at: datetime | None,
    still: ColumnElement[bool],
) -> bool:
    """Save a schedule if something still holds of its row."""
    columns: dict[str, Any] = schedule_columns(saved, next_at) | {"revision": saved.revision + 1}
    statement = update(schedule).where(schedule.c.id == saved.id, still).values(columns)
    return (await connection.execute(statement)).rowcount == 1
