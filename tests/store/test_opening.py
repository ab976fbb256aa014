from __future__ import annotations

import asyncio
import multiprocessing
from pathlib import Path

import pytest
from sqlalchemy import text

from bot.errors import ConfigurationError
from bot.store import Store
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


@pytest.mark.parametrize(("user", "name"), [("nobody", "postgres"), ("postgres", "no_such_one")])
async def test_what_postgresql_refuses_is_said_without_the_password(
    server: Postgres, user: str, name: str
) -> None:
    where = server.address.rpartition("@")[2]
    with pytest.raises(ConfigurationError) as caught:
        await Store.open(f"postgresql://{user}:s3cret@{where}/{name}")
    message = str(caught.value)
    assert message.startswith(f"cannot open the database (PostgreSQL at 127.0.0.1, database {name}")
    assert "does not exist" in message
    assert "BOT_DATABASE_URL" in message
    assert "s3cret" not in message


async def test_a_wrong_password_is_said_without_it() -> None:
    async with await asyncio.start_server(refuse_password, "127.0.0.1", 0) as fake:
        port = fake.sockets[0].getsockname()[1]
        with pytest.raises(ConfigurationError) as caught:
            await Store.open(f"postgresql://bot:s3cret@127.0.0.1:{port}/news?sslmode=disable")
    assert "password authentication failed" in str(caught.value)
    assert "s3cret" not in str(caught.value)


async def refuse_password(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """What PostgreSQL says on its wire: ask for the password, and refuse it."""
    await reader.readexactly(int.from_bytes(await reader.readexactly(4), "big") - 4)
    writer.write(b"R" + (8).to_bytes(4, "big") + (3).to_bytes(4, "big"))
    await reader.readexactly(1)
    await reader.readexactly(int.from_bytes(await reader.readexactly(4), "big") - 4)
    said = b'SFATAL\0C28P01\0Mpassword authentication failed for user "bot"\0\0'
    writer.write(b"E" + (len(said) + 4).to_bytes(4, "big") + said)
    writer.close()


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


async def test_a_folder_that_cannot_be_made_is_named_to_a_command_as_well(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(ConfigurationError, match="cannot open the database"):
        await Store.open(f"sqlite:///{tmp_path}/file/bot.db", alone=False)


async def test_a_folder_in_the_place_of_the_database_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match=rf"\({tmp_path}\): Is a directory"):
        await Store.open(f"sqlite:///{tmp_path}")


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


async def test_opening_an_up_to_date_database_changes_nothing(address: str) -> None:
    async with await Store.open(address) as store:
        saved = await add(store, make_schedule(), NOW)
    async with await Store.open(address) as store:
        assert await store.schedules_of(CHANNEL) == [saved]


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
