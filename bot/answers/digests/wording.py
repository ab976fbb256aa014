"""Schedules, runs and occurrences in the words that moderators read."""

from __future__ import annotations

from datetime import UTC, timedelta
from typing import TYPE_CHECKING, Final
from zoneinfo import ZoneInfo

from bot.domain.dates import day_text
from bot.domain.occurrence import OccurrenceState
from bot.domain.reply import Bullets, Facts, Line, When, line
from bot.domain.schedule import Content, Moved, Quiet, Schedule, ScheduleState, next_runs

if TYPE_CHECKING:
    from datetime import datetime

    from bot.domain.occurrence import Occurrence
    from bot.domain.schedule import Run
    from bot.domain.stories import Stories

RUNS_SHOWN: Final = 5

_STATES: Final = {
    ScheduleState.ACTIVE: "Running",
    ScheduleState.PAUSED: "Paused",
    ScheduleState.SUSPENDED: "Stopped by the bot",
    ScheduleState.DRAFT: "Not saved yet",
}
_MOVES: Final = {
    Moved.GAP: "the clocks go forward: this is the first minute after the skipped hour",
    Moved.FOLD: "the clocks go back: the first of two such times",
    Moved.AGAIN: "the clocks go back: the second of two such times",
}
_OUTCOMES: Final = {
    OccurrenceState.PENDING: "Waiting to be posted",
    OccurrenceState.SENDING: "Being posted",
    OccurrenceState.UNKNOWN: "Sent, not confirmed yet",
    OccurrenceState.CHECKING: "Being looked for",
    OccurrenceState.SENT: "Posted",
    OccurrenceState.FAILED: "Failed",
    OccurrenceState.SKIPPED: "Skipped",
    OccurrenceState.UNDETERMINED: "Nobody knows whether it arrived",
}
_REASONS: Final = {
    "nothing new": "there was nothing new to say",
    "coalesced": "a later one was due as well when the bot came back, and took its news along",
    "misfire": "the bot came back too late for it; its news is in the next",
    "expired": "it could not be posted in time; its news is in the next",
    "paused": "its schedule was paused",
    "deleted": "its schedule was deleted",
    "suspended": "its schedule was stopped",
}


def stories_line(schedule: Schedule, stories: Stories) -> str:
    """The stories of a schedule by their titles."""
    if not schedule.stories:
        return "All that this channel may see"
    titles = (
        story.briefing.title if (story := stories.get(slug)) else f"{slug} (not there any more)"
        for slug in schedule.stories
    )
    return "; ".join(titles)


def schedule_facts(schedule: Schedule, stories: Stories) -> Facts:
    """What a schedule does."""
    full = schedule.content is Content.FULL
    silent = schedule.quiet is Quiet.SILENT
    facts = [
        ("Stories", line(stories_line(schedule, stories))),
        ("When", line(f"{schedule.cadence.text}, {schedule.zone}")),
        ("Content", line("The full card" if full else "What changed since it was last told")),
        ("If nothing changed", line("Stay silent" if silent else "Say so in one line")),
        ("Still welcome", line(f"up to {span_text(schedule.grace)} late")),
        ("State", line(state_text(schedule))),
    ]
    return Facts(tuple(facts))


def state_text(schedule: Schedule) -> str:
    """The state, and why if it does not run."""
    reason = f": {schedule.reason}" if schedule.state is ScheduleState.SUSPENDED else ""
    return _STATES[schedule.state] + reason


def runs_list(schedule: Schedule, after: datetime) -> Bullets:
    """The next runs, each in the channel's zone and in the reader's."""
    runs = next_runs(schedule.cadence, schedule.zone, after, RUNS_SHOWN)
    return Bullets(tuple(run_line(run, schedule.zone) for run in runs))


def run_line(run: Run, zone: str) -> Line:
    """One run. Platforms show the second time in the reader's own zone."""
    local = run.at.astimezone(ZoneInfo(zone))
    warned = f" — {_MOVES[run.moved]}" if run.moved else ""
    shown = f"{local:%A} {day_text(local)}, {local:%H:%M} {zone} · for you: "
    return line(shown, when(run.at), warned)


def when(at: datetime) -> When:
    """An instant, in words for where the reader's zone is not known."""
    utc = at.astimezone(UTC)
    return When(utc, f"{day_text(utc)}, {utc:%H:%M} UTC")


def clock_changes(schedule: Schedule, after: datetime) -> int:
    """How many of the next runs a clock change touches."""
    runs = next_runs(schedule.cadence, schedule.zone, after, RUNS_SHOWN)
    return sum(run.moved is not None for run in runs)


def outcome_text(occurrence: Occurrence) -> str:
    """What became of an occurrence, and why."""
    outcome = _OUTCOMES[occurrence.state]
    reason = _REASONS.get(occurrence.reason or "", occurrence.reason or "")
    late = occurrence.recorded_at - occurrence.at
    if occurrence.state is OccurrenceState.SENT and late > timedelta(minutes=1):
        return f"{outcome}, {span_text(late)} late, as the bot was away when it was due"
    return f"{outcome}: {reason}" if reason and outcome != "Posted" else outcome


def span_text(span: timedelta) -> str:
    """A span in its largest whole units."""
    minutes = max(1, round(span / timedelta(minutes=1)))
    if minutes % 60:
        return f"{minutes} {'minute' if minutes == 1 else 'minutes'}"
    hours = minutes // 60
    return f"{hours} {'hour' if hours == 1 else 'hours'}"
