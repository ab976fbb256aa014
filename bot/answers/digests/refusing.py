"""Refusing: what moderators read where something cannot be done, each with a way on."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from bot.answers.asked import button, fitting
from bot.answers.digests.desk import Act
from bot.domain.reply import WORDS_LIMIT, Action, Paragraph, Quote, Reply, clip, code, line
from bot.domain.wish import Wish, parse_wish

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bot.domain.problem import Problem
    from bot.domain.schedule import Schedule
    from bot.domain.words import Refusal, Way

ALL: Final = Action("All digests", "digest list")
NEW: Final = Action("New", "digest add")
#: Of what was typed, so much is repeated.
_QUOTED: Final = 2000


def said(title: str, text: str, *actions: Action) -> Reply:
    """A sentence or two, and ways on."""
    return Reply(title, (Paragraph(line(text)),), (*actions, ALL))


async def unclear(refusal: Refusal, wish: str, act: Act, before: Schedule | None) -> Reply:
    """Says what of a wish was not understood, and gives one that is."""
    command = f"digest edit {before.id}" if before else "digest add"
    await act.note_refusal(before.id if before else "", "not understood")
    shown = f"{refusal.what} — {refusal.remedy}."
    base = Wish.of(before) if before else None
    example = act.typed(f"{command} {refusal.example}")
    return Reply(
        "That digest is not clear",
        (
            *((Quote(line(clip(wish, _QUOTED))),) if wish.strip() else ()),
            Paragraph(line(shown)),
            Paragraph(line("For example: ", code(example))),
        ),
        (*_perhaps(refusal, wish, command, act, base), Action("Fill in a Form", command), ALL),
        refusal=shown,
    )


def _perhaps(
    refusal: Refusal, wish: str, command: str, act: Act, base: Wish | None
) -> Iterator[Action]:
    """Buttons that ask what was perhaps meant, as far as it is a whole wish."""
    names, limits = act.asked.stories.names, act.desk.limits
    for label, text in (*_stories(refusal, wish, act), *map(_way, refusal.ways)):
        words = f"{command} {text}"
        meant = parse_wish(text, names, act.request.zone, least=limits.interval, base=base)
        if isinstance(meant, Wish) and len(words) <= WORDS_LIMIT:
            yield button(label, words)


def _stories(refusal: Refusal, wish: str, act: Act) -> Iterator[tuple[str, str]]:
    """The same of the stories that a name was perhaps meant to be."""
    for piece in () if refusal.ways else refusal.unknown[:1]:
        for story in act.asked.nearest(piece):
            label = f"Did you mean {story.briefing.title}?"
            yield label, wish.replace(piece, story.slug, 1)


def _way(way: Way) -> tuple[str, str]:
    return f"Did you mean “{way.words}”?" if way.words else "Leave that out", way.text


async def unknown(act: Act) -> Reply:
    """The same for a digest that is gone, of another workspace, or never was."""
    first = act.words.partition(" ")[0].removeprefix("#")
    if act.words:
        await act.note_refusal(act.number or "", "no such digest")
    if first.isdecimal():
        text = f"There is no digest {clip(first, 20)} here, or somebody has deleted it."
        return said("No such digest", text)
    named = f"“{clip(first, 40)}” is not the number of a digest. " if act.words else ""
    say = line(f"{named}Say its number, as the list shows it: ", code(act.typed(f"{act.name} 3")))
    return Reply("No such digest" if named else "Which digest?", (Paragraph(say),), (ALL,))


async def no_such_run(act: Act) -> Reply:
    """The same for a run that is forgotten, of another workspace, or never was."""
    await act.note_refusal(act.number or "", "no such run")
    first = act.words.partition(" ")[0].removeprefix("#")
    wrong = "There is no such run here."
    if not first.isdecimal():
        wrong = f"“{clip(first, 40)}” is not the number of a run."
    text = f"{wrong} History lists the runs that are remembered."
    return said("No such run", text, Action("History", "digest history"))


async def elsewhere(named: str, act: Act, before: Schedule | None = None) -> Reply:
    """Says that a channel is not one of this workspace, or not known by that name."""
    command = f"digest edit {before.id}" if before else "digest add"
    await act.note_refusal("", "no such channel")
    shown = clip(named, 60)
    text = f"{shown} is not a channel of this workspace. Name one of yours, or none."
    if named.startswith("#"):
        text = (
            f"The name {shown} does not tell me which channel that is. Ask in that channel "
            "itself, or pick it in the form."
        )
    reply = said("No such channel", text, Action("Fill in a Form", command))
    return replace(reply, refusal=text)


async def dead(schedule: Schedule, problem: Problem, act: Act) -> Reply:
    """Says why the bot cannot post in a digest's channel, and that nothing was changed."""
    await act.note_refusal(schedule.id or "", "the channel cannot be posted to")
    where = "here" if schedule.channel == act.request.channel else f"in {schedule.channel.id}"
    text = (
        f"The bot cannot post {where}: {problem.what} — {problem.remedy}. "
        "Nothing was changed; try again when that is mended."
    )
    show = (Action("Show", f"digest show {schedule.id}"),) if schedule.id else ()
    return replace(said("The bot cannot post there", text, *show), refusal=text)


async def unpublishable(problem: Problem, act: Act) -> Reply:
    """Says why a digest could not be published from its channel."""
    await act.note_refusal("", "nothing can be published from there")
    text = f"That cannot be published: {problem.what} — {problem.remedy}."
    return replace(said("Not to be published there", text), refusal=text)


async def hidden_there(slugs: list[str], act: Act) -> Reply:
    """Says that a digest would tell a channel of stories that it may not see."""
    await act.note_refusal("", "a story is not for that channel")
    text = f"That channel may not see {', '.join(slugs)}. Leave out what is not for it."
    return replace(said("Not for that channel", text), refusal=text)


async def full(act: Act) -> Reply:
    """Says that a workspace has as many digests as it may."""
    await act.note_refusal(act.tenant, "too many")
    most = act.desk.limits.schedules
    text = (
        f"This workspace has {most} digests, as many as it may. Delete one that is not needed, "
        "or ask whoever runs the bot for more (its setting BOT_DIGEST_LIMIT)."
    )
    every = Action("All in This Workspace", "digest list everywhere")
    return said("Too many digests", text, every)


async def changed_meanwhile(schedule: Schedule, act: Act) -> Reply:
    """Says that somebody else was faster."""
    await act.note_refusal(schedule.id, "changed meanwhile")
    text = "Somebody else has just changed this digest. Nothing was saved; look at it as it is now."
    return said("Changed meanwhile", text, Action("Show", f"digest show {schedule.id}"))


def again(label: str, command: str, wish: Wish) -> Action:
    """A button that plans the same once more; the form, where that is too long for a button."""
    return Action(label, fitting(command, wish.text))
