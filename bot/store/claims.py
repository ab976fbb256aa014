"""Claiming occurrences: a process takes a few that are ready, and nobody else does meanwhile."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import case, func, select, update
from sqlalchemy.engine import RowMapping
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.occurrence import TRANSITIONS, Event, Occurrence, OccurrenceState
from bot.domain.pace import Pace
from bot.store.database import Database, finished
from bot.store.epoch import span_ms, to_ms
from bot.store.many import among, insert_many, update_many
from bot.store.rows import to_occurrence
from bot.store.tables import bucket, occurrence

#: Where a budget is used up, it is asked again after this long, so that claims stay few and large.
_PAUSE: Final = 250
_CLAIMED: Final = case(
    {
        state.value: after.value
        for (state, event), after in TRANSITIONS.items()
        if event is Event.CLAIMED
    },
    value=occurrence.c.state,
)


#: No hold is taken for longer than this; a later one was set by a clock that has been set back.
LONGEST_HOLD: Final = timedelta(hours=1)
_LONGEST_HOLD: Final = span_ms(LONGEST_HOLD)
#: One that was written down so far ahead of now was, too: clocks are not set back by less.
_AHEAD: Final = 10_000


@dataclass(slots=True)
class _Budget:
    """A token bucket: fills with `rate` tokens a second, to one second's worth (at least one)."""

    key: str
    rate: float
    not_before: int
    tokens: float
    updated_at: int

    def refill(self, now: int) -> None:
        # A clock that was set back adds nothing once, and does not stop the budget.
        elapsed = max(0, now - self.updated_at)
        self.tokens = min(max(1.0, self.rate), self.tokens + elapsed * self.rate / 1000)
        self.updated_at = now

    def held(self, now: int) -> bool:
        known = self.updated_at <= now + _AHEAD
        return known and now < self.not_before <= now + _LONGEST_HOLD

    def row(self, now: int) -> dict[str, Any]:
        wait = max(_PAUSE, int((1 - self.tokens) * 1000 / self.rate)) if self.tokens < 1 else 0
        until = self.not_before if self.held(now) else 0
        return {
            "key": self.key,
            "not_before": max(until, now + wait if wait else 0),
            "tokens": self.tokens,
            "updated_at": self.updated_at,
        }


class Claims(Database):
    """Claiming what is ready, within the pace of each platform."""

    async def claim(
        self, now: datetime, paces: Mapping[str, Pace], limit: int, lease: timedelta
    ) -> list[Occurrence]:
        """Take up to `limit` occurrences on these platforms, oldest first, until `lease` ends.

        At most one of a channel is composed at a time, and so at most one is out. What was being
        sent when its lease ended comes back as CHECKING: it must be looked for before it may be
        sent again.
        """
        return await finished(self._claim(now, paces, limit, lease))

    async def expire(self, now: datetime, limit: int = 500) -> int:
        """Skip up to `limit` that are still pending after their deadline; how many there were."""
        present, row = to_ms(now), occurrence.c
        pending = row.state == OccurrenceState.PENDING.value
        old = (
            select(row.id)
            .where(row.visible_at.is_not(None), row.deadline_at < present, pending)
            .order_by(row.deadline_at)
            .limit(limit)
        )
        state = OccurrenceState.SKIPPED.value
        over = {"state": state, "reason": "expired", "visible_at": None, "done_at": present}

        async def work() -> int:
            async with self._writing() as connection:
                ids = sorted((await connection.execute(old)).scalars())
                if not ids:
                    return 0
                skipped = update(occurrence).where(row.id.in_(ids), pending)
                return (await connection.execute(skipped.values(over))).rowcount

        return await finished(work())

    async def _claim(
        self, now: datetime, paces: Mapping[str, Pace], limit: int, lease: timedelta
    ) -> list[Occurrence]:
        async with self._writing() as connection:
            platforms = await self._budgets(
                connection, {name: pace.platform for name, pace in paces.items()}
            )
            present = await self._present(connection, now)
            open_to = [key for key, each in platforms.items() if not each.held(present)]
            ready = await _ready(connection, present, open_to, limit) if open_to else []
            if not ready:
                return []
            tenants = await self._budgets(
                connection, {row["tenant"]: paces[row["platform"]].workspace for row in ready}
            )
            chosen = _afford(ready, platforms, tenants, present)
            spent = [*platforms.values(), *tenants.values()]
            rows = sorted((each.row(present) for each in spent), key=lambda row: str(row["key"]))
            await _KEEP_BUDGET.execute(connection, rows)
            ids = [row["id"] for row in chosen]
            return await take_claims(connection, ids, present, present + span_ms(lease))

    async def _budgets(
        self, connection: AsyncConnection, rates: Mapping[str, float]
    ) -> dict[str, _Budget]:
        """The budgets by these keys, locked until the transaction ends; made if new."""
        statement = (
            select(bucket)
            .where(among(connection, bucket.c.key, rates))
            .order_by(bucket.c.key)
            .with_for_update()
        )
        rows = (await connection.execute(statement)).mappings().all()
        if len(rows) < len(rates):
            await _MAKE_BUDGET.execute(connection, [{"key": key} for key in sorted(rates)])
            rows = (await connection.execute(statement)).mappings().all()
        return {row["key"]: _Budget(rate=rates[row["key"]], **row) for row in rows}

    async def hold(
        self, connection: AsyncConnection, until: Mapping[str, int], present: int
    ) -> None:
        """Let nothing be claimed for these channels or workspaces before these instants."""
        # In one order everywhere, or two processes could wait for each other.
        rows = [
            {"key": key, "not_before": until[key], "updated_at": present} for key in sorted(until)
        ]
        await _HOLD.execute(connection, rows)


_HELD: Final = ("not_before", "updated_at")
_HOLD: Final = insert_many(
    bucket,
    ("key", *_HELD),
    lambda adding: adding.on_conflict_do_update(
        index_elements=[bucket.c.key], set_={name: adding.excluded[name] for name in _HELD}
    ),
)
_MAKE_BUDGET: Final = insert_many(bucket, ("key",), lambda adding: adding.on_conflict_do_nothing())
_KEEP_BUDGET: Final = update_many(
    bucket,
    ("key", "not_before", "tokens", "updated_at"),
    lambda new: (
        update(bucket)
        .where(bucket.c.key == new["key"])
        .values(not_before=new["not_before"], tokens=new["tokens"], updated_at=new["updated_at"])
    ),
)


def _held(key: Any, present: int) -> Any:
    known = (bucket.c.key == key, bucket.c.updated_at <= present + _AHEAD)
    until = select(bucket.c.not_before).where(*known).scalar_subquery()
    return func.coalesce(until, 0).between(present + 1, present + _LONGEST_HOLD)


async def _ready(
    connection: AsyncConnection, present: int, platforms: Sequence[str], limit: int
) -> Sequence[RowMapping]:
    """What is ready and held up by nothing, most overdue first.

    Row by row, by scalar subqueries, until there are enough: where PostgreSQL may choose, it joins
    whole tables instead, as it does not know how few are asked for.
    """
    row = occurrence.c
    statement = (
        select(row.id, row.platform, row.tenant, row.channel)
        .where(
            row.visible_at <= present,
            row.composed_at.is_not(None),
            row.platform.in_(platforms),
            ~_held(row.channel, present),
            ~_held(row.tenant, present),
        )
        .order_by(row.visible_at, row.id)
        .limit(limit)
        .with_for_update(of=occurrence, skip_locked=True)
    )
    return (await connection.execute(statement)).mappings().all()


def _afford(
    ready: Sequence[RowMapping],
    platforms: Mapping[str, _Budget],
    tenants: Mapping[str, _Budget],
    present: int,
) -> list[RowMapping]:
    """Those of the ready ones that the budgets allow now; their tokens are spent."""
    for budget in (*platforms.values(), *tenants.values()):
        budget.refill(present)
    chosen = []
    for row in ready:
        budgets = (platforms[row["platform"]], tenants[row["tenant"]])
        if all(budget.tokens >= 1 for budget in budgets):
            chosen.append(row)
            for budget in budgets:
                budget.tokens -= 1
    return chosen


async def take_claims(
    connection: AsyncConnection, ids: Sequence[int], present: int, until: int
) -> list[Occurrence]:
    """Claim these until then, as far as they are ready; what was being sent is to be looked for."""
    # By id, not by a subselect with a limit: PostgreSQL may run such a one again for each row.
    row = occurrence.c
    fresh = row.state == OccurrenceState.PENDING.value
    statement = (
        update(occurrence)
        .where(among(connection, row.id, ids), row.visible_at <= present)
        .values(
            state=_CLAIMED,
            token=row.token + 1,
            attempts=row.attempts + 1,
            visible_at=until,
            first_try_at=case((fresh, present), else_=row.first_try_at),
        )
        .returning(occurrence)
    )
    taken = (await connection.execute(statement)).mappings().all()
    return sorted(map(to_occurrence, taken), key=lambda each: (each.at, each.id))
