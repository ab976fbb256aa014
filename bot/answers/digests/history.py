"""History: what became of a channel's digests, and why; or why the next comes when it does."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from bot.answers.asked import page_buttons, page_note
from bot.answers.digests.desk import Act, same_workspace
from bot.answers.digests.previews import with_preview
from bot.answers.digests.refusing import ALL, no_such_run, said, unknown
from bot.answers.digests.wording import outcome_text, run_line, state_text, when
from bot.domain.dates import day_text
from bot.domain.measure import MESSAGE_WEIGHT, block_weight, paginate
from bot.domain.occurrence import OccurrenceState
from bot.domain.reply import (
    Action,
    Block,
    Bullets,
    Facts,
    Heading,
    Line,
    Paragraph,
    Reply,
    Row,
    clip,
    line,
)
from bot.domain.schedule import ScheduleState, next_runs
from bot.domain.zones import zone_info

if TYPE_CHECKING:
    from bot.domain.occurrence import Occurrence
    from bot.domain.schedule import Schedule

_PER_PAGE: Final = 5
#: A platform's own words about one try, at most: a page has room for one.
_DETAIL: Final = 900
#: What a run's reason takes at most in a list; Why shows the rest.
_REASON: Final = 250
_HISTORY: Final = Action("History", "digest history")
#: Room for a page's title and its note.
_AROUND: Final = 300


async def history(act: Act) -> Reply:
    """What became of this channel's digests, or of one of them, the latest first."""
    schedule = await act.schedule() if act.words else None
    # That of a deleted digest stays where it was posted.
    channel = schedule.channel if schedule else act.request.channel
    number = act.number if act.words else None
    total = await act.desk.store.count_runs(channel, number) if number or not act.words else 0
    if act.words and not (schedule or total):
        return await unknown(act)
    if not total:
        return said("History", "No digest has been due yet.")
    pages = -(-total // _PER_PAGE)
    page = min(act.asked.command.page, pages)
    shown = await act.desk.store.runs(channel, number, (page - 1) * _PER_PAGE, _PER_PAGE)
    words = f"digest history {number}" if number else "digest history"
    return Reply(
        f"History of digest {number}" if number else "History",
        (
            *(Row(_became(one, act), Action("Why", f"digest why {one.id}")) for one in shown),
            *page_note(page, pages),
        ),
        (*page_buttons(words, page, pages), ALL),
    )


def _became(run: Occurrence, act: Act) -> Line:
    outcome = clip(outcome_text(run), _REASON)
    return line(when(run.at, act.request.zone), f" — digest {run.schedule_id}: {outcome}.")


async def why(act: Act) -> Reply:
    """Why one run was posted, late, skipped, failed or is uncertain; without a number, the last."""
    if act.words.partition(" ")[0].casefold() == "next":
        return await _why_next(act.about(act.rest))
    if not act.words:
        for latest in await act.desk.store.runs(act.request.channel, None, 0, 1):
            return await _why(latest, act)
        return said("Why", "No digest has been due here yet.", _HISTORY)
    found = await act.desk.store.occurrence(act.number) if act.number else None
    if found is None or not same_workspace(found.channel, act.request.channel):
        return await no_such_run(act)
    return await _why(found, act)


async def _why(run: Occurrence, act: Act) -> Reply:
    own = act.request.zone
    facts: list[tuple[str, Line]] = [
        ("Digest", line(str(run.schedule_id))),
        ("Due", line(when(run.at, own))),
        ("Recorded", line(when(run.recorded_at, own))),
        ("Outcome", line(f"{clip(outcome_text(run), _DETAIL)}.")),
    ]
    if run.done_at:
        facts.append(("Over", line(when(run.done_at, own))))
    head: list[Block] = [Facts(tuple(facts)), *_advice(run)]
    tries = [
        (Bullets((line(when(one.at, own), f" — {clip(_told(one.event, one.detail), _DETAIL)}"),)),)
        for one in reversed(await act.desk.store.attempts(run.id))
    ]
    pages = paginate(tries, MESSAGE_WEIGHT - _AROUND - sum(map(block_weight, head)))
    page = min(act.asked.command.page, len(pages))
    heading = (Heading("Tries, the latest first"),) if tries else ()
    return Reply(
        f"Run {run.id}",
        (*head, *heading, *pages[page - 1], *page_note(page, len(pages))),
        (
            *_decisions(run),
            *page_buttons(f"digest why {run.id}", page, len(pages)),
            Action("Show Digest", f"digest show {run.schedule_id}"),
            _HISTORY,
            ALL,
        ),
    )


def _told(event: str, detail: str) -> str:
    return f"{event}: {detail}" if detail else event


def _advice(run: Occurrence) -> tuple[Block, ...]:
    """What a moderator can do about a run that nobody else knows about."""
    if run.state is not OccurrenceState.UNDETERMINED:
        return ()
    text = (
        "The connection broke when it was sent. Look in the channel: if it is there, press It "
        "Arrived; if not, Post Again. Until then its news counts as not told."
    )
    return (Paragraph(line(text)),)


def _decisions(run: Occurrence) -> tuple[Action, ...]:
    if run.state is not OccurrenceState.UNDETERMINED:
        return ()
    return (
        Action("It Arrived", f"digest arrived {run.id}"),
        Action("Post Again", f"digest again {run.id}"),
    )


async def _why_next(act: Act) -> Reply:
    """Why the next run will come when it does, or will not."""
    schedule = await act.saved()
    if schedule is None:
        return await unknown(act)
    title, show = f"Digest {schedule.id}", Action("Show", f"digest show {schedule.id}")
    if schedule.state is not ScheduleState.ACTIVE:
        text = f"{state_text(schedule)}. It posts nothing until it is resumed."
        return said(title, text, show)
    return await _coming(schedule, act)


async def _coming(schedule: Schedule, act: Act) -> Reply:
    title, show = f"Digest {schedule.id}", Action("Show", f"digest show {schedule.id}")
    runs = next_runs(schedule.cadence, schedule.zone, act.desk.now(), 1)
    if not runs:
        return said(title, "It has no further run.", show)
    local = runs[0].at.astimezone(zone_info(schedule.zone))
    day = f"{local:%A}, {day_text(local)}"
    text = f"It is due {schedule.cadence.text} in {schedule.zone}; the next such time is {day}."
    run = run_line(runs[0], schedule.zone, act.request.zone)
    return await with_preview(
        Reply(title, (Paragraph(line(text)), Bullets((run,))), (show, ALL)), schedule, act
    )
