"""`simulate`: every run of the digests over some time, and every text that would be posted."""

from __future__ import annotations

import asyncio
import sys
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Final

import click

from bot import clock
from bot.cli.options import ChannelType, Moment, MomentType, ZoneType, instant
from bot.domain.reply import counted

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from bot.app.simulation import DueRun
    from bot.domain.request import Channel
    from bot.domain.schedule import Schedule
    from bot.domain.stories import Stories
    from bot.settings import Settings
    from bot.store.composing import Told

#: More runs than this nobody reads, and they would take minutes.
_MOST: Final = 10_000
_WEEK: Final = timedelta(days=7)


@click.command(short_help="Show all that the digests would post in some time.")
@click.option(
    "--from",
    "start",
    metavar="TIME",
    type=MomentType(spans=False),
    help="The first day, or a time: 2026-11-23, 2026-11-23T09:00+01:00. Without it: now.",
)
@click.option(
    "--to",
    "end",
    metavar="TIME",
    type=MomentType(spans=True),
    help="The last day, itself included, or a time, or how long: 12h, 7d. Without it: 7d.",
)
@click.option(
    "--zone",
    type=ZoneType(),
    default="UTC",
    show_default=True,
    help="The zone of days, and of times that have no offset.",
)
@click.option(
    "--schedules",
    "file",
    metavar="FILE",
    type=click.Path(exists=True, dir_okay=False, allow_dash=True),
    help="A file as `schedules export` writes it (- reads standard input). Without it: those in "
    "the database, and what their channels were told so far.",
)
@click.option("--channel", type=ChannelType(), help="Only the schedules of this channel.")
@click.option("--limit", type=click.IntRange(1), metavar="N", help="Only the first N runs.")
@click.option("--json", "as_json", is_flag=True, help="A JSON list, one object a line.")
def simulate(
    start: Moment | None,
    end: Moment | None,
    zone: str,
    file: str | None,
    channel: Channel | None,
    limit: int | None,
    as_json: bool,  # noqa: FBT001 (click's own form)
) -> None:
    """Show every run of the digests over some time, and every text that would be posted.

    Nothing is posted and nothing is saved. The briefings are taken as they are now; each digest
    counts as posted, so the next one of its channel tells only what is new since then. With
    schedules from a file, no channel has been told anything before.

    \b
    python -m bot simulate --from 2026-11-23 --to 2026-12-01
    python -m bot simulate --schedules digests.json --to 7d --channel slack:T1/C1

    The JSON objects have: schedule, platform, workspace, channel, due, local, tz, moved (gap, fold,
    again or null), state (sent or skipped), reason, title, text.
    """  # noqa: D301 (click wants the character itself)
    from bot.app.platforms import read_settings
    from bot.app.simulation import simulate as simulated
    from bot.cli.loading import load_library, tell_problems
    from bot.cli.simulated import Scene, print_json, print_text
    from bot.settings import Settings

    settings = read_settings(Settings)
    begins, ends = _span(start, end, zone)
    found = _schedules(file, settings)
    schedules = [each for each in found if channel is None or each.channel == channel]
    if not schedules:
        _refuse_none(channel, file)
    runs = _runs(schedules, begins, ends, limit)
    library = load_library(settings)
    tell_problems(library)
    _warn_of_stories(schedules, library.stories)
    told = {} if file else asyncio.run(_told(runs, settings))
    made = simulated(runs[:limit], library.stories, told)
    if as_json:
        print_json(made, sys.stdout)
    else:
        scene = Scene(begins, ends, schedules, len(library.stories), fresh=bool(file))
        print_text(scene, made, sys.stdout)
    if limit and len(runs) > limit:
        said = (
            f"only the first {counted(limit, 'run is', 'runs are')} shown; more follow in that time"
        )
        click.echo(f"{said}: raise --limit", err=True)


def _span(start: Moment | None, end: Moment | None, zone: str) -> tuple[datetime, datetime]:
    """The first and the last instant to simulate."""
    begins = instant(start, zone) if isinstance(start, date) else clock.now()
    ends = instant(end, zone, end=True) if isinstance(end, date) else begins + (end or _WEEK)
    if ends < begins:
        said = f"it is before --from ({begins:%Y-%m-%d %H:%M} UTC); name a later time"
        raise click.BadParameter(said, param_hint="--to")
    return begins, ends


def _schedules(file: str | None, settings: Settings) -> Sequence[Schedule]:
    from bot.cli.schedules import read_file, saved_schedules

    if file is None:
        return asyncio.run(saved_schedules(settings))
    reading = read_file(file)
    for problem in reading.problems:
        click.echo(str(problem), err=True)
    if reading.problems:
        raise click.BadParameter("mend the problems above first", param_hint="--schedules")
    return [item.schedule for item in reading.items]


def _refuse_none(channel: Channel | None, file: str | None) -> None:
    where = "that file" if file else "the database"
    of_it = f" of {channel}" if channel else ""
    raise click.UsageError(
        f"there are no schedules{of_it} in {where}; make one in chat (/brief digest add), "
        "or name a file that has some: --schedules FILE"
    )


def _runs(
    schedules: Sequence[Schedule], begins: datetime, ends: datetime, limit: int | None
) -> Sequence[DueRun]:
    """The first runs, and one more than the limit if there are more."""
    from bot.app.simulation import due_runs

    runs = due_runs(schedules, begins, ends, limit or _MOST)
    if limit or len(runs) <= _MOST:
        return runs
    raise click.UsageError(
        f"more than {_MOST:,} runs fall into that time; name a shorter one (--from, --to), "
        "one channel (--channel), or how many to show (--limit)"
    )


def _warn_of_stories(schedules: Sequence[Schedule], stories: Stories) -> None:
    from bot.cli.schedules import unseen_stories

    for schedule in schedules:
        for said in unseen_stories(schedule, stories):
            place = f"schedule {schedule.id} of {schedule.channel}"
            click.echo(f"warning: {place}: {said}", err=True)


async def _told(runs: Sequence[DueRun], settings: Settings) -> Mapping[Channel, Mapping[str, Told]]:
    """What the database says that the channels of these runs were told."""
    from bot.cli.database import opened

    channels = {due.schedule.channel for due in runs}
    async with opened(settings) as store:
        return {channel: await store.told_to(channel) for channel in channels}
