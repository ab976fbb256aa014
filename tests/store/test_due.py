from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest

from bot.domain.occurrence import OccurrenceState as State
from bot.domain.schedule import ScheduleState
from bot.store import Store
from bot.store.due import Advance, DueSchedule
from tests.schedules import Plain, add, make_schedule, plain
from tests.store.steps import channel, one
from tests.stories import NOW


async def test_a_due_schedule_is_recorded_once_and_moves_on(store: Store) -> None:
    saved = await add(store, make_schedule(), NOW)
    assert await store.take_due(NOW, 500, plain) == 1
    assert await store.take_due(NOW, 500, plain) == 0
    found = await one(store)
    assert (found.at, found.state, found.schedule_id) == (NOW, State.PENDING, saved.id)
    assert await store.next_at(saved.id) == NOW + timedelta(days=1)
    again = await store.schedule(saved.id)
    assert again
    assert again.last_at == NOW


async def test_the_same_run_is_recorded_only_once_whatever_the_schedule_says(store: Store) -> None:
    saved = await add(store, make_schedule(), NOW)
    await store.take_due(NOW, 500, plain)
    again = await store.schedule(saved.id)
    assert again
    await store.save_schedule(again, NOW, NOW)  # as if its time had been computed wrongly
    assert await store.take_due(NOW, 500, plain) == 1
    assert len(await store.history()) == 1


async def test_two_processes_that_tick_together_record_each_run_once(store: Store) -> None:
    for number in range(40):
        await add(store, make_schedule(channel(number)), NOW)

    async def tick() -> int:
        taken = 0
        while count := await store.take_due(NOW, 5, plain):
            taken += count
        return taken

    assert sum(await asyncio.gather(tick(), tick(), tick())) == 40
    assert len(await store.history(limit=None)) == 40


async def test_a_tick_that_fails_leaves_everything_as_it_was(store: Store) -> None:
    saved = await add(store, make_schedule(), NOW)

    class Broken(Plain):
        async def plan(self, due: DueSchedule) -> Advance:
            raise RuntimeError

    with pytest.raises(RuntimeError):
        await store.take_due(NOW, 500, Broken())
    assert await store.history() == []
    assert await store.next_at(saved.id) == NOW


async def test_a_schedule_that_cannot_go_on_is_suspended_with_a_notice(store: Store) -> None:
    saved = await add(store, make_schedule(), NOW)

    class Stopped(Plain):
        async def plan(self, due: DueSchedule) -> Advance:
            return Advance([], None, suspended="It cannot go on.")

    await store.take_due(NOW, 500, Stopped())
    kept = await store.schedule(saved.id)
    assert kept
    assert (kept.state, kept.reason) == (ScheduleState.SUSPENDED, "It cannot go on.")
    (notice,) = await store.take_notices("slack:T1", NOW)
    assert (notice.schedule_id, notice.text) == (saved.id, "It cannot go on.")
