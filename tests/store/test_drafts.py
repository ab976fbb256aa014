from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta

from bot.domain.request import Channel
from bot.domain.schedule import Schedule, ScheduleState
from bot.store import Store
from bot.store.drafts import Saved
from tests.schedules import add_due, make_schedule
from tests.stories import CHANNEL, NOW

DAY = timedelta(days=1)
ELSEWHERE = Channel("slack", "T2", "C1")


async def planned(store: Store, channel: Channel = CHANNEL) -> Schedule:
    draft = make_schedule(channel, state=ScheduleState.DRAFT)
    kept = await store.schedule(await store.keep_draft(draft, 20, NOW - DAY, NOW))
    assert kept
    return kept


def active(draft: Schedule) -> Schedule:
    return replace(draft, state=ScheduleState.ACTIVE)


async def test_a_confirmed_draft_is_due(store: Store) -> None:
    draft = await planned(store)
    assert await store.confirm_draft(active(draft), NOW + DAY, 1) is Saved.DONE
    assert await store.next_at(draft.id) == NOW + DAY
    assert await store.confirm_draft(active(draft), NOW + DAY, 2) is Saved.GONE


async def test_two_at_the_last_free_place_do_not_both_get_it(store: Store) -> None:
    drafts = [await planned(store) for _ in range(6)]
    saved = [store.confirm_draft(active(draft), NOW + DAY, 3) for draft in drafts]
    became = await asyncio.gather(*saved)
    assert (became.count(Saved.DONE), became.count(Saved.FULL)) == (3, 3)
    assert await store.count_schedules("slack:T1") == 3


async def test_another_workspace_does_not_count(store: Store) -> None:
    for channel in (CHANNEL, ELSEWHERE):
        draft = await planned(store, channel)
        assert await store.confirm_draft(active(draft), NOW + DAY, 1) is Saved.DONE


async def test_only_the_newest_drafts_of_a_workspace_are_kept(store: Store) -> None:
    theirs = await planned(store, ELSEWHERE)
    draft = make_schedule(state=ScheduleState.DRAFT)
    made = [await store.keep_draft(draft, 3, NOW - DAY, NOW) for _ in range(5)]
    assert [one.id for one in await store.schedules_of(CHANNEL)] == made[-3:]
    late = await store.keep_draft(draft, 3, NOW + DAY, NOW + 2 * DAY)
    assert [one.id for one in await store.schedules_of(CHANNEL)] == [late]
    assert await store.schedule(theirs.id)


async def test_a_draft_that_changes_a_schedule_is_applied_once(store: Store) -> None:
    schedule = await store.schedule(await add_due(store, make_schedule(), NOW, NOW))
    assert schedule
    draft = await planned(store)
    changed = replace(schedule, zone="Europe/Lisbon")
    became = await asyncio.gather(
        *(store.apply_draft(draft.id, changed, NOW + DAY) for _ in range(2))
    )
    assert sorted(became, key=str) == [Saved.DONE, Saved.GONE]
    assert [one.zone for one in await store.schedules_of(CHANNEL)] == ["Europe/Lisbon"]


async def test_a_draft_of_what_changed_meanwhile_is_kept(store: Store) -> None:
    schedule = await store.schedule(await add_due(store, make_schedule(), NOW, NOW))
    assert schedule
    draft = await planned(store)
    await store.save_schedule(replace(schedule, zone="Asia/Tokyo"), NOW, NOW)
    changed = replace(schedule, zone="Europe/Lisbon")
    assert await store.apply_draft(draft.id, changed, NOW) is Saved.CHANGED
    assert [one.zone for one in await store.schedules_of(CHANNEL)] == ["Asia/Tokyo", "UTC"]
