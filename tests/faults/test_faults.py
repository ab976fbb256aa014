"""Real processes, a real database, a chat platform that fails by a seed, and SIGKILL at random."""

from __future__ import annotations

import asyncio
import os
import random
import signal
import sys
import time
from asyncio.subprocess import Process
from collections import Counter
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select

from bot import clock
from bot.domain.occurrence import Event, Occurrence, OccurrenceState as State
from bot.domain.request import Channel
from bot.domain.schedule import Schedule
from bot.store import Store
from bot.store.database import UNAVAILABLE
from bot.store.tables import occurrence
from tests.faults.worker import LIMITS, WINDOW
from tests.loopback.chat_server import ChatServer
from tests.postgres import Cluster, cluster
from tests.schedules import add_all, make_schedule

ROOT = Path(__file__).parents[2]
SEED = int(os.environ.get("FAULTS_SEED") or random.randrange(1_000_000))
DECIDES = (LIMITS.http + LIMITS.settle).total_seconds() * 0.9


@dataclass
class Fleet:
    """Worker processes, some of which are always about to die."""

    command: tuple[str, ...]
    size: int
    random: random.Random
    outage: Callable[[], None] | None = None
    kills: int = 0
    stalls: int = 0
    outages: int = 0

    async def harass(self) -> None:
        """Kill and restart until cancelled."""
        running = [await self._start() for _ in range(self.size)]
        try:
            while True:
                await asyncio.sleep(self.random.uniform(0.5, 2.0))
                place = self.random.randrange(self.size)
                if running[place].returncode is None and self.random.random() < 0.2:
                    await self._stall(running[place])
                elif self.outage and self.random.random() < 0.1:
                    self.outages += 1
                    await asyncio.to_thread(self.outage)
                elif self.random.random() < 0.5 or running[place].returncode is not None:
                    await self._end(running[place])
                    running[place] = await self._start()
        finally:
            for process in running:
                await self._end(process)

    async def calm(self) -> None:
        """Run undisturbed until cancelled."""
        running = [await self._start() for _ in range(self.size)]
        try:
            await asyncio.gather(*(process.wait() for process in running))
        finally:
            for process in running:
                await self._end(process)

    async def _start(self) -> Process:
        return await asyncio.create_subprocess_exec(*self.command, cwd=ROOT)

    async def _stall(self, process: Process) -> None:
        self.stalls += 1
        process.send_signal(signal.SIGSTOP)
        await asyncio.sleep(self.random.uniform(0.5, LIMITS.lease.total_seconds() + 1))
        process.send_signal(signal.SIGCONT)

    async def _end(self, process: Process) -> None:
        with suppress(ProcessLookupError):
            process.kill()
            self.kills += 1
        await process.wait()


@asynccontextmanager
async def running(work: Coroutine[Any, Any, None]) -> AsyncIterator[asyncio.Task[None]]:
    task = asyncio.create_task(work)
    try:
        yield task
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


async def survive(
    address: str, count: int, fleet: Fleet, server: ChatServer, harassed: float
) -> None:
    """Deliver `count` digests under fire, then in peace, and look at what came of it."""
    async with await Store.open(address, alone=False) as store:
        await add_all(store, wishes(count), clock.now())
        began = time.monotonic()
        async with running(fleet.harass()) as fire:
            while time.monotonic() < began + harassed and not await over(store, count):
                assert not fire.done(), fire.exception()
                await asyncio.sleep(0.3)
        async with running(fleet.calm()):
            async with asyncio.timeout(300):
                while not await over(store, count):  # noqa: ASYNC110 (a database is asked)
                    await asyncio.sleep(0.3)
        await asyncio.sleep(DECIDES)  # whatever is still on its way
        rows = await store.history(limit=None)
        twice = [row for row in rows if await said_before(row, rows, store)]
    judge(rows, count, fleet, server)
    assert twice == []


def wishes(count: int) -> Iterator[tuple[Schedule, datetime]]:
    """Schedules due an hour ago at most; one in five shares a channel, some channels are gone."""
    now = clock.now().replace(minute=0, second=0, microsecond=0)
    for number in range(count):
        platform = ("slack", "discord")[number % 2]
        dead = "x" if number % 50 > 47 else ""
        place = number // 2 % (count * 2 // 5)
        channel = Channel(platform, f"T{place % 7}", f"C{place}{dead}")
        cadence = f"at {now:%H:%M} daily"
        yield make_schedule(channel, cadence, grace=timedelta(hours=5)), now


async def over(store: Store, count: int) -> bool:
    """Whether every schedule has its row and every row has come to an end."""
    asked = select(func.count(), func.count(occurrence.c.visible_at))
    try:
        async with store._reading() as connection:
            recorded, opened = (await connection.execute(asked)).one()
    except UNAVAILABLE:
        return False
    return bool(recorded == count and not opened)


async def said_before(row: Occurrence, rows: list[Occurrence], store: Store) -> bool:
    """Whether another confirmed post told its channel the same news before.

    Where nobody could say whether one arrived, the next tells its news again: that is known.
    """
    ours = [each for each in rows if each.channel == row.channel and each.id <= row.id]
    sent = [each for each in ours if each.state is State.SENT]
    if row.state is not State.SENT or len(sent) == 1:
        return False
    tries = [each.event for one in ours for each in await store.attempts(one.id)]
    return Event.GIVEN_UP.value not in tries


def judge(rows: list[Occurrence], count: int, fleet: Fleet, server: ChatServer) -> None:
    states = Counter(row.state.value for row in rows)
    posts = server.requests["posts"]
    there = {key for _, key in server.messages}
    unsent = sum(row.state is State.SENT and row.key not in there for row in rows)
    lost = count - sum(row.state.terminal for row in rows) + unsent
    print(
        f"\nseed {server.seed}: {count} digests, {dict(states)}, {posts} posts, "
        f"{server.requests['looks']} looks, {fleet.kills} kills, {fleet.stalls} stalls, "
        f"{fleet.outages} outages of the database, {len(server.doubles())} doubles, "
        f"{lost} silent losses, {server.violations} posts too early"
    )
    assert server.doubles() == []
    assert lost == 0
    assert len({(row.schedule_id, row.at) for row in rows}) == len(rows) == count
    assert [row for row in rows if row.state is State.SENT and row.key not in there] == []
    maybe = {State.SENT, State.UNDETERMINED}
    assert [row for row in rows if row.key in there and row.state not in maybe] == []
    gone = [row for row in rows if row.channel.id.endswith("x")]
    assert {row.state for row in gone} <= {State.FAILED, State.SKIPPED, State.UNDETERMINED}
    assert server.violations <= 0.02 * posts + 1


def worker(address: str, server: ChatServer) -> tuple[str, ...]:
    return (sys.executable, "-m", "tests.faults.worker", address, server.url)


def failing(seed: int) -> ChatServer:
    windows = {"discord": WINDOW.total_seconds() + DECIDES}
    patience = LIMITS.http.total_seconds()
    return ChatServer(seed, 0.3, decides_within=DECIDES, patience=patience, windows=windows)


async def on_sqlite(folder: Path, seed: int, count: int, harassed: float) -> None:
    address = f"sqlite:///{folder}/bot.db"
    async with failing(seed) as server:
        fleet = Fleet(worker(address, server), 1, random.Random(seed))
        await survive(address, count, fleet, server, harassed)


async def on_postgres(seed: int, count: int, harassed: float, *, outages: bool) -> None:
    with cluster("autovacuum_naptime=5s") as made:
        async with failing(seed) as server:
            address = f"{made.address}/postgres"
            fleet = Fleet(worker(address, server), 3 if outages else 2, random.Random(seed))
            fleet.outage = (lambda: restart(made)) if outages else None
            await survive(address, count, fleet, server, harassed)


def restart(made: Cluster) -> None:
    made.kill()
    time.sleep(1)
    made.start()


async def test_kills_and_faults_double_and_lose_nothing_on_sqlite(tmp_path: Path) -> None:
    await on_sqlite(tmp_path, SEED, 80, harassed=4)


async def test_kills_and_faults_double_and_lose_nothing_on_postgresql() -> None:
    await on_postgres(SEED, 80, harassed=4, outages=False)


@pytest.mark.faults
@pytest.mark.timeout(1800)
@pytest.mark.parametrize("run", range(3))
async def test_a_long_siege_doubles_and_loses_nothing_on_sqlite(tmp_path: Path, run: int) -> None:
    await on_sqlite(tmp_path, SEED + run, 5_000, harassed=600)


@pytest.mark.faults
@pytest.mark.timeout(1800)
@pytest.mark.parametrize("run", range(3))
async def test_a_long_siege_doubles_and_loses_nothing_on_postgresql(run: int) -> None:
    await on_postgres(SEED + run, 5_000, harassed=600, outages=True)
