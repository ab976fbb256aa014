from __future__ import annotations

import asyncio
import logging
from datetime import datetime, timedelta

import pytest

from bot.app import supervisor
from bot.app.supervisor import State, Supervisor
from bot.domain.reply import Reply
from bot.domain.request import Request
from bot.errors import PlatformError
from tests.fakes import FakePlatform
from tests.stories import NOW


async def answer(request: Request) -> Reply:
    return Reply(request.words)


class Time:
    """A clock that stands still until moved."""

    def __init__(self) -> None:
        self.at = NOW

    def __call__(self) -> datetime:
        return self.at


def supervised(platform: FakePlatform, time: Time | None = None) -> Supervisor:
    return Supervisor(platform, answer, lambda _: (), time or Time())


@pytest.fixture(autouse=True)
def _no_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(supervisor, "_LONGEST_WAIT", timedelta(milliseconds=1))


async def test_a_platform_that_fails_for_now_is_tried_again() -> None:
    platform = FakePlatform(failures=[PlatformError("no route"), RuntimeError("odd frame")])
    watched = supervised(platform)
    running = asyncio.create_task(watched.run())
    await asyncio.wait_for(platform.ready.wait(), 10)
    assert (watched.health.state, watched.health.reason) == (State.READY, "")
    assert platform.listened == 3
    running.cancel()
    await asyncio.wait([running])
    assert watched.health.state is State.STOPPED


async def test_a_platform_that_can_never_work_is_not_tried_again() -> None:
    platform = FakePlatform(failures=[PlatformError("wrong token", permanent=True)])
    watched = supervised(platform)
    await asyncio.wait_for(watched.run(), 10)
    assert (watched.health.state, watched.health.reason) == (State.FAILED, "wrong token")
    assert platform.listened == 1


async def test_a_refusal_is_told_once(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    await supervised(FakePlatform(failures=[PlatformError("wrong token", permanent=True)])).run()
    told = [record.getMessage() for record in caplog.records]
    assert told == ["fake stays off: wrong token"]


async def test_the_log_says_when_a_platform_comes_and_goes(
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.INFO)
    watched = supervised(FakePlatform(failures=[PlatformError("no route")]))
    for connected in (True, True, False, False, True):
        watched._report(connected)
    await watched._listen()
    assert [record.getMessage() for record in caplog.records] == [
        "fake is ready",
        "fake is reconnecting",
        "fake is ready",
        "fake is not reachable: no route",
    ]


async def test_an_unexpected_error_never_leaves_the_supervisor() -> None:
    platform = FakePlatform(failures=[KeyError("x")])
    running = asyncio.create_task(supervised(platform).run())
    await asyncio.wait_for(platform.ready.wait(), 10)
    assert not running.done()
    running.cancel()


async def test_since_tells_when_the_state_last_changed() -> None:
    time = Time()
    watched = supervised(FakePlatform(), time)
    time.at += timedelta(hours=1)
    running = asyncio.create_task(watched.run())
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    assert watched.health.since == NOW + timedelta(hours=1)
    time.at += timedelta(hours=1)
    running.cancel()
    await asyncio.wait([running])
    assert watched.health.since == NOW + timedelta(hours=2)


@pytest.mark.parametrize(("failures", "longest"), [(1, 2.0), (5, 32.0), (60, 300.0)])
def test_waits_double_up_to_five_minutes(
    failures: int, longest: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(supervisor, "_LONGEST_WAIT", timedelta(minutes=5))

    async def wait() -> float:
        watched = supervised(FakePlatform())
        for _ in range(failures):
            watched._fail("again")
        return watched._next_wait().total_seconds()

    assert longest / 2 <= asyncio.run(wait()) <= longest


async def test_after_ten_good_minutes_the_next_failure_counts_as_the_first() -> None:
    time = Time()
    watched = supervised(FakePlatform(), time)
    for _ in range(8):
        watched._fail("again")
    watched._report(True)
    time.at += timedelta(minutes=11)
    watched._report(False)
    watched._fail("dropped")
    assert watched._failures == 1
