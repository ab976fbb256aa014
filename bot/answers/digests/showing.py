"""Showing: the digests of a channel, what became of each, and why."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final
from zoneinfo import ZoneInfo

from bot.answers.digests.desk import Act, is_saved, same_workspace
from bot.answers.digests.planning import unknown, with_preview
from bot.answers.digests.wording import (
    outcome_text,
    run_line,
    runs_list,
    schedule_facts,
    state_text,
    stories_line,
    when,
)
from bot.domain.dates import day_text
from bot.domain.occurrence import OccurrenceState
from bot.domain.reply import (
    Action,
    Block,
    Bullets,
    Facts,
    Heading,
    Line,
    Note,
    Paragraph,
    Reply,
    Row,
    bold,
    code,
    counted,
    line,
)
from bot.domain.schedule import Schedule, ScheduleState, next_runs

if TYPE_CHECKING:
    from bot.domain.occurrence import Occurrence

_PER_PAGE: Final = 5
_HISTORY: Final = 30
_ALL: Final = Action("All digests", "digest list")


async def overview(act: Act) -> Reply:
    """The digests of this channel, and what its moderators must be told."""
    channel = act.request.channel
    found = [one for one in await act.desk.store.schedules_of(channel) if is_saved(one)]
    notices = await _notices(act)
    if not found:
        said = line(
            "No digest is scheduled here. Type ", code("/brief digest add"), " or press New."
        )
        return Reply(
            "Digests", (*notices, Paragraph(said)), (Action("New", "digest add", primary=True),)
        )
    pages = -(-len(found) // _PER_PAGE)
    page = min(act.asked.command.page, pages)
    shown = found[(page - 1) * _PER_PAGE : page * _PER_PAGE]
    rows = [Row(_summary(one, act), Action("Show", f"digest show {one.id}")) for one in shown]
    around = ((page - 1, "Previous"), (page + 1, "Next"))
    return Reply(
        "Digests",
        (*notices, Paragraph(line(f"{counted(len(found), 'digest', 'digests')} here.")), *rows),
        (
            Action("New", "digest add", primary=True),
            Action("History", "digest history"),
            *(
                Action(label, f"digest list page {number}")
                for number, label in around
                if 1 <= number <= pages
            ),
        ),
    )


async def _notices(act: Act) -> tuple[Block, ...]:
    """What the bot has to tell moderators of this workspace, once."""
    channel = act.request.channel
    tenant = f"{channel.platform}:{channel.workspace}"
    told = await act.desk.store.take_notices(tenant, act.desk.now())
    return tuple(Paragraph((bold("Please look: "), *line(notice.text))) for notice in told[:5])


def _summary(schedule: Schedule, act: Act) -> Line:
    runs = next_runs(schedule.cadence, schedule.zone, act.desk.now(), 1)
    running = schedule.state is ScheduleState.ACTIVE
    following = ("Next: ", when(runs[0].at)) if running and runs else (state_text(schedule),)
    return line(
        bold(f"{schedule.id}. {schedule.cadence.text}, {schedule.zone}"),
        f" — {stories_line(schedule, act.asked.stories)}. ",
        *following,
    )


async def show(act: Act) -> Reply:
    """One digest: what it does, its next runs, how the last one went, and what can be done."""
    schedule = await act.schedule()
    if schedule is None or not is_saved(schedule):
        return unknown(act)
    runs = schedule.state is ScheduleState.ACTIVE
    blocks: list[Block] = [schedule_facts(schedule, act.asked.stories)]
    if schedule.channel != act.request.channel:
        blocks.append(Note(line(f"It belongs to {schedule.channel.id}.")))
    if runs:
        blocks += [Heading("Next runs"), runs_list(schedule, act.desk.now())]
    last = next((one for one in await _history(act, schedule)), None)
    if last:
        blocks += [Heading("Last"), Paragraph(_became(last))]
    number = schedule.id
    turn = (
        Action("Pause", f"digest pause {number}")
        if runs
        else Action("Resume", f"digest resume {number}")
    )
    return Reply(
        f"Digest {number}",
        tuple(blocks),
        (
            Action("Preview", f"digest preview {number}"),
            Action("Post Now", f"digest now {number}"),
            turn,
            Action("Edit", f"digest edit {number}"),
            Action("Delete", f"digest delete {number}"),
            Action("History", f"digest history {number}"),
            Action("Why", f"digest why next {number}"),
            _ALL,
        ),
    )


async def preview(act: Act) -> Reply:
    """The exact message that would go out now, for the moderator's eyes."""
    schedule = await act.schedule()
    if schedule is None:
        return unknown(act)
    composed = await act.desk.compose(schedule)
    back = Action("Back", f"digest show {schedule.id}") if is_saved(schedule) else _ALL
    if composed.reply is None:
        said = "There is nothing new to say now, so nothing would be posted."
        return Reply("Preview", (Paragraph(line(said)),), (back,))
    return Reply(composed.reply.title, composed.reply.blocks, (back,))


async def history(act: Act) -> Reply:
    """What became of this channel's digests, or of one of them, the latest first."""
    schedule = await act.schedule() if act.words.strip() else None
    if act.words.strip() and schedule is None:
        return unknown(act)
    found = await _history(act, schedule)
    if not found:
        return Reply("History", (Paragraph(line("No digest has been due yet.")),), (_ALL,))
    pages = -(-len(found) // _PER_PAGE)
    page = min(act.asked.command.page, pages)
    shown = found[(page - 1) * _PER_PAGE : page * _PER_PAGE]
    words = "digest history" + (f" {schedule.id}" if schedule else "")
    around = ((page - 1, "Previous"), (page + 1, "Next"))
    return Reply(
        "History",
        tuple(Row(_became(one), Action("Why", f"digest why {one.id}")) for one in shown),
        (
            *(
                Action(label, f"{words} page {number}")
                for number, label in around
                if 1 <= number <= pages
            ),
            _ALL,
        ),
    )


async def _history(act: Act, schedule: Schedule | None) -> list[Occurrence]:
    channel = schedule.channel if schedule else act.request.channel
    found = await act.desk.store.history(channel, limit=_HISTORY * 3)
    ours = [one for one in found if schedule is None or one.schedule_id == schedule.id]
    return ours[:_HISTORY]


def _became(occurrence: Occurrence) -> Line:
    return line(when(occurrence.at), f" — {outcome_text(occurrence)}.")


async def why(act: Act) -> Reply:
    """Why one occurrence was posted, late, skipped, failed or is uncertain; or will be posted."""
    first, _, rest = act.words.strip().partition(" ")
    if first.casefold() == "next":
        return await _why_next(Act(act.asked, act.request, act.desk, rest))
    number = int(first) if first.isascii() and first.isdecimal() and len(first) < 16 else 0  # noqa: PLR2004
    found = await act.desk.store.occurrence(number) if number else None
    if found is None or not same_workspace(found.channel, act.request.channel):
        return Reply("No such run", (Paragraph(line("There is no such run here.")),), (_ALL,))
    facts: list[tuple[str, Line]] = [
        ("Due", line(when(found.at))),
        ("Recorded", line(when(found.recorded_at))),
        ("Outcome", line(f"{outcome_text(found)}.")),
    ]
    if found.done_at:
        facts.append(("Over", line(when(found.done_at))))
    tries = await act.desk.store.attempts(found.id)
    told = tuple(
        line(when(one.at), f" — {one.event}{f': {one.detail}' if one.detail else ''}")
        for one in tries[-8:]
    )
    blocks = (Facts(tuple(facts)), *((Heading("Tries"), Bullets(told)) if told else ()))
    return Reply(
        f"Run {found.id}", blocks, (*_decisions(found), Action("History", "digest history"), _ALL)
    )


def _decisions(occurrence: Occurrence) -> tuple[Action, ...]:
    """What only a moderator can say of a run that nobody else knows about."""
    if occurrence.state is not OccurrenceState.UNDETERMINED:
        return ()
    return (
        Action("It Arrived", f"digest arrived {occurrence.id}"),
        Action("Post Again", f"digest again {occurrence.id}"),
    )


async def _why_next(act: Act) -> Reply:
    """Why the next run will come when it does, or will not."""
    schedule = await act.schedule()
    if schedule is None or not is_saved(schedule):
        return unknown(act)
    back = Action("Show", f"digest show {schedule.id}")
    if schedule.state is not ScheduleState.ACTIVE:
        said = f"{state_text(schedule)}. It posts nothing until it is resumed."
        return Reply(f"Digest {schedule.id}", (Paragraph(line(said)),), (back,))
    runs = next_runs(schedule.cadence, schedule.zone, act.desk.now(), 1)
    if not runs:
        return Reply(f"Digest {schedule.id}", (Paragraph(line("It has no further run.")),), (back,))
    local = runs[0].at.astimezone(ZoneInfo(schedule.zone))
    day = f"{local:%A}, {day_text(local)}"
    said = f"It is due {schedule.cadence.text} in {schedule.zone}; the next such time is {day}."
    told = Reply(
        f"Digest {schedule.id}",
        (Paragraph(line(said)), Bullets((run_line(runs[0], schedule.zone),))),
        (back,),
    )
    return await with_preview(told, schedule, act)
