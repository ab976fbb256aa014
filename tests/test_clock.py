from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime, timedelta

import pytest
from apscheduler.job import Job as Timed

from bot import clock
from bot.clock import Job, Ticker, now

SOON = timedelta(seconds=0.02)


@asynccontextmanager
async def ticking(*jobs: Job, patience: float = 0.1) -> AsyncIterator[Ticker]:
    ticker = Ticker(jobs, patience=timedelta(seconds=patience))
    task = asyncio.create_task(ticker.run())
    try:
        yield ticker
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


async def until(true: Callable[[], object]) -> None:
    async with asyncio.timeout(10):
        while not true():  # noqa: ASYNC110 (the condition is about plain values)
            await asyncio.sleep(0.005)


def test_the_present_is_aware_and_in_utc() -> None:
    assert now().tzinfo is UTC


async def test_a_job_runs_at_once_and_then_again_and_again() -> None:
    told: list[datetime] = []

    async def work(at: datetime) -> None:
        told.append(at)

    async with ticking(Job("tick", SOON, work), patience=60) as ticker:
        await until(lambda: len(told) > 3)
    assert told == sorted(told)
    assert ticker.woken == 0


async def test_a_job_that_fails_runs_again(caplog: pytest.LogCaptureFixture) -> None:
    runs = 0

    async def work(_: datetime) -> None:
        nonlocal runs
        runs += 1
        raise ValueError("no")

    async with ticking(Job("tick", SOON, work)):
        await until(lambda: runs > 2)
    assert "tick failed" in caplog.text


async def test_a_job_that_hangs_is_broken_off_and_runs_again(
    caplog: pytest.LogCaptureFixture,
) -> None:
    runs = broken = 0

    async def work(_: datetime) -> None:
        nonlocal runs, broken
        runs += 1
        try:
            await asyncio.Event().wait()
        finally:
            broken += 1

    async with ticking(Job("tick", SOON, work, limit=SOON)):
        await until(lambda: runs > 2)
    assert broken >= 2
    assert "broken off" in caplog.text


async def test_a_job_never_runs_beside_itself_and_holds_up_no_other(
    caplog: pytest.LogCaptureFixture,
) -> None:
    slow = most = quick = 0

    async def long_work(_: datetime) -> None:
        nonlocal slow, most
        slow += 1
        most = max(most, slow)
        await asyncio.sleep(0.1)
        slow -= 1

    async def short_work(_: datetime) -> None:
        nonlocal quick
        quick += 1

    with caplog.at_level(logging.WARNING):
        jobs = Job("slow", SOON, long_work), Job("quick", SOON, short_work)
        async with ticking(*jobs, patience=60):
            await until(lambda: quick > 15)
    assert most == 1
    assert caplog.text == ""


@pytest.mark.parametrize("hours", [1, 1000])
async def test_a_clock_that_is_set_back_is_noticed_and_the_job_woken(
    hours: int, caplog: pytest.LogCaptureFixture
) -> None:
    runs = 0

    async def work(_: datetime) -> None:
        nonlocal runs
        runs += 1

    async with ticking(Job("tick", SOON, work)) as ticker:
        await until(lambda: runs)
        # What a clock that is set back looks like to the timer: the next run is far away.
        ticker._scheduler.modify_job("tick", next_run_time=now() + timedelta(hours=hours))
        before = runs
        await until(lambda: runs > before + 2)
    assert ticker.woken >= 1
    assert "was the clock set back?" in caplog.text


async def test_a_timer_that_died_is_revived(monkeypatch: pytest.MonkeyPatch) -> None:
    runs = 0

    async def work(_: datetime) -> None:
        nonlocal runs
        runs += 1

    async with ticking(Job("tick", SOON, work)) as ticker:
        await until(lambda: runs)
        ticker._scheduler._stop_timer()  # what an error inside the library leaves behind
        before = runs
        await until(lambda: runs > before + 2)
    assert ticker.woken >= 1


async def test_a_run_that_is_an_hour_late_is_still_made() -> None:
    runs = 0

    async def work(_: datetime) -> None:
        nonlocal runs
        runs += 1

    async with ticking(Job("tick", timedelta(hours=5), work)) as ticker:
        await until(lambda: runs)
        late: Timed = ticker._scheduler.get_job("tick")
        late.modify(next_run_time=now() - timedelta(hours=1))
        await until(lambda: runs == 2)


async def test_a_sleep_through_ten_runs_is_made_up_for_by_one() -> None:
    runs = 0

    async def work(_: datetime) -> None:
        nonlocal runs
        runs += 1

    every = timedelta(hours=1)
    async with ticking(Job("tick", every, work)) as ticker:
        await until(lambda: runs)
        # What a laptop that slept, or a clock that is set forward, looks like to the timer.
        ticker._scheduler.modify_job("tick", next_run_time=now() - 10 * every)
        await until(lambda: runs == 2)
        await asyncio.sleep(0.2)
        later: Timed = ticker._scheduler.get_job("tick")
        assert later.next_run_time > now()
    assert (runs, ticker.woken) == (2, 0)


async def test_stopping_waits_for_what_is_under_way() -> None:
    began, ended = asyncio.Event(), False

    async def work(_: datetime) -> None:
        nonlocal ended
        began.set()
        try:
            await asyncio.Event().wait()
        finally:
            await asyncio.sleep(0.02)
            ended = True

    async with ticking(Job("tick", SOON, work)):
        await began.wait()
    assert ended


def test_the_house_goes_by_the_system_until_time_is_moved_on(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    at = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
    monkeypatch.setattr(clock, "now", lambda: at)
    own = clock.Clock()
    assert (own.now(), own.ahead) == (at, timedelta(0))
    own.move_on(at + timedelta(hours=1))
    assert (own.now(), own.ahead) == (at + timedelta(hours=1), timedelta(hours=1))
    own.move_on(at)  # has passed
    assert own.now() == at + timedelta(hours=1)
    at += timedelta(minutes=5)
    assert own.now() == at + timedelta(hours=1)
    own.reset()
    assert own.now() == at


async def test_jobs_run_at_the_system_time_whatever_the_house_shows() -> None:
    own, told = clock.Clock(), list[datetime]()
    own.move_on(now() + timedelta(days=1))

    async def work(at: datetime) -> None:
        told.append(at)

    async with ticking(Job("tick", SOON, work)):
        await until(lambda: len(told) > 2)
    assert told[-1] < own.now() - timedelta(hours=23)
