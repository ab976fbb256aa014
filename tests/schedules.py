"""Schedules for tests, made in one line; and a due batch without composing anything."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, select

from bot.domain.cadence import Cadence
from bot.domain.occurrence import Occurrence, OccurrenceState
from bot.domain.reply import Reply
from bot.domain.reply_json import reply_from_json, reply_to_json
from bot.domain.request import Channel
from bot.domain.schedule import Schedule, next_runs
from bot.store import Store
from bot.store.composing import Blank, Record
from bot.store.due import Advance, DueSchedule, _row
from bot.store.epoch import to_ms
from bot.store.records import Notice
from bot.store.rows import place
from bot.store.tables import occurrence, schedule
from tests.stories import CHANNEL, NOW

DAILY = "at 12:00 daily"


def make_schedule(channel: Channel = CHANNEL, cadence: str = DAILY, **fields: Any) -> Schedule:
    """A schedule that is not saved yet."""
    values = {"id": 0, "stories": (), "zone": "UTC", **fields}
    return Schedule(channel=channel, cadence=Cadence.parse(cadence), **values)


async def add(store: Store, wish: Schedule, now: datetime) -> Schedule:
    """Save a schedule; it is due first at its first run from `now` on."""
    runs = next_runs(wish.cadence, wish.zone, now - timedelta(seconds=1), 1)
    saved = await store.schedule(await add_due(store, wish, runs[0].at, now))
    assert saved
    return saved


async def add_due(store: Store, wish: Schedule, next_at: datetime | None, now: datetime) -> int:
    """Save a schedule that is due next at that time, and return its id."""
    await add_all(store, [(wish, next_at)], now)
    async with store._reading() as connection:
        return int((await connection.execute(select(func.max(schedule.c.id)))).scalar_one())


async def add_all(
    store: Store, wishes: Iterable[tuple[Schedule, datetime | None]], now: datetime
) -> None:
    """Save many schedules, whatever there is already."""
    assert await store.import_schedules(wishes, now, newest=sys.maxsize)


class Plain:
    """Records the due run with a small message that says what is new, and goes on to the next.

    News are numbers, up to `news`; a channel's snapshot is the last that it was told.
    """

    def __init__(self, news: int | None = None) -> None:
        self.news = news

    async def plan(self, due: DueSchedule) -> Advance:
        wish, at = due.schedule, due.next_at
        following = next_runs(wish.cadence, wish.zone, at, 1)[0].at
        return Advance([Record(at, OccurrenceState.PENDING, at + timedelta(hours=6))], following)

    async def compose(self, blank: Blank) -> Record:
        upto: object
        title, upto = f"Digest {blank.schedule.id}", blank.record.at.isoformat()
        if self.news is not None:
            told = blank.told.get("story")
            last = json.loads(told.snapshot)["upto"] if told else 0
            if last >= self.news:
                return replace(blank.record, state=OccurrenceState.SKIPPED, reason="nothing new")
            title, upto = f"{last + 1} {self.news}", self.news
        reply = reply_to_json(Reply(title, private=False))
        return replace(blank.record, reply=reply, snapshots=json.dumps({"story": {"upto": upto}}))


def news_of(row: Occurrence) -> range:
    """The news that a message told."""
    assert row.reply
    first, last = reply_from_json(row.reply).title.split()
    return range(int(first), int(last) + 1)


#: Always has something to say.
plain = Plain()


async def record(store: Store, wish: Schedule, made: Record, now: datetime) -> None:
    """Put down an occurrence as it is given."""
    async with store._writing() as connection:
        row = place(wish.channel) | {"id": wish.id}
        await connection.execute(occurrence.insert(), _row(row, made, to_ms(now)))


async def take_notices(store: Store, tenant: str) -> list[Notice]:
    """What moderators of a workspace have not acknowledged; they do now."""
    somewhere = Channel.parse(f"{tenant}/C1")
    found = await store.open_notices(somewhere)
    await store.close_notices(somewhere, NOW)
    return found
