from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest

from bot.domain.occurrence import OccurrenceState as State
from bot.domain.schedule import ScheduleState
from bot.errors import PostError, PostOutcome
from bot.outbox import Outbox
from bot.store import Store
from tests.chat import ChatPlatform, Lost, busy, gone, lost, refused
from tests.outbox.steps import DAY, LEASE, LIMITS, SECOND, SETTLE, deliver, due_in, one
from tests.schedules import plain
from tests.stories import CHANNEL, NOW


async def test_a_due_digest_is_posted_once_and_confirmed(store: Store, outbox: Outbox) -> None:
    await due_in(store)
    chat = ChatPlatform()
    assert await deliver(outbox, chat) == 1
    assert await deliver(outbox, chat, DAY) == 0
    found = await one(store)
    assert (found.state, found.remote_id) == (State.SENT, f"id of {found.key}")
    assert chat.order == [("C1", f"Digest {found.schedule_id}")]
    assert list(await store.told_to(CHANNEL)) == ["story"]


async def test_what_the_platform_did_not_take_is_posted_later(store: Store, outbox: Outbox) -> None:
    await due_in(store)
    chat = ChatPlatform([busy(30)])
    await deliver(outbox, chat)
    assert (await one(store)).state is State.PENDING
    assert await deliver(outbox, chat, 29 * SECOND) == 0
    assert await deliver(outbox, chat, 31 * SECOND) == 1
    assert (chat.posts, chat.looks, (await one(store)).state) == (2, 0, State.SENT)


async def test_waits_without_a_retry_after_grow_with_each_try(store: Store) -> None:
    outbox = Outbox(store, LIMITS, monotonic=lambda: 0.0, jitter=lambda: 1.0)
    await due_in(store)
    chat = ChatPlatform([busy() for _ in range(30)])
    now, waits = timedelta(0), []
    for _ in range(14):
        await deliver(outbox, chat, now)
        row = await one(store)
        assert row.visible_at
        waits.append(row.visible_at - NOW - now)
        now = row.visible_at - NOW + SECOND
    rounded = [round(wait.total_seconds(), 1) for wait in waits]
    assert rounded[:5] == [0.4, 0.8, 1.6, 3.2, 6.4]
    assert rounded[-3:] == [300.0, 300.0, 300.0]


@pytest.mark.parametrize(
    "failure",
    [
        PostError("Broken.", PostOutcome.UNKNOWN),
        TimeoutError(),
        ConnectionResetError(),
        KeyError("a bug"),
    ],
)
async def test_a_post_without_a_clear_answer_is_looked_for_before_it_is_sent_again(
    store: Store, outbox: Outbox, failure: Exception
) -> None:
    await due_in(store)
    chat = ChatPlatform([failure])
    await deliver(outbox, chat)
    assert (await one(store)).state is State.UNKNOWN
    assert await deliver(outbox, chat, SETTLE - SECOND) == 0
    await deliver(outbox, chat, SETTLE + SECOND)
    await deliver(outbox, chat, SETTLE + 2 * SECOND)
    assert (chat.posts, chat.looks, (await one(store)).state) == (2, 1, State.SENT)
    assert set(chat.messages.values()) == {1}


async def test_a_message_that_is_found_is_not_sent_again(store: Store, outbox: Outbox) -> None:
    await due_in(store)
    chat = ChatPlatform([lost()])
    await deliver(outbox, chat)
    await deliver(outbox, chat, SETTLE + SECOND)
    assert (chat.posts, chat.looks, (await one(store)).state) == (1, 1, State.SENT)
    assert list(await store.told_to(CHANNEL)) == ["story"]


async def test_a_platform_that_does_not_answer_in_time_is_in_doubt(
    store: Store, outbox: Outbox
) -> None:
    await due_in(store)
    chat = ChatPlatform()
    chat.delay = lambda _: 5.0
    await deliver(outbox, chat)
    found = await one(store)
    assert (found.state, found.reason) == (State.UNKNOWN, "The platform did not answer in time.")


async def test_where_the_bot_may_not_look_moderators_are_asked_and_nothing_is_repeated(
    store: Store, outbox: Outbox
) -> None:
    await due_in(store)
    chat = ChatPlatform([lost()], readable=False)
    await deliver(outbox, chat)
    for hours in (1, 2, 3, 30):
        await deliver(outbox, chat, timedelta(hours=hours))
    assert (chat.posts, (await one(store)).state) == (1, State.UNDETERMINED)
    (notice,) = await store.take_notices("slack:T1", NOW)
    assert notice.text.startswith("It is not known whether a digest arrived.")
    assert [each.state for each in await store.schedules_of(CHANNEL)] == [ScheduleState.ACTIVE]


async def test_a_platform_that_refuses_a_repeated_key_is_asked_again_within_its_window(
    store: Store, outbox: Outbox
) -> None:
    await due_in(store)
    chat = ChatPlatform([lost(), lost()], readable=False, window=timedelta(minutes=2))
    for seconds in (0, 10, 30):
        await deliver(outbox, chat, seconds * SECOND)
    assert (chat.posts, chat.looks, (await one(store)).state) == (3, 0, State.SENT)
    assert set(chat.messages.values()) == {1}


async def test_a_repeated_key_is_not_trusted_after_its_window(store: Store, outbox: Outbox) -> None:
    await due_in(store)
    chat = ChatPlatform([lost()], readable=False, window=timedelta(minutes=2))
    await deliver(outbox, chat)
    await deliver(outbox, chat, 2 * timedelta(minutes=1))
    assert (chat.posts, (await one(store)).state) == (1, State.UNDETERMINED)


async def test_a_message_that_cannot_be_looked_for_all_day_stays_undetermined(
    store: Store, outbox: Outbox
) -> None:
    await due_in(store)
    chat = ChatPlatform([lost()])
    chat.look_errors = [busy(60) for _ in range(99)]
    await deliver(outbox, chat)
    for hours in range(1, 24):
        await deliver(outbox, chat, timedelta(hours=hours))
    assert (await one(store)).state is State.UNKNOWN
    await deliver(outbox, chat, timedelta(hours=25))
    assert (chat.posts, (await one(store)).state) == (1, State.UNDETERMINED)


async def test_a_dead_channel_fails_suspends_and_tells(store: Store, outbox: Outbox) -> None:
    await due_in(store)
    await deliver(outbox, ChatPlatform([gone()]))
    assert (await one(store)).state is State.FAILED
    (schedule,) = await store.schedules_of(CHANNEL)
    assert (schedule.state, schedule.reason) == (ScheduleState.SUSPENDED, "The channel is gone.")
    (notice,) = await store.take_notices("slack:T1", NOW)
    assert "The channel is gone." in notice.text


async def test_any_other_refusal_fails_that_digest_alone(store: Store, outbox: Outbox) -> None:
    await due_in(store)
    await deliver(outbox, ChatPlatform([refused()]))
    assert (await one(store)).state is State.FAILED
    (schedule,) = await store.schedules_of(CHANNEL)
    assert schedule.state is ScheduleState.ACTIVE
    (notice,) = await store.take_notices("slack:T1", NOW)
    assert notice.text == (
        "Digest 1 could not be posted; its news is in the next one. The message is too long."
    )
    await store.take_due(NOW + DAY, 500, plain)
    assert await deliver(outbox, ChatPlatform(), DAY) == 1
    assert [each.state for each in await store.history()] == [State.SENT, State.FAILED]


async def test_a_refused_repetition_suspends_nothing_unless_the_channel_is_dead(
    store: Store, outbox: Outbox
) -> None:
    await due_in(store)
    chat = ChatPlatform([lost(), refused()], readable=False, window=timedelta(minutes=2))
    await deliver(outbox, chat)
    await deliver(outbox, chat, 10 * SECOND)
    assert (await one(store)).state is State.UNDETERMINED
    assert [each.state for each in await store.schedules_of(CHANNEL)] == [ScheduleState.ACTIVE]


async def test_a_revoked_token_is_told_once_and_stops_no_schedule(
    store: Store, outbox: Outbox
) -> None:
    await due_in(store, *range(20))
    await deliver(outbox, ChatPlatform([refused() for _ in range(20)]))
    assert {each.state for each in await store.history(limit=None)} == {State.FAILED}
    assert {each.state for each in await store.all_schedules()} == {ScheduleState.ACTIVE}
    assert len(await store.take_notices("slack:T1", NOW)) == 1


async def test_a_posted_digest_of_a_channel_that_died_meanwhile_is_not_called_failed(
    store: Store, outbox: Outbox
) -> None:
    await due_in(store)
    chat = ChatPlatform([lost(), gone()], window=timedelta(minutes=2))
    await deliver(outbox, chat)
    await deliver(outbox, chat, 10 * SECOND)
    assert (chat.looks, (await one(store)).state) == (1, State.SENT)


async def test_a_process_that_died_while_posting_is_found_out_by_the_next(
    store: Store, outbox: Outbox
) -> None:
    await due_in(store)
    chat = ChatPlatform()
    (claimed,) = await store.claim(NOW, {"slack": chat.pace}, 10, LEASE)
    chat.messages[claimed.key] += 1  # it was posted, and then the process died
    assert await deliver(outbox, chat, LEASE - SECOND) == 0
    await deliver(outbox, chat, LEASE)
    assert (chat.posts, chat.looks, (await one(store)).state) == (0, 1, State.SENT)


async def test_a_message_that_cannot_be_read_fails_alone(store: Store, outbox: Outbox) -> None:
    await due_in(store, 1, 2)
    async with store._writing() as connection:
        await connection.exec_driver_sql("UPDATE occurrence SET reply = '{' WHERE id = 1")
    await deliver(outbox, ChatPlatform())
    states = {each.id: each.state for each in await store.history()}
    assert states == {1: State.FAILED, 2: State.SENT}


async def test_a_cancelled_post_is_in_doubt(store: Store, outbox: Outbox) -> None:
    await due_in(store)
    await deliver(outbox, ChatPlatform([Lost(asyncio.CancelledError())]))
    assert (await one(store)).state is State.UNKNOWN
