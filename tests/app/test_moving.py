from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from bot import clock
from bot.answers.digests import Limits
from bot.app.deliveries import Deliveries
from bot.app.moving import Moving
from bot.app.supervisor import Supervisor
from bot.clock import Clock
from bot.domain.occurrence import OccurrenceState
from bot.domain.reply import Reply
from bot.domain.request import Channel, Request
from bot.domain.schedule import Content, Schedule
from bot.domain.stories import Stories
from bot.store import Store
from tests.fakes import FakePlatform
from tests.schedules import add, make_schedule
from tests.stories import NOW, make_story

HERE = Channel("web", "local", "playground")
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
STORIES = Stories([make_story("harbour")])


class Page(FakePlatform):
    """A platform that keeps what is posted, and when."""

    def __init__(self, own: Clock) -> None:
        super().__init__("web")
        self.posted: list[tuple[str, datetime]] = []
        self.now = own.now

    async def post(self, channel: Channel, reply: Reply, *, key: str) -> str:
        self.posted.append((key, self.now()))
        return key


@dataclass
class System:
    """The system's clock, set by hand."""

    at: datetime = NOW

    def now(self) -> datetime:
        return self.at


@dataclass
class Ground:
    """A playground that runs alone, without its page."""

    page: Page
    clock: Clock
    store: Store
    deliveries: Deliveries
    moving: Moving

    async def schedule(self, cadence: str, **fields: object) -> Schedule:
        return await add(self.store, make_schedule(HERE, cadence, **fields), self.clock.now())

    @property
    def posts(self) -> list[str]:
        return [f"{at:%d %H:%M}" for _, at in self.page.posted]

    async def states(self) -> dict[str, str]:
        found = await self.store.history(HERE, limit=None)
        return {f"{one.at:%d %H:%M}": f"{one.state} {one.reason}".strip() for one in found}


@pytest.fixture
def system(monkeypatch: pytest.MonkeyPatch) -> System:
    system = System()
    monkeypatch.setattr(clock, "now", system.now)
    return system


@asynccontextmanager
async def opened(path: Path) -> AsyncIterator[Ground]:
    own = Clock()
    async with await Store.open(f"sqlite:///{path}/bot.db") as store:
        page = Page(own)
        deliveries = Deliveries(store, lambda: STORIES, Limits(), own.now)
        moving = Moving("web", own, store, deliveries)
        await moving.start()
        supervisor = Supervisor(page, _answer, lambda _: [], clock.now)
        await deliveries.start({"web": supervisor})
        listening = asyncio.create_task(supervisor.run())
        await page.ready.wait()
        yield Ground(page, own, store, deliveries, moving)
        listening.cancel()
        await asyncio.wait({listening})


async def _answer(_: Request) -> Reply:
    return Reply("")


@pytest.fixture
async def ground(tmp_path: Path, system: System) -> AsyncIterator[Ground]:
    async with opened(tmp_path) as ground:
        yield ground


async def tick(ground: Ground) -> None:
    async with ground.deliveries.turn:
        await ground.deliveries.tick()


async def test_the_next_run_is_posted_at_its_time(ground: Ground) -> None:
    await ground.schedule("at 18:00 daily")
    assert await ground.moving.pass_to_next_run()
    assert ground.posts == ["22 18:00"]
    assert ground.moving.ahead == 6 * HOUR
    assert not (await ground.store.history(HERE))[0].late


async def test_without_a_digest_there_is_no_next_run(ground: Ground) -> None:
    assert not await ground.moving.pass_to_next_run()
    assert ground.moving.ahead == timedelta(0)


async def test_a_day_passes_run_by_run_and_none_is_late(ground: Ground) -> None:
    await ground.schedule("at 13:00 and 18:00 and 23:00 daily", content=Content.FULL)
    await ground.moving.pass_time(DAY)
    assert ground.posts == ["22 13:00", "22 18:00", "22 23:00"]
    assert ground.moving.now() == NOW + DAY


async def test_what_was_told_by_one_run_is_no_news_in_the_next(ground: Ground) -> None:
    await ground.schedule("at 13:00 and 18:00 daily")
    await ground.moving.pass_time(DAY)
    assert ground.posts == ["22 13:00"]
    assert (await ground.states())["22 18:00"] == "skipped nothing new"


async def test_two_digests_of_one_minute_are_both_posted(ground: Ground) -> None:
    for _ in range(3):
        await ground.schedule("at 18:00 daily", content=Content.FULL)
    await ground.moving.pass_time(DAY)
    assert ground.posts == ["22 18:00"] * 3


async def test_going_back_posts_nothing_twice(ground: Ground, system: System) -> None:
    await ground.schedule("at 18:00 daily", content=Content.FULL)
    await ground.moving.pass_to_next_run()
    await ground.moving.go_back()
    assert ground.moving.now() == NOW
    await tick(ground)
    system.at = NOW + DAY
    await tick(ground)
    assert ground.posts == ["22 18:00"]
    system.at = NOW + DAY + 6 * HOUR
    await tick(ground)
    assert ground.posts == ["22 18:00", "23 18:00"]


async def test_the_next_run_after_going_back_is_one_that_was_not_watched(ground: Ground) -> None:
    await ground.schedule("at 18:00 daily", content=Content.FULL)
    for _ in range(3):
        assert await ground.moving.pass_to_next_run()
        await ground.moving.go_back()
    assert ground.posts == ["22 18:00", "23 18:00", "24 18:00"]


async def test_what_posted_nothing_in_the_future_is_due_again(
    ground: Ground, system: System
) -> None:
    daily = await ground.schedule("at 18:00 daily")
    await ground.moving.pass_time(10 * DAY)
    assert len(await ground.states()) == 10
    await ground.moving.go_back()
    assert await ground.states() == {"22 18:00": "sent"}
    assert await ground.store.next_at(daily.id) == NOW + 30 * HOUR
    system.at = NOW + 30 * HOUR
    await tick(ground)
    assert (await ground.states())["23 18:00"] == "skipped nothing new"


async def test_after_going_back_nothing_is_held_up_by_the_future(
    ground: Ground, system: System
) -> None:
    full = await ground.schedule("at 12:30 daily", content=Content.FULL)
    await ground.moving.pass_to_next_run()
    await ground.moving.go_back()
    desk = ground.deliveries.desk()
    system.at = NOW + timedelta(minutes=2)
    assert await desk.post_now(full)
    await tick(ground)
    assert ground.posts == ["22 12:30", "22 12:02"]
    told = await ground.store.told_to(HERE)
    assert [one.at <= system.at for one in told.values()] == [True]
    recorded = [one.recorded_at for one in await ground.store.history(HERE)]
    assert max(recorded) <= system.at


async def test_a_restart_in_the_future_goes_on_from_now(tmp_path: Path, system: System) -> None:
    async with opened(tmp_path) as before:
        daily = await before.schedule("at 18:00 daily")
        await before.moving.pass_time(5 * DAY)
    async with opened(tmp_path) as ground:
        assert ground.moving.now() == NOW
        assert await ground.store.next_at(daily.id) == NOW + 30 * HOUR
        await tick(ground)
        assert ground.posts == []


async def test_what_was_missed_before_a_start_is_posted_late(
    tmp_path: Path, system: System
) -> None:
    async with opened(tmp_path) as before:
        await before.schedule("at 18:00 daily", content=Content.FULL)
    system.at = NOW + 7 * HOUR
    async with opened(tmp_path) as ground:
        await tick(ground)
        assert ground.posts == ["22 19:00"]
        assert await ground.states() == {"22 18:00": "sent"}


async def test_a_deleted_digest_stays_deleted(ground: Ground) -> None:
    daily = await ground.schedule("at 18:00 daily")
    await ground.moving.pass_to_next_run()
    await ground.store.remove_schedule(daily.id, ground.clock.now())
    await ground.moving.go_back()
    assert await ground.store.next_at(daily.id) is None
    assert not await ground.moving.pass_to_next_run()


async def test_a_tick_and_a_move_never_meet(ground: Ground) -> None:
    await ground.schedule("at 13:00 daily", content=Content.FULL)
    await asyncio.gather(
        ground.moving.pass_time(3 * DAY),
        *(tick(ground) for _ in range(5)),
        ground.moving.go_back(),
        *(tick(ground) for _ in range(5)),
    )
    assert ground.posts == ["22 13:00", "23 13:00", "24 13:00"]
    assert ground.moving.ahead == timedelta(0)


async def test_digests_of_another_platform_keep_the_clock_where_it_is(ground: Ground) -> None:
    assert await ground.moving.refusal() == ""
    await add(ground.store, make_schedule(Channel("slack", "T1", "C1")), NOW)
    assert "a database of its own" in await ground.moving.refusal()


async def test_what_waits_for_another_platform_keeps_it_too(ground: Ground) -> None:
    foreign = await add(ground.store, make_schedule(Channel("slack", "T1", "C1")), NOW)
    assert await ground.deliveries.desk().post_now(foreign)
    await ground.store.remove_schedule(foreign.id, NOW)
    history = await ground.store.history(Channel("slack", "T1", "C1"))
    assert [one.state for one in history] == [OccurrenceState.SKIPPED]
    assert await ground.moving.refusal()


async def test_history_is_kept_by_the_system_clock(ground: Ground) -> None:
    await ground.schedule("at 18:00 daily", content=Content.FULL)
    await ground.moving.pass_to_next_run()
    await ground.moving.pass_time(60 * DAY)
    for job in ground.deliveries.jobs():
        await job.work(clock.now())
    assert "22 18:00" in await ground.states()
