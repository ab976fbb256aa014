from __future__ import annotations

import asyncio
import json
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from bot.domain.occurrence import Event, Occurrence, OccurrenceState as State
from bot.domain.schedule import ScheduleState
from bot.store import Store, schedules
from bot.store.closing import Verdict
from bot.store.schedules import withdraw
from tests.schedules import Plain, add, make_schedule, plain, take_notices
from tests.store.steps import LEASE, SECOND, channel, claim, close, due_in, one
from tests.stories import CHANNEL, NOW

DAY = timedelta(days=1)


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


async def given_up_and_next(store: Store) -> tuple[Occurrence, Occurrence]:
    """A digest that was given up, and the one of the day after, claimed."""
    await due_in(store, CHANNEL)
    await claim(store)
    (old,) = await claim(store, LEASE)
    await close(store, old, Event.GIVEN_UP)
    await store.take_due(NOW + DAY, 500, plain)
    (new,) = await claim(store, DAY)
    return old, new


async def test_an_older_digest_that_is_found_later_does_not_move_the_ledger_back(
    store: Store,
) -> None:
    old, new = await given_up_and_next(store)
    await close(store, new, Event.CONFIRMED, DAY, remote_id="2")
    told = await store.told_to(CHANNEL)
    await close(store, old, Event.CONFIRMED, DAY, remote_id="1")
    assert await store.told_to(CHANNEL) == told
    assert [each.state for each in await store.history()] == [State.SENT, State.SENT]


@pytest.mark.parametrize("newest_first", [False, True])
async def test_of_two_digests_confirmed_together_the_ledger_keeps_the_newer(
    store: Store,
    newest_first: bool,
) -> None:
    old, new = await given_up_and_next(store)
    proofs = [Verdict(each.id, each.token, Event.CONFIRMED) for each in (old, new)]
    assert await store.finish(proofs[:: -1 if newest_first else 1], NOW + DAY) == 2
    assert json.loads((await store.told_to(CHANNEL))["story"].snapshot) == {
        "upto": (NOW + DAY).isoformat()
    }


async def test_proof_outweighs_what_a_later_claim_found_though_both_are_written_together(
    store: Store,
) -> None:
    await due_in(store, CHANNEL)
    (lost,) = await claim(store)
    (mine,) = await claim(store, LEASE)
    proof = Verdict(lost.id, lost.token, Event.CONFIRMED, remote_id="1")
    absent = Verdict(mine.id, mine.token, Event.ABSENT, "it was not there")
    await store.finish([proof, absent], NOW + LEASE)
    found = await one(store)
    assert (found.state, found.remote_id, found.visible_at) == (State.SENT, "1", None)


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


async def test_a_refusal_is_told_once_in_a_workspace_until_it_is_read(store: Store) -> None:
    await due_in(store, CHANNEL, channel(2), channel(3, "T2"))
    for each in await claim(store):
        text = f"Digest {each.schedule_id} could not be posted. token_revoked"
        await close(store, each, Event.REFUSED, detail="token_revoked", notice=text)
    assert {each.state for each in await store.all_schedules()} == {ScheduleState.ACTIVE}
    assert [len(await take_notices(store, tenant)) for tenant in ("slack:T1", "slack:T2")] == [
        1,
        1,
    ]
    await store.take_due(NOW + timedelta(days=1), 500, plain)
    again, *_ = await claim(store, timedelta(days=1))
    text = "Digest 1 could not be posted. token_revoked"
    await close(store, again, Event.REFUSED, detail="token_revoked", notice=text)
    assert [each.text for each in await take_notices(store, "slack:T1")] == [text]


async def test_every_doubt_is_told_however_alike(store: Store) -> None:
    await due_in(store, CHANNEL, channel(2))
    await claim(store)
    for each in await claim(store, LEASE):
        await close(store, each, Event.GIVEN_UP, detail="no right", notice="Not known. no right")
    assert len(await take_notices(store, "slack:T1")) == 2


async def test_a_doubt_in_a_dead_channel_is_told_though_it_is_suspended(store: Store) -> None:
    await due_in(store, CHANNEL)
    await claim(store)
    (mine,) = await claim(store, LEASE)
    (wish,) = await store.schedules_of(CHANNEL)
    assert await store.save_schedule(replace(wish, state=ScheduleState.SUSPENDED), None, NOW)
    await close(store, mine, Event.GIVEN_UP, detail="gone", suspend=True, notice="Not known. gone")
    assert len(await take_notices(store, "slack:T1")) == 1


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
    assert [each.text for each in await take_notices(store, "slack:T1")] == ["Archived."]
    assert await take_notices(store, "slack:T1") == []


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
    assert await claim(store, 2 * LEASE) == []  # not before it is composed anew
    assert await store.compose_waiting(NOW + 2 * LEASE, 500, plain) == 1
    (again,) = await claim(store, 2 * LEASE)
    assert (again.state, again.key, again.reply) == (State.SENDING, mine.key, mine.reply)


async def test_what_is_posted_again_for_a_deleted_schedule_says_what_it_said(store: Store) -> None:
    await due_in(store, CHANNEL)
    await claim(store)
    (mine,) = await claim(store, LEASE)
    await close(store, mine, Event.GIVEN_UP)
    assert await store.remove_schedule(mine.schedule_id, NOW)
    assert await store.settle(mine.id, Event.REPEATED, NOW + timedelta(hours=3), NOW + LEASE)
    (again,) = await claim(store, 2 * LEASE)
    assert (again.state, again.reply) == (State.SENDING, mine.reply)


async def test_what_comes_back_while_its_schedule_is_being_paused_is_skipped(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    await due_in(store, CHANNEL)
    (claimed,) = await claim(store)
    wish = await store.schedule(claimed.schedule_id)
    assert wish
    closing: set[asyncio.Task[int]] = set()

    async def early(*args: Any) -> None:
        await withdraw(*args)
        closing.add(asyncio.create_task(close(store, claimed, Event.NOT_TAKEN)))
        await asyncio.wait(closing, timeout=0.3)

    monkeypatch.setattr(schedules, "withdraw", early)
    assert await store.save_schedule(replace(wish, state=ScheduleState.PAUSED), None, NOW)
    await asyncio.wait(closing)
    assert (await one(store)).state is State.SKIPPED


async def test_what_was_asked_for_of_a_paused_schedule_is_posted_though_it_had_to_wait(
    store: Store,
) -> None:
    wish = await add(store, make_schedule(), NOW)
    resting = replace(wish, state=ScheduleState.PAUSED)
    assert await store.save_schedule(resting, None, NOW)
    assert await store.take_now(resting, NOW + timedelta(hours=6), NOW, plain)
    (claimed,) = await claim(store)
    await close(store, claimed, Event.NOT_TAKEN)
    (again,) = await claim(store, 2 * SECOND)
    assert (again.id, again.state) == (claimed.id, State.SENDING)


@pytest.mark.parametrize("deleted", [True, False])
async def test_what_is_posted_again_for_a_stopped_schedule_may_have_to_wait(
    store: Store, deleted: bool
) -> None:
    await due_in(store, CHANNEL)
    await claim(store)
    (mine,) = await claim(store, LEASE)
    wish = await store.schedule(mine.schedule_id)
    assert wish
    if deleted:
        assert await store.remove_schedule(wish.id, NOW + LEASE)
    else:
        resting = replace(wish, state=ScheduleState.PAUSED)
        assert await store.save_schedule(resting, None, NOW + LEASE)
    await close(store, mine, Event.GIVEN_UP, LEASE)
    assert await store.settle(mine.id, Event.REPEATED, NOW + timedelta(hours=3), NOW + LEASE)
    await store.compose_waiting(NOW + LEASE, 500, plain)
    (again,) = await claim(store, LEASE)
    await close(store, again, Event.NOT_TAKEN, LEASE)
    assert [each.id for each in await claim(store, 2 * LEASE)] == [mine.id]


async def test_what_was_under_way_when_its_schedule_stopped_is_not_posted_any_more(
    store: Store,
) -> None:
    await due_in(store, CHANNEL)
    (claimed,) = await claim(store)
    wish = await store.schedule(claimed.schedule_id)
    assert wish
    assert await store.save_schedule(replace(wish, state=ScheduleState.PAUSED), None, NOW)
    await close(store, claimed, Event.NOT_TAKEN)
    found = await one(store)
    assert (found.state, found.reason) == (State.SKIPPED, "its schedule was stopped")


@pytest.mark.parametrize("anew", [True, False])
async def test_late_proof_of_a_message_counts_though_it_was_skipped_since(
    store: Store, *, anew: bool
) -> None:
    await due_in(store, CHANNEL)
    (lost,) = await claim(store)
    (checked,) = await claim(store, LEASE)
    if anew:
        await close(store, checked, Event.GIVEN_UP, LEASE)
        assert await store.settle(lost.id, Event.REPEATED, NOW + LEASE, NOW + LEASE)
        assert await store.compose_waiting(NOW + LEASE, 500, Plain(0)) == 1
    else:
        await close(store, checked, Event.ABSENT, LEASE)
        assert await store.expire(NOW + timedelta(hours=7)) == 1
    assert (await one(store)).state is State.SKIPPED
    assert await close(store, lost, Event.CONFIRMED, remote_id="1") == 1
    assert ((await one(store)).state, (await one(store)).reason) == (State.SENT, "")
    assert list(await store.told_to(CHANNEL)) == ([] if anew else ["story"])
