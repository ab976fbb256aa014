"""Deliveries: the part of the bot that remembers, composes digests and posts them."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final, cast

from bot import clock
from bot.answers.digests import Desk, Limits
from bot.answers.digests.desk import never_published
from bot.app.rules import follow_rules
from bot.app.supervisor import State, Supervisor
from bot.clock import Job, Setbacks
from bot.digests import digest_of, first_run, queue_due, queue_now
from bot.outbox import Outbox, forget_old, give_up
from bot.outbox.outbox import awake_and_asleep
from bot.store.database import UNAVAILABLE

if TYPE_CHECKING:
    from bot.domain.digest import Composed
    from bot.domain.platform import Discreet, Platform
    from bot.domain.problem import Problem
    from bot.domain.request import Channel
    from bot.domain.schedule import Schedule
    from bot.domain.stories import Stories
    from bot.store import Store
    from bot.store.records import Standing

_LOG = logging.getLogger(__name__)

_TICK: Final = timedelta(seconds=1)
#: For how many seconds a tick records what is due before it posts; the rest is for the next.
_RECORDING: Final = 15.0
#: Longer than recording and a pass of the outbox take: what is broken off is in doubt.
_LONGEST_TICK: Final = timedelta(minutes=1)
_FEEDBACK_KEPT: Final = timedelta(days=180)
_REFRESH: Final = timedelta(seconds=10)
#: The rules of zones are new only after a start; again, as the database may have been away then.
_ONCE: Final = timedelta(minutes=10)


class Deliveries:
    """Digests from their schedules to their channels, and which story each channel has."""

    def __init__(
        self,
        store: Store,
        stories: Callable[[], Stories],
        limits: Limits,
        now: Callable[[], datetime] = clock.now,
        *,
        feedback_kept: timedelta = _FEEDBACK_KEPT,
    ) -> None:
        self._store = store
        self._feedback_kept = feedback_kept
        self._now = now
        #: Whoever moves time holds it, so that no tick runs meanwhile.
        self.turn = asyncio.Lock()
        self._stories = stories
        self._limits = limits
        self._outbox = Outbox(store)
        self._setbacks = Setbacks(awake_and_asleep)
        self._supervisors: Mapping[str, Supervisor] = {}
        self._bindings: dict[str, str] = {}
        self._away_at: datetime | None = None

    async def start(self, supervisors: Mapping[str, Supervisor]) -> None:
        """Know the platforms, and what is remembered of channels."""
        self._supervisors = supervisors
        self._bindings = await self._store.bindings()

    def bound(self, channel: Channel) -> str | None:
        """The slug of a channel's own story."""
        return self._bindings.get(str(channel))

    def desk(self) -> Desk:
        """What the moderators' verbs work with."""
        return Desk(
            store=self._store,
            compose=self._compose,
            post_now=self._post_now,
            first_run=lambda schedule: first_run(schedule, self._now()),
            check=self._check,
            forbids=self._forbids,
            rebind=self._rebind,
            now=self._now,
            limits=self._limits,
            check_publish=self._check_publish,
        )

    def jobs(self) -> list[Job]:
        """What is to be done again and again."""
        return [
            Job("digests", _TICK, self._patient(self._tick), limit=_LONGEST_TICK),
            Job("zones", _ONCE, self._patient(self._follow_rules), limit=_ONCE),
            Job("bindings", _REFRESH, self._patient(self._refresh)),
            Job("retention", timedelta(hours=1), self._patient(self._forget)),
        ]

    async def standing(self, platform: str) -> Standing:
        """When a platform last confirmed a post, and what waits for it.

        Raises:
            OSError: the database is away.
        """
        if self._away_at:
            raise ConnectionError("the database is away")
        return await self._store.standing(platform)

    def _patient(
        self, work: Callable[[datetime], Awaitable[None]]
    ) -> Callable[..., Awaitable[None]]:
        """The same work, which is left for the next time while the database is away."""

        async def patient(now: datetime) -> None:
            try:
                await work(now)
            except UNAVAILABLE as error:
                if self._away_at is None:
                    _LOG.error("the database is away (%s); digests wait", type(error).__name__)
                    self._away_at = clock.now()
            else:
                if self._away_at:
                    _LOG.warning("the database is back; it was away since %s", self._away_at)
                self._away_at = None

        return patient

    async def _tick(self, _: datetime) -> None:
        async with self.turn:
            # By the system's clock: whoever moves the house's looks after what waits.
            if back := self._setbacks.since(clock.now()):
                _LOG.warning("the clock was set back by %s", back)
                await self._store.move_back(back, self._now())
                self._setbacks.made_up()
            await self.tick()

    async def tick(self) -> None:
        """Record and post what is due now. Only one at a time: see `turn`."""
        # Asked only now: while this waited for its turn, time may have been moved.
        now = self._now()
        with suppress(TimeoutError):
            async with asyncio.timeout(_RECORDING):
                await queue_due(self._store, self._stories(), now)
        ready = {
            name: each.platform
            for name, each in self._supervisors.items()
            if each.health.state is State.READY
        }
        # Without a platform as well: what waited too long is skipped.
        await self._outbox.deliver_due(ready, now)

    async def _refresh(self, _: datetime) -> None:
        """Another process may have given a channel its story."""
        self._bindings = await self._store.bindings()

    async def _follow_rules(self, _: datetime) -> None:
        await follow_rules(self._store, self._now())

    async def _forget(self, now: datetime) -> None:
        # By the system's clock, which the timer tells: moving the house's loses no history.
        await forget_old(self._store, now)
        await give_up(self._store, self._supervisors, now)
        await self._store.forget_feedback(now - self._feedback_kept)

    async def _compose(self, schedule: Schedule) -> Composed:
        told = await self._store.told_to(schedule.channel)
        return digest_of(schedule, self._stories(), told, self._now())

    async def _post_now(self, schedule: Schedule) -> bool:
        return await queue_now(self._store, self._stories(), schedule, self._now())

    def _platform(self, channel: Channel) -> Platform | None:
        supervisor = self._supervisors.get(channel.platform)
        return supervisor.platform if supervisor else None

    async def _check(self, channel: Channel) -> Problem | None:
        platform = self._platform(channel)
        return await platform.check(channel) if platform else None

    async def _check_publish(self, channel: Channel) -> Problem | None:
        check = getattr(self._platform(channel), "check_publish", never_published)
        found: Problem | None = await check(channel)
        return found

    async def _forbids(self, channel: Channel, user: str, internal: bool) -> Problem | None:  # noqa: FBT001 (as the desk calls it)
        platform = self._platform(channel)
        if not hasattr(platform, "forbids"):
            return None
        return await cast("Discreet", platform).forbids(channel, user, internal=internal)

    async def _rebind(self, channel: Channel, slug: str | None) -> None:
        await self._store.bind(channel, slug)
        self._bindings = await self._store.bindings()
