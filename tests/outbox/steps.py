"""Delivering in tests, each step in one line."""

from __future__ import annotations

from datetime import timedelta

from bot.domain.occurrence import Occurrence
from bot.domain.request import Channel
from bot.outbox import Limits, Outbox
from bot.store import Store
from tests.chat import ChatPlatform
from tests.schedules import add, make_schedule, plain
from tests.stories import NOW

SECOND = timedelta(seconds=1)
DAY = timedelta(days=1)
LIMITS = Limits(http=timedelta(seconds=0.2), turn=2 * SECOND)
LEASE = LIMITS.lease
SETTLE = LIMITS.settle


async def due_in(store: Store, *numbers: int) -> None:
    """One pending occurrence in each of these channels."""
    for number in numbers or (1,):
        await add(store, make_schedule(Channel("slack", "T1", f"C{number}")), NOW)
    await store.take_due(NOW, 500, plain)


async def deliver(outbox: Outbox, platform: ChatPlatform, after: timedelta = timedelta(0)) -> int:
    """Deliver to one platform."""
    return await outbox.deliver_due({"slack": platform}, NOW + after)


async def one(store: Store) -> Occurrence:
    """The only occurrence that there is."""
    (found,) = await store.history()
    return found
