"""Schedules for tests, made in one line; and a due batch without composing anything."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from typing import Any

from bot.domain.cadence import Cadence
from bot.domain.occurrence import OccurrenceState
from bot.domain.reply import Reply
from bot.domain.reply_json import reply_to_json
from bot.domain.request import Channel
from bot.domain.schedule import Schedule, next_runs
from bot.store import Store
from bot.store.due import Advance, DueSchedule, Record
from tests.stories import CHANNEL

DAILY = "at 12:00 daily"


def make_schedule(channel: Channel = CHANNEL, cadence: str = DAILY, **fields: Any) -> Schedule:
    """A schedule that is not saved yet."""
    values = {"id": 0, "stories": (), "zone": "UTC", **fields}
    return Schedule(channel=channel, cadence=Cadence.parse(cadence), **values)


async def add(store: Store, schedule: Schedule, now: datetime) -> Schedule:
    """Save a schedule; it is due first at its first run from `now` on."""
    runs = next_runs(schedule.cadence, schedule.zone, now - timedelta(seconds=1), 1)
    saved = await store.schedule(await store.add_schedule(schedule, runs[0].at, now))
    assert saved
    return saved


async def plain(due: DueSchedule) -> Advance:
    """Record the due run with a small message, and go on to the next run."""
    reply = reply_to_json(Reply(f"Digest {due.schedule.id}", private=False))
    snapshots = json.dumps({"story": {"run": due.next_at.isoformat()}})
    following = next_runs(due.schedule.cadence, due.schedule.zone, due.next_at, 1)[0].at
    deadline = due.next_at + timedelta(hours=6)
    pending = OccurrenceState.PENDING
    record = Record(due.next_at, pending, deadline, reply=reply, snapshots=snapshots)
    return Advance([record], following)
