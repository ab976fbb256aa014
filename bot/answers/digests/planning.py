"""Planning: a new digest or a change of one, shown as it will be before anything is saved."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from bot.answers.digests.desk import Act, is_saved, same_workspace
from bot.answers.digests.wording import clock_changes, runs_list, schedule_facts
from bot.domain.measure import fits
from bot.domain.reply import (
    Action,
    Block,
    Field,
    FieldKind,
    Form,
    Heading,
    Note,
    Option,
    Paragraph,
    Quote,
    Reply,
    bold,
    clip,
    code,
    line,
)
from bot.domain.request import Channel
from bot.domain.schedule import Content, Quiet, Schedule, ScheduleState
from bot.domain.wish import Wish, parse_wish
from bot.domain.words import Refusal

if TYPE_CHECKING:
    from bot.domain.stories import Stories

_DRAFT_KEPT: Final = timedelta(days=1)
_EXAMPLE: Final = "digest add all at 09:00 on weekdays in Europe/Lisbon"
#: In a draft's `reason`: which schedule it would change.
_CHANGES: Final = "changes "


async def add(act: Act) -> Reply:
    """Plan a new digest; without words, show the form."""
    if not act.words.strip():
        return _form_reply("digest add", "New digest", None, act)
    wish = _wish(act, None)
    if isinstance(wish, Refusal):
        return refused(wish, act.words)
    channel = _channel(wish, act)
    if channel is None:
        return _elsewhere(wish)
    if full := await _too_many(act):
        return full
    return await _draft(_schedule(wish, channel), act)


async def edit(act: Act) -> Reply:
    """Plan a change of a digest; without words, show the form as it is now."""
    schedule = await act.schedule()
    if schedule is None or not is_saved(schedule):
        return unknown(act)
    if not act.rest:
        return _form_reply(f"digest edit {schedule.id}", "Change digest", schedule, act)
    wish = _wish(act, schedule)
    if isinstance(wish, Refusal):
        return refused(wish, act.rest)
    channel = _channel(wish, act) if wish.channel else schedule.channel
    if channel is None:
        return _elsewhere(wish)
    planned = replace(_schedule(wish, channel), reason=f"{_CHANGES}{schedule.id}")
    return await _draft(planned, act)


async def confirm(act: Act) -> Reply:
    """Save what was planned."""
    draft = await act.schedule()
    if draft is None or draft.state is not ScheduleState.DRAFT:
        return unknown(act)
    store, now = act.desk.store, act.desk.now()
    if draft.reason.startswith(_CHANGES):
        return await _change(draft, act)
    if full := await _too_many(act):
        return full
    saved = replace(draft, state=ScheduleState.ACTIVE, reason="")
    if not await store.save_schedule(saved, act.desk.first_run(saved), now):
        return unknown(act)
    await act.note("digest add", draft.id, "done")
    return await _saved(saved, "The digest is scheduled", act)


async def _change(draft: Schedule, act: Act) -> Reply:
    store, now = act.desk.store, act.desk.now()
    before = await store.schedule(int(draft.reason.removeprefix(_CHANGES)))
    if before is None:
        return unknown(act)
    state = before.state if before.state is ScheduleState.PAUSED else ScheduleState.ACTIVE
    after = replace(
        draft,
        id=before.id,
        state=state,
        reason="",
        revision=before.revision,
        created_at=before.created_at,
        last_at=before.last_at,
    )
    if not await store.save_schedule(after, act.desk.first_run(after), now):
        return _changed_meanwhile(before)
    await store.remove_schedule(draft.id, now)
    await act.note("digest edit", before.id, "done")
    return await _saved(after, "The digest is changed", act)


async def _saved(schedule: Schedule, title: str, act: Act) -> Reply:
    return Reply(
        title,
        (
            schedule_facts(schedule, act.asked.stories),
            Heading("Next runs"),
            runs_list(schedule, act.desk.now()),
            *await _warnings(schedule, act),
        ),
        (Action("Show", f"digest show {schedule.id}"), Action("All digests", "digest list")),
    )


async def _draft(planned: Schedule, act: Act) -> Reply:
    """Keep the plan as a draft, and show what it would do."""
    store, now = act.desk.store, act.desk.now()
    for old in await store.schedules_of(planned.channel):
        if (
            old.state is ScheduleState.DRAFT
            and old.created_at
            and now - old.created_at > _DRAFT_KEPT
        ):
            await store.remove_schedule(old.id, now)
    number = await store.add_schedule(planned, None, now)
    changes = planned.reason.removeprefix(_CHANGES) if planned.reason else ""
    asks_again = f"digest edit {changes}" if changes else "digest add"
    shown = Reply(
        "Change this digest?" if changes else "Save this digest?",
        (
            schedule_facts(replace(planned, reason=""), act.asked.stories),
            Heading("Next runs"),
            runs_list(planned, now),
            *await _warnings(planned, act),
            *(Note(line("Nothing is saved yet.")),),
        ),
        (
            Action("Save", f"digest confirm {number}", primary=True),
            Action("Start Over", asks_again),
        ),
    )
    return await with_preview(shown, replace(planned, id=number), act)


async def with_preview(shown: Reply, schedule: Schedule, act: Act) -> Reply:
    """The reply with the message that would go out now, or a button to it if there is no room."""
    composed = await act.desk.compose(schedule)
    if composed.reply is None:
        silent = Paragraph(line("There is nothing new to say now, so nothing would be posted."))
        return replace(shown, blocks=(*shown.blocks, Heading("The message now"), silent))
    message = composed.reply
    whole = replace(
        shown,
        blocks=(
            *shown.blocks,
            Heading("The message that would go out now"),
            Paragraph((bold(message.title),)),
            *message.blocks,
        ),
    )
    if fits(whole):
        return whole
    note = Note(line("The message that would go out now is under Preview."))
    preview = Action("Preview", f"digest preview {schedule.id}")
    return replace(shown, blocks=(*shown.blocks, note), actions=(*shown.actions, preview))


async def _warnings(schedule: Schedule, act: Act) -> tuple[Block, ...]:
    warnings: list[Block] = []
    if changes := clock_changes(schedule, act.desk.now()):
        runs = "One of these runs falls" if changes == 1 else f"{changes} of these runs fall"
        warnings.append(Note(line(f"{runs} on a change of the clocks.")))
    if problem := await act.desk.check(schedule.channel):
        warnings.append(Note(line(bold("The bot could not post there now: "), str(problem))))
    return tuple(warnings)


def _wish(act: Act, before: Schedule | None) -> Wish | Refusal:
    base = _as_wish(before) if before else None
    return parse_wish(
        act.rest if before else act.words,
        act.asked.stories.names,
        act.request.zone,
        least=act.desk.limits.interval,
        base=base,
    )


def _as_wish(schedule: Schedule) -> Wish:
    return Wish(
        schedule.stories,
        schedule.cadence,
        schedule.zone,
        schedule.content,
        schedule.quiet,
        schedule.grace,
    )


def _schedule(wish: Wish, channel: Channel) -> Schedule:
    return Schedule(
        0,
        channel,
        wish.stories,
        wish.cadence,
        wish.zone,
        wish.content,
        wish.quiet,
        wish.grace,
        ScheduleState.DRAFT,
    )


def _channel(wish: Wish, act: Act) -> Channel | None:
    """The channel that the wish names, if it is of this workspace; else where it was asked."""
    here = act.request.channel
    if not wish.channel:
        return here
    named = wish.channel.removeprefix("<#").removesuffix(">").partition("|")[0]
    try:
        channel = Channel.parse(named)
    except ValueError:
        channel = Channel(here.platform, here.workspace, named.removeprefix("#"))
    return channel if same_workspace(channel, here) else None


def _elsewhere(wish: Wish) -> Reply:
    said = f"{wish.channel} is not a channel of this workspace. Name one of yours, or none."
    return Reply(
        "No such channel", (Paragraph(line(said)),), (Action("All digests", "digest list"),)
    )


async def _too_many(act: Act) -> Reply | None:
    channel = act.request.channel
    tenant = f"{channel.platform}:{channel.workspace}"
    most = act.desk.limits.schedules
    if await act.desk.store.count_schedules(tenant) < most:
        return None
    await act.note("digest add", tenant, "refused: too many")
    said = f"This workspace has {most} digests, as many as it may. Delete one that is not needed."
    return Reply(
        "Too many digests", (Paragraph(line(said)),), (Action("All digests", "digest list"),)
    )


def refused(refusal: Refusal, typed: str) -> Reply:
    """Says what was not understood, and gives an example that is."""
    example = f"/brief digest add {refusal.example}"
    return Reply(
        "That digest is not clear",
        (
            Quote(line(clip(typed, 300))),
            Paragraph(line(f"{refusal.what} — {refusal.remedy}.")),
            Paragraph(line("For example: ", code(example))),
        ),
        (Action("Fill in a Form", "digest add"), Action("All digests", "digest list")),
    )


def unknown(act: Act) -> Reply:
    """The same for a digest that is gone, of another workspace, or never was."""
    shown = f" {act.words.split()[0][:20]}" if act.words.strip() else ""
    said = f"There is no digest{shown} here, or somebody has deleted it."
    return Reply(
        "No such digest", (Paragraph(line(said)),), (Action("All digests", "digest list"),)
    )


def _changed_meanwhile(schedule: Schedule) -> Reply:
    said = "Somebody else has just changed this digest. Nothing was saved; look at it as it is now."
    show = Action("Show", f"digest show {schedule.id}")
    return Reply("Changed meanwhile", (Paragraph(line(said)),), (show,))


def _form_reply(words: str, title: str, now: Schedule | None, act: Act) -> Reply:
    form = Form(title, words, _fields(now, act.asked.stories, act.request.zone))
    return Reply(
        title,
        (
            Paragraph(line("Say which stories, when, and in which zone:")),
            Paragraph((code(f"/brief {_EXAMPLE}"),)),
            Note(
                line(
                    "Also: ",
                    code("full"),
                    " for the whole card each time, ",
                    code("say so"),
                    " to post a line when nothing changed, ",
                    code("late 4h"),
                    " for how late it is still welcome.",
                )
            ),
        ),
        (Action("All digests", "digest list"),),
        form=form,
    )


def _fields(now: Schedule | None, stories: Stories, zone: str | None) -> tuple[Field, ...]:
    known = tuple(Option(story.briefing.title, story.slug) for story in stories.latest(0, 24))
    content = (Option("What changed", "changes"), Option("The full card", "full"))
    quiet = (Option("Stay silent", "silent"), Option("Say so in one line", "say so"))
    listed = ", ".join(now.stories) if now else ""
    full = bool(now) and now.content is Content.FULL if now else False
    says_so = bool(now) and now.quiet is Quiet.LINE if now else False
    return (
        Field(
            "",
            "Stories",
            value=listed or "all",
            hint="all, or the names of some",
            options=(Option("All stories", "all"), *known),
        ),
        Field(
            "", "When", value=now.cadence.text if now else "at 09:00 on weekdays", hint="Local time"
        ),
        Field(
            "in", "Time zone", value=now.zone if now else zone or "", hint="A city or an IANA name"
        ),
        Field("", "Content", FieldKind.CHOICE, "full" if full else "changes", options=content),
        Field(
            "",
            "When nothing changed",
            FieldKind.CHOICE,
            "say so" if says_so else "silent",
            options=quiet,
        ),
    )
