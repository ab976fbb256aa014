"""Composing in turn: a channel has one composed digest at a time, so no two tell the same news.

What else is due there is recorded at once and waits, uncomposed, until the one before it is over:
only then is it known what the channel was told. Whoever composes does so alone, in the transaction
that writes it down.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final, Protocol

from sqlalchemy import and_, bindparam, exists, or_, select, text, tuple_, update
from sqlalchemy.engine import RowMapping
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.occurrence import OccurrenceState
from bot.domain.request import Channel
from bot.domain.schedule import Schedule
from bot.store.database import Database, finished
from bot.store.epoch import to_at, to_ms
from bot.store.many import among, update_many
from bot.store.rows import to_schedule
from bot.store.tables import occurrence, schedule, told
from bot.store.telling import tell_failed

#: Any number will do, as long as every process uses the same, and migrations another.
_COMPOSING: Final = 4_217_096_332
_TRY_ALONE: Final = text("SELECT pg_try_advisory_xact_lock(:key)").bindparams(key=_COMPOSING)
_ALONE: Final = text("SELECT pg_advisory_xact_lock(:key)").bindparams(key=_COMPOSING)


@dataclass(frozen=True, slots=True)
class Told:
    """What a channel was told of one story: its snapshot as JSON, and when that was composed."""

    snapshot: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Record:
    """An occurrence to be recorded: over, with the reason; or pending with what to post.

    One that is pending without a reply waits for its turn to be composed. `told_at` is when the
    latest was composed of all that the channel was told before.
    """

    at: datetime
    state: OccurrenceState
    deadline_at: datetime
    reason: str = ""
    reply: str | None = None
    snapshots: str | None = None
    told_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Blank:
    """A record to be composed now. `told` is what its channel was told, by slug."""

    schedule: Schedule
    record: Record
    told: Mapping[str, Told]


class Writer(Protocol):
    """Composes digests."""

    async def compose(self, blank: Blank) -> Record:
        """The record with what to post, or over if there is nothing to."""


class Composing(Database):
    """Composing what waits, each channel's digests in turn."""

    async def compose_waiting(self, now: datetime, limit: int, writer: Writer) -> int:
        """Compose up to `limit` of those whose turn has come; how many there were."""
        return await finished(self._compose_waiting(now, limit, writer))

    async def told_to(self, channel: Channel) -> dict[str, Told]:
        """What a channel was told, by slug."""
        async with self._reading() as connection:
            return (await ledger_of(connection, [str(channel)])).get(str(channel), {})

    async def _composing(self, connection: AsyncConnection, *, wait: bool = False) -> bool:
        """Whether this transaction alone composes, until it ends. SQLite's writers are alone."""
        if self._sqlite:
            return True
        if wait:
            await connection.execute(_ALONE)
            return True
        return bool((await connection.execute(_TRY_ALONE)).scalar_one())

    async def _compose_waiting(self, now: datetime, limit: int, writer: Writer) -> int:
        present = to_ms(now)
        async with self._writing() as connection:
            if not await self._composing(connection):
                return 0
            rows = (await connection.execute(_NEXT, {"limit": limit})).mappings().all()
            if not rows:
                return 0
            ids = {row["schedule_id"] for row in rows}
            found = select(schedule).where(among(connection, schedule.c.id, ids))
            schedules = {row["id"]: row for row in (await connection.execute(found)).mappings()}
            ledger = await ledger_of(connection, (row["channel"] for row in rows))
            made = [(row["id"], await _composed(row, schedules, ledger, writer)) for row in rows]
            values = [{"id": key, **composed_columns(each, present)} for key, each in made]
            await _COMPOSE.execute(connection, values)
            told = zip(rows, values, strict=True)
            await tell_failed(connection, ({**row, **each} for row, each in told), present)
            return len(rows)


_UNCOMPOSED: Final = and_(
    occurrence.c.visible_at.is_not(None),
    occurrence.c.composed_at.is_(None),
    occurrence.c.state == OccurrenceState.PENDING.value,
)
WAITING: Final = (
    # Any instant will do; so asked, it is looked up by an index.
    select(occurrence.c.id)
    .where(_UNCOMPOSED, occurrence.c.at > 0)
    .order_by(occurrence.c.at, occurrence.c.id)
    .limit(1)
    .scalar_subquery()
)
"""The first that waits to be composed."""


def _next() -> Any:
    """The first waiting occurrence of each channel that has no composed one under way."""
    row, other = occurrence.c, occurrence.alias("other").c
    sooner = tuple_(other.at, other.id) < tuple_(row.at, row.id)
    ahead = exists().where(
        other.channel == row.channel,
        other.visible_at.is_not(None),
        or_(other.composed_at.is_not(None), sooner),
    )
    columns = (row.id, row.schedule_id, row.tenant, row.channel, row.at, row.deadline_at)
    return (
        select(*columns)
        .where(_UNCOMPOSED, ~ahead)
        .order_by(row.at, row.id)
        .limit(bindparam("limit"))
    )


_NEXT: Final = _next()
COMPOSED: Final = (
    *("state", "reason", "visible_at", "done_at"),
    *("composed_at", "reply", "snapshots"),
)
"""The columns that composing fills in."""
# Paused, or too late, in the meantime: then there is nothing to compose any more.
_COMPOSE: Final = update_many(
    occurrence,
    ("id", *COMPOSED),
    lambda new: (
        update(occurrence)
        .where(occurrence.c.id == new["id"], occurrence.c.visible_at.is_not(None))
        .values({name: new[name] for name in COMPOSED})
    ),
)


def composed_columns(record: Record, present: int) -> dict[str, Any]:
    """The columns that say what became of a record, as far as composing goes."""
    waits = record.state is OccurrenceState.PENDING
    # It goes on from what was told before, so it never counts as older, though a clock is behind.
    composed_at = max(present, to_ms(record.told_at)) if record.told_at else present
    return {
        "state": record.state.value,
        "reason": record.reason,
        # By its instant, not by when it was recorded: what is most overdue goes first.
        "visible_at": to_ms(record.at) if waits else None,
        "done_at": None if waits else present,
        "composed_at": None if record.reply is None else composed_at,
        "reply": record.reply,
        "snapshots": record.snapshots,
    }


async def _composed(
    row: RowMapping,
    schedules: Mapping[int, RowMapping],
    ledger: Mapping[str, Mapping[str, Told]],
    writer: Writer,
) -> Record:
    at, deadline_at = to_at(row["at"]), to_at(row["deadline_at"])
    waiting = Record(at, OccurrenceState.PENDING, deadline_at)
    over = replace(waiting, state=OccurrenceState.FAILED)
    mine = schedules.get(row["schedule_id"])
    if mine is None:
        return replace(over, reason="its schedule was deleted")
    try:
        # The schedule may have moved; what was recorded for a channel goes there.
        wish = replace(to_schedule(mine), channel=Channel.parse(row["channel"]))
    except ValueError as error:
        # What one version of the bot wrote, another may not read. The others go on.
        return replace(over, reason=f"the bot cannot read its schedule: {error}")
    return await writer.compose(Blank(wish, waiting, ledger.get(row["channel"], {})))


async def busy_channels(connection: AsyncConnection, channels: Iterable[str]) -> set[str]:
    """Those of these channels where something is under way or waits.

    Ask before reading the ledger: what is over by then has moved it.
    """
    row = occurrence.c
    opened = select(row.channel).where(
        among(connection, row.channel, set(channels)), row.visible_at.is_not(None)
    )
    return set((await connection.execute(opened)).scalars())


async def ledger_of(
    connection: AsyncConnection, channels: Iterable[str]
) -> dict[str, dict[str, Told]]:
    """What these channels were told, by channel and slug."""
    statement = select(told.c.channel, told.c.story, told.c.snapshot, told.c.at)
    found: dict[str, dict[str, Told]] = {}
    mine = among(connection, told.c.channel, set(channels))
    for channel, story, snapshot, at in await connection.execute(statement.where(mine)):
        found.setdefault(channel, {})[story] = Told(snapshot, to_at(at))
    return found
