"""The ledger: what each channel was told of each story."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import case, exists, select, update
from sqlalchemy.engine import RowMapping
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.occurrence import TRANSITIONS, Event, OccurrenceState
from bot.store.database import Database, finished
from bot.store.epoch import to_ms
from bot.store.tables import occurrence, schedule, told


class Ledger(Database):
    """Moving the ledger, always together with what moves it."""

    async def move_ledger(self, connection: AsyncConnection, sent: Sequence[RowMapping]) -> None:
        """Take over what these sent occurrences told. Never back to an older one."""
        news: dict[tuple[str, str], dict[str, Any]] = {}
        for row in sorted(sent, key=_told_at):
            for slug, snapshot in _by_story(row["snapshots"] or "{}"):
                news[row["channel"], slug] = {
                    "channel": row["channel"],
                    "story": slug,
                    "snapshot": snapshot,
                    "at": _told_at(row),
                }
        if not news:
            return
        add = self._insert(told)
        put = add.on_conflict_do_update(
            index_elements=[told.c.channel, told.c.story],
            set_={"snapshot": add.excluded.snapshot, "at": add.excluded.at},
            where=told.c.at <= add.excluded.at,
        )
        await connection.execute(put, [news[key] for key in sorted(news)])

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
                await self.move_ledger(connection, [row])
            return True


@lru_cache(maxsize=256)  # thousands of channels are told the same
def _by_story(snapshots: str) -> Sequence[tuple[str, str]]:
    """The snapshot of each story, as it is kept in the ledger."""
    parts = json.loads(snapshots).items()
    return [(slug, json.dumps(snapshot, ensure_ascii=False)) for slug, snapshot in parts]


def _told_at(row: RowMapping) -> int:
    """When what was told was composed, which is what orders the ledger."""
    return int(row["composed_at"])
