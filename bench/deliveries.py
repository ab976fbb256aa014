"""Ten thousand digests due in the same minute, posted over HTTP to an instant platform; and ticks.

`python -m bench.deliveries server|work …` are the other processes of the benchmark.
"""

from __future__ import annotations

import asyncio
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import ExitStack, asynccontextmanager, contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

import aiohttp

from bench.table import print_table
from bot import clock
from bot.digests import queue_due
from bot.domain.cadence import Cadence
from bot.domain.reply import Reply
from bot.domain.request import Channel
from bot.domain.schedule import Schedule
from bot.domain.stories import Stories
from bot.outbox import Limits, Outbox
from bot.store import Store
from tests.loopback.chat_platform import LoopbackChat
from tests.loopback.chat_server import ChatServer
from tests.postgres import cluster
from tests.schedules import add_all
from tests.stories import make_story

DUE: Final = 10_000
SCHEDULES: Final = 100_000
MANY: Final = 1_000_000
TICKS: Final = 200
_PAUSE: Final = 0.1


def main() -> None:
    """Measure both databases and print two tables."""
    deliveries: list[Sequence[str]] = []
    ticks: list[Sequence[str]] = []
    head: Sequence[str]
    with cluster() as made, tempfile.TemporaryDirectory() as folder:
        for kind, processes in (
            ("SQLite", 1),
            ("PostgreSQL", 1),
            ("PostgreSQL", 2),
            ("PostgreSQL", 4),
        ):
            address = (
                f"sqlite:///{folder}/{processes}.db"
                if kind == "SQLite"
                else made.create(f"bench{processes}")
            )
            deliveries.append((kind, str(processes), *asyncio.run(deliver(address, processes))))
        for kind, address in (
            ("SQLite", f"sqlite:///{folder}/ticks.db"),
            ("PostgreSQL", made.create("ticks")),
        ):
            ticks += [(kind, *row) for row in asyncio.run(tick(address))]
    head = ("database", "processes", "saved 100,000 in", "per second", "p50", "p99", "memory")
    bare = asyncio.run(post_bare())
    print(f"\nThe same posts with nothing around them, from one process: {bare:,.0f} a second.")
    print_table("10,000 digests due of 100,000 schedules", head, deliveries)
    print_table("Ticks", ("database", "schedules", "a tick with none due (median)"), ticks)


async def deliver(address: str, processes: int) -> tuple[str, ...]:
    """Fill a database, let the processes deliver, and read off when each digest was sent."""
    now = clock.now()
    async with await Store.open(address, alone=False) as store:
        began = time.perf_counter()
        await add_all(store, wishes(SCHEDULES, DUE, now), now)
        filled = time.perf_counter() - began
        with ExitStack() as stack:
            url = stack.enter_context(child("server"))[0]
            workers = [stack.enter_context(child("work", address, url)) for _ in range(processes)]
            went = clock.now()
            for _, process in workers:
                assert process.stdin
                process.stdin.write("go\n")
                process.stdin.flush()
            memory = [await asyncio.to_thread(last_line, process) for _, process in workers]
        rows = await store.history(limit=None)
    lags = sorted((row.done_at - went).total_seconds() for row in rows if row.done_at)
    assert {row.state for row in rows} == {"sent"}
    assert len(lags) == DUE
    p50, p99 = statistics.median(lags), lags[len(lags) * 99 // 100]
    speed = f"{DUE / lags[-1]:,.0f}"
    return f"{filled:.1f} s", speed, f"{p50:.1f} s", f"{p99:.1f} s", f"{max(map(int, memory))} MB"


async def post_bare() -> float:
    """Posts a second without any schedule, store or outbox, as many at once as the outbox has."""
    reply, numbers = Reply("Digest", private=False), iter(range(DUE))
    with child("server") as (url, _):
        async with session() as http:
            platform = LoopbackChat("slack", url, http)

            async def post_on() -> None:
                for number in numbers:
                    channel = Channel("slack", "T1", f"C{number}")
                    await platform.post(channel, reply, key=f"bare-{number}")

            began = time.perf_counter()
            await asyncio.gather(*(post_on() for _ in range(Limits().together)))
            return DUE / (time.perf_counter() - began)


async def tick(address: str) -> list[tuple[str, str]]:
    """How long a process looks for due schedules where there are none."""
    found: list[tuple[str, str]] = []
    now = clock.now()
    async with await Store.open(address) as store:
        for more in (SCHEDULES, MANY - SCHEDULES):
            await add_all(store, wishes(more, 0, now), now)
            times = []
            for _ in range(TICKS):
                began = time.perf_counter()
                await queue_due(store, Stories(), now)
                times.append(time.perf_counter() - began)
            size = SCHEDULES if not found else MANY
            found.append((f"{size:,}", f"{statistics.median(times) * 1000:.2f} ms"))
    return found


def wishes(count: int, due: int, now: datetime) -> Iterator[tuple[Schedule, datetime]]:
    """So many schedules, of which some are due."""
    hour = now.replace(minute=0, second=0, microsecond=0)
    cadence = Cadence.parse(f"at {hour:%H:%M} daily")
    for number in range(count):
        channel = Channel("slack", f"T{number % 100}", f"C{number}")
        at = hour if number < due else hour + timedelta(days=1 + number % 27)
        yield Schedule(0, channel, (), cadence, "UTC", grace=timedelta(hours=2)), at


@contextmanager
def child(*words: str) -> Iterator[tuple[str, subprocess.Popen[str]]]:
    """Another process of this benchmark, and the first line that it says."""
    command = [sys.executable, "-m", "bench.deliveries", *words]
    root = Path(__file__).parents[1]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, cwd=root, text=True, stdin=pipe, stdout=pipe) as process:
        assert process.stdout
        try:
            yield process.stdout.readline().strip(), process
        finally:
            process.kill()


def last_line(process: subprocess.Popen[str]) -> str:
    """What the process says next."""
    assert process.stdout
    return process.stdout.readline().strip()


async def server() -> None:
    """Be the platform."""
    async with ChatServer() as made:
        print(made.url, flush=True)
        await asyncio.Event().wait()


async def work(address: str, url: str) -> None:
    """Be the bot, from `go` until nothing is left; then say how much memory it took at most."""
    stories = Stories([make_story(f"story-{number}") for number in range(5)])
    async with await Store.open(address, own_clock=True) as store, session() as http:
        outbox, platforms = Outbox(store), {"slack": LoopbackChat("slack", url, http)}
        print("ready", flush=True)
        await asyncio.to_thread(sys.stdin.readline)
        while True:
            now = clock.now()
            if await queue_due(store, stories, now) + await outbox.deliver_due(platforms, now):
                continue
            # What is still due, another process is recording.
            if not (await store.is_due(now) or (await store.standing("slack")).waiting):
                break
            await asyncio.sleep(_PAUSE)
    print(peak_memory(), flush=True)


def peak_memory() -> int:
    """The most memory that this process had, in megabytes.

    On Linux `getrusage` knows the peak of whoever started a process, too, if that is higher.
    """
    status = Path("/proc/self/status")
    if not status.exists():
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1_000_000
    peak = next(line for line in status.read_text().splitlines() if line.startswith("VmHWM:"))
    return int(peak.split()[1]) // 1024


@asynccontextmanager
async def session() -> AsyncIterator[aiohttp.ClientSession]:
    """An HTTP client with room for all posts that are under way."""
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0)) as made:
        yield made


if __name__ == "__main__":
    asyncio.run(server() if sys.argv[1] == "server" else work(*sys.argv[2:]))
