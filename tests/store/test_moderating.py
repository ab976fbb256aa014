from __future__ import annotations

import asyncio
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import insert

from bot.domain.occurrence import OccurrenceState
from bot.domain.request import Channel
from bot.domain.schedule import Schedule
from bot.store import Store
from bot.store.epoch import to_ms
from bot.store.moderating import MOST_REFUSALS
from bot.store.rows import place
from bot.store.tables import notice, occurrence
from tests.schedules import add, make_schedule
from tests.stories import CHANNEL, NOW

MINUTE = timedelta(minutes=1)
ELSEWHERE = Channel("slack", "T2", "C1")


async def leave(store: Store, text: str, channel: Channel = CHANNEL, **fields: Any) -> None:
    tenant = f"{channel.platform}:{channel.workspace}"
    row = {"at": 0, "tenant": tenant, "channel": str(channel), "text": text, **fields}
    async with store._writing() as connection:
        await connection.execute(insert(notice).values(row))


def skipped(schedule: Schedule, at: datetime) -> dict[str, Any]:
    moment = to_ms(at)
    return place(schedule.channel) | {
        "schedule_id": schedule.id,
        "at": moment,
        "key": f"{schedule.id} {moment}",
        "state": OccurrenceState.SKIPPED.value,
        "recorded_at": moment,
        "deadline_at": moment,
        "done_at": moment,
    }


async def open_texts(store: Store) -> list[str]:
    return [one.text for one in await store.open_notices(CHANNEL)]


async def test_notices_stay_until_they_are_closed(store: Store) -> None:
    await leave(store, "first", schedule_id=1)
    await leave(store, "second", schedule_id=2, occurrence_id=7)
    await leave(store, "third", Channel("slack", "T1", "C2"))
    await leave(store, "theirs", ELSEWHERE, schedule_id=1)
    assert await open_texts(store) == await open_texts(store) == ["first", "second", "third"]
    assert await store.close_notices(CHANNEL, NOW, schedule_id=1) == 1
    assert await store.close_notices(CHANNEL, NOW, occurrence_id=7) == 1
    (third,) = await store.open_notices(CHANNEL)
    assert await store.close_notices(ELSEWHERE, NOW, id=third.id) == 0
    assert await store.close_notices(CHANNEL, NOW, id=third.id) == 1
    assert await open_texts(store) == []
    assert len(await store.open_notices(ELSEWHERE)) == 1


async def test_runs_are_shown_page_by_page(store: Store) -> None:
    schedules = [await add(store, make_schedule(), NOW) for _ in range(2)]
    rows = [skipped(schedules[number % 2], NOW + number * MINUTE) for number in range(70)]
    async with store._writing() as connection:
        await connection.execute(insert(occurrence), rows)
    assert await store.count_runs(CHANNEL, None) == 70
    assert await store.count_runs(CHANNEL, schedules[1].id) == 35
    assert await store.count_runs(ELSEWHERE, None) == 0
    last = await store.runs(CHANNEL, None, 65, 10)
    assert [run.at for run in last] == [NOW + number * MINUTE for number in (4, 3, 2, 1, 0)]
    mine = await store.runs(CHANNEL, schedules[1].id, 0, 2)
    assert [run.at for run in mine] == [NOW + 69 * MINUTE, NOW + 67 * MINUTE]


async def test_of_many_at_once_one_gets_the_turn(store: Store) -> None:
    taken = await asyncio.gather(*(store.take_turn("C1", MINUTE, NOW) for _ in range(8)))
    assert sorted(taken, key=str) == [*[NOW] * 7, None]
    assert await store.take_turn("C2", MINUTE, NOW) is None
    assert await store.take_turn("C1", MINUTE, NOW + MINUTE / 2) == NOW
    assert await store.take_turn("C1", MINUTE, NOW + MINUTE) is None


async def test_a_turn_is_not_held_by_a_clock_that_was_set_back(store: Store) -> None:
    await store.take_turn("C1", MINUTE, NOW + 60 * MINUTE)
    assert await store.take_turn("C1", MINUTE, NOW) is None


async def test_somebody_who_tries_again_and_again_does_not_fill_the_trail(store: Store) -> None:
    await store.note(CHANNEL, "U1", "digest add", "1", "done", NOW)
    for _ in range(2 * MOST_REFUSALS):
        await store.note_refusal(CHANNEL, "U1", "digest", "", "not a moderator", NOW)
    await store.note_refusal(CHANNEL, "U2", "digest", "", "not a moderator", NOW)
    await store.note_refusal(CHANNEL, "U1", "digest", "", "not a moderator", NOW + MINUTE)
    outcomes = [(act.actor, act.outcome) for act in await store.acts(CHANNEL)]
    said = "refused: not a moderator"
    last = f"{said}; more in this minute are not put down"
    assert outcomes == [
        *[("U1", said), ("U2", said), ("U1", last)],
        *[("U1", said)] * (MOST_REFUSALS - 1),
        ("U1", "done"),
    ]
