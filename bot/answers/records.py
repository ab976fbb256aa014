"""Records: where a story's statements come from, and how its briefing has changed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.answers.asked import ALL_STORIES, Asked, page_buttons, page_note, paged, share
from bot.answers.cards import which_story
from bot.domain import markdown
from bot.domain.briefing import UNKNOWN
from bot.domain.dates import day_text, moment_inline
from bot.domain.excerpt import excerpt
from bot.domain.reply import (
    Action,
    Block,
    Facts,
    Heading,
    Line,
    Note,
    Paragraph,
    Reply,
    Row,
    Span,
    bold,
    line,
)
from bot.domain.verbs import CHANGES

if TYPE_CHECKING:
    from bot.domain.briefing import Change, Source, Story

#: What stands after `changes` for those of every story.
_LATELY = "lately"
#: Of these many stories, the latest, so many changes are told, so many a page.
_STORIES_READ, _MOST, _PER_PAGE = 100, 50, 5
_KINDS = {"primary": "Primary source", "official": "Official", "news": "News", "other": "Other"}


def sources(asked: Asked) -> Reply:
    """Every source of a story, with what is known of it and what is not."""
    story = asked.story
    if story is None or asked.misnamed:
        return which_story(asked)
    groups = [_source(source) for source in story.briefing.sources]
    title = f"Sources: {story.briefing.title}"
    return paged(title, groups, f"sources {story.slug}", story, asked)


def changes(asked: Asked) -> Reply:
    """The changes of a briefing that its maintainers noted, the latest first; or of all lately."""
    if not asked.command.story and asked.command.words.casefold() == _LATELY:
        return _lately(asked)
    story = asked.story
    if story is None or asked.misnamed:
        return which_story(asked)
    noted = sorted(story.briefing.changes, key=lambda change: change.date, reverse=True)
    groups = [_change(change, story) for change in noted]
    none: list[tuple[Block, ...]] = [(Paragraph(line("No change has been noted yet.")),)]
    title = f"Changes: {story.briefing.title}"
    return paged(title, groups or none, f"changes {story.slug}", story, asked)


def _lately(asked: Asked) -> Reply:
    """The latest changes of all stories."""
    noted = [
        (change, story)
        for story in asked.stories.latest(0, _STORIES_READ)
        for change in story.briefing.changes
    ]
    noted.sort(key=lambda pair: pair[0].date, reverse=True)
    pages = max(1, -(-min(len(noted), _MOST) // _PER_PAGE))
    page = min(asked.command.page, pages)
    shown = noted[(page - 1) * _PER_PAGE : page * _PER_PAGE]
    rows = [_row(change, story) for change, story in shown]
    none = Paragraph(line("No change has been noted yet."))
    words = f"{CHANGES.name} {_LATELY}"
    return Reply(
        "What changed lately",
        (*(rows or (none,)), *page_note(page, pages)),
        (*page_buttons(words, page, pages), ALL_STORIES, *share(words, page)),
    )


def _row(change: Change, story: Story) -> Row:
    lead = f" — {change.kind.capitalize()}, {day_text(change.date)}: {excerpt(change.note)}"
    return Row(line(bold(story.briefing.title), lead), Action("Open", f"changes {story.slug}"))


def _source(source: Source) -> tuple[Block, ...]:
    facts: list[tuple[str, Line]] = [
        ("Kind", line(_KINDS[source.kind])),
        ("Publisher", line("not stated" if source.publisher == UNKNOWN else source.publisher)),
        ("Published", line(moment_inline(source.published) if source.published else "not stated")),
    ]
    if source.accessed:
        facts.append(("Read on", line(moment_inline(source.accessed))))
    if source.url:
        facts.append(("Address", (Span(source.url, href=source.url),)))
    note = (Note(markdown.to_line(source.note)),) if source.note else ()
    return (Heading(source.title), Facts(tuple(facts)), *note)


def _change(change: Change, story: Story) -> tuple[Block, ...]:
    labels = {entry.id: entry.label for entry in story.entries()}
    labels.update({source.id: source.title for source in story.briefing.sources})
    touched = "; ".join(labels[found] for found in change.items[:3] if found in labels)
    left = len(change.items) - 3
    about = f" ({touched}{f'; and {left} more' if left > 0 else ''})" if touched else ""
    heading = f"{day_text(change.date)}: {change.kind.capitalize()}"
    return (Heading(heading), Paragraph((*markdown.to_line(change.note), Span(about))))
