"""Simulation: what schedules would post over some time, with the library as it is now.

Every post counts as confirmed, so that the next digest of its channel says only what is new since.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final

from bot.digests import digest_of
from bot.domain.schedule import Run, Schedule, ScheduleState, runs_between
from bot.domain.snapshot import snapshot_to_json
from bot.errors import ConfigurationError
from bot.store.composing import Told

if TYPE_CHECKING:
    from bot.domain.reply import Reply
    from bot.domain.request import Channel
    from bot.domain.stories import Stories

_INSTANT: Final = timedelta(milliseconds=1)


@dataclass(frozen=True, slots=True)
class DueRun:
    """One run of one schedule."""

    run: Run
    schedule: Schedule


@dataclass(frozen=True, slots=True)
class Simulated:
    """What a run would post; None: nothing, as there is nothing new."""

    due: DueRun
    reply: Reply | None


def due_runs(
    schedules: Iterable[Schedule], start: datetime, end: datetime, most: int
) -> list[DueRun]:
    """The runs of active schedules from one instant to another, both included, in order.

    The first `most` of them, and one more than that if there are more.

    Raises:
        ConfigurationError: the times of a schedule cannot be computed.
    """
    found: list[DueRun] = []
    for schedule in schedules:
        if schedule.state is ScheduleState.ACTIVE:
            found += _runs_of(schedule, start, end, most + 1)
        if len(found) > 2 * most + 1:
            found = sorted(found, key=_order)[: most + 1]
            end = found[-1].run.at  # nothing later can be among the first
    return sorted(found, key=_order)[: most + 1]


def _order(due: DueRun) -> tuple[datetime, int]:
    return due.run.at, due.schedule.id


def _runs_of(schedule: Schedule, start: datetime, end: datetime, limit: int) -> list[DueRun]:
    try:
        runs = runs_between(schedule.cadence, schedule.zone, start - _INSTANT, end, limit)
    except ValueError as error:
        place = f"digest {schedule.id} of {schedule.channel}"
        raise ConfigurationError(f"{place}: {error}; edit or delete it") from None
    return [DueRun(run, schedule) for run in runs]


def simulate(
    runs: Iterable[DueRun], stories: Stories, told: Mapping[Channel, Mapping[str, Told]]
) -> Iterator[Simulated]:
    """What runs, given in order, would post to channels that were told this before."""
    ledger = {channel: dict(known) for channel, known in told.items()}
    for due in runs:
        known = ledger.setdefault(due.schedule.channel, {})
        composed = digest_of(due.schedule, stories, known, due.run.at)
        yield Simulated(due, composed.reply)
        if composed.reply:
            for slug, snapshot in composed.snapshots.items():
                known[slug] = Told(snapshot_to_json(snapshot), due.run.at)
