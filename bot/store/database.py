"""The connection to the database: how it is opened, and what a transaction is on each kind."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable
from contextlib import asynccontextmanager
from datetime import datetime
from pathlib import Path
from typing import Any, Final, Self, TypeVar

from sqlalchemy import Table, event, text
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import URL, Connection, ExceptionContext
from sqlalchemy.exc import (
    InterfaceError,
    InternalError,
    OperationalError,
    SQLAlchemyError,
    TimeoutError as PoolTimeoutError,
)
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

from bot.errors import ConfigurationError
from bot.store.epoch import to_ms
from bot.store.lock import FileLock
from bot.store.migrations import upgrade
from bot.store.url import SETTING, file_of, shown, to_url

_T = TypeVar("_T")

#: The database is away or busy for now, or a standby that only reads; the same call may work later.
UNAVAILABLE: Final = (OperationalError, InterfaceError, InternalError, PoolTimeoutError, OSError)
_READ_ONLY: Final = "25006"

#: FULL: after a power cut SQLite must not forget that a message was about to be sent.
_PRAGMAS: Final = ("journal_mode=WAL", "synchronous=FULL", "busy_timeout=10000")
_POSTGRES_SETTINGS: Final = (
    "synchronous_commit = on",
    "statement_timeout = '30s'",
    "idle_in_transaction_session_timeout = '60s'",
    # A claim wants the first few by an index; a bitmap would visit the whole backlog to sort it.
    "enable_bitmapscan = off",
)
#: A server that vanished without a word is given up after about half a minute.
_POSTGRES_CONNECTION: Final = {
    "connect_timeout": 5,
    "keepalives_idle": 10,
    "keepalives_interval": 5,
    "keepalives_count": 3,
    "tcp_user_timeout": 30_000,
}
_POSTGRES_CLOCK: Final = text("SELECT (extract(epoch FROM clock_timestamp()) * 1000)::bigint")


class Database:
    """An open database, migrated to what this version of the bot needs."""

    def __init__(self, engine: AsyncEngine, lock: FileLock | None, *, own_clock: bool) -> None:
        self._engine = engine
        self._reader = engine.execution_options(reading=True)
        self._looker = engine.execution_options(single=True)
        self._lock = lock
        self._own_clock = own_clock
        self._sqlite = engine.dialect.name == "sqlite"
        self._turn = asyncio.Lock()

    @classmethod
    async def open(cls, address: str, *, alone: bool = True, own_clock: bool = True) -> Self:
        """Open the database at this address and bring its tables up to date.

        `alone`: refuse to share an SQLite file with another process that delivers; commands that
        only look or edit pass False. `own_clock`: PostgreSQL's clock decides over leases, so that
        processes whose clocks differ agree; without it, and on SQLite, the caller's `now` does.

        Raises:
            ConfigurationError: it cannot be opened; never with a password.
        """
        url = to_url(address)
        path = file_of(url)
        lock = FileLock(path) if path and alone else None
        self = cls(_engine(url, path), lock, own_clock=own_clock and path is None)
        try:
            if path:
                path.parent.mkdir(parents=True, exist_ok=True)
                path.open("ab").close()  # which says better than SQLite why it cannot be
            async with self._writing() as connection:
                await connection.run_sync(upgrade)
        except (SQLAlchemyError, OSError) as error:
            await self.close()
            said = getattr(error, "strerror", None) or getattr(error, "orig", None) or error
            reason = str(said).strip().splitlines()[0]
            raise ConfigurationError(
                f"cannot open the database ({shown(url)}): {reason}. Check {SETTING}."
            ) from None
        except BaseException:
            await self.close()
            raise
        return self

    async def close(self) -> None:
        """Close every connection and let another process have the file."""
        await self._engine.dispose()
        if self._lock:
            self._lock.release()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    @asynccontextmanager
    async def _writing(self) -> AsyncIterator[AsyncConnection]:
        """One transaction that writes. On SQLite they queue here rather than at the file."""
        if not self._sqlite:
            async with self._engine.begin() as connection:
                yield connection
            return
        async with self._turn, self._engine.begin() as connection:
            yield connection

    @asynccontextmanager
    async def _reading(self) -> AsyncIterator[AsyncConnection]:
        """One transaction that only reads, beside those that write."""
        async with self._reader.begin() as connection:
            yield connection

    @asynccontextmanager
    async def _looking(self) -> AsyncIterator[AsyncConnection]:
        """A connection for one statement that reads; it needs no transaction around it."""
        async with self._looker.begin() as connection:
            yield connection

    async def _present(self, connection: AsyncConnection, now: datetime) -> int:
        """The instant that leases are measured by, in milliseconds."""
        if not self._own_clock:
            return to_ms(now)
        return int((await connection.execute(_POSTGRES_CLOCK)).scalar_one())

    def _insert(self, table: Table) -> Any:
        """An insert that can say what to do on a conflict, in the database's dialect."""
        return sqlite.insert(table) if self._sqlite else postgresql.insert(table)


async def finished(work: Awaitable[_T]) -> _T:
    """Await `work` to its end even if cancelled meanwhile: a transaction ends whole."""
    task = asyncio.ensure_future(work)
    try:
        return await asyncio.shield(task)
    except asyncio.CancelledError:
        await asyncio.wait({task})
        if not task.cancelled():
            task.exception()  # taken note of: the cancellation is what counts
        raise


def _engine(url: URL, path: Path | None) -> AsyncEngine:
    engine = create_async_engine(
        url,
        hide_parameters=True,
        pool_size=4,
        max_overflow=4,
        connect_args={"timeout": 10.0} if path else _POSTGRES_CONNECTION,
    )
    event.listen(engine.sync_engine, "connect", _set_up_sqlite if path else _set_up_postgres)
    event.listen(engine.sync_engine, "handle_error", _leave_standby)
    if path:
        event.listen(engine.sync_engine, "begin", _begin_sqlite)
    return engine


def _set_up_sqlite(connection: Any, _: object) -> None:
    connection.isolation_level = None  # transactions begin as `_begin_sqlite` says
    cursor = connection.cursor()
    for pragma in _PRAGMAS:
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _set_up_postgres(connection: Any, _: object) -> None:
    cursor = connection.cursor()
    for setting in _POSTGRES_SETTINGS:
        cursor.execute(f"SET {setting}")
    cursor.close()
    connection.commit()


def _leave_standby(context: ExceptionContext) -> None:
    """A server that became a standby is not asked again; a new connection may find the other."""
    if getattr(context.original_exception, "sqlstate", None) == _READ_ONLY:
        context.is_disconnect = True


def _begin_sqlite(connection: Connection) -> None:
    # A transaction that turned from reading to writing would fail at once where another writes.
    options = connection.get_execution_options()
    if not options.get("single"):
        connection.exec_driver_sql("BEGIN" if options.get("reading") else "BEGIN IMMEDIATE")
