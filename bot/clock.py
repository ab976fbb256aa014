"""The clock: nothing else in the house reads one. It says what time it is, and when to look."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final

_LOG = logging.getLogger(__name__)

#: A job that should have begun this long ago is woken: the timer does not see a clock set back.
PATIENCE: Final = timedelta(seconds=5)
_DRAIN: Final = 15.0


def now() -> datetime:
    """The present instant, aware, in UTC."""
    return datetime.now(UTC)


class Clock:
    """What time it is in the house: the system's time, and ahead of it where time was moved on.

    Only a playground that runs alone moves it. How long something takes is measured by
    `monotonic`, and the timer below goes by the system: nobody moves these.
    """

    def __init__(self) -> None:
        self._ahead = timedelta(0)

    @property
    def ahead(self) -> timedelta:
        """How far the house is ahead of the system's clock."""
        return self._ahead

    def now(self) -> datetime:
        """The present instant in the house."""
        return now() + self._ahead

    def move_on(self, at: datetime) -> None:
        """Let it be `at`, and go on from there; an instant that has passed changes nothing."""
        self._ahead += max(at - self.now(), timedelta(0))

    def reset(self) -> None:
        """Let it be as late as it is."""
        self._ahead = timedelta(0)


def monotonic() -> float:
    """Seconds from some instant on, for measuring how long something takes."""
    return time.perf_counter()


@dataclass(frozen=True, slots=True)
class Job:
    """Something the process does again and again. `work` is told the time; see `Ticker`.

    It is broken off after `limit`, so that one that hangs does not keep the next from running.
    """

    name: str
    every: timedelta
    work: Callable[[datetime], Awaitable[object]]
    limit: timedelta = timedelta(seconds=30)


class Ticker:
    """Runs the jobs of this process. One that fails is logged, and runs again at its time.

    APScheduler is the timer, with jobs in memory only: what must not be forgotten is in the store.
    """

    def __init__(self, jobs: Sequence[Job], *, patience: timedelta = PATIENCE) -> None:
        self._jobs = {job.name: job for job in jobs}
        self._patience = patience.total_seconds()
        self._seen: dict[str, float] = {}
        self._running: dict[str, asyncio.Task[Any]] = {}
        self._scheduler: Any = None
        self._stopping = False
        #: How often a job had to be woken since the start; anything but 0 deserves a look.
        self.woken = 0

    async def run(self) -> None:
        """Run the jobs until cancelled; what is under way then is broken off and waited for."""
        self._scheduler = self._start()
        try:
            while True:
                await asyncio.sleep(self._patience / 5)
                self._wake_late()
        finally:
            self._stopping = True
            self._scheduler.shutdown(wait=False)
            running = list(self._running.values())
            for task in running:
                task.cancel()
            if running:
                await asyncio.wait(running, timeout=_DRAIN)

    def _start(self) -> Any:
        # Importing it takes a while, and most commands have no use for it.
        from apscheduler.schedulers.asyncio import AsyncIOScheduler

        # It warns whenever a tick outlasts its interval, which is how a backlog is worked off.
        logging.getLogger("apscheduler").setLevel(logging.ERROR)
        scheduler = AsyncIOScheduler(timezone=UTC)
        for job in self._jobs.values():
            self._seen[job.name] = time.monotonic()
            scheduler.add_job(
                self._run_once,
                "interval",
                [job],
                id=job.name,
                seconds=job.every.total_seconds(),
                next_run_time=now(),
                misfire_grace_time=None,  # otherwise what is a second late is dropped
                coalesce=True,
                max_instances=1,
            )
        scheduler.start()
        return scheduler

    async def _run_once(self, job: Job) -> None:
        task = asyncio.current_task()
        if task:
            self._running[job.name] = task
        try:
            async with asyncio.timeout(job.limit.total_seconds()):
                await job.work(now())
        except asyncio.CancelledError:
            if not self._stopping:  # otherwise the timer's library would log it as an error
                raise
        except TimeoutError:
            _LOG.error("%s took longer than %s and was broken off", job.name, job.limit)
        except Exception:  # noqa: BLE001 (one failure must not end the timer)
            _LOG.exception("%s failed; it is tried again", job.name)
        finally:
            self._seen[job.name] = time.monotonic()
            self._running.pop(job.name, None)

    def _wake_late(self) -> None:
        """Wake the jobs whose time has passed by a clock that nobody can set."""
        present = time.monotonic()
        for name, job in self._jobs.items():
            late = present - self._seen[name] - job.every.total_seconds()
            if name not in self._running and late > self._patience:
                self.woken += 1
                self._seen[name] = present
                _LOG.warning("%s was not run for %.0f s; was the clock set back?", name, late)
                self._scheduler.modify_job(name, next_run_time=now())
