from __future__ import annotations

import asyncio
import multiprocessing
import sqlite3
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, text

from bot.errors import ConfigurationError
from bot.store import Store, migrations
from bot.store.tables import metadata
from bot.store.url import to_url
from tests.postgres import Postgres
from tests.schedules import add, make_schedule
from tests.stories import CHANNEL, NOW


@pytest.mark.parametrize(
    ("written", "driver"),
    [
        ("sqlite:///state/bot.db", "sqlite+aiosqlite"),
        ("sqlite:////var/lib/bot.db", "sqlite+aiosqlite"),
        ("postgresql://u:p@h/d", "postgresql+psycopg"),
        ("postgres://u:p@h/d", "postgresql+psycopg"),
        ("postgresql+asyncpg://u:p@h:5433/d?sslmode=require", "postgresql+psycopg"),
    ],
)
def test_an_address_is_taken_as_people_write_it(written: str, driver: str) -> None:
    assert to_url(written).drivername == driver


@pytest.mark.parametrize(
    "written",
    ["", "bot.db", "mysql://u:s3cret@h/d", "sqlite://", "sqlite:///:memory:", "://s3cret"],
)
def test_what_is_no_address_is_refused_without_repeating_it(written: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        to_url(written)
    assert "BOT_DATABASE_URL" in str(caught.value)
    assert "s3cret" not in str(caught.value)


async def test_a_database_that_cannot_be_reached_is_named_without_its_password() -> None:
    with pytest.raises(ConfigurationError) as caught:
        await Store.open("postgresql://bot:s3cret@127.0.0.1:1/news")
    message = str(caught.value)
    assert "127.0.0.1" in message
    assert "news" in message
    assert "s3cret" not in message


async def test_a_second_process_on_the_same_file_is_refused(tmp_path: Path) -> None:
    address = f"sqlite:///{tmp_path}/new/bot.db"
    async with await Store.open(address):
        with pytest.raises(ConfigurationError, match="another bot already runs"):
            await Store.open(address)
        async with await Store.open(address, alone=False) as command:
            await add(command, make_schedule(), NOW)
    async with await Store.open(address) as store:
        assert len(await store.all_schedules()) == 1


async def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(ConfigurationError, match="cannot keep its database"):
        await Store.open(f"sqlite:///{tmp_path}/file/bot.db")


async def test_a_file_that_is_no_database_is_refused(tmp_path: Path) -> None:
    (tmp_path / "bot.db").write_text("a letter to my aunt, " * 99)
    with pytest.raises(ConfigurationError, match="cannot open the database"):
        await Store.open(f"sqlite:///{tmp_path}/bot.db")
    (tmp_path / "bot.db").unlink()
    async with await Store.open(f"sqlite:///{tmp_path}/bot.db"):
        pass  # the refused one keeps nothing locked


async def test_sqlite_survives_a_power_cut_and_lets_others_read(tmp_path: Path) -> None:
    async with (
        await Store.open(f"sqlite:///{tmp_path}/bot.db") as store,
        store._reading() as connection,
    ):
        for pragma, value in (("journal_mode", "wal"), ("synchronous", 2), ("busy_timeout", 10000)):
            assert (await connection.execute(text(f"PRAGMA {pragma}"))).scalar() == value


async def test_the_migrations_make_the_tables_that_the_code_knows(store: Store) -> None:
    def differences(connection: Connection) -> object:
        return compare_metadata(MigrationContext.configure(connection), metadata)

    async with store._reading() as connection:
        assert await connection.run_sync(differences) == []


def test_the_newest_revision_is_the_one_that_the_code_wants() -> None:
    config = Config()
    config.set_main_option("script_location", str(Path(migrations.__file__).parent))
    assert ScriptDirectory.from_config(config).get_heads() == [migrations.HEAD]


async def test_opening_an_up_to_date_database_changes_nothing(address: str) -> None:
    async with await Store.open(address) as store:
        saved = await add(store, make_schedule(), NOW)
    async with await Store.open(address) as store:
        assert await store.schedules_of(CHANNEL) == [saved]


async def test_a_database_of_a_newer_version_is_refused(address: str) -> None:
    async with await Store.open(address) as store, store._writing() as connection:
        await connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(ConfigurationError, match="newer version"):
        await Store.open(address)


def open_and_add(address: str, number: int) -> None:
    async def work() -> None:
        async with await Store.open(address) as store:
            await add(store, make_schedule(), NOW)

    del number
    asyncio.run(work())


def test_processes_that_start_together_migrate_once(server: Postgres) -> None:
    spawn = multiprocessing.get_context("spawn")
    with server.database() as address:
        started = [spawn.Process(target=open_and_add, args=(address, n)) for n in range(3)]
        for process in started:
            process.start()
        for process in started:
            process.join(60)
        assert [process.exitcode for process in started] == [0, 0, 0]

        async def count() -> int:
            async with await Store.open(address) as store:
                return len(await store.all_schedules())

        assert asyncio.run(count()) == 3


def test_a_copy_of_each_released_database_opens_with_its_data(tmp_path: Path) -> None:
    for dump in sorted(Path(__file__).with_name("released").glob("*.sql")):
        path = tmp_path / f"{dump.stem}.db"
        with sqlite3.connect(path) as old:
            old.executescript(dump.read_text())
        old.close()

        async def look(path: Path = path) -> None:
            async with await Store.open(f"sqlite:///{path}") as store:
                (schedule,) = await store.schedules_of(CHANNEL)
                assert schedule.zone == "Europe/Lisbon"
                assert len(await store.history(CHANNEL)) == 2
                assert list(await store.told_to(CHANNEL)) == ["story"]

        asyncio.run(look())
