from __future__ import annotations

import asyncio
import logging
from contextlib import suppress
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy.exc import OperationalError

from bot.domain.occurrence import Occurrence, OccurrenceState as State
from bot.domain.pace import Pace
from bot.outbox import Outbox, forget_old
from bot.store import Store
from tests.chat import ChatPlatform, busy
from tests.outbox.steps import DAY, LEASE, LIMITS, SECOND, SETTLE, deliver, due_in, one
from tests.schedules import add, make_schedule, plain
from tests.stories import CHANNEL, NOW


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
        now = timedelta(hours=1, seconds=seconds)
        await store.compose_waiting(NOW + now, 500, plain)
        await deliver(outbox, chat, now)
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


async def test_what_was_over_thirty_days_ago_leaves(store: Store, outbox: Outbox) -> None:
    await due_in(store, 1, 2)
    await deliver(outbox, ChatPlatform())
    assert await forget_old(store, NOW + 30 * DAY) == 0
    assert await forget_old(store, NOW + 31 * DAY) == 2
    assert await store.history() == []
