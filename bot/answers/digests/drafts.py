"""Drafts: a plan as a moderator sees it before anything is saved, and its confirmation."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Final

from bot.answers.digests import refusing
from bot.answers.digests.desk import Act, is_saved
from bot.answers.digests.previews import with_preview
from bot.answers.digests.targeting import obstacle
from bot.answers.digests.wording import clock_changes, run_line, runs_list, schedule_facts
from bot.domain.reply import Action, Block, Heading, Note, Reply, bold, line
from bot.domain.schedule import Schedule, ScheduleState
from bot.domain.wish import Wish
from bot.store.drafts import Saved

#: For how long a draft can be confirmed, and how many a workspace has at most.
_KEPT: Final = timedelta(days=1)
_MOST: Final = 20
_NOTED: Final = re.compile(r"(?:changes (?P<changes>[0-9]+) )?by (?P<by>.*)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class _Plan:
    """What a draft's `reason` holds: which schedule it changes, and who planned it."""

    changes: int | None
    by: str

    @classmethod
    def of(cls, draft: Schedule) -> _Plan:
        match = _NOTED.fullmatch(draft.reason)
        changes = match["changes"] if match else None
        return cls(int(changes) if changes else None, match["by"] if match else "")

    def __str__(self) -> str:
        return f"changes {self.changes} by {self.by}" if self.changes else f"by {self.by}"

    @property
    def command(self) -> str:
        """The words with which it is planned again."""
        return f"digest edit {self.changes}" if self.changes else "digest add"


async def draft(planned: Schedule, act: Act, changes: int | None, *notes: Block) -> Reply:
    """Keep a plan for a day, and show what it would do."""
    store, now, plan = act.desk.store, act.desk.now(), _Plan(changes, act.request.user)
    kept = replace(planned, state=ScheduleState.DRAFT, reason=str(plan))
    number = await store.keep_draft(kept, _MOST, now - _KEPT, now)
    before = await store.schedule(changes) if changes else None
    shown = Reply(
        "Change this digest?" if changes else "Save this digest?",
        (
            *notes,
            schedule_facts(replace(kept, reason=""), act, before),
            Heading("Next runs"),
            runs_list(planned, act),
            *await _warnings(planned, act, changes),
            Note(line("Nothing is saved yet. This can be saved for a day.")),
        ),
        (
            Action("Save", f"digest confirm {number}", primary=True),
            Action("Start Over", plan.command),
        ),
    )
    return await with_preview(shown, replace(planned, id=number), act)


async def confirm(act: Act) -> Reply:
    """Save what was planned, once, by whoever planned it."""
    found, now = await act.schedule(), act.desk.now()
    if found is None:
        return await _gone(act)
    if is_saved(found):
        return _saved_before(found)
    plan = _Plan.of(found)
    if found.created_at is None or now - found.created_at > _KEPT:
        return await _too_old(found, plan, act)
    if plan.by != act.request.user:
        await act.note_refusal(found.id, "planned by somebody else")
        text = "Somebody else planned this. Here it is, for you to look at and to save."
        return await draft(found, act, plan.changes, Note(line(text)))
    problem, forbids = await obstacle(found.channel, act)
    if problem and forbids:
        return await refusing.dead(replace(found, id=plan.changes or 0), problem, act)
    return await (_change(found, plan.changes, act) if plan.changes else _save(found, act))


async def _save(found: Schedule, act: Act) -> Reply:
    saved = replace(found, state=ScheduleState.ACTIVE, reason="")
    store, most = act.desk.store, act.desk.limits.schedules
    became = await store.confirm_draft(saved, act.desk.first_run(saved), most)
    if became is Saved.FULL:
        return await refusing.full(act)
    if became is not Saved.DONE:
        return _saved_before(saved)
    await replace(act, name="digest add").note(saved.id)
    return await _done(saved, f"Digest {saved.id} is scheduled", act)


async def _change(found: Schedule, number: int, act: Act) -> Reply:
    act = replace(act, name="digest edit")
    store, now = act.desk.store, act.desk.now()
    before = await store.schedule(number)
    if before is None:
        return await refusing.unknown(act.about(str(number)))
    state = before.state if before.state is ScheduleState.PAUSED else ScheduleState.ACTIVE
    after = replace(
        found,
        id=before.id,
        state=state,
        reason="",
        revision=before.revision,
        created_at=before.created_at,
        last_at=before.last_at,
    )
    became = await store.apply_draft(found.id, after, act.desk.first_run(after))
    if became is Saved.GONE:
        return _saved_before(before)
    if became is Saved.CHANGED:
        return await refusing.changed_meanwhile(before, act)
    await store.close_notices(act.request.channel, now, schedule_id=before.id)
    await act.note(before.id)
    return await _done(after, f"Digest {before.id} is changed", act)


async def _done(schedule: Schedule, title: str, act: Act) -> Reply:
    return Reply(
        title,
        (
            schedule_facts(schedule, act),
            Heading("Next runs"),
            runs_list(schedule, act),
            *await _warnings(schedule, act, schedule.id),
        ),
        (Action("Show", f"digest show {schedule.id}"), refusing.ALL),
    )


async def _gone(act: Act) -> Reply:
    if act.number is None:
        return await refusing.unknown(act)
    await act.note_refusal(act.number, "no such plan")
    text = (
        "This plan is not kept any more: it was saved before, is more than a day old, or many "
        "others were planned since. Nothing was saved now; the list shows what is."
    )
    return refusing.said("Nothing to save", text, refusing.NEW)


async def _too_old(found: Schedule, plan: _Plan, act: Act) -> Reply:
    await act.note_refusal(found.id, "the plan is too old")
    await act.desk.store.remove_schedule(found.id, act.desk.now())
    text = "This plan is more than a day old, and much may have changed. Nothing was saved."
    there = "" if found.channel == act.request.channel else str(found.channel)
    again = refusing.again("Plan It Again", plan.command, Wish.of(found, there))
    return refusing.said("That was long ago", text, again)


def _saved_before(schedule: Schedule) -> Reply:
    text = f"Digest {schedule.id} was saved before. Nothing has changed now."
    show = Action("Show", f"digest show {schedule.id}")
    return refusing.said("Saved already", text, show)


async def _warnings(schedule: Schedule, act: Act, own: int | None) -> tuple[Block, ...]:
    """What a moderator might not expect of a digest; `own` is the number that it has or gets."""
    told = []
    soon, later = clock_changes(schedule, act.desk.now())
    if soon:
        runs = "One of these runs falls" if soon == 1 else f"{soon} of these runs fall"
        told.append(line(f"{runs} on a change of the clocks."))
    if later:
        told.append(line("Later: ", *run_line(later, schedule.zone, act.request.zone), "."))
    if schedule.cadence.note:
        told.append(line(schedule.cadence.note))
    if same := await _same(schedule, act, own):
        told.append(line(f"Digest {same} does the same already."))
    problem, _ = await obstacle(schedule.channel, act)
    if problem:
        said = f"{problem.what} — {problem.remedy}."
        told.append(line(bold("The bot could not post there now: "), said))
    return tuple(Note(each) for each in told)


async def _same(schedule: Schedule, act: Act, own: int | None) -> int | None:
    """The number of another digest of this channel with the same stories and times."""
    for other in await act.desk.store.schedules_of(schedule.channel):
        alike = (other.stories, other.cadence, other.zone) == (
            schedule.stories,
            schedule.cadence,
            schedule.zone,
        )
        if alike and is_saved(other) and other.id != own:
            return other.id
    return None
