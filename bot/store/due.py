"""Due schedules in the store: recording their occurrences and moving them on, all or nothing."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, select, update
from sqlalchemy.engine import RowMapping
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.occurrence import OccurrenceState, occurrence_key
from bot.domain.request import Channel
from bot.domain.schedule import Schedule, ScheduleState
from bot.store.database import Database, finished
from bot.store.epoch import to_at, to_ms
from bot.store.rows import place, to_schedule
from bot.store.tables import notice, occurrence, schedule, told


@dataclass(frozen=True, slots=True)
class Told:
    """What a channel was told of one story: its snapshot as JSON, and when that was composed."""

    snapshot: str
    at: datetime


@dataclass(frozen=True, slots=True)
class DueSchedule:
    """A schedule whose time has come; `next_at` is its first run that is not recorded yet.

    `told` is by slug.
    """

    schedule: Schedule
    next_at: datetime
    told: Mapping[str, Told]


@dataclass(frozen=True, slots=True)
class Record:
    """An occurrence to be recorded: pending with what to post, or over with the reason."""

    at: datetime
    state: OccurrenceState
    deadline_at: datetime
    reason: str = ""
    reply: str | None = None
    snapshots: str | None = None


@dataclass(frozen=True, slots=True)
class Advance:
    """What becomes of a due schedule: its records, and when it is due next.

    With `suspended` it is not due again until a moderator resumes it; the text says why.
    """

    records: Sequence[Record]
    next_at: datetime | None
    suspended: str = ""


Decide = Callable[[DueSchedule], Awaitable[Advance]]


class DueSchedules(Database):
    """Taking due schedules, a batch at a time."""

    async def take_due(self, now: datetime, limit: int, decide: Decide) -> int:
        """Record what `decide` says of up to `limit` due schedules; how many there were.

        Another process that asks at the same time gets other schedules.
        """
        return await finished(self._take_due(now, limit, decide))

    async def record(self, wish: Schedule, record: Record, now: datetime) -> bool:
        """Record one occurrence beside the cadence (`digest now`); False if it is there already."""

        async def work() -> bool:
            row = _row(place(wish.channel) | {"id": wish.id}, record, to_ms(now))
            statement = self._insert(occurrence).on_conflict_do_nothing()
            async with self._writing() as connection:
                made = await connection.execute(statement.values(row).returning(occurrence.c.id))
                return made.first() is not None

        return await finished(work())

    async def told_to(self, channel: Channel) -> dict[str, Told]:
        """What a channel was told, by slug."""
        async with self._reading() as connection:
            return (await _told(connection, [str(channel)])).get(str(channel), {})

    async def _take_due(self, now: datetime, limit: int, decide: Decide) -> int:
        present = to_ms(now)
        statement = (
            select(schedule)
            .where(schedule.c.next_at <= present)
            .order_by(schedule.c.next_at)
            .limit(limit)
            .with_for_update(skip_locked=True)
        )
        async with self._writing() as connection:
            rows = (await connection.execute(statement)).mappings().all()
            if not rows:
                return 0
            ledger = await _told(connection, sorted({row["channel"] for row in rows}))
            records, advances, notices = [], [], []
            for row in rows:
                advance = await _decided(row, ledger.get(row["channel"], {}), decide)
                records += [_row(dict(row), record, present) for record in advance.records]
                advances.append(_moved_on(row, advance))
                if advance.suspended:
                    notices.append(_notice(row, advance.suspended, present))
            if records:
                await connection.execute(self._insert(occurrence).on_conflict_do_nothing(), records)
            await connection.execute(_MOVE_ON, advances)
            if notices:
                await connection.execute(notice.insert(), notices)
            return len(rows)


_MOVE_ON = (
    update(schedule)
    .where(schedule.c.id == bindparam("which"))
    .values(
        next_at=bindparam("next"),
        last_at=bindparam("last"),
        state=bindparam("as_state"),
        reason=bindparam("why"),
    )
)


async def _told(connection: AsyncConnection, channels: list[str]) -> dict[str, dict[str, Told]]:
    statement = select(told.c.channel, told.c.story, told.c.snapshot, told.c.at)
    found: dict[str, dict[str, Told]] = {}
    rows = await connection.execute(statement.where(told.c.channel.in_(channels)))
    for channel, story, snapshot, at in rows:
        found.setdefault(channel, {})[story] = Told(snapshot, to_at(at))
    return found


async def _decided(row: RowMapping, ledger: Mapping[str, Told], decide: Decide) -> Advance:
    try:
        wish = to_schedule(row)
    except ValueError as error:
        # What one version of the bot wrote, another may not read. The others go on.
        return Advance([], None, suspended=f"The bot cannot read this schedule: {error}")
    return await decide(DueSchedule(wish, to_at(row["next_at"]), ledger))


def _moved_on(row: RowMapping, advance: Advance) -> dict[str, Any]:
    last = max((to_ms(record.at) for record in advance.records), default=row["last_at"])
    return {
        "which": row["id"],
        "next": None if advance.suspended else to_ms(advance.next_at),
        "last": last,
        "as_state": ScheduleState.SUSPENDED.value if advance.suspended else row["state"],
        "why": advance.suspended or row["reason"],
    }


def _row(row: Mapping[str, Any], record: Record, present: int) -> dict[str, Any]:
    waits = record.state is OccurrenceState.PENDING
    return {
        "schedule_id": row["id"],
        "at": to_ms(record.at),
        "platform": row["platform"],
        "tenant": row["tenant"],
        "channel": row["channel"],
        "key": occurrence_key(row["id"], row["channel"], record.at),
        "state": record.state.value,
        "recorded_at": present,
        "deadline_at": to_ms(record.deadline_at),
        # By its instant, not by when it was recorded: what is most overdue goes first.
        "visible_at": to_ms(record.at) if waits else None,
        "done_at": None if waits else present,
        "reason": record.reason,
        "reply": record.reply,
        "snapshots": record.snapshots,
    }


def _notice(row: RowMapping, text: str, present: int) -> dict[str, Any]:
    return {
        "at": present,
        "tenant": row["tenant"],
        "channel": row["channel"],
        "schedule_id": row["id"],
        "text": text,
    }
