"""What readers say, without who said it: questions that nothing answers, and what was helpful."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import RowMapping, delete, func, select, text, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.gap import Gap, Votes, wording
from bot.store.database import Database, finished
from bot.store.epoch import to_at, to_ms
from bot.store.tables import gap, helpful

#: Any number will do, as long as every version of the bot uses the same.
_ALONE: Final = text("SELECT pg_advisory_xact_lock(4217096333)")


@dataclass(frozen=True, slots=True)
class Question:
    """A question to be put down; `like` is the number of the gap that asks the same."""

    tenant: str
    story: str
    text: str
    like: int | None = None


class Feedback(Database):
    """Gaps, and counts of helpful and unhelpful answers."""

    async def gaps(
        self,
        *,
        tenant: str | None = None,
        story: str | None = None,
        since: datetime | None = None,
    ) -> Sequence[Gap]:
        """Every gap, or those of a tenant, of a story, or asked since then; the oldest first."""
        statement = select(gap).order_by(gap.c.id)
        if tenant is not None:
            statement = statement.where(gap.c.tenant == tenant)
        if story is not None:
            statement = statement.where(gap.c.story == story)
        if since is not None:
            statement = statement.where(gap.c.last_at >= to_ms(since))
        async with self._reading() as connection:
            return [_to_gap(row) for row in (await connection.execute(statement)).mappings()]

    async def tell(
        self, asked: Question, closed: Collection[int], most: int, now: datetime
    ) -> bool:
        """Count a question; `closed` are gaps that count no more.

        Without a gap like it a new one is made, unless its tenant has `most` that are open: False.
        """
        return await finished(self._tell(asked, closed, most, to_ms(now)))

    async def _tell(self, asked: Question, closed: Collection[int], most: int, now: int) -> bool:
        async with self._writing() as connection:
            if not self._sqlite:  # whose writers are alone anyway
                await connection.execute(_ALONE)
            known = await _known(connection, asked, closed)
            if known is None and await _count(connection, asked.tenant, closed) >= most:
                return False
            if known is None:
                values = {"tenant": asked.tenant, "story": asked.story, "text": asked.text}
                values |= {"wording": wording(asked.text)}
                times = {"count": 1, "first_at": now, "last_at": now}
                await connection.execute(gap.insert().values(values | times))
            else:
                more = update(gap).where(gap.c.id == known)
                await connection.execute(more.values(count=gap.c.count + 1, last_at=now))
            return True

    async def vote(self, story: str, entry: str, *, yes: bool, now: datetime) -> None:
        """Count whether an entry was helpful."""
        await finished(self._vote(story, entry, yes=yes, now=to_ms(now)))

    async def _vote(self, story: str, entry: str, *, yes: bool, now: int) -> None:
        first = {"story": story, "entry": entry, "yes": int(yes), "no": int(not yes)}
        adding = self._insert(helpful).values(first | {"last_at": now})
        more = {
            "yes": helpful.c.yes + adding.excluded.yes,
            "no": helpful.c.no + adding.excluded.no,
            "last_at": now,
        }
        async with self._writing() as connection:
            await connection.execute(
                adding.on_conflict_do_update(index_elements=["story", "entry"], set_=more)
            )

    async def votes(self) -> Sequence[Votes]:
        """The counts of every entry, the most often unhelpful first."""
        row = helpful.c
        statement = select(row.story, row.entry, row.yes, row.no).order_by(
            row.no.desc(), row.yes, row.story, row.entry
        )
        async with self._reading() as connection:
            found = (await connection.execute(statement)).mappings().all()
        return [Votes(**each) for each in found]

    async def forget_gaps(self, numbers: Collection[int] | None = None) -> Sequence[int]:
        """Drop these gaps; without numbers, all that readers said. Returns those there were."""
        leaving = delete(gap).returning(gap.c.id)
        if numbers is not None:
            leaving = leaving.where(gap.c.id.in_(numbers))
        async with self._writing() as connection:
            if numbers is None:
                await connection.execute(delete(helpful))
            return sorted((await connection.execute(leaving)).scalars())

    async def forget_feedback(self, before: datetime) -> None:
        """Drop what nobody has said again since then."""
        async with self._writing() as connection:
            for column in (gap.c.last_at, helpful.c.last_at):
                await connection.execute(delete(column.table).where(column < to_ms(before)))


async def _known(
    connection: AsyncConnection, asked: Question, closed: Collection[int]
) -> int | None:
    """The number of the gap to count up: the one that is like it, else one in the same words."""
    row = gap.c
    ours = select(row.id).where(row.tenant == asked.tenant, row.story == asked.story)
    found = ours.where((row.id == asked.like) | (row.wording == wording(asked.text)))
    numbers = set((await connection.execute(found)).scalars()).difference(closed)
    return asked.like if asked.like in numbers else min(numbers, default=None)


async def _count(connection: AsyncConnection, tenant: str, closed: Collection[int]) -> int:
    counted = select(func.count()).where(gap.c.tenant == tenant, gap.c.id.not_in(closed))
    return int((await connection.execute(counted)).scalar_one())


def _to_gap(row: RowMapping) -> Gap:
    return Gap(
        row["id"],
        row["tenant"],
        row["story"],
        row["text"],
        row["count"],
        to_at(row["first_at"]),
        to_at(row["last_at"]),
    )
