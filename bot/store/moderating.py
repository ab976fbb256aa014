"""What moderators ask of the store: open notices, runs page by page, turns, refused attempts."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import BigInteger, ColumnElement, cast, func, insert, select, update

from bot.domain.occurrence import Occurrence
from bot.domain.request import Channel
from bot.store.database import Database, finished
from bot.store.epoch import to_at, to_ms
from bot.store.records import Notice
from bot.store.rows import tenant_of, to_occurrence
from bot.store.tables import audit, meta, notice, occurrence

#: How the outcome of a refused attempt begins.
REFUSED: Final = "refused"
#: How many refused attempts of one person in a channel are put down in a minute.
MOST_REFUSALS: Final = 10
_MINUTE: Final = timedelta(minutes=1)


class Moderating(Database):
    """Reading and writing these."""

    async def open_notices(self, channel: Channel) -> list[Notice]:
        """What the moderators of a channel's workspace have not acknowledged, the oldest first."""
        row = notice.c
        statement = (
            select(row.id, row.at, row.channel, row.schedule_id, row.occurrence_id, row.text)
            .where(row.tenant == tenant_of(channel), row.shown_at.is_(None))
            .order_by(row.id)
        )
        async with self._reading() as connection:
            found = (await connection.execute(statement)).all()
        return [
            Notice(key, to_at(at), Channel.parse(where), *rest) for key, at, where, *rest in found
        ]

    async def close_notices(
        self,
        channel: Channel,
        now: datetime,
        *,
        id: int | None = None,
        schedule_id: int | None = None,
        occurrence_id: int | None = None,
    ) -> int:
        """Count one notice of a workspace as seen, or all about a schedule or an occurrence."""
        named = {"id": id, "schedule_id": schedule_id, "occurrence_id": occurrence_id}
        about = [notice.c[name] == key for name, key in named.items() if key is not None]
        statement = (
            update(notice)
            .where(notice.c.tenant == tenant_of(channel), notice.c.shown_at.is_(None), *about)
            .values(shown_at=to_ms(now))
        )

        async def work() -> int:
            async with self._writing() as connection:
                return (await connection.execute(statement)).rowcount

        return await finished(work())

    async def runs(
        self, channel: Channel, schedule_id: int | None, start: int, count: int
    ) -> list[Occurrence]:
        """Some occurrences of a channel, or of one schedule in it, from the latest on."""
        statement = (
            select(occurrence)
            .where(*_runs_of(channel, schedule_id))
            .order_by(occurrence.c.at.desc(), occurrence.c.id.desc())
        )
        async with self._reading() as connection:
            shown = await connection.execute(statement.offset(start).limit(count))
            rows = shown.mappings().all()
        return [to_occurrence(row) for row in rows]

    async def count_runs(self, channel: Channel, schedule_id: int | None) -> int:
        """How many occurrences a channel has, or one schedule in it."""
        statement = select(func.count()).select_from(occurrence)
        statement = statement.where(*_runs_of(channel, schedule_id))
        async with self._reading() as connection:
            return int((await connection.execute(statement)).scalar_one())

    async def take_turn(self, name: str, least: timedelta, now: datetime) -> datetime | None:
        """Take the one turn that this name has in each such span; else when the last was taken."""
        add = self._insert(meta).values(key=f"turn {name}", value=str(to_ms(now)))
        last = cast(meta.c.value, BigInteger)
        put = add.on_conflict_do_update(
            index_elements=[meta.c.key],
            set_={"value": add.excluded.value},
            # A turn that lies far ahead was taken before the clock was set back.
            where=(last <= to_ms(now - least)) | (last > to_ms(now + least)),
        )
        taken_at = select(meta.c.value).where(meta.c.key == f"turn {name}")

        async def work() -> datetime | None:
            async with self._writing() as connection:
                taken = await connection.execute(put.returning(meta.c.key))
                if taken.first() is not None:
                    return None
                return to_at(int((await connection.execute(taken_at)).scalar_one()))

        return await finished(work())

    async def note_refusal(
        self, channel: Channel, actor: str, act: str, object: str, outcome: str, now: datetime
    ) -> None:
        """Put a refused attempt down in the audit trail: of one person's, a few each minute."""
        row = audit.c
        count = select(func.count()).where(
            row.channel == str(channel),
            row.at > to_ms(now - _MINUTE),
            row.actor == actor,
            row.outcome.startswith(REFUSED),
        )
        tried = {"at": to_ms(now), "tenant": tenant_of(channel), "channel": str(channel)}
        tried |= {"actor": actor, "act": act, "object": object}

        async def work() -> None:
            async with self._writing() as connection:
                left = MOST_REFUSALS - int((await connection.execute(count)).scalar_one())
                if left > 0:
                    more = "; more in this minute are not put down" if left == 1 else ""
                    said = {"outcome": f"{REFUSED}: {outcome}{more}"}
                    await connection.execute(insert(audit).values(tried | said))

        await finished(work())


def _runs_of(channel: Channel, schedule_id: int | None) -> list[ColumnElement[Any]]:
    of_channel: list[ColumnElement[Any]] = [occurrence.c.channel == str(channel)]
    if schedule_id is None:
        return of_channel
    return [*of_channel, occurrence.c.schedule_id == schedule_id]
