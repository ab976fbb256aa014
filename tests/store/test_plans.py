"""The questions asked every second find their answer by an index, however much there is."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import event, text

from bot.domain.occurrence import Event
from bot.domain.pace import Pace
from bot.domain.request import Channel
from bot.store import Store
from bot.store.closing import Verdict
from tests.schedules import add_all, make_schedule, plain
from tests.stories import NOW

LEASE = timedelta(minutes=1)
MANY = 3_000


async def explained(store: Store, kind: str, asked: list[tuple[str, Any]]) -> str:
    prefix = "EXPLAIN QUERY PLAN " if kind == "sqlite" else "EXPLAIN "
    plans = []
    async with store._reading() as connection:
        for statement, parameters in asked:
            rows = await connection.exec_driver_sql(prefix + statement, parameters)
            plans.append("\n".join(map(str, rows.all())))
    return "\n".join(plans)


@pytest.fixture
async def crowded(store: Store) -> Store:
    wishes = [
        (make_schedule(Channel("slack", "T1", f"C{n}")), NOW + timedelta(days=n % 7))
        for n in range(MANY)
    ]
    await add_all(store, wishes, NOW)
    while await store.take_due(NOW + timedelta(days=5), 500, plain):
        pass
    pace = {"slack": Pace(workspace=MANY, platform=MANY)}
    later = NOW + timedelta(days=5)
    while claims := await store.claim(later, pace, 500, LEASE):
        verdicts = [Verdict(c.id, c.token, Event.CONFIRMED, remote_id="1") for c in claims]
        await store.finish(verdicts, later)
    async with store._writing() as connection:
        await connection.execute(text("ANALYZE"))
    return store


async def test_every_frequent_question_uses_an_index(crowded: Store) -> None:
    kind = crowded._engine.dialect.name
    asked: list[tuple[str, Any]] = []

    def listen(_: Any, __: Any, statement: str, parameters: Any, ___: Any, many: bool) -> None:
        if not many and statement.startswith("SELECT") and "alembic" not in statement:
            asked.append((statement, parameters))

    event.listen(crowded._engine.sync_engine, "before_cursor_execute", listen)
    quiet = NOW + timedelta(days=5, minutes=1)
    await crowded.is_due(quiet)
    await crowded.take_due(quiet, 500, plain)
    await crowded.compose_waiting(quiet, 5, plain)
    await crowded.claim(quiet, {"slack": Pace(workspace=MANY, platform=MANY)}, 100, LEASE)
    await crowded.expire(quiet)
    await crowded.forget(NOW, 100)
    event.remove(crowded._engine.sync_engine, "before_cursor_execute", listen)
    plan = await explained(crowded, kind, asked)
    # PostgreSQL chooses among those that fit by what is in the tables.
    assert "schedule_due" in plan
    for index in ("occurrence_ready", "occurrence_open", "occurrence_waiting", "occurrence_done"):
        assert index in plan or kind != "sqlite"
    assert "Seq Scan on occurrence" not in plan
    assert "SCAN occurrence" not in plan.replace("SCAN occurrence USING INDEX", "")
    assert "Seq Scan on schedule" not in plan
    assert "SCAN schedule" not in plan.replace("SCAN schedule USING INDEX", "")
