"""Using: give a channel a story of its own, or none."""

from __future__ import annotations

from typing import Final

from bot.answers.asked import did_you_mean
from bot.answers.digests.desk import Act
from bot.domain.reply import Action, Line, Paragraph, Reply, Row, bold, clip, code, line

_NOTHING: Final = frozenset(("nothing", "none", "no story"))
#: Stories that are offered at once; the others have their own list.
_OFFERED: Final = 5


async def use(act: Act) -> Reply:
    """Make a story this channel's own, or none."""
    typed = " ".join(act.request.words.split()).casefold()
    if any(typed.endswith(f"use {word}") for word in _NOTHING):
        return await _bind(None, act)
    story = act.asked.stories.get(act.asked.command.story)
    if story and not act.asked.command.words:
        return await _bind(story.slug, act)
    return await _which(act)


async def _bind(slug: str | None, act: Act) -> Reply:
    await act.desk.rebind(act.request.channel, slug)
    await act.note(slug or "nothing")
    story = act.asked.stories.get(slug)
    if story is None:
        said = line("This channel has no story of its own now.")
        return Reply("Done", (Paragraph(said),), (Action("All stories", "stories"),))
    title = bold(story.briefing.title)
    said = line("From now on ", code(act.typed("")), " here is about ", title, ".")
    undo = Action("Use None", "use nothing")
    return Reply("Done", (Paragraph(said),), (Action("Story", f"story {story.slug}"), undo))


async def _which(act: Act) -> Reply:
    """Asks which story is meant: of those that fit, else of the latest."""
    command, stories = act.asked.command, act.asked.stories
    named = [story for slug in command.maybe if (story := stories.get(slug))]
    shown = (named or stories.latest(0, _OFFERED))[:_OFFERED]
    unknown = "" if named else command.words
    if unknown:
        await act.note_refusal("", "no such story")
    rows = (
        Row(line(bold(story.briefing.title)), Action("Use", f"use {story.slug}")) for story in shown
    )
    return Reply(
        "Which story?",
        (Paragraph(_asks(unknown, act, named=bool(named))), *rows),
        (
            *(did_you_mean(act.asked.nearest(unknown), "use") if unknown else ()),
            Action("All stories", "stories"),
            Action("Use None", "use nothing"),
        ),
    )


def _asks(unknown: str, act: Act, *, named: bool) -> Line:
    example = next((story.slug for story in act.asked.stories.latest(0, 1)), "story")
    ways = (" Type ", code(act.typed(f"use {example}")), ", or pick one:")
    if named:
        return line("Several stories fit that.", *ways)
    if unknown:
        return line("No story is called ", bold(clip(unknown, 80)), ".", *ways)
    return line("Which story is this channel to have?", *ways)
