"""What only the playground asks of the store: what it shows again, and time that is moved."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import case, delete, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.occurrence import Occurrence, OccurrenceState
from bot.domain.request import Channel
from bot.domain.schedule import ScheduleState, next_runs
from bot.store.database import Database, finished
from bot.store.epoch import span_ms, to_at, to_ms
from bot.store.rows import to_occurrence, to_schedule
from bot.store.tables import attempt, bucket, occurrence, schedule, told

#: What was under way when time went back is looked at again after this long.
_LOOK_AGAIN: Final = timedelta(minutes=1)
_NOTHING_POSTED: Final = (OccurrenceState.PENDING.value, OccurrenceState.SKIPPED.value)


class Playground(Database):
    """Finding what was posted, and taking back a future that was only looked at."""

    async def occurrence_by(self, key: str) -> Occurrence | None:
        """The occurrence that is posted under this key."""
        async with self._reading() as connection:
            found = await connection.execute(select(occurrence).where(occurrence.c.key == key))
            row = found.mappings().first()
        return None if row is None else to_occurrence(row)

    async def posted(self, channel: Channel, limit: int) -> Sequence[Occurrence]:
        """The digests that were posted in a channel last, the latest last."""
        row = occurrence.c
        statement = (
            select(occurrence)
            .where(row.channel == str(channel), row.state == OccurrenceState.SENT.value)
            .order_by(row.done_at.desc(), row.id.desc())
            .limit(limit)
        )
        async with self._reading() as connection:
            rows = (await connection.execute(statement)).mappings().all()
        return [to_occurrence(each) for each in reversed(rows)]

    async def soonest(self) -> datetime | None:
        """When the first of all schedules is due."""
        async with self._reading() as connection:
            first: int | None = await connection.scalar(select(func.min(schedule.c.next_at)))
        return to_at(first)

    async def serves_only(self, platform: str) -> bool:
        """Whether no other process and no other platform has anything in this database."""
        if not self._sqlite:
            return False
        others = (
            select(table.c.id).where(table.c.platform != platform).limit(1)
            for table in (schedule, occurrence)
        )
        async with self._reading() as connection:
            return not [1 for each in others if (await connection.execute(each)).first()]

    async def take_back(self, platform: str, now: datetime) -> None:
        """Make this platform's schedules due from `now` on, after time had been moved ahead of it.

        A run of the future that was posted stays recorded, so that it is never posted again; one
        that posted nothing never was. Nothing else keeps a time that is still to come, or it would
        hold up what is due before then.
        """
        await finished(self._take_back(platform, now))

    async def _take_back(self, platform: str, now: datetime) -> None:
        present = to_ms(now)
        async with self._writing() as connection:
            unposted = select(occurrence.c.id).where(
                occurrence.c.platform == platform,
                occurrence.c.at > present,
                occurrence.c.state.in_(_NOTHING_POSTED),
            )
            ids = list((await connection.execute(unposted)).scalars())
            await connection.execute(delete(attempt).where(attempt.c.occurrence_id.in_(ids)))
            await connection.execute(delete(occurrence).where(occurrence.c.id.in_(ids)))
            for table, names in _INSTANTS:
                await connection.execute(_clamped(table, names, platform, present))
            again = present + span_ms(_LOOK_AGAIN)
            await connection.execute(
                update(occurrence)
                .where(occurrence.c.platform == platform, occurrence.c.visible_at > again)
                .values(visible_at=again)
            )
            await connection.execute(
                update(bucket).where(bucket.c.not_before > present).values(not_before=0)
            )
            await _plan_anew(connection, platform, now)


#: Instants at which something happened.
_INSTANTS: Final = (
    (occurrence, ("recorded_at", "composed_at", "first_try_at", "done_at")),
    (schedule, ("created_at", "last_at")),
    (told, ("at",)),
)


def _clamped(table: Any, names: Sequence[str], platform: str, present: int) -> Any:
    """Sets what lies ahead to the present."""
    columns = {name: table.c[name] for name in names}
    ours = (
        table.c.platform == platform
        if "platform" in table.c
        else table.c.channel.startswith(f"{platform}:", autoescape=True)
    )
    return (
        update(table)
        .where(ours, or_(*(column > present for column in columns.values())))
        .values(
            {
                name: case((column > present, present), else_=column)
                for name, column in columns.items()
            }
        )
    )


async def _plan_anew(connection: AsyncConnection, platform: str, now: datetime) -> None:
    """Let each schedule be due at its first run from now on that was not posted already.

    What is due already stays so: it was missed, and must be posted late or recorded.
    """
    active = select(schedule).where(
        schedule.c.platform == platform,
        schedule.c.state == ScheduleState.ACTIVE.value,
        or_(schedule.c.next_at.is_(None), schedule.c.next_at > to_ms(now)),
    )
    for row in (await connection.execute(active)).mappings().all():
        ahead = select(occurrence.c.at).where(
            occurrence.c.schedule_id == row["id"], occurrence.c.at > to_ms(now)
        )
        done = set((await connection.execute(ahead)).scalars())
        wish = to_schedule(row)
        runs = next_runs(wish.cadence, wish.zone, now, len(done) + 1)
        first = next((run.at for run in runs if to_ms(run.at) not in done), None)
        await connection.execute(
            update(schedule).where(schedule.c.id == row["id"]).values(next_at=to_ms(first))
        )
