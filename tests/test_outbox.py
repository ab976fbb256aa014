from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy.exc import OperationalError

from bot.domain.occurrence import Occurrence, OccurrenceState as State
from bot.domain.pace import Pace
from bot.domain.request import Channel
from bot.domain.schedule import ScheduleState
from bot.errors import PostError, PostOutcome
from bot.outbox import Limits, Outbox, forget_old
from bot.store import Store
from tests.chat import ChatPlatform, Lost, busy, gone, lost
from tests.schedules import add, make_schedule, plain
from tests.stories import CHANNEL, NOW

SECOND = timedelta(seconds=1)
DAY = timedelta(days=1)
LIMITS = Limits(http=timedelta(seconds=0.2), turn=2 * SECOND)
LEASE = LIMITS.lease
SETTLE = LIMITS.settle


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[Store]:
    async with await Store.open(f"sqlite:///{tmp_path}/bot.db") as opened:
        yield opened


@pytest.fixture
def outbox(store: Store) -> Outbox:
    return Outbox(store, LIMITS, jitter=lambda: 1.0)


async def due_in(store: Store, *numbers: int) -> None:
    for number in numbers or (1,):
        await add(store, make_schedule(Channel("slack", "T1", f"C{number}")), NOW)
    await store.take_due(NOW, 500, plain)


async def deliver(outbox: Outbox, platform: ChatPlatform, after: timedelta = timedelta(0)) -> int:
    return await outbox.deliver_due({"slack": platform}, NOW + after)


async def one(store: Store) -> Occurrence:
    (found,) = await store.history()
    return found


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


async def test_waits_without_a_retry_after_grow_with_each_try(store: Store, outbox: Outbox) -> None:
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


async def test_a_claim_that_waited_too_long_is_given_back_unposted(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    await due_in(store)
    seconds = 0.0
    outbox = Outbox(store, LIMITS, monotonic=lambda: seconds)
    claim = store.claim

    async def stall(*words: Any) -> list[Occurrence]:
        nonlocal seconds
        claimed = await claim(*words)
        seconds += (LIMITS.queue + LIMITS.spare + SECOND).total_seconds()
        return claimed

    monkeypatch.setattr(store, "claim", stall)
    chat = ChatPlatform()
    await deliver(outbox, chat)
    assert (chat.posts, (await one(store)).state) == (0, State.PENDING)


async def test_stopping_leaves_what_was_under_way_in_doubt_and_gives_back_the_rest(
    store: Store, outbox: Outbox
) -> None:
    await due_in(store, *range(4))
    chat = ChatPlatform()
    chat.delay = lambda _: 60.0
    task = asyncio.create_task(deliver(outbox, chat))
    while chat.posts < 4:  # noqa: ASYNC110 (a plain counter)
        await asyncio.sleep(0.01)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert [each.state for each in await store.history()] == [State.UNKNOWN] * 4
    await deliver(outbox, chat, SETTLE + SECOND)
    assert [each.state for each in await store.history()] == [State.SENT] * 4
    assert set(chat.messages.values()) == {1}


async def test_stopping_at_any_moment_doubles_and_loses_nothing(
    store: Store, outbox: Outbox
) -> None:
    await due_in(store, *range(30))
    chat = ChatPlatform()
    chat.delay = lambda channel: 0.001 * int(channel.id[1:])
    for step in range(12):
        task = asyncio.create_task(deliver(outbox, chat, step * 2 * LEASE))
        await asyncio.sleep(0.004 * step)
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task
    for step in range(20, 24):
        await deliver(outbox, chat, step * 2 * LEASE)
    assert {each.state for each in await store.history(limit=None)} == {State.SENT}
    assert set(chat.messages.values()) == {1}


async def test_a_slow_channel_delays_no_other(store: Store, outbox: Outbox) -> None:
    await due_in(store, *range(300))
    chat = ChatPlatform()
    chat.delay = lambda channel: 60.0 if channel.id == "C0" else 0.0
    await deliver(outbox, chat)
    states = [each.state for each in await store.history(limit=None)]
    assert (states.count(State.SENT), states.count(State.UNKNOWN)) == (299, 1)


async def test_digests_of_one_channel_go_out_in_their_order_and_at_its_pace(
    store: Store, outbox: Outbox
) -> None:
    for minute in (30, 0, 15):
        wish = make_schedule(cadence=f"at 12:{minute:02} daily", stories=(str(minute),))
        await add(store, wish, NOW)
    await store.take_due(NOW + timedelta(hours=1), 500, plain)
    chat = ChatPlatform([busy(5)], pace=Pace())
    for seconds in range(14):
        await deliver(outbox, chat, timedelta(hours=1, seconds=seconds))
    wishes = {each.id: each.stories[0] for each in await store.schedules_of(CHANNEL)}
    order = [wishes[int(title.split()[1])] for _, title in chat.order]
    assert order == ["0", "15", "30"]


async def test_results_that_could_not_be_written_are_written_when_the_database_is_back(
    store: Store, outbox: Outbox, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    await due_in(store)
    chat = ChatPlatform(readable=False)

    async def away(*_: object) -> int:
        raise OperationalError("", None, Exception("the server is gone"))

    with monkeypatch.context() as broken, caplog.at_level(logging.WARNING):
        broken.setattr(store, "finish", away)
        await deliver(outbox, chat)
    assert (await one(store)).state is State.SENDING
    await deliver(outbox, chat, 2 * LEASE)
    assert (chat.posts, (await one(store)).state) == (1, State.SENT)


async def test_a_platform_that_is_away_costs_no_try(store: Store, outbox: Outbox) -> None:
    await due_in(store)
    assert await outbox.deliver_due({}, NOW) == 0
    assert (await one(store)).attempts == 0
    assert await outbox.deliver_due({}, NOW + timedelta(hours=7)) == 0
    assert ((await one(store)).state, (await one(store)).reason) == (State.SKIPPED, "expired")


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


async def test_what_was_over_thirty_days_ago_leaves(store: Store, outbox: Outbox) -> None:
    await due_in(store, 1, 2)
    await deliver(outbox, ChatPlatform())
    assert await forget_old(store, NOW + 30 * DAY) == 0
    assert await forget_old(store, NOW + 31 * DAY) == 2
    assert await store.history() == []
