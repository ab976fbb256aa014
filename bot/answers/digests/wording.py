"""Schedules, runs and occurrences in the words that moderators read."""

from __future__ import annotations

from datetime import UTC, timedelta
from typing import TYPE_CHECKING, Final

from bot.domain.dates import day_text
from bot.domain.occurrence import LATE, OccurrenceState
from bot.domain.reply import Bullets, Facts, Line, When, line
from bot.domain.schedule import (
    Content,
    Moved,
    Quiet,
    Schedule,
    ScheduleState,
    next_runs,
    runs_between,
)
from bot.domain.zones import is_zone, zone_info

if TYPE_CHECKING:
    from datetime import datetime

    from bot.answers.digests.desk import Act
    from bot.domain.occurrence import Occurrence
    from bot.domain.schedule import Run
    from bot.domain.stories import Stories

RUNS_SHOWN: Final = 5
STORIES_SHOWN: Final = 5

_YEAR: Final = timedelta(days=366)
#: Runs of a year that are looked at for clock changes: one a day, and some.
_MOST_LOOKED_AT: Final = 400

_SILENT: Final = "Stay silent"
_SAYS_SO: Final = "Say so in one line"

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
    """The stories of a schedule by their titles; of many, the first and how many more."""
    if not schedule.stories:
        return "All that the channel may see"
    shown = [story_title(slug, stories) for slug in schedule.stories[:STORIES_SHOWN]]
    left = len(schedule.stories) - len(shown)
    return "; ".join([*shown, *([f"and {left} more"] if left else [])])


def story_title(slug: str, stories: Stories) -> str:
    """A story's title; of one that is not there for the reader, what its moderator called it."""
    story = stories.get(slug)
    return (
        story.briefing.title if story else f"{slug} (not there any more, or not for this channel)"
    )


def schedule_facts(schedule: Schedule, act: Act, before: Schedule | None = None) -> Facts:
    """What a schedule does; beside what is to change, what is so until then."""
    present = _facts(before, act) if before else {}
    facts = []
    for label, text in _facts(schedule, act).items():
        differs = label in present and present[label] != text
        facts.append((label, line(f"{text} (until now: {present[label]})" if differs else text)))
    return Facts((*facts, ("State", line(state_text(schedule)))))


def _facts(schedule: Schedule, act: Act) -> dict[str, str]:
    silent = schedule.quiet is Quiet.SILENT
    full = schedule.content is Content.FULL
    facts = {
        "Channel": schedule.channel.id,
        "Stories": stories_line(schedule, act.asked.stories),
        "When": f"{schedule.cadence.text}, {schedule.zone}",
        "Content": "The full card" if full else "What changed since it was last told",
        "If nothing changed": _SILENT if silent else _SAYS_SO,
        "Still welcome": f"up to {span_text(schedule.grace)} late",
    }
    left_out = {
        *({"If nothing changed"} if full else ()),
        *({"Channel"} if schedule.channel == act.request.channel else ()),
    }
    return {label: text for label, text in facts.items() if label not in left_out}


def state_text(schedule: Schedule) -> str:
    """The state, and why if the bot itself stopped it."""
    reason = f": {schedule.reason}" if schedule.state is ScheduleState.SUSPENDED else ""
    return _STATES[schedule.state] + reason.rstrip(".")


def runs_list(schedule: Schedule, act: Act) -> Bullets:
    """The next runs, each in the channel's zone and in the reader's."""
    runs = next_runs(schedule.cadence, schedule.zone, act.desk.now(), RUNS_SHOWN)
    return Bullets(tuple(run_line(run, schedule.zone, act.request.zone) for run in runs))


def run_line(run: Run, zone: str, own: str | None) -> Line:
    """One run, in the channel's zone and, as platforms can show it, in the reader's own."""
    local = run.at.astimezone(zone_info(zone))
    warned = f" — {_MOVES[run.moved]}" if run.moved else ""
    shown = f"{local:%A} {day_text(local)}, {local:%H:%M} {zone}"
    if own == zone:
        return line(f"{shown}, your own zone{warned}")
    return line(f"{shown} · for you: ", when(run.at, own), warned)


def when(at: datetime, own: str | None = None) -> When:
    """An instant, with words for where a platform does not show it in the reader's own zone."""
    utc = at.astimezone(UTC)
    zone = own if own and is_zone(own) else "UTC"
    local = utc.astimezone(zone_info(zone))
    return When(utc, f"{day_text(local)}, {local:%H:%M} {zone}")


def clock_changes(schedule: Schedule, after: datetime) -> tuple[int, Run | None]:
    """How many of the next runs a clock change touches, and the first one later in the year."""
    runs = runs_between(
        schedule.cadence, schedule.zone, after, after + _YEAR, limit=_MOST_LOOKED_AT
    )
    soon = sum(run.moved is not None for run in runs[:RUNS_SHOWN])
    return soon, next((run for run in runs[RUNS_SHOWN:] if run.moved), None)


def outcome_text(occurrence: Occurrence) -> str:
    """What became of an occurrence, and why."""
    outcome = _OUTCOMES[occurrence.state]
    if occurrence.state is OccurrenceState.SENT:
        said = ", as a moderator says" if occurrence.reason.startswith("a moderator") else ""
        return f"{outcome}{said}{_late(occurrence)}"
    reason = _REASONS.get(occurrence.reason, occurrence.reason).rstrip(".")
    return f"{outcome}: {reason}" if reason else outcome


def _late(occurrence: Occurrence) -> str:
    """How late a digest was, and what held it up."""
    if occurrence.late:
        late = occurrence.recorded_at - occurrence.at
        return f", {span_text(late)} late, as the bot was away when it was due"
    waited = (occurrence.done_at or occurrence.at) - occurrence.at
    return (
        f", {span_text(waited)} late, as it had to wait or be tried again" if waited > LATE else ""
    )


def span_text(span: timedelta) -> str:
    """A span in its largest whole units."""
    minutes = max(1, round(span / timedelta(minutes=1)))
    if minutes % 60:
        return f"{minutes} {'minute' if minutes == 1 else 'minutes'}"
    hours = minutes // 60
    return f"{hours} {'hour' if hours == 1 else 'hours'}"
