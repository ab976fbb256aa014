"""Moving: time that passes faster in a playground that runs alone, so that digests can be watched.

What happens meanwhile is as real as the rest of its database. Going back takes nothing back that
was posted, but lets every schedule run again from now on; so does a restart.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final

from bot import clock

if TYPE_CHECKING:
    from bot.app.deliveries import Deliveries
    from bot.clock import Clock
    from bot.store import Store

#: A channel is posted to about once a second, so what is due together needs a few.
_STEP: Final = timedelta(seconds=2)
_STEPS: Final = 60
_SHARED: Final = (
    "This database is not the playground's alone, and moving the clock would touch other "
    "platforms' digests. Start the playground with a database of its own, for example "
    "BOT_DATABASE_URL=sqlite:///state/playground.db."
)


class Moving:
    """The clock, the store and the deliveries of a playground, moved together."""

    def __init__(self, platform: str, own: Clock, store: Store, deliveries: Deliveries) -> None:
        self._platform = platform
        self._clock = own
        self._store = store
        self._deliveries = deliveries

    async def start(self) -> None:
        """Go on from now, if the process before this one ended in the future."""
        if not await self.refusal():
            await self._store.take_back(self._platform, clock.now())

    @property
    def ahead(self) -> timedelta:
        """How far the house is ahead of the system's clock."""
        return self._clock.ahead

    def now(self) -> datetime:
        """The present instant in the house."""
        return self._clock.now()

    async def refusal(self) -> str:
        """Why time cannot be moved, in a sentence; empty if it can."""
        return "" if await self._store.serves_only(self._platform) else _SHARED

    async def pass_time(self, span: timedelta) -> None:
        """Let so much time pass, run by run: what is due meanwhile is posted, and not late."""
        async with self._deliveries.turn:
            until = self._clock.now() + span
            before = None
            while (due := await self._store.soonest()) and due <= until and due != before:
                before = due
                await self._pass_to(due)
            await self._pass_to(until)

    async def pass_to_next_run(self) -> bool:
        """Let time pass until the first digest is due, and post it; False if none is scheduled."""
        async with self._deliveries.turn:
            due = await self._store.soonest()
            if due is not None:
                await self._pass_to(due)
            return due is not None

    async def go_back(self) -> None:
        """Let it be as late as it is. Nothing that was posted is posted again."""
        async with self._deliveries.turn:
            await self._store.take_back(self._platform, clock.now())
            self._clock.reset()

    async def _pass_to(self, at: datetime) -> None:
        self._clock.move_on(at)
        await self._deliveries.tick()
        for _ in range(_STEPS):
            if not (await self._store.standing(self._platform)).waiting:
                return
            self._clock.move_on(self._clock.now() + _STEP)
            await self._deliveries.tick()
