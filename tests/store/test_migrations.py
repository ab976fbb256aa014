"""Every database that was ever released opens with its data, on SQLite and on PostgreSQL."""

from __future__ import annotations

import multiprocessing
import os
import sqlite3
from collections.abc import Callable, Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from alembic import op
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, MetaData, Table, text

from bot.domain.gap import Votes
from bot.domain.occurrence import OccurrenceState as State
from bot.domain.pace import Pace
from bot.errors import ConfigurationError
from bot.store import Store, migrations
from bot.store.database import Database
from bot.store.epoch import to_at
from bot.store.feedback import Question
from bot.store.migrations import upgrade
from bot.store.tables import metadata
from tests.schedules import add, make_schedule, plain, take_notices
from tests.stories import CHANNEL, NOW

REPLY = '{"v":1,"title":"Digest 1","blocks":[],"actions":[],"private":false}'
DUE = 1_795_338_000_000
PLACE = {"platform": "slack", "tenant": "slack:T1", "channel": str(CHANNEL)}


def revisions() -> list[str]:
    """Every revision there is, the oldest first."""
    config = Config()
    config.set_main_option("script_location", str(Path(migrations.__file__).parent))
    scripts = ScriptDirectory.from_config(config)
    assert scripts.get_heads() == [migrations.HEAD]
    return [each.revision for each in scripts.walk_revisions()][::-1]


def occurrence(number: int, state: str, **fields: object) -> dict[str, Any]:
    row: dict[str, Any] = {"schedule_id": 1, "at": DUE + number, **PLACE}
    row |= {"key": f"d{number}", "state": state}
    row |= {"recorded_at": DUE, "deadline_at": DUE + 10**9, "token": 1, "attempts": 1}
    waits = state in {"pending", "unknown"}
    row |= {"visible_at": DUE if waits else None, "done_at": None if waits else DUE}
    return {**row, "reply": REPLY, "snapshots": '{"story": {"run": 1}}', "reason": "", **fields}


#: The tables that came later, with something in each.
LATER: dict[str, list[dict[str, Any]]] = {
    "installation": [{"tenant": "slack:T1", "sealed": "gAAAA", "saved_at": DUE}],
    "issued": [{"digest": "d" * 64, "expires_at": DUE}],
    "gap": [
        {"tenant": "slack:T1", "story": "story", "wording": "w" * 32, "text": "Why?", "count": 2}
        | {"first_at": DUE, "last_at": DUE}
    ],
    "helpful": [{"story": "story", "entry": "faq/why", "yes": 1, "no": 2, "last_at": DUE}],
}
#: Something in every table, in the words of the first revision: a later one may only add columns.
DATA: dict[str, list[dict[str, Any]]] = {
    "schedule": [
        {**PLACE, "stories": '["story"]', "cadence": "at 09:00 daily", "zone": "UTC"}
        | {"content": "changes", "quiet": "silent", "grace": 7_200_000, "state": "active"}
        | {"revision": 3, "created_at": DUE, "last_at": DUE, "next_at": DUE + 86_400_000}
    ],
    "occurrence": [
        occurrence(1, "sent", remote_id="17.1", snapshots=None),
        occurrence(2, "skipped", reply=None, snapshots=None, reason="nothing new"),
        occurrence(3, "undetermined", first_try_at=DUE),
        occurrence(4, "unknown", first_try_at=DUE),
        occurrence(5, "pending", token=0, attempts=0),
        occurrence(6, "pending", token=0, attempts=0),
    ],
    "attempt": [{"occurrence_id": 1, "token": 1, "at": DUE, "event": "confirmed"}],
    "told": [{"channel": str(CHANNEL), "story": "story", "snapshot": '{"a": 1}', "at": DUE}],
    "audit": [
        {"at": DUE, "tenant": "slack:T1", "channel": str(CHANNEL), "actor": "U1"}
        | {"act": "digest add", "object": "1", "outcome": "done"}
    ],
    "notice": [{"at": DUE, "tenant": "slack:T1", "channel": str(CHANNEL), "text": "Look."}],
    "binding": [{"channel": str(CHANNEL), "story": "story"}],
    "bucket": [{"key": "slack", "not_before": 0, "tokens": 2.5, "updated_at": DUE}],
    "meta": [{"key": "commands", "value": "7"}],
}


def added_later(row: Mapping[str, Any]) -> dict[str, Any]:
    """What later revisions say of an occurrence."""
    waits = row["state"] == "pending" or not row["reply"]
    return {"composed_at": None if waits else row["recorded_at"]}


async def make(address: str, revision: str) -> None:
    """A database as that revision left it, with data."""

    def fill(connection: Connection) -> None:
        upgrade(connection, revision)
        old = MetaData()
        old.reflect(connection)
        tables = set(old.tables) - {"alembic_version"}
        assert set(DATA) <= tables <= {*DATA, *LATER}
        for name, rows in (DATA | LATER).items():
            if name not in tables:
                continue
            table = Table(name, old)
            for row in rows:
                later = added_later(row) if name == "occurrence" else {}
                known = {key: value for key, value in later.items() if key in table.c}
                connection.execute(table.insert(), row | known)

    async with await raw(address) as database, database._writing() as connection:
        await connection.run_sync(fill)


async def raw(address: str) -> Database:
    """The database as it is."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr("bot.store.database.upgrade", lambda _: None)
        return await Database.open(address, own_clock=False)


@pytest.mark.parametrize("revision", revisions())
async def test_a_database_of_each_revision_opens_with_all_its_data(
    address: str, revision: str
) -> None:
    await make(address, revision)
    async with await Store.open(address, own_clock=False) as store:
        (wish,) = await store.schedules_of(CHANNEL)
        assert (wish.stories, wish.cadence.text, wish.revision) == (("story",), "at 09:00 daily", 3)
        rows = {row.id: row for row in await store.history(CHANNEL)}
        assert [rows[key].state.value for key in range(1, 7)] == [
            row["state"] for row in DATA["occurrence"]
        ]
        assert (rows[1].remote_id, rows[2].reason) == ("17.1", "nothing new")
        assert [each.event for each in await store.attempts(1)] == ["confirmed"]
        assert (await store.told_to(CHANNEL))["story"].snapshot == '{"a": 1}'
        assert [each.act for each in await store.acts(CHANNEL)] == ["digest add"]
        assert [each.text for each in await take_notices(store, "slack:T1")] == ["Look."]
        assert await store.bindings() == {str(CHANNEL): "story"}
        assert await store.recall("commands") == "7"


@pytest.mark.parametrize("revision", [each for each in revisions() if each >= "0005"])
async def test_what_readers_told_is_kept(address: str, revision: str) -> None:
    await make(address, revision)
    async with await Store.open(address, own_clock=False) as store:
        (gap,) = await store.gaps()
        assert (gap.id, gap.text, gap.count, gap.first_at) == ("gap-1", "Why?", 2, to_at(DUE))
        assert await store.votes() == [Votes("story", "faq/why", 1, 2)]
        assert await store.tell(Question("slack:T1", "story", "Why?", like=1), (), 9, NOW)
        assert [each.count for each in await store.gaps()] == [3]


@pytest.mark.parametrize("revision", revisions())
async def test_a_database_of_each_revision_goes_on_where_it_was(
    address: str, revision: str
) -> None:
    await make(address, revision)
    async with await Store.open(address, own_clock=False) as store:
        now = (await store.history(CHANNEL))[0].at + 2 * timedelta(minutes=1)
        await store.compose_waiting(now, 500, plain)
        claims = await store.claim(now, {"slack": Pace()}, 100, timedelta(minutes=1))
        assert [(each.id, each.state) for each in claims] == [(4, State.CHECKING)]
        assert (await add(store, make_schedule(), NOW)).id > 1


@pytest.mark.parametrize("revision", revisions())
async def test_what_a_migrated_database_looks_like_is_what_the_code_knows(
    address: str, revision: str
) -> None:
    def differences(connection: Connection) -> object:
        return compare_metadata(MigrationContext.configure(connection), metadata)

    await make(address, revision)
    async with await Store.open(address) as store, store._reading() as connection:
        assert await connection.run_sync(differences) == []


async def test_a_database_of_a_newer_version_is_refused(address: str) -> None:
    async with await Store.open(address) as store, store._writing() as connection:
        await connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(ConfigurationError, match="revision 9999, which a newer version"):
        await Store.open(address)


def migrate_and_die(address: str) -> None:
    """Begin the newest migration, and be killed in its middle."""
    import asyncio

    def then_die(change: Callable[..., object]) -> Callable[..., None]:
        def changed(*args: object, **more: object) -> None:
            change(*args, **more)
            os._exit(9)

        return changed

    for name in ("add_column", "create_table", "create_index"):
        setattr(op, name, then_die(getattr(op, name)))
    asyncio.run(Store.open(address))


async def test_a_migration_that_was_killed_in_its_middle_is_made_at_the_next_start(
    address: str,
) -> None:
    await make(address, revisions()[-2])
    spawn = multiprocessing.get_context("spawn")
    victim = spawn.Process(target=migrate_and_die, args=(address,))
    victim.start()
    victim.join(60)
    assert victim.exitcode == 9
    async with await Store.open(address) as store:
        assert len(await store.history(CHANNEL)) == 6


async def test_a_copy_of_each_released_database_opens_with_its_data(tmp_path: Path) -> None:
    for dump in sorted(Path(__file__).with_name("released").glob("*.sql")):
        path = tmp_path / f"{dump.stem}.db"
        with sqlite3.connect(path) as old:
            old.executescript(dump.read_text())
        old.close()
        async with await Store.open(f"sqlite:///{path}") as store:
            (schedule,) = await store.schedules_of(CHANNEL)
            assert schedule.zone == "Europe/Lisbon"
            assert len(await store.history(CHANNEL)) == 2
            assert list(await store.told_to(CHANNEL)) == ["story"]
