"""Cards: a story at a glance, the list of stories, and the question which story is meant."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from bot.answers.asked import (
    Asked,
    button,
    did_you_mean,
    fitting,
    page_buttons,
    page_note,
    share,
)
from bot.domain.card import card as at_a_glance
from bot.domain.provenance import as_of_line
from bot.domain.reply import Action, Line, Paragraph, Reply, Row, bold, clip, counted, line

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.domain.briefing import Story

_HELP = Action("Help", "help")
_STORIES_PER_PAGE = 5


def card_or_list(asked: Asked) -> Reply:
    """The story named or the channel's own; without either, every story."""
    if asked.command.maybe or asked.misnamed:
        return which_story(asked)
    story = asked.stories.get(asked.command.story) or asked.here
    return card(story, asked) if story else story_list(asked)


def card(story: Story, asked: Asked) -> Reply:
    """One story at a glance, which the asker may share."""
    reply = at_a_glance(story, asked.today)
    return replace(reply, actions=(*reply.actions, *share(f"story {story.slug}")))


def story_list(asked: Asked) -> Reply:
    """Every story with its bottom line, the latest first."""
    total = len(asked.stories)
    if not total:
        said = line("There is no briefing that this channel may see.")
        return Reply("No briefings here yet", (Paragraph(said),), (_HELP,))
    said = line(f"{counted(total, 'story', 'stories')}, the latest first.")
    pages = -(-total // _STORIES_PER_PAGE)
    page = min(asked.command.page, pages)
    shown = asked.stories.latest((page - 1) * _STORIES_PER_PAGE, _STORIES_PER_PAGE)
    return Reply(
        "Briefings",
        (Paragraph(said), *_rows(shown, "story", "", asked), *page_note(page, pages)),
        (*page_buttons("stories", page, pages), _HELP, *share("stories", page)),
    )


def which_story(asked: Asked) -> Reply:
    """Asks which story is meant, of those named or of all; keeps what was asked of it."""
    command = asked.command
    if not len(asked.stories):
        return story_list(asked)
    verb = command.verb.name if command.verb else "story"
    named = [story for slug in command.maybe if (story := asked.stories.get(slug))]
    stories = named or asked.stories.latest()
    pages = -(-len(stories) // _STORIES_PER_PAGE)
    page = min(command.page, pages)
    shown = stories[(page - 1) * _STORIES_PER_PAGE : page * _STORIES_PER_PAGE]
    # Words that named nothing are no story's: its buttons leave them out.
    words = command.words if named else ""
    unknown = command.words if not named and not command.story else ""
    again = " ".join(filter(None, (verb, command.name, words)))
    perhaps = did_you_mean(asked.nearest(unknown), verb) if unknown else ()
    return Reply(
        "Which story?",
        (
            Paragraph(_asks(unknown, named=bool(named))),
            *_rows(shown, verb, words, asked),
            *page_note(page, pages),
        ),
        (*perhaps, *page_buttons(again, page, pages)),
    )


def _asks(unknown: str, *, named: bool) -> Line:
    if unknown:
        return line("No story is called ", bold(clip(unknown, 80)), ". Pick one:")
    return line("These stories fit what you typed. Pick one:" if named else "Pick one:")


def _rows(stories: Sequence[Story], verb: str, words: str, asked: Asked) -> list[Row]:
    rows = []
    for story in stories:
        stale = " May be out of date." if story.briefing.is_stale(asked.today) else ""
        text = line(
            bold(story.briefing.title),
            f" — {story.briefing.bottom_line} As of ",
            *as_of_line(story, asked.today),
            f".{stale}",
        )
        rows.append(Row(text, button("Open", fitting(verb, story.slug, words))))
    return rows
