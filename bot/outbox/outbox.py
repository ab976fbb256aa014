"""Outbox: takes what is ready, posts it side by side, and writes down what became of it."""

from __future__ import annotations

import asyncio
import logging
import random
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Final

from bot.domain.occurrence import Event, Occurrence
from bot.domain.pace import Pace
from bot.domain.platform import Platform
from bot.outbox.attempt import Attempt, Limits
from bot.store import Store
from bot.store.closing import Verdict
from bot.store.database import UNAVAILABLE

_LOG = logging.getLogger(__name__)

#: Verdicts that come within this many seconds are written together.
_GATHER: Final = 0.005
#: Where nothing more is ready, it is asked again after this many seconds while posts are under way.
_ASK_AGAIN: Final = 0.25
_LAST_SAVE: Final = 5.0
_GROUP: Final = 500


def pace_of(platform: Platform) -> Pace:
    """How fast a platform may be posted to: as it says itself, else carefully."""
    pace = getattr(platform, "pace", None)
    return pace if isinstance(pace, Pace) else Pace()


class Outbox:
    """Delivers from one store. Keep it between passes: it remembers what it could not write."""

    def __init__(
        self,
        store: Store,
        limits: Limits | None = None,
        *,
        monotonic: Callable[[], float] = time.monotonic,
        jitter: Callable[[], float] = random.random,
    ) -> None:
        self._store = store
        self._limits = limits or Limits()
        self._monotonic = monotonic
        self._jitter = jitter
        self._verdicts: list[Verdict] = []
        self._news = asyncio.Event()
        self._flying: dict[asyncio.Task[None], Occurrence] = {}
        self._room = asyncio.Event()
        self._landing = False

    async def deliver_due(self, platforms: Mapping[str, Platform], now: datetime) -> int:
        """Deliver what is ready on these platforms; how many were tried.

        Leave out a platform that is not connected: what is for it waits, and no try is counted.
        It may be cancelled at any time; requests that were under way are then in doubt.
        """
        began = self._monotonic()

        def present() -> datetime:
            return now + timedelta(seconds=self._monotonic() - began)

        await self._save(present)
        await self._store.expire(present())
        self._landing = False
        saving = asyncio.create_task(self._keep_saving(present))
        try:
            return await self._post_all(platforms, present)
        finally:
            await self._land()
            await saving
            await self._save_last(present)

    async def _post_all(
        self, platforms: Mapping[str, Platform], present: Callable[[], datetime]
    ) -> int:
        """Claim and post until nothing is ready, or until the turn is over.

        Where the database goes away meanwhile, what is under way is not broken off.
        """
        began, tried, most = self._monotonic(), 0, self._limits.together
        away: BaseException | None = None
        while True:
            free, claims = most - len(self._flying), []
            over = away or self._monotonic() - began > self._limits.turn.total_seconds()
            if platforms and not over:
                try:
                    claims = await self._claim(platforms, present(), free)
                except UNAVAILABLE as error:
                    away = error
            tried += len(claims)
            if not self._flying:
                if away:
                    raise away
                return tried
            self._room.clear()
            wait = None if len(claims) == free or over else _ASK_AGAIN
            with suppress(TimeoutError):
                async with asyncio.timeout(wait):
                    await self._room.wait()

    async def _claim(
        self, platforms: Mapping[str, Platform], now: datetime, limit: int
    ) -> list[Occurrence]:
        """Claim, and set out to post each; if cancelled meanwhile, give them back."""
        began = self._monotonic()
        paces = {name: pace_of(platform) for name, platform in platforms.items()}
        claiming = asyncio.ensure_future(self._store.claim(now, paces, limit, self._limits.lease))
        try:
            claims = await asyncio.shield(claiming)
        except asyncio.CancelledError:
            with suppress(Exception):
                self._verdicts += map(_released, await claiming)
            raise

        def age() -> timedelta:
            return timedelta(seconds=self._monotonic() - began)

        for claim in claims:
            name = claim.channel.platform
            attempt = Attempt(claim, platforms[name], paces[name], self._limits, age, self._jitter)
            task = asyncio.create_task(self._try(attempt), name=claim.key)
            self._flying[task] = claim
            task.add_done_callback(self._landed)
        return claims

    async def _try(self, attempt: Attempt) -> None:
        self._verdicts.append(await attempt.run())
        self._news.set()

    def _landed(self, task: asyncio.Task[None]) -> None:
        claim = self._flying.pop(task)
        if task.cancelled():  # before it began: nothing was sent
            self._verdicts.append(_released(claim))
        elif error := task.exception():
            _LOG.error("an attempt of %s ended early", claim.key, exc_info=error)
        if len(self._flying) <= self._limits.together // 2:
            self._room.set()

    async def _land(self) -> None:
        """Break off what is still under way; each attempt says what is known of it."""
        while self._flying:
            for task in self._flying:
                task.cancel()
            await asyncio.wait(self._flying)
            await asyncio.sleep(0)  # for the callbacks
        self._landing = True
        self._news.set()

    async def _keep_saving(self, present: Callable[[], datetime]) -> None:
        while not self._landing:
            await self._news.wait()
            await asyncio.sleep(_GATHER)
            try:
                await self._save(present)
            except UNAVAILABLE:  # the next pass says so, if it still is away then
                await asyncio.sleep(_ASK_AGAIN)

    async def _save_last(self, present: Callable[[], datetime]) -> None:
        try:
            async with asyncio.timeout(_LAST_SAVE):
                await self._save(present)
        except (*UNAVAILABLE, TimeoutError):
            _LOG.warning("%d results are kept until the database is back", len(self._verdicts))

    async def _save(self, present: Callable[[], datetime]) -> None:
        """Write down what became of claims. What cannot be written now stays for later."""
        self._news.clear()
        while self._verdicts:
            group = self._verdicts[:_GROUP]
            try:
                await self._store.finish(group, present())
            except UNAVAILABLE:
                self._news.set()
                raise
            except Exception:  # noqa: BLE001 (one bad result must not keep back the others)
                _LOG.exception("%d results could not be written", len(group))
                await self._save_each(group, present())
            # Written twice does no harm: the second time it no longer counts.
            del self._verdicts[: len(group)]

    async def _save_each(self, group: list[Verdict], now: datetime) -> None:
        """One at a time, so that one that cannot be written keeps back no other."""
        for verdict in group:
            try:
                await self._store.finish([verdict], now)
            except UNAVAILABLE:
                raise
            except Exception:  # noqa: BLE001 (the claim runs out, and it is looked for)
                _LOG.exception("the result of occurrence %d is lost", verdict.id)


def _released(claim: Occurrence) -> Verdict:
    return Verdict(claim.id, claim.token, Event.RELEASED, "the bot was stopping")
