"""Occurrence: one run of one schedule on its way to its channel, and what may become of it."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from bot.domain.request import Channel

#: Recorded later than this after its instant, an occurrence is called late.
LATE: Final = timedelta(minutes=1)
_KEY_LENGTH: Final = 24


class OccurrenceState(StrEnum):
    """Where an occurrence is. Moderators read these words."""

    PENDING = "pending"
    SENDING = "sending"
    UNKNOWN = "unknown"
    CHECKING = "checking"
    SENT = "sent"
    FAILED = "failed"
    SKIPPED = "skipped"
    UNDETERMINED = "undetermined"

    @property
    def terminal(self) -> bool:
        """Whether the bot itself does nothing more with it."""
        return self not in OPEN


class Event(StrEnum):
    """What can happen to an occurrence."""

    CLAIMED = "claimed"
    """One process took it, until its lease ends."""
    RELEASED = "released"
    """That process gave it back before any request left."""
    CONFIRMED = "confirmed"
    """The platform has the message: it said so, or reading back found it."""
    NOT_TAKEN = "not taken"
    """The platform surely did not take it, and may later."""
    REFUSED = "refused"
    """The platform surely did not take it, and will not."""
    IN_DOUBT = "in doubt"
    """The platform may have taken it."""
    ABSENT = "absent"
    """Reading back shows that the message is not there."""
    UNANSWERED = "unanswered"
    """Looking for the message gave no answer; it may later."""
    GIVEN_UP = "given up"
    """Nobody can say whether the message is there."""
    EXPIRED = "expired"
    """Its deadline passed before it was posted."""
    WITHDRAWN = "withdrawn"
    """Its schedule was paused or deleted before it was posted."""
    ARRIVED = "arrived"
    """A moderator says that it is there."""
    REPEATED = "repeated"
    """A moderator asks to post it again."""


OPEN: Final = frozenset(
    (
        OccurrenceState.PENDING,
        OccurrenceState.SENDING,
        OccurrenceState.UNKNOWN,
        OccurrenceState.CHECKING,
    )
)

#: The whole machine. What is not here cannot happen; the code and its model both read it.
TRANSITIONS: Final[Mapping[tuple[OccurrenceState, Event], OccurrenceState]] = {
    (OccurrenceState.PENDING, Event.CLAIMED): OccurrenceState.SENDING,
    (OccurrenceState.PENDING, Event.EXPIRED): OccurrenceState.SKIPPED,
    (OccurrenceState.PENDING, Event.WITHDRAWN): OccurrenceState.SKIPPED,
    (OccurrenceState.SENDING, Event.CONFIRMED): OccurrenceState.SENT,
    (OccurrenceState.SENDING, Event.NOT_TAKEN): OccurrenceState.PENDING,
    (OccurrenceState.SENDING, Event.RELEASED): OccurrenceState.PENDING,
    (OccurrenceState.SENDING, Event.REFUSED): OccurrenceState.FAILED,
    (OccurrenceState.SENDING, Event.IN_DOUBT): OccurrenceState.UNKNOWN,
    # A claim of what is being sent means that its lease ended: the process crashed or stalled.
    (OccurrenceState.SENDING, Event.CLAIMED): OccurrenceState.CHECKING,
    (OccurrenceState.UNKNOWN, Event.CLAIMED): OccurrenceState.CHECKING,
    (OccurrenceState.CHECKING, Event.CLAIMED): OccurrenceState.CHECKING,
    (OccurrenceState.CHECKING, Event.CONFIRMED): OccurrenceState.SENT,
    (OccurrenceState.CHECKING, Event.ABSENT): OccurrenceState.PENDING,
    (OccurrenceState.CHECKING, Event.RELEASED): OccurrenceState.UNKNOWN,
    (OccurrenceState.CHECKING, Event.UNANSWERED): OccurrenceState.UNKNOWN,
    (OccurrenceState.CHECKING, Event.GIVEN_UP): OccurrenceState.UNDETERMINED,
    # Proof counts whoever brings it, also a process whose lease has ended.
    (OccurrenceState.PENDING, Event.CONFIRMED): OccurrenceState.SENT,
    (OccurrenceState.UNKNOWN, Event.CONFIRMED): OccurrenceState.SENT,
    (OccurrenceState.UNDETERMINED, Event.CONFIRMED): OccurrenceState.SENT,
    (OccurrenceState.UNDETERMINED, Event.ARRIVED): OccurrenceState.SENT,
    (OccurrenceState.UNDETERMINED, Event.REPEATED): OccurrenceState.PENDING,
}


@dataclass(frozen=True, slots=True)
class Occurrence:
    """One run of one schedule.

    `reply` and `snapshots` are JSON, frozen when it is composed: as soon as it is recorded, unless
    another of its channel is still under way. `token` counts claims: only the last claimer may
    close it. `first_try_at` is when the oldest request left that may still be
    there; `visible_at` when it may be claimed next, None once it is over.
    """

    id: int
    schedule_id: int
    at: datetime
    channel: Channel
    key: str
    state: OccurrenceState
    recorded_at: datetime
    deadline_at: datetime
    token: int = 0
    attempts: int = 0
    visible_at: datetime | None = None
    first_try_at: datetime | None = None
    done_at: datetime | None = None
    remote_id: str | None = None
    reason: str = ""
    reply: str | None = None
    snapshots: str | None = None
    composed_at: datetime | None = None

    @property
    def late(self) -> bool:
        """Whether it was recorded noticeably after its instant."""
        return self.recorded_at - self.at > LATE


def occurrence_key(schedule_id: int, channel: str, at: datetime) -> str:
    """The key under which a platform knows the message: the same for every process and restart."""
    seed = f"{channel}|{schedule_id}|{int(at.timestamp() * 1000)}"
    digest = base64.b32encode(hashlib.sha256(seed.encode()).digest()).decode()
    return f"d{digest[:_KEY_LENGTH].lower()}"
