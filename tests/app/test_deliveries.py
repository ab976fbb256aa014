from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from bot import clock, outbox
from bot.answers.digests import Limits
from bot.app import deliveries as module
from bot.app.deliveries import _LONGEST_TICK, _RECORDING, Deliveries
from bot.app.supervisor import State, Supervisor
from bot.digests import queue_due
from bot.domain.occurrence import OccurrenceState
from bot.domain.problem import Problem
from bot.domain.reply import Option, Reply
from bot.domain.request import Channel, Request
from bot.domain.stories import Stories
from bot.domain.zones import tzdata_version
from bot.store import Store
from bot.store.feedback import Question
from tests.chat import ChatPlatform, busy, lost
from tests.postgres import Cluster, cluster
from tests.schedules import add_due, make_schedule
from tests.stories import CHANNEL, make_story


@pytest.fixture(scope="module")
def own_server() -> Iterator[Cluster]:
    with cluster("fsync=off") as made:
        yield made


async def answer(_: Request) -> Reply:
    return Reply("x")


def complete(_: Request) -> list[Option]:
    return []


async def ready(store: Store, chat: ChatPlatform) -> Deliveries:
    """Deliveries with one platform that listens."""
    deliveries = Deliveries(store, lambda: Stories([make_story()]), Limits())
    supervisor = Supervisor(chat, answer, complete, clock.now)
    supervisor.health.state = State.READY
    await deliveries.start({"slack": supervisor})
    return deliveries


async def due_now(store: Store) -> None:
    due = clock.now().replace(second=0, microsecond=0)
    await add_due(store, make_schedule(cadence=f"at {due:%H:%M} daily"), due, due)


async def run_jobs(deliveries: Deliveries, times: int = 1) -> None:
    for _ in range(times):
        for job in deliveries.jobs():
            await job.work(clock.now())


async def states(store: Store) -> list[OccurrenceState]:
    return [each.state for each in await store.history()]


async def test_a_database_that_is_away_is_said_once_and_nothing_is_doubled_or_lost(
    own_server: Cluster, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.WARNING)
    chat = ChatPlatform()
    async with await Store.open(own_server.create("away")) as store:
        deliveries = await ready(store, chat)
        await due_now(store)
        await asyncio.to_thread(own_server.kill)
        await run_jobs(deliveries, 5)
        with pytest.raises(OSError, match="away"):
            await deliveries.standing("slack")
        assert chat.posts == 0
        await asyncio.to_thread(own_server.start)
        await run_jobs(deliveries, 5)
        assert await states(store) == [OccurrenceState.SENT]
        assert (await deliveries.standing("slack")).waiting == 0
    assert list(chat.messages.values()) == [1]
    assert [each.levelname for each in caplog.records] == ["ERROR", "WARNING"]
    assert "the database is back" in caplog.text


async def test_a_database_that_goes_while_a_post_is_under_way_doubles_nothing(
    own_server: Cluster,
) -> None:
    chat = ChatPlatform()
    chat.delay = lambda _: 0.5
    async with await Store.open(own_server.create("under_way")) as store:
        deliveries = await ready(store, chat)
        await due_now(store)
        tick = asyncio.create_task(run_jobs(deliveries))
        while not chat.posts and not tick.done():  # noqa: ASYNC110 (a plain counter)
            await asyncio.sleep(0.01)
        await asyncio.to_thread(own_server.kill)
        await tick
        await asyncio.to_thread(own_server.start)
        await run_jobs(deliveries, 2)
        assert await states(store) == [OccurrenceState.SENT]
    assert list(chat.messages.values()) == [1]


class DiscreetPlatform(ChatPlatform):
    async def forbids(self, channel: Channel, user: str, *, internal: bool) -> Problem | None:
        return Problem(f"{user} {internal}", "no")


@pytest.mark.parametrize("chat", [ChatPlatform(), DiscreetPlatform()])
async def test_a_platform_may_forbid_what_it_would_show(chat: ChatPlatform, tmp_path: Path) -> None:
    async with await Store.open(f"sqlite:///{tmp_path}/bot.db") as store:
        desk = (await ready(store, chat)).desk()
        problem = await desk.forbids(CHANNEL, "U1", True)
        if isinstance(chat, DiscreetPlatform):
            assert problem == Problem("U1 True", "no")
        else:
            assert problem is None
        assert await desk.forbids(Channel("discord", "1", "2"), "U1", False) is None


async def test_what_is_recorded_is_posted_however_long_the_rest_takes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def endless(*found: Any) -> int:
        await queue_due(*found)
        return await asyncio.Event().wait()

    chat = ChatPlatform()
    async with await Store.open(f"sqlite:///{tmp_path}/bot.db") as store:
        deliveries = await ready(store, chat)
        await due_now(store)
        monkeypatch.setattr(module, "queue_due", endless)
        monkeypatch.setattr(module, "_RECORDING", 0.5)
        await run_jobs(deliveries)
        assert await states(store) == [OccurrenceState.SENT]


def test_a_tick_may_take_as_long_as_its_parts() -> None:
    limits = outbox.Limits()
    posting = limits.turn + limits.queue + 2 * limits.http
    assert timedelta(seconds=_RECORDING) + posting <= _LONGEST_TICK


async def test_what_waits_is_posted_though_the_clock_was_set_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    chat = ChatPlatform([busy(0.001)])
    began = clock.now()
    async with await Store.open(f"sqlite:///{tmp_path}/bot.db") as store:
        deliveries = await ready(store, chat)
        await due_now(store)
        await run_jobs(deliveries)
        assert await states(store) == [OccurrenceState.PENDING]
        monkeypatch.setattr(clock, "now", lambda: began - timedelta(minutes=30))
        monkeypatch.setattr(deliveries, "_now", clock.now)
        await run_jobs(deliveries)
        assert await states(store) == [OccurrenceState.SENT]


async def test_the_rules_of_zones_are_followed_from_the_start(tmp_path: Path) -> None:
    async with await Store.open(f"sqlite:///{tmp_path}/bot.db") as store:
        await run_jobs(await ready(store, ChatPlatform()))
        assert await store.recall("tzdata") == tzdata_version()


async def test_what_is_in_doubt_on_a_platform_that_is_gone_does_not_stay_so_for_ever(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with await Store.open(f"sqlite:///{tmp_path}/bot.db") as store:
        await due_now(store)
        await run_jobs(await ready(store, ChatPlatform([lost()])))
        assert await states(store) == [OccurrenceState.UNKNOWN]
        later = clock.now() + timedelta(days=2)
        monkeypatch.setattr(clock, "now", lambda: later)
        await run_jobs(Deliveries(store, Stories, Limits(), lambda: later))
        assert (await states(store))[-1] is OccurrenceState.UNDETERMINED


async def test_what_readers_told_is_kept_for_as_long_as_the_setting_says(tmp_path: Path) -> None:
    now = clock.now()
    async with await Store.open(f"sqlite:///{tmp_path}/bot.db") as store:
        for days in (8, 6):
            told = Question("slack:T1", "", f"Told {days} days ago")
            await store.tell(told, (), 100, now - timedelta(days=days))
        kept = timedelta(days=7)
        deliveries = Deliveries(store, lambda: Stories([]), Limits(), feedback_kept=kept)
        await run_jobs(deliveries)
        assert [gap.text for gap in await store.gaps()] == ["Told 6 days ago"]
