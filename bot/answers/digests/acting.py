"""Acting: post now, pause, resume, delete, and settle a doubt."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Final

from bot.answers.digests import refusing
from bot.answers.digests.desk import Act, same_workspace
from bot.answers.digests.previews import with_preview
from bot.answers.digests.refusing import said
from bot.answers.digests.showing import show
from bot.answers.digests.wording import span_text
from bot.domain.occurrence import Event, OccurrenceState
from bot.domain.reply import Action, Note, Paragraph, Reply, line
from bot.domain.schedule import Schedule, ScheduleState

#: For how long a digest that is posted again may still wait for its platform.
_AGAIN: Final = timedelta(hours=6)
_NONE: Final = timedelta(0)
#: As many of a channel's latest runs tell when it was last posted to.
_RECENT: Final = 5


async def now(act: Act) -> Reply:
    """Post a digest at once, after showing it."""
    schedule = await act.saved()
    if schedule is None:
        return await refusing.unknown(act)
    if problem := await act.desk.check(schedule.channel):
        return await refusing.dead(schedule, problem, act)
    if left := await _too_soon(schedule, act):
        return await _wait(left, schedule, act)
    if (await act.desk.compose(schedule)).reply is None:
        return _nothing(schedule)
    return await (_post(schedule, act) if act.confirmed else _ask(schedule, act))


async def _ask(schedule: Schedule, act: Act) -> Reply:
    asked = Reply(
        "Post this now?",
        (Paragraph(line("It goes to the channel at once, for everyone there.")),),
        (
            Action("Post It Now", f"digest now {schedule.id} confirm", primary=True),
            Action("Back", f"digest show {schedule.id}"),
        ),
    )
    return await with_preview(asked, schedule, act)


async def _post(schedule: Schedule, act: Act) -> Reply:
    least, moment = act.desk.limits.cooldown, act.desk.now()
    taken_at = await act.desk.store.take_turn(f"now {schedule.channel}", least, moment)
    if taken_at and least:
        return await _wait(taken_at + least - moment, schedule, act)
    if not await act.desk.post_now(schedule):
        await act.note_refusal(schedule.id, "on its way already")
        text = (
            "One of its posts is on its way already, and takes the news along. Nothing was added."
        )
        return said("On its way already", text, *_ways(schedule))
    await act.note(schedule.id)
    text = "The digest is being posted. History tells how it went."
    return said("On its way", text, *_ways(schedule))


def _nothing(schedule: Schedule) -> Reply:
    text = "There is nothing new to say, so nothing was posted."
    return said("Nothing to post", text, *_ways(schedule))


async def _wait(left: timedelta, schedule: Schedule, act: Act) -> Reply:
    await act.note_refusal(schedule.id, "too soon")
    least = span_text(act.desk.limits.cooldown)
    text = (
        "A digest was posted to that channel just now, and by hand it can be posted to once in "
        f"{least}. Wait {span_text(left)}, then try again."
    )
    return said("Not so fast", text, *_ways(schedule))


async def _too_soon(schedule: Schedule, act: Act) -> timedelta:
    """How long to wait until a digest may be posted by hand again; zero if it may be now."""
    latest = await act.desk.store.runs(schedule.channel, None, 0, _RECENT)
    moment, least = act.desk.now(), act.desk.limits.cooldown
    posted = (one.recorded_at for one in latest if one.state is not OccurrenceState.SKIPPED)
    return max(_NONE, *(at + least - moment for at in posted), _NONE)


async def pause(act: Act) -> Reply:
    """Let a digest rest until it is resumed."""
    schedule = await act.saved()
    if schedule is None:
        return await refusing.unknown(act)
    if schedule.state is ScheduleState.PAUSED:
        return await show(act, Note(line("It is paused already.")))
    return await _turn(schedule, ScheduleState.PAUSED, act)


async def resume(act: Act) -> Reply:
    """Let a digest run again; what it missed meanwhile is in its next one."""
    schedule = await act.saved()
    if schedule is None:
        return await refusing.unknown(act)
    if schedule.state is ScheduleState.ACTIVE:
        return await show(act, Note(line("It is running already.")))
    if problem := await act.desk.check(schedule.channel):
        return await refusing.dead(schedule, problem, act)
    return await _turn(schedule, ScheduleState.ACTIVE, act)


async def _turn(schedule: Schedule, state: ScheduleState, act: Act) -> Reply:
    turned, store = replace(schedule, state=state, reason=""), act.desk.store
    if not await store.save_schedule(turned, act.desk.first_run(turned), act.desk.now()):
        return await refusing.changed_meanwhile(schedule, act)
    await store.close_notices(act.request.channel, act.desk.now(), schedule_id=schedule.id)
    await act.note(schedule.id)
    return await show(act)


async def delete(act: Act) -> Reply:
    """Delete a digest, after asking."""
    schedule = await act.saved()
    if schedule is None:
        return await refusing.unknown(act)
    if not act.confirmed:
        text = f"Digest {schedule.id}, {schedule.cadence.text}, would be gone. Its history stays."
        return Reply(
            "Delete this digest?",
            (Paragraph(line(text)),),
            (
                Action("Delete", f"digest delete {schedule.id} confirm", primary=True),
                Action("Keep", f"digest show {schedule.id}"),
            ),
        )
    store, moment = act.desk.store, act.desk.now()
    if not await store.remove_schedule(schedule.id, moment):
        return await refusing.unknown(act)
    await store.close_notices(act.request.channel, moment, schedule_id=schedule.id)
    await act.note(schedule.id)
    return said("Deleted", f"Digest {schedule.id} is deleted.")


async def arrived(act: Act) -> Reply:
    """A moderator has seen it: count it as posted."""
    return await _settle(act, Event.ARRIVED, "It counts as posted now.")


async def again(act: Act) -> Reply:
    """A moderator wants it posted again."""
    return await _settle(act, Event.REPEATED, "It is being posted again.")


async def _settle(act: Act, event: Event, text: str) -> Reply:
    store, moment = act.desk.store, act.desk.now()
    found = await store.occurrence(act.number) if act.number else None
    if found is None or not same_workspace(found.channel, act.request.channel):
        return await refusing.no_such_run(act)
    if await store.settle(found.id, event, moment + _AGAIN, moment):
        await store.close_notices(act.request.channel, moment, occurrence_id=found.id)
        await act.note(found.id)
    else:
        await act.note_refusal(found.id, "decided already")
        text = "Somebody has decided this already, or it has been found out meanwhile."
    return said(f"Run {found.id}", text, Action("Why", f"digest why {found.id}"))


def _ways(schedule: Schedule) -> tuple[Action, Action]:
    show_it = Action("Show", f"digest show {schedule.id}")
    return show_it, Action("History", f"digest history {schedule.id}")
