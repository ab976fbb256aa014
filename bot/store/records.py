"""What is remembered beside schedules: audit, notices, bindings, history, health, odds and ends."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import delete, func, insert, null, select

from bot.domain.occurrence import Occurrence, OccurrenceState
from bot.domain.request import Channel
from bot.store.database import Database, finished
from bot.store.epoch import to_at, to_ms
from bot.store.rows import tenant_of, to_occurrence
from bot.store.tables import attempt, audit, binding, meta, notice, occurrence

_MESSAGE: Final = ("reply", "snapshots")
_NO_MESSAGES: Final = [
    null().label(column.name) if column.name in _MESSAGE else column for column in occurrence.c
]


@dataclass(frozen=True, slots=True)
class Act:
    """Who did what, or tried to: one line of the audit trail."""

    at: datetime
    actor: str
    act: str
    object: str
    outcome: str


@dataclass(frozen=True, slots=True)
class Notice:
    """Something that the moderators of a channel must be told once."""

    id: int
    at: datetime
    channel: Channel
    schedule_id: int | None
    occurrence_id: int | None
    text: str


@dataclass(frozen=True, slots=True)
class Attempt:
    """One try at posting or looking, and what came of it."""

    at: datetime
    event: str
    detail: str


@dataclass(frozen=True, slots=True)
class Standing:
    """How deliveries to one platform stand."""

    confirmed_at: datetime | None
    waiting: int
    oldest_at: datetime | None


class Records(Database):
    """Reading and writing these."""

    async def note(
        self, channel: Channel, actor: str, act: str, object: str, outcome: str, now: datetime
    ) -> None:
        """Put down in the audit trail what somebody did, or was refused."""
        row = {"at": to_ms(now), "tenant": tenant_of(channel), "channel": str(channel)}
        row |= {"actor": actor, "act": act, "object": object, "outcome": outcome}

        async def work() -> None:
            async with self._writing() as connection:
                await connection.execute(insert(audit).values(row))

        await finished(work())

    async def acts(self, channel: Channel, limit: int = 50) -> list[Act]:
        """The audit trail of a channel, newest first."""
        row = audit.c
        statement = (
            select(row.at, row.actor, row.act, row.object, row.outcome)
            .where(row.channel == str(channel))
            .order_by(row.at.desc(), row.id.desc())
            .limit(limit)
        )
        async with self._reading() as connection:
            found = (await connection.execute(statement)).all()
        return [Act(to_at(at), *rest) for at, *rest in found]

    async def bind(self, channel: Channel, story: str | None) -> None:
        """Make a story the channel's own, or none."""

        async def work() -> None:
            async with self._writing() as connection:
                where = binding.c.channel == str(channel)
                await connection.execute(delete(binding).where(where))
                if story is not None:
                    row = {"channel": str(channel), "story": story}
                    await connection.execute(insert(binding).values(row))

        await finished(work())

    async def bindings(self) -> dict[str, str]:
        """The story of each channel that has one of its own."""
        async with self._reading() as connection:
            found = await connection.execute(select(binding.c.channel, binding.c.story))
            return {row.channel: row.story for row in found}

    async def remember(self, key: str, value: str) -> None:
        """Keep a value by its name."""

        async def work() -> None:
            add = self._insert(meta)
            put = add.on_conflict_do_update(
                index_elements=[meta.c.key], set_={"value": add.excluded.value}
            )
            async with self._writing() as connection:
                await connection.execute(put, {"key": key, "value": value})

        await finished(work())

    async def recall(self, key: str) -> str | None:
        """The value kept by this name."""
        async with self._reading() as connection:
            found = await connection.execute(select(meta.c.value).where(meta.c.key == key))
            return found.scalar_one_or_none()

    async def occurrence(self, id: int) -> Occurrence | None:
        """The occurrence with this id."""
        async with self._reading() as connection:
            found = await connection.execute(select(occurrence).where(occurrence.c.id == id))
            row = found.mappings().first()
        return None if row is None else to_occurrence(row)

    async def history(
        self,
        channel: Channel | None = None,
        *,
        since: datetime | None = None,
        limit: int | None = 20,
        messages: bool = True,
    ) -> list[Occurrence]:
        """Occurrences of a channel, or of all, latest first; many need less without messages."""
        columns = occurrence.c if messages else _NO_MESSAGES
        statement = select(*columns).order_by(occurrence.c.at.desc(), occurrence.c.id.desc())
        if channel is not None:
            statement = statement.where(occurrence.c.channel == str(channel))
        if since is not None:
            statement = statement.where(occurrence.c.at >= to_ms(since))
        async with self._reading() as connection:
            rows = (await connection.execute(statement.limit(limit))).mappings().all()
        return [to_occurrence(row) for row in rows]

    async def attempts(self, occurrence_id: int) -> Sequence[Attempt]:
        """Every try of an occurrence, first to last."""
        statement = (
            select(attempt.c.at, attempt.c.event, attempt.c.detail)
            .where(attempt.c.occurrence_id == occurrence_id)
            .order_by(attempt.c.id)
        )
        async with self._reading() as connection:
            found = (await connection.execute(statement)).all()
        return [Attempt(to_at(at), event, detail) for at, event, detail in found]

    async def standing(self, platform: str) -> Standing:
        """When a platform last confirmed a post, and what waits for it."""
        row = occurrence.c
        confirmed = (
            select(row.done_at)
            .where(
                row.done_at.is_not(None),
                row.platform == platform,
                row.state == OccurrenceState.SENT.value,
            )
            .order_by(row.done_at.desc())
            .limit(1)
        )
        waits = select(func.count(), func.min(row.at)).where(
            row.visible_at.is_not(None), row.platform == platform
        )
        async with self._reading() as connection:
            last = (await connection.execute(confirmed)).scalar_one_or_none()
            waiting, oldest = (await connection.execute(waits)).one()
        return Standing(to_at(last), waiting, to_at(oldest))

    async def forget_notices(self, before: datetime) -> None:
        """Drop the notices that were read before then. The audit trail stays whole."""
        old = delete(notice).where(notice.c.shown_at < to_ms(before))

        async def work() -> None:
            async with self._writing() as connection:
                await connection.execute(old)

        await finished(work())

    async def forget(self, before: datetime, limit: int = 1_000) -> int:
        """Drop up to `limit` occurrences that were over before then, and their attempts."""
        old = (
            select(occurrence.c.id)
            .where(occurrence.c.done_at < to_ms(before))
            .order_by(occurrence.c.done_at)
            .limit(limit)
        )

        async def work() -> int:
            async with self._writing() as connection:
                ids = list((await connection.execute(old)).scalars())
                await connection.execute(delete(attempt).where(attempt.c.occurrence_id.in_(ids)))
                await connection.execute(delete(occurrence).where(occurrence.c.id.in_(ids)))
                return len(ids)

        return await finished(work())
