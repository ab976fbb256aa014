"""Rows of the database as values of the domain, and back."""

from __future__ import annotations

import json
from datetime import datetime
from functools import lru_cache
from typing import Any

from sqlalchemy.engine import RowMapping

from bot.domain.cadence import Cadence
from bot.domain.occurrence import Occurrence, OccurrenceState
from bot.domain.request import Channel
from bot.domain.schedule import Content, Quiet, Schedule, ScheduleState
from bot.store.epoch import span_ms, to_at, to_ms

_channel = lru_cache(maxsize=4096)(Channel.parse)


def tenant_of(channel: Channel) -> str:
    """The workspace with its platform, as in slack:T1."""
    return f"{channel.platform}:{channel.workspace}"


def place(channel: Channel) -> dict[str, str]:
    """The columns that say where."""
    return {
        "platform": channel.platform,
        "tenant": tenant_of(channel),
        "channel": str(channel),
    }


def to_schedule(row: RowMapping) -> Schedule:
    """A schedule as the domain knows it."""
    return Schedule(
        id=row["id"],
        channel=_channel(row["channel"]),
        stories=tuple(json.loads(row["stories"])),
        cadence=Cadence.parse(row["cadence"]),
        zone=row["zone"],
        content=Content(row["content"]),
        quiet=Quiet(row["quiet"]),
        grace=to_at(row["grace"]) - to_at(0),
        state=ScheduleState(row["state"]),
        reason=row["reason"],
        revision=row["revision"],
        created_at=to_at(row["created_at"]),
        last_at=to_at(row["last_at"]),
    )


def schedule_columns(schedule: Schedule, next_at: datetime | None) -> dict[str, Any]:
    """What of a schedule its owner may change."""
    active = schedule.state is ScheduleState.ACTIVE
    return place(schedule.channel) | {
        "stories": json.dumps(schedule.stories),
        "cadence": schedule.cadence.text,
        "zone": schedule.zone,
        "content": schedule.content.value,
        "quiet": schedule.quiet.value,
        "grace": span_ms(schedule.grace),
        "state": schedule.state.value,
        "reason": schedule.reason,
        "next_at": to_ms(next_at) if active else None,
    }


def to_occurrence(row: RowMapping) -> Occurrence:
    """An occurrence as the domain knows it."""
    return Occurrence(
        id=row["id"],
        schedule_id=row["schedule_id"],
        at=to_at(row["at"]),
        channel=_channel(row["channel"]),
        key=row["key"],
        state=OccurrenceState(row["state"]),
        recorded_at=to_at(row["recorded_at"]),
        deadline_at=to_at(row["deadline_at"]),
        token=row["token"],
        attempts=row["attempts"],
        visible_at=to_at(row["visible_at"]),
        first_try_at=to_at(row["first_try_at"]),
        done_at=to_at(row["done_at"]),
        remote_id=row["remote_id"],
        reason=row["reason"],
        reply=row["reply"],
        snapshots=row["snapshots"],
        composed_at=to_at(row["composed_at"]),
    )
