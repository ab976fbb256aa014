from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest

from bot.domain.occurrence import Event, Occurrence, OccurrenceState as State
from bot.domain.pace import Pace
from bot.domain.request import Channel
from bot.domain.schedule import ScheduleState
from bot.store import Store
from bot.store.closing import Verdict
from bot.store.due import Advance, DueSchedule
from tests.schedules import add, make_schedule, plain
from tests.stories import CHANNEL, NOW

LEASE = timedelta(seconds=60)
FAST = {"slack": Pace(workspace=10_000, platform=10_000)}
SECOND = timedelta(seconds=1)


def channel(number: int, workspace: str = "T1") -> Channel:
    return Channel("slack", workspace, f"C{number}")


async def due_in(store: Store, *channels: Channel) -> None:
    """One pending occurrence in each channel."""
    for each in channels:
        await add(store, make_schedule(each), NOW)
    assert await store.take_due(NOW, 500, plain) == len(channels)


async def claim(
    store: Store, after: timedelta = timedelta(0), limit: int = 100
) -> list[Occurrence]:
    return await store.claim(NOW + after, FAST, limit, LEASE)


async def close(
    store: Store, claimed: Occurrence, event: Event, after: timedelta = SECOND, **fields: object
) -> int:
    verdict = Verdict(claimed.id, claimed.token, event, **fields)  # type: ignore[arg-type]
    return await store.finish([verdict], NOW + after)


async def one(store: Store) -> Occurrence:
    (found,) = await store.history()
    return found


async def test_a_schedule_comes_back_as_it_was_saved(store: Store) -> None:
    wish = make_schedule(
        cadence='cron "0 9 * * 1-5"',
        zone="Europe/Lisbon",
        stories=("a", "b"),
        grace=timedelta(minutes=90),
        created_at=NOW,
    )
    saved = await store.schedule(await store.add_schedule(wish, NOW, NOW))
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

    async def broken(_: DueSchedule) -> Advance:
        raise RuntimeError

    with pytest.raises(RuntimeError):
        await store.take_due(NOW, 500, broken)
    assert await store.history() == []
    assert await store.next_at(saved.id) == NOW


async def test_a_schedule_that_cannot_go_on_is_suspended_with_a_notice(store: Store) -> None:
    saved = await add(store, make_schedule(), NOW)

    async def stopped(_: DueSchedule) -> Advance:
        return Advance([], None, suspended="It cannot go on.")

    await store.take_due(NOW, 500, stopped)
    kept = await store.schedule(saved.id)
    assert kept
    assert (kept.state, kept.reason) == (ScheduleState.SUSPENDED, "It cannot go on.")
    (notice,) = await store.take_notices("slack:T1", NOW)
    assert (notice.schedule_id, notice.text) == (saved.id, "It cannot go on.")


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


async def test_what_is_sent_is_in_the_ledger_and_over(store: Store) -> None:
    await due_in(store, CHANNEL)
    (claimed,) = await claim(store)
    assert await store.told_to(CHANNEL) == {}
    assert await close(store, claimed, Event.CONFIRMED, remote_id="17.1") == 1
    found = await one(store)
    assert (found.state, found.remote_id, found.visible_at) == (State.SENT, "17.1", None)
    assert list(await store.told_to(CHANNEL)) == ["story"]
    assert await claim(store, timedelta(days=1)) == []


@pytest.mark.parametrize("event", [Event.REFUSED, Event.NOT_TAKEN, Event.IN_DOUBT])
async def test_what_is_not_sent_does_not_move_the_ledger(store: Store, event: Event) -> None:
    await due_in(store, CHANNEL)
    (claimed,) = await claim(store)
    await close(store, claimed, event)
    assert await store.told_to(CHANNEL) == {}


async def test_an_older_digest_that_is_found_later_does_not_move_the_ledger_back(
    store: Store,
) -> None:
    await due_in(store, CHANNEL)
    (old,) = await claim(store)
    day = timedelta(days=1)
    await store.take_due(NOW + day, 500, plain)
    rows = await claim(store, day)
    assert [each.id for each in rows] == [old.id]
    await close(store, rows[0], Event.UNANSWERED, day, wait=timedelta(hours=1))
    (new,) = await claim(store, day)
    await close(store, new, Event.CONFIRMED, day, remote_id="2")
    told = await store.told_to(CHANNEL)
    await close(store, rows[0], Event.CONFIRMED, day, remote_id="1")
    assert await store.told_to(CHANNEL) == told


async def test_a_claim_that_was_lost_decides_nothing(store: Store) -> None:
    await due_in(store, CHANNEL)
    (lost,) = await claim(store)
    (mine,) = await claim(store, LEASE)
    assert await close(store, lost, Event.NOT_TAKEN) == 0
    assert (await one(store)).state is State.CHECKING
    assert await close(store, mine, Event.ABSENT) == 1
    assert (await one(store)).state is State.PENDING


async def test_proof_counts_even_from_a_claim_that_was_lost(store: Store) -> None:
    await due_in(store, CHANNEL)
    (lost,) = await claim(store)
    (mine,) = await claim(store, LEASE)
    await close(store, mine, Event.GIVEN_UP, notice="Did it arrive?")
    assert await close(store, lost, Event.CONFIRMED, remote_id="1") == 1
    assert (await one(store)).state is State.SENT
    assert await close(store, lost, Event.CONFIRMED, remote_id="1") == 0


async def test_what_was_not_taken_waits_and_holds_up_its_channel(store: Store) -> None:
    await due_in(store, CHANNEL, channel(2))
    first, second = await claim(store)
    wait = timedelta(seconds=30)
    await close(store, first, Event.NOT_TAKEN, wait=wait, hold=wait)
    assert await claim(store, wait) == []
    (again,) = await claim(store, wait + SECOND)
    assert (again.id, again.state) == (first.id, State.SENDING)
    assert again.first_try_at == NOW + wait + SECOND
    assert second.id != first.id


async def test_a_retry_after_for_the_whole_workspace_holds_it_up(store: Store) -> None:
    await due_in(store, channel(1), channel(2), channel(3, "T2"))
    (first,) = await claim(store, limit=1)
    wait = timedelta(seconds=30)
    await close(store, first, Event.NOT_TAKEN, wait=wait, hold=wait, together=True)
    assert [each.channel.workspace for each in await claim(store, 2 * SECOND)] == ["T2"]
    assert len(await claim(store, wait + SECOND)) == 2


async def test_a_dead_channel_suspends_its_schedules_and_tells_once(store: Store) -> None:
    await due_in(store, CHANNEL, channel(2))
    await add(store, make_schedule(cadence="at 13:00 daily"), NOW)
    await store.take_due(NOW + timedelta(hours=1), 500, plain)
    mine, _ = await claim(store)
    await close(store, mine, Event.REFUSED, detail="is_archived", suspend=True, notice="Archived.")
    states = {each.state for each in await store.schedules_of(CHANNEL)}
    assert states == {ScheduleState.SUSPENDED}
    assert [each.state for each in await store.schedules_of(channel(2))] == [ScheduleState.ACTIVE]
    mine_now = {each.state for each in await store.history(CHANNEL)}
    assert mine_now == {State.FAILED, State.SKIPPED}
    assert [each.text for each in await store.take_notices("slack:T1", NOW)] == ["Archived."]
    assert await store.take_notices("slack:T1", NOW) == []


async def test_pausing_skips_what_waits_but_not_what_is_under_way(store: Store) -> None:
    await due_in(store, CHANNEL, channel(2))
    (busy,) = await claim(store, limit=1)
    for each in await store.all_schedules():
        assert await store.save_schedule(replace(each, state=ScheduleState.PAUSED), None, NOW)
    assert {each.state for each in await store.history()} == {State.SENDING, State.SKIPPED}
    await close(store, busy, Event.NOT_TAKEN)
    assert {each.state for each in await store.history()} == {State.SKIPPED}
    assert await claim(store, timedelta(hours=1)) == []


async def test_what_nobody_could_post_before_its_deadline_is_skipped(store: Store) -> None:
    await due_in(store, CHANNEL)
    assert await store.expire(NOW + timedelta(hours=6)) == 0
    assert await store.expire(NOW + timedelta(hours=6, seconds=1)) == 1
    found = await one(store)
    assert (found.state, found.reason) == (State.SKIPPED, "expired")


async def test_a_moderator_settles_what_is_undetermined_once(store: Store) -> None:
    await due_in(store, CHANNEL)
    await claim(store)
    (mine,) = await claim(store, LEASE)
    await close(store, mine, Event.GIVEN_UP, notice="Did it arrive?")
    assert (await one(store)).state is State.UNDETERMINED
    later = NOW + timedelta(hours=3)
    assert await store.settle(mine.id, Event.ARRIVED, later, NOW)
    assert not await store.settle(mine.id, Event.REPEATED, later, NOW)
    assert (await one(store)).state is State.SENT
    assert list(await store.told_to(CHANNEL)) == ["story"]


async def test_a_moderator_may_have_an_undetermined_digest_posted_again(store: Store) -> None:
    await due_in(store, CHANNEL)
    await claim(store)
    (mine,) = await claim(store, LEASE)
    await close(store, mine, Event.GIVEN_UP)
    later = NOW + timedelta(hours=3)
    assert await store.settle(mine.id, Event.REPEATED, later, NOW + LEASE)
    (again,) = await claim(store, 2 * LEASE)
    assert (again.state, again.reply) == (State.SENDING, mine.reply)


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


async def test_many_schedules_are_saved_together(store: Store) -> None:
    wishes = [(make_schedule(channel(number)), NOW) for number in range(12_000)]
    assert await store.add_schedules(wishes, NOW) == 12_000
    assert await store.count_schedules("slack:T1") == 12_000
