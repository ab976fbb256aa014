from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from bot.store import Store
from tests.schedules import add, add_all, add_due, make_schedule
from tests.store.steps import channel
from tests.stories import CHANNEL, NOW


async def test_a_schedule_comes_back_as_it_was_saved(store: Store) -> None:
    wish = make_schedule(
        cadence='cron "0 9 * * 1-5"',
        zone="Europe/Lisbon",
        stories=("a", "b"),
        grace=timedelta(minutes=90),
        created_at=NOW,
    )
    saved = await store.schedule(await add_due(store, wish, NOW, NOW))
    assert saved == replace(wish, id=saved.id if saved else 0)
    assert await store.schedules_of(CHANNEL) == [saved]
    assert await store.schedules_of(channel(2)) == []
    assert await store.count_schedules("slack:T1") == 1


async def test_a_change_to_what_somebody_else_changed_meanwhile_is_not_saved(store: Store) -> None:
    saved = await add(store, make_schedule(), NOW)
    assert await store.save_schedule(replace(saved, zone="Asia/Tokyo"), NOW, NOW)
    assert not await store.save_schedule(replace(saved, zone="Asia/Kolkata"), NOW, NOW)
    (kept,) = await store.schedules_of(CHANNEL)
    assert (kept.zone, kept.revision) == ("Asia/Tokyo", 1)


async def test_the_id_of_a_removed_schedule_is_not_used_again(store: Store) -> None:
    first = await add(store, make_schedule(), NOW)
    assert await store.remove_schedule(first.id, NOW)
    assert not await store.remove_schedule(first.id, NOW)
    assert (await add(store, make_schedule(), NOW)).id > first.id


async def test_many_schedules_are_saved_together(store: Store) -> None:
    wishes = [(make_schedule(channel(number)), NOW) for number in range(12_000)]
    await add_all(store, wishes, NOW)
    assert await store.count_schedules("slack:T1") == 12_000
