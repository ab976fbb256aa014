"""The ledger: what each channel was told of each story."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

from sqlalchemy import (
    ARRAY,
    JSON,
    BigInteger,
    Text,
    any_,
    bindparam,
    case,
    cast,
    collate,
    exists,
    func,
    select,
    update,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.occurrence import TRANSITIONS, Event, OccurrenceState
from bot.store.database import Database, finished
from bot.store.epoch import to_ms
from bot.store.tables import occurrence, schedule, told


class Ledger(Database):
    """Moving the ledger, always together with what moves it."""

    async def move_ledger(self, connection: AsyncConnection, sent: Sequence[int]) -> None:
        """Take over what these sent occurrences told. Never back to an older one."""
        if sent:
            move = _MOVE_IN_SQLITE if self._sqlite else _MOVE_IN_POSTGRES
            await connection.execute(move, {"sent": sent})

    async def settle(self, id: int, event: Event, deadline_at: datetime, now: datetime) -> bool:
        """Let a moderator decide on an undetermined one: ARRIVED, or REPEATED until the deadline.

        False if it is no longer undetermined: somebody was faster.
        """
        return await finished(self._settle(id, event, deadline_at, now))

    async def _settle(self, id: int, event: Event, deadline_at: datetime, now: datetime) -> bool:
        after = TRANSITIONS[OccurrenceState.UNDETERMINED, event]
        again = after is OccurrenceState.PENDING
        # Anew, if it still can be: meanwhile others may have told what it would have.
        anew = exists().where(schedule.c.id == occurrence.c.schedule_id)
        present = to_ms(now)
        asked = occurrence.c.state == OccurrenceState.UNDETERMINED.value
        statement = select(occurrence).where(occurrence.c.id == id, asked).with_for_update()
        values: dict[str, Any] = {
            "state": after.value,
            "visible_at": present if again else None,
            "done_at": None if again else present,
            "deadline_at": to_ms(deadline_at) if again else occurrence.c.deadline_at,
            "reason": f"a moderator: {event.value}",
        }
        if again:
            kept = (occurrence.c.composed_at, occurrence.c.reply, occurrence.c.snapshots)
            values |= {each.name: case((anew, None), else_=each) for each in kept}
        async with self._writing() as connection:
            row = (await connection.execute(statement)).mappings().first()
            if row is None:
                return False
            await connection.execute(update(occurrence).where(occurrence.c.id == id).values(values))
            if not again:
                await self.move_ledger(connection, [id])
            return True


def _move(*, in_sqlite: bool) -> Any:
    """An insert of what some occurrences told, story by story, the last of a story to be kept."""
    row = occurrence.c
    snapshots = row.snapshots if in_sqlite else cast(row.snapshots, JSON)
    at = func.coalesce(row.composed_at, 0)
    parts = func.json_each(snapshots).table_valued("key", "value", joins_implicitly=True).c
    found = select(row.channel, parts.key, cast(parts.value, Text), at)
    insert: Any
    if in_sqlite:
        insert = sqlite.insert(told)
        found = found.where(row.id.in_(bindparam("sent", expanding=True))).order_by(at, row.id)
    else:  # which changes no row twice
        insert = postgresql.insert(told)
        mine = row.id == any_(bindparam("sent", type_=ARRAY(BigInteger)))
        # In one order everywhere, or two processes could wait for each other.
        first = (collate(row.channel, "C"), collate(parts.key, "C"))
        found = found.where(mine).ext(distinct_on(*first))
        found = found.order_by(*first, at.desc(), row.id.desc())
    adding = insert.from_select(["channel", "story", "snapshot", "at"], found)
    return adding.on_conflict_do_update(
        index_elements=[told.c.channel, told.c.story],
        set_={"snapshot": adding.excluded.snapshot, "at": adding.excluded.at},
        where=told.c.at <= adding.excluded.at,
    )


_MOVE_IN_SQLITE: Final = _move(in_sqlite=True)
_MOVE_IN_POSTGRES: Final = _move(in_sqlite=False)
