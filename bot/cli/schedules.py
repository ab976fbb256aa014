"""`schedules`: every schedule to a JSON file, or from one."""

from __future__ import annotations

import asyncio
import sys
from datetime import UTC
from pathlib import Path
from typing import TYPE_CHECKING

import click

from bot import clock
from bot.domain.dates import day_text
from bot.domain.reply import counted
from bot.domain.schedule import Schedule, ScheduleState
from bot.errors import ConfigurationError

if TYPE_CHECKING:
    from collections.abc import Container, Iterable, Iterator, Sequence
    from datetime import datetime

    from bot.cli.schedule_file import Item, Reading
    from bot.domain.stories import Stories
    from bot.settings import Settings
    from bot.store import Store

#: A schedule with the time at which it is due first; None if it does not run.
Wish = tuple[Schedule, "datetime | None"]

_STDIO = "-"
#: How often an import compares again, where others add schedules at the same time.
_TRIES = 5


@click.group(short_help="Digest schedules to a file, or from one.")
def schedules() -> None:
    """Take digest schedules out of the database as JSON, or put them in."""


@schedules.command("import", short_help="Add the schedules of a file.")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, allow_dash=True))
def import_(file: str) -> None:
    """Add the schedules of FILE (- reads standard input): all of them, or none if one is wrong.

    FILE is a JSON list of objects like this one:

    \b
    {"platform": "slack", "workspace": "T1", "channel": "C1",
     "cron": "0 9 * * 1-5", "tz": "Europe/Lisbon",
     "stories": ["land-strikes"], "content": "changes",
     "quiet": "silent", "grace_s": 7200, "state": "active"}

    Instead of "cron" it may have "cadence": "at 09:00 on weekdays". The keys up to "tz" are needed;
    "stories" is ["all"] unless given, and the other values above are the usual ones. "content" may
    also be "full", "quiet" (when nothing changed) "line", "state" "paused" or "suspended".

    A schedule that its channel has already, paused or not, is left as it is. The limits for
    moderators do not apply. The bot may be running: it takes up what is added within seconds.

    Ends with 0 if all is well, 1 if something in FILE is wrong (then nothing is added), 2 if used
    wrongly.
    """  # noqa: D301 (click wants the character itself)
    from bot.app.platforms import read_settings
    from bot.settings import Settings

    settings = read_settings(Settings)
    reading = read_file(file)
    for problem in reading.problems:
        click.echo(str(problem))
    if reading.problems:
        wrong = counted(len(reading.problems), "problem", "problems")
        click.echo(f"{wrong} in {_named(file)}: nothing was imported", err=True)
        sys.exit(1)
    _warn_of_stories(reading.items, settings)
    click.echo(asyncio.run(_import(reading.items, settings)))


@schedules.command(short_help="Write all schedules to a file.")
@click.argument("file", type=click.Path(dir_okay=False, allow_dash=True, writable=True))
def export(file: str) -> None:
    """Write all schedules to FILE (- writes to standard output) in the form that `import` takes.

    Whether they are paused is part of it; what channels were told, and what became of past runs, is
    not.
    """
    from bot.app.platforms import read_settings
    from bot.cli.json_list import json_list
    from bot.cli.schedule_file import to_object
    from bot.settings import Settings

    settings = read_settings(Settings)
    found = asyncio.run(saved_schedules(settings))
    text = "".join(json_list(map(to_object, found)))
    if file == _STDIO:
        click.echo(text, nl=False)
    else:
        _write(Path(file), text)
        click.echo(f"{counted(len(found), 'schedule', 'schedules')} written to {file}")


def read_file(file: str) -> Reading:
    """Read a file of schedules.

    Raises:
        ConfigurationError: it cannot be read at all.
    """
    from bot.app.platforms import known_platforms
    from bot.cli.schedule_file import read_schedules

    try:
        data = sys.stdin.buffer.read() if file == _STDIO else Path(file).read_bytes()
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise ConfigurationError(f"{_named(file)} is not UTF-8 text; save it as UTF-8") from None
    except OSError as error:
        raise ConfigurationError(f"{_named(file)} cannot be read: {error.strerror}") from None
    return read_schedules(text, _named(file), known_platforms())


async def saved_schedules(settings: Settings) -> list[Schedule]:
    """Every schedule that was confirmed; none, and a word about it, if there is no database yet."""
    from bot.cli.database import is_there, opened, tell_missing

    if not is_there(settings):
        tell_missing(settings)
        return []
    async with opened(settings) as store:
        return [each for each in await _all(store) if each.state is not ScheduleState.DRAFT]


async def _all(store: Store) -> list[Schedule]:
    try:
        return await store.all_schedules()
    except ValueError as error:
        remedy = "run the version of the bot that wrote it, or delete it in chat"
        raise ConfigurationError(f"a schedule cannot be read: {error}; {remedy}") from None


def _named(file: str) -> str:
    return "standard input" if file == _STDIO else file


def _write(path: Path, text: str) -> None:
    """Write the file whole or not at all."""
    fresh = path.with_name(f".{path.name}.new")
    try:
        if path.exists() and not path.is_file():  # as /dev/stdout
            path.write_text(text, encoding="utf-8")
            return
        fresh.write_text(text, encoding="utf-8")
        fresh.replace(path)
    except OSError as error:
        fresh.unlink(missing_ok=True)
        said = f"{path} cannot be written: {error.strerror}; name a file that can be"
        raise ConfigurationError(said) from None


async def _import(items: Sequence[Item], settings: Settings) -> str:
    """Add what is not there yet, and say what was done."""
    from bot.cli.database import opened, place_of

    async with opened(settings) as store:
        for _ in range(_TRIES):
            there = await _all(store)
            known = {_identity(each) for each in there if each.state is not ScheduleState.DRAFT}
            timed = _new(items, known, clock.now())
            newest = max((each.id for each in there), default=0)
            if await store.import_schedules(timed, clock.now(), newest):
                break
        else:
            raise ConfigurationError("others kept adding schedules meanwhile; try again")
    same = sum(_identity(item.schedule) in known for item in items)
    return _told(timed, same, len(items) - same - len(timed), place_of(settings))


def _new(
    items: Sequence[Item], known: Container[tuple[object, ...]], now: datetime
) -> Sequence[Wish]:
    """The schedules that are not there yet, each once, with their first runs."""
    from bot.digests import first_run

    wishes = {
        identity: item.schedule
        for item in items
        if (identity := _identity(item.schedule)) not in known
    }
    return [(wish, first_run(wish, now)) for wish in wishes.values()]


def _identity(schedule: Schedule) -> tuple[object, ...]:
    """What makes two schedules the same one, whether they run or not."""
    return (
        str(schedule.channel),
        tuple(sorted(schedule.stories)),
        schedule.cadence.text,
        schedule.zone,
        schedule.content,
        schedule.quiet,
        schedule.grace,
    )


def _told(timed: Sequence[Wish], known: int, twice: int, place: str) -> str:
    said = [f"{counted(len(timed), 'schedule', 'schedules')} imported into {place}"]
    if known:
        said.append(f"{known} already there, left as {'it is' if known == 1 else 'they are'}")
    if twice:
        said.append(
            f"{twice} left out, the same as {'another' if twice == 1 else 'others'} in the file"
        )
    still = sum(wish.state is not ScheduleState.ACTIVE for wish, _ in timed)
    if still:
        said.append(f"{still} of them not running")
    return "; ".join(said) + _first(timed)


def _first(timed: Iterable[Wish]) -> str:
    due = [at for wish, at in timed if at and wish.state is ScheduleState.ACTIVE]
    if not due:
        return ""
    first = min(due).astimezone(UTC)
    return f"\nThe first run is on {first:%A} {day_text(first)}, {first:%H:%M} UTC."


def _warn_of_stories(items: Sequence[Item], settings: Settings) -> None:
    from bot.cli.loading import load_library

    if not any(item.schedule.stories for item in items):
        return
    try:
        stories = load_library(settings).stories
    except ConfigurationError as error:
        click.echo(f"warning: the stories were not checked: {error}", err=True)
        return
    for item in items:
        for said in unseen_stories(item.schedule, stories):
            number = item.schedule.id
            click.echo(f"{item.where}: warning: item {number}, stories: {said}", err=True)


def unseen_stories(schedule: Schedule, stories: Stories) -> Iterator[str]:
    """Say of each story that its channel cannot see: perhaps mistyped, perhaps gone since."""
    from bot.library.finding import nearest

    seen = stories.visible_to(schedule.channel)
    for slug in schedule.stories:
        if not seen.get(slug):
            near = nearest(slug, (story.slug for story in seen))
            remedy = f"did you mean `{near}`?" if near else "its digests leave it out"
            yield f"the channel sees no story `{slug}` — {remedy}"
