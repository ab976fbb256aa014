"""Listing: the digests of a channel, or of its workspace, and what moderators must be told."""

from __future__ import annotations

from typing import Final

from bot.answers.asked import page_buttons, page_note
from bot.answers.digests.desk import Act, is_saved
from bot.answers.digests.notices import notice_at
from bot.answers.digests.refusing import ALL, NEW
from bot.answers.digests.wording import state_text, stories_line, when
from bot.domain.measure import MESSAGE_WEIGHT, block_weight, paginate
from bot.domain.reply import Action, Line, Paragraph, Reply, Row, bold, code, counted, line
from bot.domain.schedule import Schedule, ScheduleState, next_runs

_FIRST: Final = Action("New", "digest add", primary=True)
_EVERYWHERE: Final = "everywhere"
#: Room for a page's title, its count and its note.
_AROUND: Final = 300


async def overview(act: Act) -> Reply:
    """The digests of this channel (or, asked for, of its workspace), and a notice."""
    if act.words.casefold() == _EVERYWHERE:
        return await _everywhere(act)
    channel = act.request.channel
    found = [one for one in await act.desk.store.schedules_of(channel) if is_saved(one)]
    notices, helps = await notice_at(1, act)
    if not found:
        typed = act.typed("digest add")
        said = line("No digest is scheduled here. Type ", code(typed), " or press New.")
        history = Action("History", "digest history")
        everywhere = Action("All in This Workspace", f"digest list {_EVERYWHERE}")
        return Reply("Digests", (*notices, Paragraph(said)), (_FIRST, *helps, history, everywhere))
    room = MESSAGE_WEIGHT - _AROUND - sum(map(block_weight, notices))
    return _page(
        found,
        f"{counted(len(found), 'digest', 'digests')} here.",
        room,
        act,
        Reply("Digests", notices, (_FIRST, *helps, Action("History", "digest history"))),
    )


async def _everywhere(act: Act) -> Reply:
    found = [one for one in await act.desk.store.schedules_in(act.tenant) if is_saved(one)]
    most = act.desk.limits.schedules
    said = f"{counted(len(found), 'digest', 'digests')} in this workspace, which may have {most}."
    around = Reply("Digests in this workspace", (), (ALL,))
    if not found:
        return Reply(around.title, (Paragraph(line(said)),), (NEW, ALL))
    return _page(found, said, MESSAGE_WEIGHT - _AROUND, act, around)


def _page(found: list[Schedule], said: str, room: int, act: Act, around: Reply) -> Reply:
    rows = [(_row(one, act),) for one in found]
    pages = paginate(rows, room)
    page = min(act.asked.command.page, len(pages))
    words = f"digest list {_EVERYWHERE}" if act.words else "digest list"
    return Reply(
        around.title,
        (*around.blocks, Paragraph(line(said)), *pages[page - 1], *page_note(page, len(pages))),
        (*around.actions, *page_buttons(words, page, len(pages))),
    )


def _row(schedule: Schedule, act: Act) -> Row:
    return Row(_summary(schedule, act), Action("Show", f"digest show {schedule.id}"))


def _summary(schedule: Schedule, act: Act) -> Line:
    runs = next_runs(schedule.cadence, schedule.zone, act.desk.now(), 1)
    running = schedule.state is ScheduleState.ACTIVE
    following = (
        ("Next: ", when(runs[0].at, act.request.zone))
        if running and runs
        else (state_text(schedule),)
    )
    elsewhere = schedule.channel != act.request.channel
    where = f" In channel {schedule.channel.id}." if elsewhere else ""
    return line(
        bold(f"{schedule.id}. {schedule.cadence.text}, {schedule.zone}"),
        f" — {stories_line(schedule, act.asked.stories)}.{where} ",
        *following,
        ".",
    )
