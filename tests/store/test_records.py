from __future__ import annotations

from datetime import timedelta

from bot.domain.occurrence import Event, OccurrenceState as State
from bot.store import Store
from tests.store.steps import SECOND, channel, claim, close, due_in, one
from tests.stories import CHANNEL, NOW


async def test_every_try_is_remembered(store: Store) -> None:
    await due_in(store, CHANNEL)
    (claimed,) = await claim(store)
    await close(store, claimed, Event.NOT_TAKEN, detail="busy")
    (again,) = await claim(store, timedelta(minutes=1))
    await close(store, again, Event.CONFIRMED, remote_id="1")
    tries = [(each.event, each.detail) for each in await store.attempts(claimed.id)]
    assert tries == [("not taken", "busy"), ("confirmed", "")]


async def test_old_occurrences_leave_in_batches_with_their_attempts(store: Store) -> None:
    await due_in(store, *map(channel, range(5)))
    for each in await claim(store):
        await close(store, each, Event.CONFIRMED, remote_id="1")
    await due_in(store, channel(9))
    assert await store.forget(NOW + timedelta(minutes=1), limit=3) == 3
    assert await store.forget(NOW + timedelta(minutes=1), limit=3) == 2
    assert await store.forget(NOW + timedelta(minutes=1), limit=3) == 0
    left = await one(store)
    assert (left.channel, left.state) == (channel(9), State.PENDING)


async def test_health_says_what_waits_and_when_a_post_was_last_confirmed(store: Store) -> None:
    assert (await store.standing("slack")).waiting == 0
    await due_in(store, CHANNEL, channel(2))
    (mine,) = await claim(store, limit=1)
    await close(store, mine, Event.CONFIRMED, remote_id="1")
    found = await store.standing("slack")
    assert (found.confirmed_at, found.waiting, found.oldest_at) == (NOW + SECOND, 1, NOW)
    assert (await store.standing("discord")).confirmed_at is None


async def test_acts_and_refused_attempts_are_on_record(store: Store) -> None:
    await store.note(CHANNEL, "U1", "digest add", "7", "done", NOW)
    await store.note(CHANNEL, "U2", "digest delete", "7", "refused: no moderator", NOW + SECOND)
    assert [(each.actor, each.outcome) for each in await store.acts(CHANNEL)] == [
        ("U2", "refused: no moderator"),
        ("U1", "done"),
    ]
    assert await store.acts(channel(2)) == []


async def test_bindings_and_odds_and_ends_are_kept(store: Store) -> None:
    await store.bind(CHANNEL, "one")
    await store.bind(CHANNEL, "two")
    await store.bind(channel(2), "one")
    await store.bind(channel(2), None)
    assert await store.bindings() == {str(CHANNEL): "two"}
    await store.remember("commands", "1")
    await store.remember("commands", "2")
    assert (await store.recall("commands"), await store.recall("else")) == ("2", None)
