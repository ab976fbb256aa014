"""Showing: one digest, what it does, how it stands, and what can be done with it."""

from __future__ import annotations

from typing import Final

from bot.answers.asked import page_buttons, page_note
from bot.answers.digests.desk import Act
from bot.answers.digests.refusing import ALL, unknown
from bot.answers.digests.wording import (
    STORIES_SHOWN,
    outcome_text,
    runs_list,
    schedule_facts,
    story_title,
    when,
)
from bot.domain.measure import MESSAGE_WEIGHT, paginate
from bot.domain.reply import (
    Action,
    Block,
    Bullets,
    Heading,
    Note,
    Paragraph,
    Reply,
    bold,
    line,
)
from bot.domain.schedule import Schedule, ScheduleState

#: Room for a page's title and its note.
_AROUND: Final = 200


async def show(act: Act, *notes: Block) -> Reply:
    """One digest: what it does, its next runs, how the last one went, and what can be done."""
    schedule = await act.saved()
    if schedule is None:
        return await unknown(act)
    runs = schedule.state is ScheduleState.ACTIVE
    blocks = [*notes, schedule_facts(schedule, act), *await _stopped(schedule, act)]
    if runs:
        blocks += [Heading("Next runs"), runs_list(schedule, act)]
    for last in await act.desk.store.runs(schedule.channel, schedule.id, 0, 1):
        became = line(when(last.at, act.request.zone), f" — {outcome_text(last)}.")
        blocks += [Heading("Last"), Paragraph(became)]
    return Reply(f"Digest {schedule.id}", tuple(blocks), _actions(schedule, runs=runs))


def _actions(schedule: Schedule, *, runs: bool) -> tuple[Action, ...]:
    number = schedule.id
    turn = ("Pause", "pause") if runs else ("Resume", "resume")
    acts = (
        ("Preview", "preview"),
        ("Post Now", "now"),
        turn,
        ("Edit", "edit"),
        ("Delete", "delete"),
        ("History", "history"),
        ("Why", "why next"),
    )
    every = Action("Stories", f"digest stories {number}")
    return (
        *(Action(label, f"digest {verb} {number}") for label, verb in acts),
        *((every,) if len(schedule.stories) > STORIES_SHOWN else ()),
        ALL,
    )


async def _stopped(schedule: Schedule, act: Act) -> tuple[Block, ...]:
    """Why the bot stopped a digest, whether that is still so, and what to do."""
    if schedule.state is not ScheduleState.SUSPENDED:
        return ()
    why = schedule.reason.rstrip(".") or "its channel could not be posted to"
    problem = await act.desk.check(schedule.channel)
    if problem:
        still = f"That is still so: {problem.what} — {problem.remedy}. Then press Resume."
    else:
        still = "As far as the bot can tell, it could post there now: press Resume."
    return (
        Paragraph(line(bold("The bot stopped this digest: "), f"{why}.")),
        Paragraph(line(f"{still} Or edit it to go to another channel.")),
        Note(line("What it missed meanwhile is in its next post.")),
    )


async def stories(act: Act) -> Reply:
    """Every story of a digest, by its title."""
    schedule = await act.schedule()
    if schedule is None:
        return await unknown(act)
    titles = [story_title(slug, act.asked.stories) for slug in schedule.stories]
    groups = [(Bullets((line(title),)),) for title in titles]
    pages = paginate(groups, MESSAGE_WEIGHT - _AROUND)
    page = min(act.asked.command.page, len(pages))
    words = f"digest stories {schedule.id}"
    none = () if titles else (Paragraph(line("All that the channel may see.")),)
    return Reply(
        f"Stories of digest {schedule.id}",
        (*none, *pages[page - 1], *page_note(page, len(pages))),
        (
            *page_buttons(words, page, len(pages)),
            Action("Show", f"digest show {schedule.id}"),
            ALL,
        ),
    )
