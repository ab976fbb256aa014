"""Due schedules in the store: recording their occurrences and moving them on, all or nothing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, Protocol

from sqlalchemy import and_, bindparam, exists, or_, select, update
from sqlalchemy.engine import RowMapping
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.occurrence import OccurrenceState, occurrence_key
from bot.domain.schedule import Schedule, ScheduleState
from bot.store.composing import (
    COMPOSED,
    WAITING,
    Blank,
    Composing,
    Record,
    Writer,
    busy_channels,
    composed_columns,
    ledger_of,
)
from bot.store.database import finished
from bot.store.epoch import to_at, to_ms
from bot.store.many import insert_many, update_many
from bot.store.rows import place, to_schedule
from bot.store.tables import notice, occurrence, schedule
from bot.store.telling import tell_failed


@dataclass(frozen=True, slots=True)
class DueSchedule:
    """A schedule whose time has come; `next_at` is its first run that is not recorded yet."""

    schedule: Schedule
    next_at: datetime


@dataclass(frozen=True, slots=True)
class Advance:
    """What becomes of a due schedule: its records, and when it is due next.

    With `suspended` it is not due again until a moderator resumes it; the text says why.
    """

    records: Sequence[Record]
    next_at: datetime | None
    suspended: str = ""


class Planner(Writer, Protocol):
    """Decides what becomes of due schedules, and composes their digests."""

    async def plan(self, due: DueSchedule) -> Advance:
        """What becomes of a due schedule; its records are not composed yet."""


class DueSchedules(Composing):
    """Taking due schedules, a batch at a time."""

    async def is_due(self, now: datetime) -> bool:
        """Whether a schedule is due, or an occurrence waits for its turn; asked every second."""
        async with self._looking() as connection:
            return bool((await connection.execute(_IS_DUE, {"now": to_ms(now)})).scalar_one())

    async def take_due(self, now: datetime, limit: int, planner: Planner) -> int:
        """Record what is planned for up to `limit` due schedules; how many there were.

        Where a channel has nothing under way, its record is composed at once; any other waits for
        its turn. One process does this at a time; for another there is nothing to do meanwhile.
        """
        return await finished(self._take_due(now, limit, planner))

    async def take_now(
        self, wish: Schedule, deadline_at: datetime, now: datetime, writer: Writer
    ) -> bool:
        """Record a digest beside the cadence; False if there is nothing to say, or one already.

        While one of the schedule is under way there is no second, however often it is asked for.
        """
        return await finished(self._take_now(wish, deadline_at, now, writer))

    async def _take_due(self, now: datetime, limit: int, planner: Planner) -> int:
        present = to_ms(now)
        statement = (
            select(schedule)
            .where(schedule.c.next_at <= present)
            .order_by(schedule.c.next_at, schedule.c.id)
            .limit(limit)
            .with_for_update(skip_locked=True)
        )
        async with self._writing() as connection:
            if not await self._composing(connection):
                return 0
            rows = (await connection.execute(statement)).mappings().all()
            if not rows:
                return 0
            planned = [(row, *await _planned(row, planner)) for row in rows]
            records = await _recorded(connection, planned, planner, present)
            if records:
                await _RECORD.execute(connection, records)
                await tell_failed(connection, records, present)
            await _MOVE_ON.execute(connection, [_moved_on(row, each) for row, _, each in planned])
            stopped = [(row, each.suspended) for row, _, each in planned if each.suspended]
            if stopped:
                await connection.execute(
                    notice.insert(), [_notice(row, why, present) for row, why in stopped]
                )
            return len(rows)

    async def _take_now(
        self, wish: Schedule, deadline_at: datetime, now: datetime, writer: Writer
    ) -> bool:
        where = str(wish.channel)
        mine = and_(occurrence.c.schedule_id == wish.id, occurrence.c.visible_at.is_not(None))
        record = Record(now, OccurrenceState.PENDING, deadline_at)
        async with self._writing() as connection:
            await self._composing(connection, wait=True)
            if (await connection.execute(select(exists().where(mine)))).scalar_one():
                return False
            if where not in await busy_channels(connection, [where]):
                ledger = await ledger_of(connection, [where])
                record = await writer.compose(Blank(wish, record, ledger.get(where, {})))
            if record.state is not OccurrenceState.PENDING:
                return False
            row = _row(place(wish.channel) | {"id": wish.id}, record, to_ms(now))
            adding = self._insert(occurrence).on_conflict_do_nothing().values(row)
            made = await connection.execute(adding.returning(occurrence.c.id))
            return made.first() is not None


def _is_due() -> Any:
    row = schedule.c  # in order, or PostgreSQL might walk through all of them
    soonest = select(row.id).where(row.next_at <= bindparam("now")).order_by(row.next_at).limit(1)
    return select(or_(soonest.scalar_subquery().is_not(None), WAITING.is_not(None)))


_IS_DUE = _is_due()  # asked every second, so made once
_MOVED: Final = ("next_at", "last_at", "state", "reason")
_MOVE_ON: Final = update_many(
    schedule,
    ("id", *_MOVED),
    lambda new: (
        update(schedule)
        .where(schedule.c.id == new["id"])
        .values({name: new[name] for name in _MOVED})
    ),
)
_RECORD: Final = insert_many(
    occurrence,
    (
        *("schedule_id", "at", "platform", "tenant", "channel", "key"),
        *("recorded_at", "deadline_at", *COMPOSED),
    ),
    lambda adding: adding.on_conflict_do_nothing(),
)


async def _planned(row: RowMapping, planner: Planner) -> tuple[Schedule | None, Advance]:
    try:
        wish = to_schedule(row)
    except ValueError as error:
        # What one version of the bot wrote, another may not read. The others go on.
        why = f"The bot cannot read this schedule: {error}"
        return None, Advance([], None, suspended=why)
    return wish, await planner.plan(DueSchedule(wish, to_at(row["next_at"])))


async def _recorded(
    connection: AsyncConnection,
    planned: Sequence[tuple[RowMapping, Schedule | None, Advance]],
    writer: Writer,
    present: int,
) -> list[dict[str, Any]]:
    """The new rows: of each channel that is free, the first to be posted is composed."""
    channels = {row["channel"] for row, _, _ in planned}
    busy = await busy_channels(connection, channels)
    ledger = await ledger_of(connection, channels - busy)
    rows = []
    for row, wish, advance in planned:
        where, told = row["channel"], ledger.get(row["channel"], {})
        for record in advance.records:
            made = record
            if wish and record.state is OccurrenceState.PENDING and where not in busy:
                made = await writer.compose(Blank(wish, record, told))
                if made.state is OccurrenceState.PENDING:
                    busy.add(where)
            rows.append(_row(dict(row), made, present))
    return rows


def _moved_on(row: RowMapping, advance: Advance) -> dict[str, Any]:
    last = max((to_ms(record.at) for record in advance.records), default=row["last_at"])
    return {
        "id": row["id"],
        "next_at": None if advance.suspended else to_ms(advance.next_at),
        "last_at": last,
        "state": ScheduleState.SUSPENDED.value if advance.suspended else row["state"],
        "reason": advance.suspended or row["reason"],
    }


def _row(row: Mapping[str, Any], record: Record, present: int) -> dict[str, Any]:
    return {
        "schedule_id": row["id"],
        "at": to_ms(record.at),
        "platform": row["platform"],
        "tenant": row["tenant"],
        "channel": row["channel"],
        "key": occurrence_key(row["id"], row["channel"], record.at),
        "recorded_at": present,
        "deadline_at": to_ms(record.deadline_at),
        **composed_columns(record, present),
    }


def _notice(row: RowMapping, text: str, present: int) -> dict[str, Any]:
    return {
        "at": present,
        "tenant": row["tenant"],
        "channel": row["channel"],
        "schedule_id": row["id"],
        "text": text,
    }
