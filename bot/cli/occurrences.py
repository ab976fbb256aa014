"""`occurrences`: what became of each run of the digests."""

from __future__ import annotations

import asyncio
import sys
from collections import Counter
from datetime import UTC, timedelta
from typing import TYPE_CHECKING, Any

import click

from bot import clock
from bot.cli.options import ChannelType, Moment, MomentType, instant
from bot.domain.occurrence import OccurrenceState

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from bot.domain.occurrence import Occurrence
    from bot.domain.request import Channel
    from bot.settings import Settings

_SHOWN = 50
_COLOURS = {
    OccurrenceState.SENT: "green",
    OccurrenceState.FAILED: "red",
    OccurrenceState.UNDETERMINED: "red",
    OccurrenceState.SKIPPED: "bright_black",
}


@click.command(short_help="Show what became of each run of the digests.")
@click.option("--json", "as_json", is_flag=True, help="A JSON list, one object a line.")
@click.option(
    "--since",
    metavar="WHEN",
    type=MomentType(spans=True),
    help="Only those due since then: 2026-11-22, 2026-11-22T09:00 (UTC unless it has an offset), "
    "or a span such as 2h or 7d.",
)
@click.option("--channel", type=ChannelType(), help="Only those of this channel: slack:T1/C1.")
@click.option(
    "--limit",
    type=click.IntRange(1),
    metavar="N",
    help=f"Show the latest N; without it {_SHOWN}, or with --json all.",
)
def occurrences(
    as_json: bool,  # noqa: FBT001 (click's own form)
    since: Moment | None,
    channel: Channel | None,
    limit: int | None,
) -> None:
    """Show what became of each run of the digests, the latest first.

    The JSON objects have: id, schedule, platform, workspace, channel, due, state, reason, late,
    recorded, done, attempts, key, message. Times are in UTC; what has not happened is null. States
    are pending, sending, unknown, checking (not over yet), sent, failed, skipped, undetermined.
    """
    from bot.app.platforms import read_settings
    from bot.settings import Settings

    settings = read_settings(Settings)
    most = limit or (None if as_json else _SHOWN)
    found = asyncio.run(_history(settings, channel, _since(since), most and most + 1))
    shown = found[:most]
    if as_json:
        from bot.cli.json_list import json_list

        sys.stdout.writelines(json_list(map(_to_object, shown)))
    else:
        _print(shown)
    if len(found) > len(shown):
        click.echo(f"These are the latest {most}; for more: --limit {10 * len(shown)}", err=True)


def _since(since: Moment | None) -> datetime | None:
    if isinstance(since, timedelta):
        return clock.now() - since
    return instant(since) if since else None


async def _history(
    settings: Settings, channel: Channel | None, since: datetime | None, limit: int | None
) -> Sequence[Occurrence]:
    from bot.cli.database import is_there, opened, tell_missing

    if not is_there(settings):
        tell_missing(settings)
        return []
    async with opened(settings) as store:
        return await store.history(channel, since=since, limit=limit)


def _to_object(each: Occurrence) -> dict[str, Any]:
    return {
        "id": each.id,
        "schedule": each.schedule_id,
        "platform": each.channel.platform,
        "workspace": each.channel.workspace,
        "channel": each.channel.id,
        "due": _iso(each.at),
        "state": each.state.value,
        "reason": each.reason,
        "late": each.late,
        "recorded": _iso(each.recorded_at),
        "done": _iso(each.done_at) if each.done_at else None,
        "attempts": each.attempts,
        "key": each.key,
        "message": each.remote_id,
    }


def _iso(at: datetime) -> str:
    return at.astimezone(UTC).isoformat().replace("+00:00", "Z")


def _print(found: Sequence[Occurrence]) -> None:
    """A line each: the run's number, when it was due, where, and what became of it."""
    from bot.answers.digests.wording import outcome_text
    from bot.cli.text import clean

    if not found:
        click.echo("No run was due.")
        return
    numbers = max(len(str(each.id)) for each in found)
    places = max(len(str(each.channel)) for each in found)
    for each in found:
        outcome = click.style(clean(outcome_text(each)), fg=_COLOURS.get(each.state))
        due = f"{each.at:%Y-%m-%d %H:%M} UTC"
        click.echo(f"{each.id:>{numbers}}  {due}  {each.channel!s:<{places}}  {outcome}")
    counts = Counter(each.state.value for each in found)
    click.echo(", ".join(f"{count} {state}" for state, count in counts.most_common()), err=True)
