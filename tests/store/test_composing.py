from __future__ import annotations

import asyncio
import json
from dataclasses import replace
from datetime import timedelta

import pytest

from bot.domain.occurrence import Event, Occurrence, OccurrenceState as State
from bot.domain.reply_json import reply_from_json
from bot.domain.schedule import ScheduleState
from bot.store import Store
from bot.store.composing import Blank, Record
from tests.schedules import Plain, add, make_schedule
from tests.store.steps import LEASE, SECOND, channel, claim, close
from tests.stories import CHANNEL, NOW

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


async def two_due(store: Store, news: Plain) -> None:
    """Two schedules of one channel, and one of another, due together."""
    for where in (CHANNEL, CHANNEL, channel(2)):
        await add(store, make_schedule(where), NOW)
    assert await store.take_due(NOW, 500, news) == 3


async def sorted_out(store: Store) -> list[tuple[State, str, str]]:
    """State, reason and title of what is recorded for the channel, first to last."""
    found = sorted(await store.history(CHANNEL), key=lambda each: each.id)
    return [(each.state, each.reason, title(each)) for each in found]


def title(occurrence: Occurrence) -> str:
    return reply_from_json(occurrence.reply).title if occurrence.reply else ""


async def test_of_two_that_are_due_together_one_is_composed_and_both_are_recorded(
    store: Store,
) -> None:
    news = Plain(3)
    await two_due(store, news)
    assert await sorted_out(store) == [(State.PENDING, "", "1 3"), (State.PENDING, "", "")]
    assert await store.compose_waiting(NOW, 500, news) == 0
    assert [each.channel for each in await claim(store)] == [CHANNEL, channel(2)]


async def test_the_second_says_only_what_is_new_since_the_first(store: Store) -> None:
    news = Plain(3)
    await two_due(store, news)
    first, _ = await claim(store)
    news.news = 5
    await close(store, first, Event.CONFIRMED, remote_id="1")
    assert await store.compose_waiting(NOW + SECOND, 500, news) == 1
    assert await sorted_out(store) == [(State.SENT, "", "1 3"), (State.PENDING, "", "4 5")]
    (second,) = await claim(store, 2 * SECOND)
    await close(store, second, Event.CONFIRMED, 2 * SECOND, remote_id="2")
    told = await store.told_to(CHANNEL)
    assert (json.loads(told["story"].snapshot), told["story"].at) == ({"upto": 5}, NOW + SECOND)


async def test_the_second_is_silent_if_the_first_said_it_all(store: Store) -> None:
    news = Plain(3)
    await two_due(store, news)
    first, _ = await claim(store)
    await close(store, first, Event.CONFIRMED, remote_id="1")
    assert await store.compose_waiting(NOW + SECOND, 500, news) == 1
    assert (await sorted_out(store))[1] == (State.SKIPPED, "nothing new", "")


@pytest.mark.parametrize("event", [Event.REFUSED, Event.GIVEN_UP])
async def test_what_the_first_did_not_say_the_second_does(store: Store, event: Event) -> None:
    news = Plain(3)
    await two_due(store, news)
    first, _ = await claim(store)
    if event is Event.GIVEN_UP:
        first, _ = await claim(store, LEASE)
    await close(store, first, event, LEASE)
    assert await store.compose_waiting(NOW + LEASE, 500, news) == 1
    assert [each[2] for each in await sorted_out(store)] == ["1 3", "1 3"]


async def test_while_the_first_is_in_doubt_nothing_else_is_said(store: Store) -> None:
    news = Plain(3)
    await two_due(store, news)
    first, _ = await claim(store)
    await close(store, first, Event.IN_DOUBT, wait=HOUR)
    assert await store.compose_waiting(NOW + SECOND, 500, news) == 0
    await add(store, make_schedule(cadence="at 12:30 daily"), NOW)
    assert await store.take_due(NOW + HOUR / 2, 500, news) == 1
    assert [each[2] for each in await sorted_out(store)] == ["1 3", "", ""]


async def test_what_waits_too_long_for_its_turn_is_skipped_with_a_record(store: Store) -> None:
    news = Plain(3)
    await two_due(store, news)
    assert await store.expire(NOW + 6 * HOUR + SECOND) == 3
    assert [each[:2] for each in await sorted_out(store)] == [(State.SKIPPED, "expired")] * 2


async def test_what_waits_is_withdrawn_with_its_schedule(store: Store) -> None:
    news = Plain(3)
    await two_due(store, news)
    _, second = await store.schedules_of(CHANNEL)
    assert await store.save_schedule(replace(second, state=ScheduleState.PAUSED), None, NOW)
    assert (await sorted_out(store))[1][:2] == (State.SKIPPED, "paused")
    first, _ = await claim(store)
    await close(store, first, Event.CONFIRMED, remote_id="1")
    assert await store.compose_waiting(NOW + SECOND, 500, news) == 0


async def test_what_was_recorded_for_a_channel_goes_there_though_its_schedule_moved(
    store: Store,
) -> None:
    news, composed_for = Plain(3), []

    class Noting(Plain):
        async def compose(self, blank: Blank) -> Record:
            composed_for.append(blank.schedule.channel)
            return await super().compose(blank)

    await two_due(store, news)
    _, second = await store.schedules_of(CHANNEL)
    assert await store.save_schedule(replace(second, channel=channel(7)), NOW + DAY, NOW)
    first, _ = await claim(store)
    await close(store, first, Event.CONFIRMED, remote_id="1")
    assert await store.compose_waiting(NOW + SECOND, 500, Noting(9)) == 1
    assert composed_for == [CHANNEL]


async def test_processes_that_compose_together_never_compose_two_for_a_channel(
    store: Store, address: str
) -> None:
    news = Plain(3)
    for number in range(60):
        await add(store, make_schedule(channel(number % 20)), NOW)

    async def tick(process: Store) -> None:
        for _ in range(6):
            await process.take_due(NOW, 4, news)
            await process.compose_waiting(NOW, 4, news)

    async with await Store.open(address, alone=False, own_clock=False) as other:
        for _ in range(4):
            await asyncio.gather(tick(store), tick(other))
    while await store.take_due(NOW, 4, news):  # what both left to each other
        await store.compose_waiting(NOW, 4, news)
    found = await store.history(limit=None)
    composed = [each.channel for each in found if each.reply]
    assert (len(found), len(composed), len(set(composed))) == (60, 20, 20)


async def test_a_digest_asked_for_twice_at_once_is_one(store: Store, address: str) -> None:
    news = Plain(3)
    wish = await add(store, make_schedule(), NOW + SECOND)
    async with await Store.open(address, alone=False, own_clock=False) as other:
        asked = [
            process.take_now(wish, NOW + HOUR, NOW + number * timedelta(milliseconds=1), news)
            for number, process in enumerate((store, other, store, other))
        ]
        assert sorted(await asyncio.gather(*asked)) == [False, False, False, True]
    assert await sorted_out(store) == [(State.PENDING, "", "1 3")]


async def test_a_digest_asked_for_beside_another_that_is_under_way_waits_for_it(
    store: Store,
) -> None:
    news = Plain(3)
    await two_due(store, news)
    third = await add(store, make_schedule(), NOW + SECOND)
    assert await store.take_now(third, NOW + HOUR, NOW + SECOND, news)
    news.news = 4
    for moment in (2 * SECOND, 4 * SECOND):
        mine, *_ = await claim(store, moment)
        await close(store, mine, Event.CONFIRMED, moment, remote_id="1")
        await store.compose_waiting(NOW + moment, 500, news)
    assert await sorted_out(store) == [
        (State.SENT, "", "1 3"),
        (State.SENT, "", "4 4"),
        (State.SKIPPED, "nothing new", ""),
    ]
