"""Which digests are due; composing them, and recording each exactly once."""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Final
from zoneinfo import ZoneInfo

from bot.domain.digest import Composed, Covered, compose
from bot.domain.occurrence import OccurrenceState
from bot.domain.reply_json import reply_to_json
from bot.domain.schedule import Run, Schedule, latest_due, next_runs
from bot.domain.snapshot import snapshot_from_json, snapshot_to_json
from bot.domain.stories import Stories
from bot.errors import VersionError
from bot.store import Store
from bot.store.composing import Blank, Record, Told
from bot.store.due import Advance, DueSchedule

_LOG = logging.getLogger(__name__)

_BATCH: Final = 500
#: After about so many schedules others get their turn on the loop.
_BREATH: Final = 20
#: At least so long after its instant a digest may still be posted, whatever held it up.
_SHORTEST_DEADLINE: Final = timedelta(hours=6)
_INSTANT: Final = timedelta(milliseconds=1)

_told_snapshot = lru_cache(maxsize=4096)(snapshot_from_json)


async def queue_due(store: Store, stories: Stories, now: datetime) -> int:
    """Record every run that is due, with what to post; how many schedules were due.

    What was missed is told apart here, by how late it is recorded; how long it then waits for its
    channel's turn or its platform is another matter. A clock that was set back makes nothing due
    twice.
    """
    if not await store.is_due(now):
        return 0
    composer = _Composer(stories, now)
    while await store.compose_waiting(now, _BATCH, composer) == _BATCH:
        pass
    count = 0
    while taken := await store.take_due(now, _BATCH, composer):
        count += taken
        if taken < _BATCH:
            break
    return count


def first_run(schedule: Schedule, now: datetime) -> datetime | None:
    """When a new, changed or resumed schedule is due first: never at or before its last run."""
    after = max(now, schedule.last_at or now)
    return next((run.at for run in next_runs(schedule.cadence, schedule.zone, after, 1)), None)


def digest_of(
    schedule: Schedule, stories: Stories, told: Mapping[str, Told], now: datetime
) -> Composed:
    """The digest that a schedule would post now."""
    zone = ZoneInfo(schedule.zone)
    return compose(
        _covered(schedule, stories, told, zone),
        content=schedule.content,
        quiet=schedule.quiet,
        day=now.astimezone(zone).date(),
    )


async def queue_now(store: Store, stories: Stories, schedule: Schedule, now: datetime) -> bool:
    """Record a digest to be posted now, beside the cadence; False if there is nothing to say.

    Nor is there while another of this schedule is on its way.
    """
    composer = _Composer(stories, now)
    return await store.take_now(schedule, now + _SHORTEST_DEADLINE, now, composer)


@dataclass(frozen=True, slots=True)
class _Frozen:
    """A composed digest as it is recorded."""

    reply: str | None
    snapshots: str


@dataclass(slots=True)
class _Composer:
    """Plans and composes for many channels; those that were told the same get the same.

    Whatever is wrong with one of them, the others go on.
    """

    stories: Stories
    now: datetime
    _made: dict[object, _Frozen] = field(default_factory=dict)

    async def plan(self, due: DueSchedule) -> Advance:
        """What becomes of a due schedule."""
        if due.schedule.id % _BREATH == 0:
            await asyncio.sleep(0)
        try:
            return _advance(due, self.now)
        except Exception:  # noqa: BLE001 (whatever it was, the others go on)
            _LOG.exception("the times of schedule %d cannot be computed", due.schedule.id)
            return Advance([], None, suspended="The bot cannot compute its times; edit the digest.")

    async def compose(self, blank: Blank) -> Record:
        """The record with the digest of its channel as things are now."""
        try:
            made = self._frozen(blank)
        except Exception:  # noqa: BLE001 (whatever it was, the others go on)
            _LOG.exception("a digest of schedule %d cannot be composed", blank.schedule.id)
            failed = "it could not be composed; the bot's log says why"
            return replace(blank.record, state=OccurrenceState.FAILED, reason=failed)
        if made.reply is None:
            return replace(blank.record, state=OccurrenceState.SKIPPED, reason="nothing new")
        return replace(blank.record, reply=made.reply, snapshots=made.snapshots)

    def _frozen(self, blank: Blank) -> _Frozen:
        schedule, zone = blank.schedule, ZoneInfo(blank.schedule.zone)
        covered = _covered(schedule, self.stories, blank.told, zone)
        day = self.now.astimezone(zone).date()
        told = tuple(
            (one.slug, id(one.story), one.told_on, blank.told[one.slug].snapshot)
            if one.slug in blank.told
            else (one.slug, id(one.story))
            for one in covered
        )
        same = (told, schedule.content, schedule.quiet, day)
        if same not in self._made:
            made = compose(covered, content=schedule.content, quiet=schedule.quiet, day=day)
            reply = None if made.reply is None else reply_to_json(made.reply)
            self._made[same] = _Frozen(reply, _to_text(made))
        return self._made[same]


def _covered(
    schedule: Schedule, stories: Stories, told: Mapping[str, Told], zone: ZoneInfo
) -> list[Covered]:
    """The stories of a schedule: those it names, else all its channel may see or was told of."""
    visible = stories.visible_to(schedule.channel)
    slugs = schedule.stories or sorted({*(story.slug for story in visible), *told})
    return [_cover(slug, visible, told.get(slug), zone) for slug in slugs]


def _cover(slug: str, visible: Stories, told: Told | None, zone: ZoneInfo) -> Covered:
    story = visible.get(slug)
    if told is None:
        return Covered(slug, story)
    try:
        known = _told_snapshot(told.snapshot)
    except VersionError as error:
        _LOG.warning("%s; the channel gets the whole story again", error)
        return Covered(slug, story)
    return Covered(slug, story, known, told.at.astimezone(zone).date())


def _to_text(composed: Composed) -> str:
    parts = {slug: json.loads(snapshot_to_json(one)) for slug, one in composed.snapshots.items()}
    return json.dumps(parts, ensure_ascii=False, separators=(",", ":"))


def _advance(due: DueSchedule, now: datetime) -> Advance:
    schedule = due.schedule
    found = latest_due(schedule.cadence, schedule.zone, due.next_at - _INSTANT, now, schedule.grace)
    next_at = first_run(schedule, now)
    missed = "coalesced" if found.welcome else "misfire"
    records = [_skipped(run, missed) for run in found.older]
    if found.newest and found.welcome:
        latest = found.newest.at + max(schedule.grace, _SHORTEST_DEADLINE)
        deadline = latest if next_at is None else min(next_at, latest)
        records.append(Record(found.newest.at, OccurrenceState.PENDING, deadline))
    elif found.newest:
        records.append(_skipped(found.newest, missed))
    last = schedule.last_at
    return Advance([each for each in records if last is None or each.at > last], next_at)


def _skipped(run: Run, reason: str) -> Record:
    return Record(run.at, OccurrenceState.SKIPPED, run.at, reason)
