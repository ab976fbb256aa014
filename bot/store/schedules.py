"""Schedules in the store: what their channels may do with them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from itertools import islice
from typing import Any, Final

from sqlalchemy import delete, func, insert, select, text, update
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
    """Adding, finding, changing and removing schedules."""

    async def add_schedule(self, wish: Schedule, next_at: datetime | None, now: datetime) -> int:
        """Save a new schedule and return its id."""
        columns = _new_columns(wish, next_at, now)

        async def work() -> int:
            async with self._writing() as connection:
                statement = insert(schedule).values(columns).returning(schedule.c.id)
                return int((await connection.execute(statement)).scalar_one())

        return await finished(work())

    async def add_schedules(
        self, wishes: Iterable[tuple[Schedule, datetime | None]], now: datetime
    ) -> int:
        """Save many new schedules, all or none, and return how many."""
        async with self._writing() as connection:
            return await _insert_all(connection, wishes, now)

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
                saved = (await connection.execute(statement)).rowcount == 1
                if saved and changed.state is not ScheduleState.ACTIVE:
                    await withdraw(connection, [changed.id], changed.state.value, to_ms(now))
                return saved

        return await finished(work())

    async def remove_schedule(self, id: int, now: datetime) -> bool:
        """Delete a schedule and skip what waits to be posted; its history stays."""

        async def work() -> bool:
            async with self._writing() as connection:
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
) -> int:
    rows = (_new_columns(wish, next_at, now) for wish, next_at in wishes)
    count = 0
    while batch := list(islice(rows, _BATCH)):
        await connection.execute(insert(schedule), batch)
        count += len(batch)
    return count


def _new_columns(wish: Schedule, next_at: datetime | None, now: datetime) -> dict[str, Any]:
    return schedule_columns(wish, next_at) | {"created_at": to_ms(wish.created_at or now)}


async def withdraw(
    connection: AsyncConnection, schedule_ids: list[int], reason: str, now: int
) -> None:
    """Skip what waits to be posted for these schedules. What is under way is left to end."""
    await connection.execute(
        update(occurrence)
        .where(
            occurrence.c.schedule_id.in_(schedule_ids),
            occurrence.c.visible_at.is_not(None),
            occurrence.c.state == OccurrenceState.PENDING.value,
        )
        .values(state=OccurrenceState.SKIPPED.value, reason=reason, visible_at=None, done_at=now)
    )
