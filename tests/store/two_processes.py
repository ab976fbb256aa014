"""Two processes on one database, a platform, a clock that jumps, moderators, and news."""

from __future__ import annotations

import asyncio
import json
from collections import Counter
from collections.abc import Coroutine
from contextlib import ExitStack
from dataclasses import dataclass, replace
from datetime import timedelta
from tempfile import TemporaryDirectory
from typing import Any, TypeVar

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule
from sqlalchemy import text

from bot.digests import first_run
from bot.domain.occurrence import OPEN, Event, Occurrence, OccurrenceState as State
from bot.domain.pace import Pace
from bot.domain.request import Channel
from bot.domain.schedule import ScheduleState
from bot.store import Store
from bot.store.closing import Verdict
from bot.store.tables import metadata
from tests.schedules import Plain, add, make_schedule, news_of
from tests.stories import NOW

T = TypeVar("T")
SECOND = timedelta(seconds=1)
HTTP, SETTLE = 10 * SECOND, 30 * SECOND
LEASE = 60 * SECOND
PACE = {"slack": Pace(workspace=1_000, platform=1_000)}


@dataclass
class Held:
    """A claim in the hands of a process; `sent` says whether its request has left."""

    claim: Occurrence
    claimed_at: timedelta
    sent: bool = False


class TwoProcesses(RuleBasedStateMachine):
    address = ""

    def __init__(self) -> None:
        super().__init__()
        self.stack = ExitStack()
        self.runner = self.stack.enter_context(asyncio.Runner())
        address = (
            self.address or f"sqlite:///{self.stack.enter_context(TemporaryDirectory())}/bot.db"
        )
        self.stores = [
            self.run(Store.open(address, alone=False, own_clock=False)) for _ in range(2)
        ]
        self.time = timedelta(0)
        self.held: list[Held] = []
        self.strays: list[tuple[timedelta, str]] = []  # requests that may still be applied
        self.messages: Counter[str] = Counter()
        self.over: dict[int, State] = {}
        self.doubted: set[int] = set()  # those on which moderators have to decide
        self.plain = Plain(1)
        self.run(self.prepare())

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        return self.runner.run(work)

    async def prepare(self) -> None:
        async with self.stores[0]._writing() as connection:
            for table in metadata.tables:
                await connection.execute(text(f"DELETE FROM {table}"))
        for number in range(4):
            wish = make_schedule(Channel("slack", "T1", f"C{number % 3}"), "at 12:00 daily")
            await add(self.stores[0], replace(wish, grace=timedelta(hours=2)), NOW)

    def teardown(self) -> None:
        for store in self.stores:
            self.run(store.close())
        self.stack.close()

    @rule(which=st.sampled_from([0, 1]), back=st.sampled_from([0, 0, 1, 60]))
    def tick(self, which: int, back: int) -> None:
        at = NOW + self.time - timedelta(minutes=back)
        self.run(self.stores[which].compose_waiting(at, 3, self.plain))
        self.run(self.stores[which].take_due(at, 3, self.plain))

    @rule()
    def publish(self) -> None:
        self.plain.news = (self.plain.news or 0) + 1

    @rule(which=st.integers(0, 3))
    def ask_now(self, which: int) -> None:
        wishes, now = self.run(self.stores[0].all_schedules()), NOW + self.time
        wish = wishes[which % len(wishes)]
        self.run(self.stores[0].take_now(wish, now + timedelta(hours=6), now, self.plain))

    @rule(which=st.sampled_from([0, 1]), limit=st.integers(1, 3))
    def claim(self, which: int, limit: int) -> None:
        claims = self.run(self.stores[which].claim(NOW + self.time, PACE, limit, LEASE))
        assert len(claims) <= limit
        assert len({each.channel for each in claims}) == len(claims)
        self.held += [Held(each, self.time) for each in claims]

    @precondition(lambda self: self.held)
    @rule(data=st.data(), applied=st.booleans())
    def post(self, data: st.DataObject, applied: bool) -> None:
        self.post_one(data.draw(st.sampled_from(self.held)), applied)

    def post_one(self, held: Held, applied: bool) -> None:
        fits = self.time - held.claimed_at + HTTP + SETTLE <= LEASE
        if held.claim.state is not State.SENDING or held.sent or not fits:
            return
        held.sent = True
        if applied:
            self.messages[held.claim.key] += 1
        else:
            self.strays.append((self.time + HTTP + SETTLE, held.claim.key))

    @rule(which=st.sampled_from([0, 1]), applied=st.booleans())
    def claim_and_post(self, which: int, applied: bool) -> None:
        before = len(self.held)
        self.claim(which, 1)
        if len(self.held) > before:
            self.post_one(self.held[-1], applied)

    @precondition(lambda self: self.strays)
    @rule(data=st.data())
    def apply_late(self, data: st.DataObject) -> None:
        stray = data.draw(st.sampled_from(self.strays))
        self.strays.remove(stray)
        self.messages[stray[1]] += 1

    @precondition(lambda self: self.held)
    @rule(data=st.data(), clear=st.booleans())
    def finish(self, data: st.DataObject, clear: bool) -> None:
        held = data.draw(st.sampled_from(self.held))
        self.held.remove(held)
        claim = held.claim
        stray = next((each for each in self.strays if each[1] == claim.key), None)
        wait = 0 * SECOND
        if claim.state is State.CHECKING:
            event = Event.CONFIRMED if self.messages[claim.key] else Event.ABSENT
            event = (
                event if clear else data.draw(st.sampled_from([Event.UNANSWERED, Event.GIVEN_UP]))
            )
            fits = self.time - held.claimed_at + HTTP + SETTLE <= LEASE
            event = event if fits else Event.RELEASED
        elif not held.sent:
            event = Event.RELEASED
        elif clear and stray:
            self.strays.remove(stray)  # the platform said no
            event = data.draw(st.sampled_from([Event.NOT_TAKEN, Event.REFUSED]))
        elif clear and self.messages[claim.key]:
            event = Event.CONFIRMED
        else:
            event, wait = Event.IN_DOUBT, SETTLE
            self.strays = [
                (min(until, self.time + SETTLE) if key == claim.key else until, key)
                for until, key in self.strays
            ]
        verdict = Verdict(claim.id, claim.token, event, wait=wait, suspend=event is Event.REFUSED)
        self.run(self.stores[0].finish([verdict], NOW + self.time))

    @precondition(lambda self: self.doubted)
    @rule(data=st.data())
    def settle(self, data: st.DataObject) -> None:
        """Moderators look at their channel, and say what is true."""
        row = self.run(self.stores[1].occurrence(data.draw(st.sampled_from(sorted(self.doubted)))))
        assert row
        event = Event.ARRIVED if self.messages[row.key] else Event.REPEATED
        now = NOW + self.time
        if not any(key == row.key for _, key in self.strays) and self.run(
            self.stores[1].settle(row.id, event, now + timedelta(hours=6), now)
        ):
            self.over.pop(row.id, None)

    @rule(seconds=st.sampled_from([1, 1, 5, 29, 31, 61, 61, 3_600, 86_400]))
    def wait(self, seconds: int) -> None:
        self.time += seconds * SECOND
        self.strays = [each for each in self.strays if each[0] > self.time]

    @rule()
    def crash(self) -> None:
        self.held.clear()

    @rule(
        which=st.integers(0, 3), state=st.sampled_from([ScheduleState.PAUSED, ScheduleState.ACTIVE])
    )
    def change(self, which: int, state: ScheduleState) -> None:
        wishes = self.run(self.stores[1].all_schedules())
        wish = replace(wishes[which % len(wishes)], state=state, reason="")
        now = NOW + self.time
        assert self.run(self.stores[1].save_schedule(wish, first_run(wish, now), now))

    @rule()
    def expire(self) -> None:
        self.run(self.stores[1].expire(NOW + self.time))

    @invariant()
    def nothing_is_doubled_and_nothing_comes_back(self) -> None:
        assert max(self.messages.values(), default=0) <= 1
        rows = self.run(self.stores[0].history(limit=None))
        assert (
            len({row.key for row in rows})
            == len({(r.schedule_id, r.at) for r in rows})
            == len(rows)
        )
        for row in rows:
            if row.state is State.UNDETERMINED:
                self.doubted.add(row.id)
            elif row.id not in self.doubted:
                assert self.over.get(row.id) in {None, row.state}
            assert (row.visible_at is not None) == (row.state in OPEN)
            if row.state.terminal:
                self.over[row.id] = row.state
            if row.state is State.SENT:
                assert self.messages[row.key] == 1
            if row.state in {State.FAILED, State.SKIPPED}:
                assert self.messages[row.key] == 0

    @invariant()
    def no_news_is_told_twice_and_none_is_lost(self) -> None:
        rows = self.run(self.stores[0].history(limit=None))
        for channel in {row.channel for row in rows}:
            ours = [row for row in rows if row.channel == channel]
            sent = {row.id: news_of(row) for row in ours if row.state is State.SENT}
            surely = [
                each for key, told in sent.items() if key not in self.doubted for each in told
            ]
            assert len(set(surely)) == len(surely)
            told = self.run(self.stores[0].told_to(channel)).get("story")
            upto = json.loads(told.snapshot)["upto"] if told else 0
            assert {each for told in sent.values() for each in told} == set(range(1, upto + 1))
            composed = [row for row in ours if row.visible_at and row.reply]
            assert len(composed) <= 1

    @invariant()
    def a_channel_has_one_claim_under_way(self) -> None:
        rows = self.run(self.stores[0].history(limit=None))
        now = NOW + self.time
        busy = [
            row.channel
            for row in rows
            if row.state in {State.SENDING, State.CHECKING}
            and row.visible_at
            and row.visible_at > now
        ]
        assert len(set(busy)) == len(busy)
