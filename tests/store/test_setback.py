from __future__ import annotations

from datetime import timedelta

import pytest

from bot.domain.occurrence import Event, OccurrenceState as State
from bot.store import Store
from tests.schedules import plain
from tests.store.steps import LEASE, SECOND, channel, claim, close, due_in
from tests.stories import CHANNEL, NOW

HOUR = timedelta(hours=1)


async def test_a_lease_and_a_backoff_are_as_long_as_they_were_after_the_clock_was_set_back(
    store: Store,
) -> None:
    await due_in(store, CHANNEL, channel(2))
    (waits, _) = await claim(store)
    await close(store, waits, Event.NOT_TAKEN, wait=5 * SECOND)
    await store.move_back(HOUR, NOW - HOUR + SECOND)
    assert await claim(store, 5 * SECOND - HOUR) == []
    (again,) = await claim(store, 6 * SECOND - HOUR)
    assert (again.id, again.state) == (waits.id, State.SENDING)
    assert await claim(store, LEASE - HOUR - SECOND) == []
    (lost,) = await claim(store, LEASE - HOUR)
    assert (lost.state, lost.first_try_at) == (State.CHECKING, NOW - HOUR)


async def test_what_is_ready_stays_ready_when_the_clock_is_set_back(store: Store) -> None:
    await due_in(store, CHANNEL)
    await store.move_back(HOUR, NOW + SECOND - HOUR)
    assert len(await claim(store, SECOND - HOUR)) == 1


@pytest.mark.parametrize("together", [True, False])
@pytest.mark.parametrize(("back", "ready"), [(0, 0), (20, 1)])
async def test_a_hold_from_before_the_clock_was_set_back_holds_nothing(
    store: Store, back: int, ready: int, *, together: bool
) -> None:
    await due_in(store, CHANNEL)
    (claimed,) = await claim(store)
    await close(store, claimed, Event.CONFIRMED, remote_id="1", hold=HOUR / 4, together=together)
    wish = await store.schedule(claimed.schedule_id)
    assert wish
    asked_at = NOW + SECOND - back * SECOND
    assert await store.take_now(wish, asked_at + HOUR, asked_at, plain)
    assert len(await claim(store, asked_at - NOW)) == ready
