"""Simulated runs on a terminal, in a pipe, and as JSON."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import chain
from typing import IO, TYPE_CHECKING, Any, Final

from rich.console import Console, Group
from rich.panel import Panel
from rich.text import Text

from bot.cli.json_list import json_list
from bot.cli.text import clean, drawn
from bot.domain.dates import day_text
from bot.domain.plain import to_text
from bot.domain.reply import Reply, counted
from bot.domain.schedule import Moved, Schedule, ScheduleState, next_runs
from bot.domain.zones import zone_info

if TYPE_CHECKING:
    from bot.app.simulation import Simulated
    from bot.domain.schedule import Run

_MOVES: Final = {
    Moved.GAP: "does not exist that day: the clocks go forward, and it runs right after the gap",
    Moved.FOLD: "comes twice that day: the clocks go back, and it runs the first time only",
    Moved.AGAIN: "comes twice that day; this is the second, as its cron line counts every hour",
}
_SILENT: Final = "Nothing new: nothing would be posted."


@dataclass(frozen=True, slots=True)
class Scene:
    """What is simulated. `fresh`: no channel has been told anything before."""

    begins: datetime
    ends: datetime
    schedules: Sequence[Schedule]
    briefings: int
    fresh: bool


def print_json(made: Iterable[Simulated], out: IO[str]) -> None:
    """Print the runs as a JSON list."""
    out.writelines(json_list(map(_to_object, made)))


def print_text(scene: Scene, made: Iterable[Simulated], out: IO[str]) -> None:
    """Print what is simulated, every run as it comes, and a count."""
    console = Console(file=out, highlight=False, markup=False, emoji=False)
    page = _Terminal(console) if console.is_terminal else _Plain(out)
    for said in _opening(scene):
        page.say(said)
    clocks = _Clocks(scene.begins)
    count = posted = 0
    for one in made:
        page.say("")
        page.head(*_run_lines(one, clocks))
        if one.reply:
            page.message(one.reply)
        else:
            page.say(_SILENT)
        count += 1
        posted += one.reply is not None
    page.say("")
    page.say(_closing(scene, count, posted))


class _Plain:
    """For a pipe: nothing is wrapped or styled; the lines of a message are marked."""

    def __init__(self, out: IO[str]) -> None:
        self._out = out

    def say(self, text: str) -> None:
        self._out.write(f"{clean(text)}\n")

    def head(self, first: str, *more: str) -> None:
        for text in (first, *more):
            self.say(text)

    def message(self, reply: Reply) -> None:
        text = "\n\n".join(filter(None, (to_text(reply), _buttons(reply))))
        for row in clean(text).split("\n"):
            self._out.write(f"| {row}".rstrip() + "\n")


class _Terminal:
    """For people: each message in a frame."""

    def __init__(self, console: Console) -> None:
        self._console = console

    def say(self, text: str) -> None:
        self._console.print(Text(clean(text), style="dim" if text == _SILENT else ""))

    def head(self, first: str, *more: str) -> None:
        self._console.print(Text(clean(first), style="bold"))
        for text in more:
            self._console.print(Text(clean(text), style="yellow"))

    def message(self, reply: Reply) -> None:
        buttons = ("", Text(clean(_buttons(reply)), style="cyan")) if reply.actions else ()
        self._console.print(Panel(Group(drawn(reply), *buttons), expand=False))


class _Clocks:
    """Notices that a zone's clocks have changed since its run before."""

    def __init__(self, start: datetime) -> None:
        self._start = start
        self._offsets: dict[str, timedelta] = {}

    def change(self, schedule: Schedule, run: Run) -> str:
        """The change since this zone’s run before, in words; empty if there is none."""
        zone = zone_info(schedule.zone)
        now = run.at.astimezone(zone).utcoffset() or timedelta()
        start = self._start.astimezone(zone).utcoffset() or timedelta()
        before = self._offsets.get(schedule.zone, start)
        self._offsets[schedule.zone] = now
        if now == before:
            return ""
        way = "forward" if now > before else "back"
        minutes = abs(now - before) // timedelta(minutes=1)
        by = counted(minutes // 60, "hour", "hours") if minutes % 60 == 0 else f"{minutes} minutes"
        return f"By then the clocks in {schedule.zone} have gone {way} by {by}."


def _buttons(reply: Reply) -> str:
    return " ".join(f"[{action.label}]" for action in reply.actions)


def _opening(scene: Scene) -> Iterator[str]:
    stories = counted(scene.briefings, "briefing", "briefings")
    yield f"From {_utc(scene.begins)} to {_utc(scene.ends)}, with {stories} as they are now."
    said = counted(len(scene.schedules), "schedule", "schedules")
    still = sum(one.state is not ScheduleState.ACTIVE for one in scene.schedules)
    if still:
        said += f", {still} of them paused or stopped"
    known = "No channel has been told anything before" if scene.fresh else "Channels know what"
    yield f"{said}. {known}{'' if scene.fresh else ' the bot has told them so far'}."


def _run_lines(one: Simulated, clocks: _Clocks) -> Iterator[str]:
    """When and where, which schedule, and what the clocks do."""
    schedule, run = one.due.schedule, one.due.run
    local, utc = run.at.astimezone(zone_info(schedule.zone)), run.at.astimezone(UTC)
    day = f"{local:%A} {day_text(local)}, {local:%H:%M} {schedule.zone}"
    same = local.date() == utc.date()
    there = f"{utc:%H:%M} UTC" if same else f"{day_text(utc)}, {utc:%H:%M} UTC"
    when = day if schedule.zone == "UTC" else f"{day} ({there})"
    yield f"{when} · {schedule.channel} · schedule {schedule.id}, {schedule.cadence.text}"
    if run.moved:
        yield f"{run.wall:%H:%M} {_MOVES[run.moved]}."
    changed = clocks.change(schedule, run)
    if changed:
        yield changed


def _closing(scene: Scene, count: int, posted: int) -> str:
    if count:
        silent = f", {count - posted} with nothing new" if posted < count else ""
        return f"{counted(count, 'run', 'runs')}: {posted} to be posted{silent}."
    active = (one for one in scene.schedules if one.state is ScheduleState.ACTIVE)
    runs = chain.from_iterable(next_runs(one.cadence, one.zone, scene.ends, 1) for one in active)
    first = min((run.at for run in runs), default=None)
    after = f"the first after it is on {_utc(first)}" if first else "no schedule is active"
    return f"No run falls into that time; {after}."


def _utc(at: datetime) -> str:
    utc = at.astimezone(UTC)
    return f"{day_text(utc)}, {utc:%H:%M} UTC"


def _to_object(one: Simulated) -> dict[str, Any]:
    schedule, run, reply = one.due.schedule, one.due.run, one.reply
    return {
        "schedule": schedule.id,
        "platform": schedule.channel.platform,
        "workspace": schedule.channel.workspace,
        "channel": schedule.channel.id,
        "due": run.at.astimezone(UTC).isoformat().replace("+00:00", "Z"),
        "local": run.at.astimezone(zone_info(schedule.zone)).isoformat(),
        "tz": schedule.zone,
        "moved": run.moved.value if run.moved else None,
        "state": "sent" if reply else "skipped",
        "reason": "" if reply else "nothing new",
        "title": reply.title if reply else None,
        "text": to_text(reply) if reply else None,
    }
