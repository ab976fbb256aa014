"""Supervisor: keeps one platform listening, whatever happens to it, and knows how it is."""

from __future__ import annotations

import asyncio
import logging
import random
from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from bot.errors import PlatformError

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from bot.domain.platform import Answer, Complete, Platform

_LOG = logging.getLogger(__name__)

#: Waits between two tries double up to this.
_LONGEST_WAIT: Final = timedelta(minutes=5)
#: After this long in good order the next failure counts as the first.
_STEADY: Final = timedelta(minutes=10)


class State(StrEnum):
    """How a platform is."""

    STARTING = "starting"
    READY = "ready"
    DEGRADED = "degraded"
    FAILED = "failed"
    STOPPED = "stopped"


@dataclass(slots=True)
class Health:
    """The state of one platform, since when, and why if it is not well."""

    name: str
    since: datetime
    state: State = State.STARTING
    reason: str = ""


@dataclass(slots=True)
class Supervisor:
    """Runs `platform.listen` again and again until told to stop or told that it is no use.

    It never raises: what one platform does is of no concern to the others. A failure that no retry
    can mend (a wrong token) ends it in `FAILED`; any other is tried again after a while.
    """

    platform: Platform
    answer: Answer
    complete: Complete
    now: Callable[[], datetime]
    health: Health = field(init=False)
    _failures: int = field(init=False, default=0)
    _ready_at: datetime | None = field(init=False, default=None)

    def __post_init__(self) -> None:
        """Begin as starting."""
        self.health = Health(self.platform.name, self.now())

    async def run(self) -> None:
        """Keep listening until cancelled."""
        try:
            while await self._listen():
                wait = self._next_wait()
                _LOG.info("%s: trying again in %.0f s", self.platform.name, wait.total_seconds())
                await asyncio.sleep(wait.total_seconds())
        finally:
            if self.health.state is not State.FAILED:
                self._turn(State.STOPPED)
                _LOG.info("%s has stopped", self.platform.name)

    async def _listen(self) -> bool:
        """Listen once; whether to try again."""
        name = self.platform.name
        try:
            await self.platform.listen(self.answer, self.complete, self._report)
        except PlatformError as error:
            if error.permanent:
                self._turn(State.FAILED, str(error))
                _LOG.error("%s stays off: %s", name, error)
                return False
            self._fail(str(error))
        except Exception as error:  # noqa: BLE001 (whatever it was, the others go on)
            _LOG.exception("%s stopped unexpectedly", name)
            self._fail(f"{type(error).__name__} (see the log)")
        else:
            self._fail("the connection ended")
        return True

    def _fail(self, reason: str) -> None:
        steady = self._ready_at is not None and self.now() - self._ready_at >= _STEADY
        self._failures = 1 if steady else self._failures + 1
        self._ready_at = None
        self._turn(State.DEGRADED, reason)
        _LOG.warning("%s is not reachable: %s", self.platform.name, reason)

    def _report(self, connected: bool) -> None:  # noqa: FBT001 (the protocol's own form)
        before = self.health.state
        if connected:
            self._ready_at = self._ready_at or self.now()
            self._turn(State.READY)
        else:
            self._turn(State.DEGRADED, "reconnecting")
        if self.health.state is not before:
            _LOG.info("%s is %s", self.platform.name, self.health.reason or self.health.state)

    def _turn(self, state: State, reason: str = "") -> None:
        if state is not self.health.state:
            self.health.since = self.now()
        self.health.state, self.health.reason = state, reason

    def _next_wait(self) -> timedelta:
        longest = min(_LONGEST_WAIT.total_seconds(), 2.0 ** min(self._failures, 10))
        spread = random.uniform(0.5, 1.0)  # noqa: S311 (spreads retries, guards no secret)
        return timedelta(seconds=longest * spread)
