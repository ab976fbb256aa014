"""Every interleaving of two workers, a platform and the clock, with a crash possible at each step.

Time goes in ticks. A request may be applied by the platform at any moment until HTTP + SETTLE ticks
after it left, or SETTLE ticks after its sender gave up. The code's transition table is what moves
the row; the model adds who may do what when.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache

import pytest

from bot.domain.occurrence import OPEN, TRANSITIONS, Event, OccurrenceState as State

HTTP, SETTLE, QUEUE, SPARE = 1, 1, 1, 1
LEASE = QUEUE + HTTP + SETTLE + SPARE
WORKERS = 2


@dataclass(frozen=True)
class Worker:
    """`flight` is for how long its request may still be applied; -1: it was, 0: it never will."""

    phase: str = "idle"  # held, posting, looked
    fresh: bool = False  # nobody claimed since
    age: int = 0
    flight: int = 0
    found: bool = False
    row: State = State.PENDING  # as it was claimed


@dataclass(frozen=True)
class World:
    state: State = State.PENDING
    visible: int = 0
    posted: int = 0
    strays: tuple[int, ...] = ()  # requests whose sender is gone
    workers: tuple[Worker, ...] = (Worker(),) * WORKERS


@dataclass(frozen=True)
class Rules:
    settle: bool = True
    guard: bool = True
    look: bool = True
    fence: bool = True


def test_no_interleaving_and_no_crash_posts_twice() -> None:
    worlds = reachable(Rules())
    assert len(worlds) > 1_000
    assert max(world.posted for world in worlds) == 1


def test_what_is_called_sent_is_there_and_what_is_called_failed_is_not() -> None:
    for world in reachable(Rules()):
        if world.state is State.SENT:
            assert world.posted == 1
        if world.state in {State.FAILED, State.SKIPPED}:
            assert world.posted == 0


def test_from_everywhere_the_row_can_still_come_to_an_end() -> None:
    worlds = reachable(Rules())
    ending = {world for world in worlds if world.state.terminal}
    before: dict[World, list[World]] = {}
    for world in worlds:
        for after in steps(world, Rules()):
            before.setdefault(after, []).append(world)
    queue = list(ending)
    while queue:
        for world in before.get(queue.pop(), ()):
            if world not in ending:
                ending.add(world)
                queue.append(world)
    assert ending == worlds


@pytest.mark.parametrize("mutant", ["settle", "guard", "look", "fence"])
def test_without_one_of_the_rules_a_message_is_posted_twice(mutant: str) -> None:
    assert any(world.posted > 1 for world in explore(replace(Rules(), **{mutant: False})))


@cache
def reachable(rules: Rules) -> frozenset[World]:
    return frozenset(explore(rules))


def explore(rules: Rules) -> Iterator[World]:
    """Every world that can come about, nearest first."""
    queue = deque([World()])
    seen = set(queue)
    while queue:
        yield queue[0]
        for world in steps(queue.popleft(), rules):
            if world not in seen:
                seen.add(world)
                queue.append(world)


def steps(world: World, rules: Rules) -> Iterator[World]:
    yield tick(world)
    if world.state is State.PENDING:
        yield replace(world, state=TRANSITIONS[world.state, Event.EXPIRED], visible=0)
    for place, left in enumerate(world.strays):
        if left:
            strays = (*world.strays[:place], *world.strays[place + 1 :])
            yield replace(world, strays=strays, posted=world.posted + 1)
    for place, worker in enumerate(world.workers):
        yield from moves(world, place, worker, rules)
        if worker.phase != "idle":
            yield leave(world, place)  # a crash


def tick(world: World) -> World:
    workers = tuple(map(aged, world.workers))
    strays = tuple(sorted(left - 1 for left in world.strays if left > 1))
    return replace(world, visible=max(0, world.visible - 1), workers=workers, strays=strays)


def aged(worker: Worker) -> Worker:
    flight = worker.flight - 1 if worker.flight > 0 else worker.flight
    return replace(worker, age=min(worker.age + 1, LEASE + 1), flight=flight)


def moves(world: World, place: int, worker: Worker, rules: Rules) -> Iterator[World]:
    if worker.phase == "idle":
        if world.state in OPEN and world.visible == 0:
            yield claimed(world, place)
    elif worker.phase == "held" and rules.guard and worker.age + HTTP + SETTLE > LEASE:
        yield closed(world, place, Event.RELEASED, 0, rules)
    elif worker.phase == "held" and worker.row is State.SENDING:
        yield put(world, place, replace(worker, phase="posting", flight=HTTP + SETTLE))
    elif worker.phase == "held":
        found = rules.look and world.posted > 0
        yield put(world, place, replace(worker, phase="looked", found=found))
    elif worker.phase == "looked":
        yield closed(world, place, Event.CONFIRMED if worker.found else Event.ABSENT, 0, rules)
        yield closed(world, place, Event.UNANSWERED, 1, rules)
        yield closed(world, place, Event.GIVEN_UP, 0, rules)
    else:
        yield from answers(world, place, worker, rules)


def answers(world: World, place: int, worker: Worker, rules: Rules) -> Iterator[World]:
    """What may become of a request that has left."""
    if worker.flight > 0:
        applied = put(world, place, replace(worker, flight=-1))
        yield replace(applied, posted=world.posted + 1)
        refused = put(world, place, replace(worker, flight=0))
        yield closed(refused, place, Event.NOT_TAKEN, 0, rules)
        yield closed(refused, place, Event.REFUSED, 0, rules)
    if worker.flight < 0:
        yield closed(world, place, Event.CONFIRMED, 0, rules)
    yield closed(world, place, Event.IN_DOUBT, SETTLE if rules.settle else 0, rules)


def claimed(world: World, place: int) -> World:
    state = TRANSITIONS[world.state, Event.CLAIMED]
    workers = tuple(replace(each, fresh=False) for each in world.workers)
    mine = Worker("held", fresh=True, row=state)
    return put(replace(world, state=state, visible=LEASE, workers=workers), place, mine)


def closed(world: World, place: int, event: Event, wait: int, rules: Rules) -> World:
    worker = world.workers[place]
    after = TRANSITIONS.get((world.state, event))
    world = leave(world, place)
    counts = worker.fresh or not rules.fence or event is Event.CONFIRMED
    if after is None or not counts:
        return world
    return replace(world, state=after, visible=0 if after.terminal else wait)


def leave(world: World, place: int) -> World:
    """The worker is done or dead; what it sent may still be applied for a while."""
    flight = world.workers[place].flight
    strays = world.strays if flight <= 0 else (*world.strays, min(flight, SETTLE))
    return replace(put(world, place, Worker()), strays=tuple(sorted(strays)))


def put(world: World, place: int, worker: Worker) -> World:
    workers = (*world.workers[:place], worker, *world.workers[place + 1 :])
    return replace(world, workers=workers)
