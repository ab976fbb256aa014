"""Schedules in the store: what their channels may do with them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from itertools import islice
from typing import Any, Final

from sqlalchemy import case, delete, func, insert, select, text, update
from sqlalchemy.engine import RowMapping
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.occurrence import OccurrenceState
from bot.domain.request import Channel
from bot.domain.schedule import Schedule, ScheduleState
from bot.store.database import Database, finished
from bot.store.epoch import to_at, to_ms
from bot.store.rows import schedule_columns, to_schedule
from bot.store.tables import occurrence, schedule

_BATCH: Final = 5_000
#: Any number will do, as long as every process uses the same, and other locks another.
_IMPORTING: Final = text("SELECT pg_advisory_xact_lock(:key)").bindparams(key=4_217_096_333)


class Schedules(Database):
    """Importing, finding, changing and removing schedules."""

    async def import_schedules(
        self, wishes: Iterable[tuple[Schedule, datetime | None]], now: datetime, newest: int
    ) -> bool:
        """Save many new schedules, all or none; none, and False, if one came after `newest`.

        That is the highest id that the caller knows: whoever compares with what is there before it
        adds, and is told False, compares again. So two imports of one file do not add it twice.
        """
        async with self._writing() as connection:
            if not self._sqlite:
                await connection.execute(_IMPORTING)
            latest = (await connection.execute(select(func.max(schedule.c.id)))).scalar_one()
            if (latest or 0) > newest:
                return False
            await _insert_all(connection, wishes, now)
            return True

    async def schedule(self, id: int) -> Schedule | None:
        """The schedule with this id."""
        async with self._reading() as connection:
            found = await connection.execute(select(schedule).where(schedule.c.id == id))
            row = found.mappings().first()
        return None if row is None else to_schedule(row)

    async def schedules_of(self, channel: Channel) -> list[Schedule]:
        """The schedules of a channel, oldest first."""
        return await self._schedules(schedule.c.channel == str(channel))

    async def schedules_in(self, tenant: str) -> list[Schedule]:
        """The schedules of a workspace (`slack:T1`), oldest first."""
        return await self._schedules(schedule.c.tenant == tenant)

    async def all_schedules(self) -> list[Schedule]:
        """Every schedule, oldest first; for operators."""
        return await self._schedules(schedule.c.id.is_not(None))

    async def count_schedules(self, tenant: str) -> int:
        """How many confirmed schedules a workspace (`slack:T1`) has."""
        saved = schedule.c.state != ScheduleState.DRAFT.value
        ours = schedule.c.tenant == tenant
        statement = select(func.count()).select_from(schedule).where(ours, saved)
        async with self._reading() as connection:
            return int((await connection.execute(statement)).scalar_one())

    async def next_at(self, id: int) -> datetime | None:
        """When a schedule is due next, as the store has it; None if it is not active."""
        statement = select(schedule.c.next_at).where(schedule.c.id == id)
        async with self._reading() as connection:
            return to_at((await connection.execute(statement)).scalar_one_or_none())

    async def save_schedule(
        self, changed: Schedule, next_at: datetime | None, now: datetime
    ) -> bool:
        """Save what was changed; False if somebody else changed or removed it meanwhile.

        `changed.revision` is the one that was read. Of a schedule that is no longer active, what
        waits to be posted is skipped.
        """

        async def work() -> bool:
            async with self._writing() as connection:
                statement = (
                    update(schedule)
                    .where(schedule.c.id == changed.id, schedule.c.revision == changed.revision)
                    .values(schedule_columns(changed, next_at) | {"revision": changed.revision + 1})
                )
                stops = changed.state is not ScheduleState.ACTIVE
                if stops:
                    await _lock_open(connection, changed.id)
                saved = (await connection.execute(statement)).rowcount == 1
                if saved and stops:
                    await withdraw(connection, [changed.id], changed.state.value, to_ms(now))
                return saved

        return await finished(work())

    async def remove_schedule(self, id: int, now: datetime) -> bool:
        """Delete a schedule and skip what waits to be posted; its history stays."""

        async def work() -> bool:
            async with self._writing() as connection:
                await _lock_open(connection, id)
                gone = await connection.execute(delete(schedule).where(schedule.c.id == id))
                await withdraw(connection, [id], "deleted", to_ms(now))
                return gone.rowcount == 1

        return await finished(work())

    async def _schedules(self, condition: Any) -> list[Schedule]:
        statement = select(schedule).where(condition).order_by(schedule.c.id)
        async with self._reading() as connection:
            rows = (await connection.execute(statement)).mappings().all()
        return [to_schedule(row) for row in rows]


async def _insert_all(
    connection: AsyncConnection,
    wishes: Iterable[tuple[Schedule, datetime | None]],
    now: datetime,
) -> None:
    rows = (_new_columns(wish, next_at, now) for wish, next_at in wishes)
    while batch := list(islice(rows, _BATCH)):
        await connection.execute(insert(schedule), batch)


def _new_columns(wish: Schedule, next_at: datetime | None, now: datetime) -> dict[str, Any]:
    return schedule_columns(wish, next_at) | {"created_at": to_ms(wish.created_at or now)}


async def _lock_open(connection: AsyncConnection, id: int) -> None:
    """Take the occurrences of a schedule before the schedule itself, as whoever closes them does.

    In another order the two could wait for each other.
    """
    ours = (occurrence.c.schedule_id == id, occurrence.c.visible_at.is_not(None))
    mine = select(occurrence.c.id).where(*ours).order_by(occurrence.c.id)
    await connection.execute(mine.with_for_update())


async def withdraw(
    connection: AsyncConnection, schedule_ids: list[int], reason: str, now: int
) -> None:
    """Skip what waits to be posted for these schedules, and let what is under way be the last try.

    Its time is over then: `stopped` knows it by that when it comes back. One statement, so that
    what comes back at this very moment is met in either state.
    """
    row = occurrence.c
    waits = row.state == OccurrenceState.PENDING.value
    await connection.execute(
        update(occurrence)
        .where(row.schedule_id.in_(schedule_ids), row.visible_at.is_not(None))
        .values(
            state=case((waits, OccurrenceState.SKIPPED.value), else_=row.state),
            reason=case((waits, reason), else_=row.reason),
            visible_at=case((waits, None), else_=row.visible_at),
            done_at=case((waits, now), else_=row.done_at),
            deadline_at=case((waits, row.deadline_at), else_=row.recorded_at),
        )
    )


def stopped(row: RowMapping) -> bool:
    """Whether the schedule of an occurrence was stopped while it was under way."""
    return bool(row["deadline_at"] <= row["recorded_at"])
