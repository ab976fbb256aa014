"""One attempt: post a claimed occurrence, or find out what became of an earlier post."""

from __future__ import annotations

import asyncio
import logging
import random
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from functools import lru_cache
from typing import Final

from bot.domain.occurrence import Event, Occurrence, OccurrenceState
from bot.domain.pace import Pace
from bot.domain.platform import Platform
from bot.domain.reply_json import reply_from_json
from bot.errors import PostError, PostOutcome, UnsupportedError
from bot.store.claims import LONGEST_HOLD
from bot.store.closing import Verdict

_LOG = logging.getLogger(__name__)

#: A message that was not found or refuted for this long stays undetermined.
_DOUBT: Final = timedelta(hours=24)
_ALARM: Final = 20
_FIRST_WAIT: Final = 0.2
_LONGEST_WAIT: Final = 300.0
_RELAXED: Final = timedelta(milliseconds=1)

_read = lru_cache(maxsize=256)(reply_from_json)


@dataclass(frozen=True, slots=True)
class Limits:
    """How long things may take. The lease is longer than all that can happen under it.

    No message may be looked for, or sent again, before its earlier request is surely decided: that
    is `http` for the request and `settle` for what the platform still does with it.
    """

    http: timedelta = timedelta(seconds=10)
    settle: timedelta = timedelta(seconds=30)
    queue: timedelta = timedelta(seconds=10)
    spare: timedelta = timedelta(seconds=10)
    turn: timedelta = timedelta(seconds=15)
    """For how long one pass takes new work; it ends at most `queue` and `http` later."""
    together: int = 200
    """Posts under way at the same time."""

    @property
    def lease(self) -> timedelta:
        """How long a claim holds."""
        return self.queue + self.http + self.settle + self.spare


@dataclass(frozen=True, slots=True)
class Attempt:
    """A claimed occurrence and what it takes to try it.

    `age` is how long ago it was claimed, by a clock that nobody can set.
    """

    claim: Occurrence
    platform: Platform
    pace: Pace
    limits: Limits
    age: Callable[[], timedelta]
    jitter: Callable[[], float] = random.random

    async def run(self) -> Verdict:
        """Post or look, and say what is known then. Never raises; cancelling ends it in doubt."""
        if self.claim.attempts > _ALARM:
            _LOG.warning("%s was tried %d times", self.claim.key, self.claim.attempts)
        if not self._fits():
            return self._verdict(Event.RELEASED, "claimed too long ago to post safely")
        if self.claim.state is OccurrenceState.SENDING:
            return await self._send()
        return await self._resolve()

    async def _send(self) -> Verdict:
        """Post for the first time, as far as anyone knows."""
        error = await self._post()
        if isinstance(error, str):
            return self._verdict(Event.CONFIRMED, hold=self.pace.channel, remote_id=error)
        if error.outcome is PostOutcome.RETRY:
            wait = self._wait(error)
            return self._verdict(
                Event.NOT_TAKEN,
                str(error),
                wait=wait,
                hold=max(wait, self.pace.channel),
                together=self.pace.wait_together and error.retry_after is not None,
            )
        if error.outcome is PostOutcome.REFUSED:
            return self._refused(error)
        # Where the platform itself refuses a repetition, there is no need to wait for the first.
        wait = self._backoff(2.0) if self._repeatable() else self.limits.settle
        return self._verdict(Event.IN_DOUBT, str(error), wait=wait, hold=wait)

    def _refused(self, error: PostError) -> Verdict:
        """This one is lost. Its news is not: the ledger stays, so it is in the next digest."""
        _LOG.warning("a digest for %s is refused: %s", self.claim.channel, error)
        follows = (
            "the digests of its channel are suspended"
            if error.dead_channel
            else "its news is in the next one"
        )
        return self._verdict(
            Event.REFUSED,
            str(error),
            hold=self.pace.channel,
            suspend=error.dead_channel,
            notice=f"Digest {self.claim.schedule_id} could not be posted; {follows}. {error}",
        )

    async def _resolve(self) -> Verdict:
        """Find out whether an earlier request left a message, without risking a second one."""
        refused = None
        if self._repeatable():
            error = await self._post()
            if isinstance(error, str):
                return self._verdict(Event.CONFIRMED, hold=self.pace.channel, remote_id=error)
            if error.outcome is not PostOutcome.REFUSED:
                return self._unanswered(error)
            refused = error
        try:
            async with asyncio.timeout(self.limits.http.total_seconds()):
                since = self.claim.first_try_at or self.claim.at
                found = await self.platform.find(self.claim.channel, self.claim.key, since=since)
        except UnsupportedError as error:
            return self._given_up(str(error), refused)
        except PostError as error:
            return self._unanswered(error)
        except (Exception, asyncio.CancelledError) as error:  # noqa: BLE001 (no answer is no answer)
            return self._unanswered(_unknown(error))
        if found is not None:
            return self._verdict(Event.CONFIRMED, hold=self.pace.channel, remote_id=found)
        return self._verdict(Event.ABSENT, "it was not there", hold=self.pace.channel)

    async def _post(self) -> str | PostError:
        """The id of the posted message, or what is known of it."""
        try:
            reply = _read(self.claim.reply or "")
        except (ValueError, KeyError, TypeError):
            _LOG.exception("the message of %s cannot be read", self.claim.key)
            return PostError("The recorded message cannot be read.", PostOutcome.REFUSED)
        try:
            async with asyncio.timeout(self.limits.http.total_seconds()):
                return await self.platform.post(self.claim.channel, reply, key=self.claim.key)
        except PostError as error:
            return error
        except TimeoutError:
            return PostError("The platform did not answer in time.", PostOutcome.UNKNOWN)
        except (Exception, asyncio.CancelledError) as error:  # noqa: BLE001 (it may have left)
            return _unknown(error)

    def _fits(self) -> bool:
        """Whether a request now, and all that it may cause, would end before the lease does."""
        return self.age() + self.limits.http + self.limits.settle <= self.limits.lease

    def _repeatable(self) -> bool:
        """Whether the platform would still refuse a second message under this key."""
        first, until = self.claim.first_try_at, self.claim.visible_at
        if first is None or until is None:
            return False
        present = until - self.limits.lease + self.age()
        return present + self.limits.http <= first + self.platform.repeat_window

    def _in_doubt_since(self) -> timedelta:
        first, until = self.claim.first_try_at, self.claim.visible_at
        return until - self.limits.lease - first if first and until else timedelta(0)

    def _unanswered(self, error: PostError) -> Verdict:
        if self._in_doubt_since() > _DOUBT:
            return self._given_up(str(error), None)
        wait = self._wait(error)
        asked = error.retry_after is not None
        return self._verdict(
            Event.UNANSWERED,
            str(error),
            wait=wait,
            hold=max(wait, self.pace.channel) if asked else self.pace.channel,
            together=self.pace.wait_together and asked,
        )

    def _given_up(self, why: str, refused: PostError | None) -> Verdict:
        told = f"It is not known whether a digest arrived. {refused or why}"
        return self._verdict(
            Event.GIVEN_UP,
            str(refused or why),
            hold=self.pace.channel,
            suspend=refused is not None and refused.dead_channel,
            notice=told,
        )

    def _wait(self, error: PostError) -> timedelta:
        if error.retry_after is None:
            return self._backoff()
        return min(max(error.retry_after, _RELAXED), LONGEST_HOLD)

    def _backoff(self, first: float = _FIRST_WAIT) -> timedelta:
        """A wait with full jitter that grows with the number of tries."""
        longest = min(_LONGEST_WAIT, first * 2.0 ** min(self.claim.attempts, 12))
        return timedelta(seconds=max(_FIRST_WAIT, longest * self.jitter()))

    def _verdict(
        self,
        event: Event,
        detail: str = "",
        *,
        wait: timedelta = timedelta(0),
        hold: timedelta = timedelta(0),
        together: bool = False,
        remote_id: str | None = None,
        suspend: bool = False,
        notice: str = "",
    ) -> Verdict:
        return Verdict(
            self.claim.id,
            self.claim.token,
            event,
            detail,
            wait=wait,
            hold=hold,
            together=together,
            remote_id=remote_id,
            suspend=suspend,
            notice=notice,
        )


def _unknown(error: BaseException) -> PostError:
    if not isinstance(error, (asyncio.CancelledError, TimeoutError)):
        _LOG.error("a platform failed unexpectedly", exc_info=error)
    return PostError(f"The platform gave no answer ({type(error).__name__}).", PostOutcome.UNKNOWN)
