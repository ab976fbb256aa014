from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from bot.app import rules
from bot.app.rules import follow_rules
from bot.digests import queue_due
from bot.domain.schedule import ScheduleState
from bot.domain.stories import Stories
from bot.store import Store
from tests.schedules import add_all, add_due, make_schedule
from tests.stories import NOW, make_story

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[Store]:
    async with await Store.open(f"sqlite:///{tmp_path}/bot.db") as opened:
        yield opened


async def planned(store: Store, next_at: datetime, made_at: datetime = NOW - DAY) -> int:
    """A daily digest at noon, planned for `next_at` by the rules of before."""
    return await add_due(store, make_schedule(), next_at, made_at)


async def test_new_rules_of_a_zone_bring_each_next_run_to_its_place(store: Store) -> None:
    late, early, right = [await planned(store, NOW + shift) for shift in (HOUR, -HOUR, 0 * HOUR)]
    assert await follow_rules(store, NOW - 2 * HOUR)
    assert [await store.next_at(each) for each in (late, early, right)] == [NOW] * 3


async def test_what_came_by_the_new_rules_before_they_were_known_is_late(store: Store) -> None:
    await planned(store, NOW + HOUR)
    assert await follow_rules(store, NOW + HOUR / 2)
    await queue_due(store, Stories([make_story()]), NOW + HOUR / 2)
    (found,) = await store.history()
    assert (found.at, found.late) == (NOW, True)


async def test_rules_that_are_known_are_followed_already(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert await follow_rules(store, NOW - 2 * HOUR)
    known = await planned(store, NOW + HOUR)
    assert not await follow_rules(store, NOW - 2 * HOUR)
    assert await store.next_at(known) == NOW + HOUR
    monkeypatch.setattr(rules, "tzdata_version", lambda: "2099a")
    assert await follow_rules(store, NOW - 2 * HOUR)
    assert await store.next_at(known) == NOW


async def test_a_run_that_an_edit_left_out_does_not_come_after_all(store: Store) -> None:
    wish = make_schedule(cadence="at 11:00 and 13:00 daily")
    edited = await add_due(store, wish, NOW + HOUR, NOW - DAY)
    assert await follow_rules(store, NOW)
    assert await store.next_at(edited) == NOW + HOUR


async def test_what_is_paused_or_cannot_be_planned_is_left_as_it_is(store: Store) -> None:
    resting = make_schedule(state=ScheduleState.PAUSED)
    paused = await add_due(store, resting, None, NOW - DAY)
    lost = await add_due(store, make_schedule(zone="Nowhere/Land"), NOW + HOUR, NOW - DAY)
    good = await planned(store, NOW + HOUR)
    assert await follow_rules(store, NOW - 2 * HOUR)
    found = [await store.next_at(each) for each in (paused, lost, good)]
    assert found == [None, NOW + HOUR, NOW]


async def test_others_get_their_turn_while_many_are_planned_anew(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rules, "_BATCH", 30)
    wishes = [(make_schedule(), NOW + HOUR)] * 100
    await add_all(store, wishes, NOW - DAY)
    turns = 0

    async def count() -> None:
        nonlocal turns
        while True:
            await asyncio.sleep(0)
            turns += 1

    counting = asyncio.create_task(count())
    assert await follow_rules(store, NOW - 2 * HOUR)
    counting.cancel()
    assert turns > 10
    assert {await store.next_at(each.id) for each in await store.all_schedules()} == {NOW}
