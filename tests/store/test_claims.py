from __future__ import annotations

import asyncio
from datetime import timedelta

from bot.domain.occurrence import Event, OccurrenceState as State
from bot.domain.pace import Pace
from bot.store import Store
from tests.schedules import add, make_schedule, plain
from tests.store.steps import LEASE, SECOND, channel, claim, close, due_in, one
from tests.stories import CHANNEL, NOW


async def test_a_claim_is_held_until_its_lease_ends_and_must_then_be_looked_for(
    store: Store,
) -> None:
    await due_in(store, CHANNEL)
    (claimed,) = await claim(store)
    assert (claimed.state, claimed.token, claimed.first_try_at) == (State.SENDING, 1, NOW)
    assert await claim(store, LEASE - SECOND) == []
    (again,) = await claim(store, LEASE)
    assert (again.state, again.token, again.first_try_at) == (State.CHECKING, 2, NOW)


async def test_a_claim_takes_no_more_than_it_was_asked_for(store: Store) -> None:
    await due_in(store, *map(channel, range(30)))
    taken = [len(await claim(store, limit=7)) for _ in range(6)]
    assert taken == [7, 7, 7, 7, 2, 0]


async def test_processes_that_claim_together_share_what_there_is(store: Store) -> None:
    await due_in(store, *map(channel, range(60)))
    claims = await asyncio.gather(*(claim(store, limit=9) for _ in range(10)))
    ids = [each.id for some in claims for each in some]
    assert len(ids) == len(set(ids)) == 60


async def test_a_platform_that_is_not_connected_leaves_its_rows_untouched(store: Store) -> None:
    await due_in(store, CHANNEL)
    assert await store.claim(NOW, {"discord": Pace()}, 100, LEASE) == []
    assert (await one(store)).attempts == 0


async def test_a_channel_has_one_message_under_way_and_the_oldest_first(store: Store) -> None:
    await add(store, make_schedule(cadence="at 12:00 and 12:30 daily"), NOW)
    await add(store, make_schedule(cadence="at 12:15 daily"), NOW)
    later = timedelta(minutes=30)
    while await store.take_due(NOW + later, 500, plain):
        pass
    order = []
    for step in range(3):
        await store.compose_waiting(NOW + later, 500, plain)
        (claimed,) = await claim(store, later + 10 * step * SECOND)
        assert await claim(store, later + 10 * step * SECOND) == []
        order.append(claimed.at - NOW)
        moment = later + (10 * step + 1) * SECOND
        await close(store, claimed, Event.CONFIRMED, moment, remote_id="1", hold=2 * SECOND)
        assert await claim(store, moment + SECOND) == []
    assert order == [timedelta(0), timedelta(minutes=15), timedelta(minutes=30)]


async def test_a_workspace_that_is_at_its_limit_holds_up_no_other(store: Store) -> None:
    pace = {"slack": Pace(workspace=3, platform=1_000)}
    await due_in(store, *(channel(n, "T1") for n in range(10)), channel(0, "T2"))
    first = await store.claim(NOW, pace, 100, LEASE)
    assert [each.channel.workspace for each in first] == ["T1", "T1", "T1", "T2"]
    assert await store.claim(NOW, pace, 100, LEASE) == []
    again = await store.claim(NOW + SECOND, pace, 100, LEASE)
    assert [each.channel.workspace for each in again] == ["T1"] * 3


async def test_a_budget_does_not_stop_when_the_clock_is_set_back(store: Store) -> None:
    pace = {"slack": Pace(workspace=2, platform=2)}
    await due_in(store, *map(channel, range(6)))
    assert len(await store.claim(NOW + timedelta(hours=2), pace, 100, LEASE)) == 2
    assert await store.claim(NOW, pace, 100, LEASE) == []
    assert len(await store.claim(NOW + SECOND, pace, 100, LEASE)) == 2
