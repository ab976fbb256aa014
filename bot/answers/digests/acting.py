"""Acting: post now, pause, resume, delete, settle a doubt, and give a channel its own story."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Final

from bot.answers.digests.desk import Act, is_saved, same_workspace
from bot.answers.digests.planning import unknown, with_preview
from bot.answers.digests.showing import show
from bot.answers.digests.wording import span_text
from bot.domain.occurrence import Event, OccurrenceState
from bot.domain.reply import Action, Paragraph, Reply, bold, code, line
from bot.domain.schedule import Schedule, ScheduleState

#: For how long a digest that is posted again may still wait for its platform.
_AGAIN: Final = timedelta(hours=6)
_ALL: Final = Action("All digests", "digest list")


async def now(act: Act) -> Reply:
    """Post a digest at once, after showing it."""
    schedule = await act.schedule()
    if schedule is None or not is_saved(schedule):
        return unknown(act)
    if act.rest.casefold() != "confirm":
        asked = Reply(
            "Post this now?",
            (Paragraph(line("It goes to the channel at once, for everyone there.")),),
            (
                Action("Post It Now", f"digest now {schedule.id} confirm", primary=True),
                Action("Back", f"digest show {schedule.id}"),
            ),
        )
        return await with_preview(asked, schedule, act)
    if waits := await _too_soon(schedule, act):
        return _said("Not so fast", f"A digest was posted here just now. Wait {waits}.", schedule)
    if not await act.desk.post_now(schedule):
        return _said(
            "Nothing to post", "There is nothing new to say, so nothing was posted.", schedule
        )
    await act.note("digest now", schedule.id, "done")
    return _said("On its way", "The digest is being posted. History tells how it went.", schedule)


async def _too_soon(schedule: Schedule, act: Act) -> str:
    """How long to wait until a digest may be posted by hand again; empty if it may be now."""
    latest = await act.desk.store.history(schedule.channel, limit=5)
    moment, least = act.desk.now(), act.desk.limits.cooldown
    recent = [one.recorded_at for one in latest if one.state is not OccurrenceState.SKIPPED]
    left = max((at + least - moment for at in recent), default=timedelta(0))
    return span_text(left) if left > timedelta(0) else ""


async def pause(act: Act) -> Reply:
    """Let a digest rest until it is resumed."""
    return await _turn(act, ScheduleState.PAUSED, "digest pause")


async def resume(act: Act) -> Reply:
    """Let a digest run again; what it missed meanwhile is in its next one."""
    return await _turn(act, ScheduleState.ACTIVE, "digest resume")


async def _turn(act: Act, state: ScheduleState, name: str) -> Reply:
    schedule = await act.schedule()
    if schedule is None or not is_saved(schedule):
        return unknown(act)
    turned = replace(schedule, state=state, reason="")
    if state is not schedule.state:
        saved = await act.desk.store.save_schedule(
            turned, act.desk.first_run(turned), act.desk.now()
        )
        if not saved:
            return _said("Changed meanwhile", "Somebody else changed it just now.", schedule)
        await act.note(name, schedule.id, "done")
    return await show(act)


async def delete(act: Act) -> Reply:
    """Delete a digest, after asking."""
    schedule = await act.schedule()
    if schedule is None or not is_saved(schedule):
        return unknown(act)
    if act.rest.casefold() != "confirm":
        said = f"Digest {schedule.id}, {schedule.cadence.text}, would be gone. Its history stays."
        return Reply(
            "Delete this digest?",
            (Paragraph(line(said)),),
            (
                Action("Delete", f"digest delete {schedule.id} confirm", primary=True),
                Action("Keep", f"digest show {schedule.id}"),
            ),
        )
    await act.desk.store.remove_schedule(schedule.id, act.desk.now())
    await act.note("digest delete", schedule.id, "done")
    return Reply("Deleted", (Paragraph(line(f"Digest {schedule.id} is deleted.")),), (_ALL,))


async def arrived(act: Act) -> Reply:
    """A moderator has seen it: count it as posted."""
    return await _settle(act, Event.ARRIVED, "It counts as posted now.")


async def again(act: Act) -> Reply:
    """A moderator wants it posted again."""
    return await _settle(act, Event.REPEATED, "It is being posted again.")


async def _settle(act: Act, event: Event, said: str) -> Reply:
    first = act.words.strip().partition(" ")[0]
    number = int(first) if first.isascii() and first.isdecimal() and len(first) < 16 else 0  # noqa: PLR2004
    store, moment = act.desk.store, act.desk.now()
    found = await store.occurrence(number) if number else None
    if found is None or not same_workspace(found.channel, act.request.channel):
        return Reply("No such run", (Paragraph(line("There is no such run here.")),), (_ALL,))
    if not await store.settle(found.id, event, moment + _AGAIN, moment):
        said = "Somebody has decided this already, or it has been found out meanwhile."
    else:
        await act.note(f"digest {event.value}", found.id, "done")
    why = Action("Why", f"digest why {found.id}")
    return Reply(f"Run {found.id}", (Paragraph(line(said)),), (why, _ALL))


async def use(act: Act) -> Reply:
    """Make a story this channel's own, or none."""
    request, words = act.request, act.words.strip()
    story = act.asked.stories.get(act.asked.command.story)
    if story:
        await act.desk.rebind(request.channel, story.slug)
        await act.note("use", story.slug, "done")
        said = line(
            "From now on ", code("/brief"), " here is about ", bold(story.briefing.title), "."
        )
        return Reply("Done", (Paragraph(said),), (Action("Story", f"story {story.slug}"),))
    if words.casefold() in {"nothing", "none", "no story"}:
        await act.desk.rebind(request.channel, None)
        await act.note("use", "nothing", "done")
        return Reply("Done", (Paragraph(line("This channel has no story of its own now.")),))
    said = line("Type ", code("/brief use"), " and a story, or ", code("/brief use nothing"), ".")
    return Reply("Which story?", (Paragraph(said),), (Action("All stories", "stories"),))


def _said(title: str, text: str, schedule: Schedule) -> Reply:
    show_it = Action("Show", f"digest show {schedule.id}")
    return Reply(title, (Paragraph(line(text)),), (show_it, Action("History", "digest history")))
