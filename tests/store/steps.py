"""What happens to occurrences in the tests of the store, each in one line."""

from __future__ import annotations

from datetime import timedelta

from bot.domain.occurrence import Event, Occurrence
from bot.domain.pace import Pace
from bot.domain.request import Channel
from bot.store import Store
from bot.store.closing import Verdict
from tests.schedules import add, make_schedule, plain
from tests.stories import NOW

LEASE = timedelta(seconds=60)
FAST = {"slack": Pace(workspace=10_000, platform=10_000)}
SECOND = timedelta(seconds=1)


def channel(number: int, workspace: str = "T1") -> Channel:
    """A channel of Slack's."""
    return Channel("slack", workspace, f"C{number}")


async def due_in(store: Store, *channels: Channel) -> None:
    """One pending occurrence in each channel."""
    for each in channels:
        await add(store, make_schedule(each), NOW)
    assert await store.take_due(NOW, 500, plain) == len(channels)


async def claim(
    store: Store, after: timedelta = timedelta(0), limit: int = 100
) -> list[Occurrence]:
    """Claim without any limit of pace."""
    return await store.claim(NOW + after, FAST, limit, LEASE)


async def close(
    store: Store, claimed: Occurrence, event: Event, after: timedelta = SECOND, **fields: object
) -> int:
    """Write down what became of a claim."""
    verdict = Verdict(claimed.id, claimed.token, event, **fields)  # type: ignore[arg-type]
    return await store.finish([verdict], NOW + after)


async def one(store: Store) -> Occurrence:
    """The only occurrence that there is."""
    (found,) = await store.history()
    return found
