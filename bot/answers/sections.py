"""Sections: what a story says in one kind of piece, or the one piece that was picked."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING

from bot.answers.asked import Asked, bullet, button, counted, page_buttons, page_note
from bot.answers.cards import section_buttons, which_story
from bot.answers.provenance import PROVENANCE_WEIGHT, provenance
from bot.domain import markdown
from bot.domain.measure import MESSAGE_WEIGHT, paginate, weight
from bot.domain.reply import (
    MENU_LIMIT,
    Action,
    Block,
    Bullets,
    Facts,
    Heading,
    Menu,
    Note,
    Option,
    Paragraph,
    Reply,
    bold,
    line,
)
from bot.domain.search import Hit, search
from bot.domain.sections.item import Layout

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from bot.domain.briefing import Story
    from bot.domain.entry import Entry
    from bot.domain.sections import Section

#: The best match is shown at once if it is this many times as good as the next.
_CLEARLY = 1.3
_HITS_SHOWN = 10


def section(asked: Asked, kind: Section) -> Reply:
    """A section of one story; with words, what they are about in it; without a story, which one."""
    story, words = asked.story, asked.command.words
    if asked.command.maybe or (story is None and not words):
        return which_story(asked)
    picked = story.entry(kind, words) if story and words else None
    if story and picked:
        return item(story, picked, asked)
    if words:
        return _matching(asked, kind, [story] if story else list(asked.stories))
    return _whole(story, kind, asked) if story else which_story(asked)


def item(story: Story, entry: Entry, asked: Asked, *extra: Block) -> Reply:
    """One entry, whole, with where it comes from."""
    return Reply(
        entry.title or entry.section.one.capitalize(),
        (*_body(entry), *extra, *provenance(story, entry.sources, asked.today)),
        (
            button(f"All {entry.section.many.title()}", f"{entry.section.verb} {story.slug}"),
            button("Story", f"story {story.slug}"),
            Action("Share here", f"share {entry.words}"),
        ),
    )


def _body(entry: Entry) -> tuple[Block, ...]:
    facts = (Facts(entry.facts),) if entry.facts else ()
    return (*markdown.to_blocks(entry.body), *facts)


def _whole(story: Story, kind: Section, asked: Asked) -> Reply:
    entries = list(story.entries(kind))
    if not entries:
        said = f"This briefing has no {kind.many}."
        return Reply(
            f"{kind.title}: {story.briefing.title}",
            (Paragraph(line(said)), *provenance(story, (), asked.today)),
            section_buttons(story)[:-1],
        )
    return (
        _menu(story, kind, entries, asked)
        if kind.layout is Layout.MENU
        else _list(story, kind, entries, asked)
    )


def _menu(story: Story, kind: Section, entries: Sequence[Entry], asked: Asked) -> Reply:
    pages = -(-len(entries) // MENU_LIMIT)
    page = min(asked.command.page, pages)
    first = (page - 1) * MENU_LIMIT
    shown = entries[first : first + MENU_LIMIT]
    words = f"{kind.verb} {story.slug}"
    return Reply(
        f"{kind.title}: {story.briefing.title}",
        (
            Paragraph(
                line(f"{counted(len(entries), kind.one, kind.many)}. Pick one to read its answer.")
            ),
            entry_menu(f"Pick a {kind.one}", shown),
            *page_note(page, pages),
            *provenance(story, [ref for entry in shown for ref in entry.sources], asked.today),
        ),
        (
            *page_buttons(words, page, pages),
            button("Story", f"story {story.slug}"),
            _share(words, page),
        ),
    )


def entry_menu(label: str, entries: Sequence[Entry]) -> Menu:
    """A menu that opens entries."""
    return Menu(label, tuple(Option(entry.label, entry.words) for entry in entries))


def _list(story: Story, kind: Section, entries: Sequence[Entry], asked: Asked) -> Reply:
    title = f"{kind.title}: {story.briefing.title}"
    groups = [_group(entry) for entry in entries]
    pages = paginate(groups, MESSAGE_WEIGHT - PROVENANCE_WEIGHT - weight(title) - 100)
    page = min(asked.command.page, len(pages))
    words = f"{kind.verb} {story.slug}"
    refs = [ref for entry in entries for ref in entry.sources]
    return Reply(
        title,
        (
            *_one_list(pages[page - 1]),
            *page_note(page, len(pages)),
            *provenance(story, refs, asked.today),
        ),
        (
            *page_buttons(words, page, len(pages)),
            button("Story", f"story {story.slug}"),
            _share(words, page),
        ),
    )


def _one_list(blocks: Sequence[Block]) -> Iterator[Block]:
    """The blocks with lists that follow each other joined into one."""
    for is_list, run in groupby(blocks, lambda block: isinstance(block, Bullets)):
        if is_list:
            yield Bullets(
                tuple(item for block in run if isinstance(block, Bullets) for item in block.items)
            )
        else:
            yield from run


def _group(entry: Entry) -> tuple[Block, ...]:
    if entry.section.layout is Layout.BULLETS:
        return (Bullets((bullet(entry),)),)
    heading = (Heading(entry.title),) if entry.title else ()
    return (*heading, *_body(entry))


def _share(words: str, page: int) -> Action:
    return Action("Share here", f"share {words}" + (f" page {page}" if page > 1 else ""))


def _matching(asked: Asked, kind: Section, stories: list[Story]) -> Reply:
    hits = search(stories, asked.command.words, section=kind, limit=_HITS_SHOWN)
    if not hits:
        return _no_match(asked, kind, stories)
    best = hits[0]
    if len(hits) == 1 or best.score >= _CLEARLY * hits[1].score:
        story = asked.stories.get(best.entry.story)
        if story:
            note = Note(line("The closest match for ", bold(asked.command.words), "."))
            return item(story, best.entry, asked, note, *_others(hits[1:]))
    said = f"{counted(len(hits), f'{kind.one} fits', f'{kind.many} fit')} "
    return Reply(
        kind.title,
        (
            Paragraph(line(said, bold(asked.command.words), ". Pick one to read it.")),
            entry_menu(f"Pick a {kind.one}", [hit.entry for hit in hits]),
        ),
        _ways_on(asked, kind, stories),
    )


def _others(hits: Sequence[Hit]) -> tuple[Block, ...]:
    return (entry_menu("Other matches", [hit.entry for hit in hits]),) if hits else ()


def _no_match(asked: Asked, kind: Section, stories: list[Story]) -> Reply:
    words = asked.command.words
    near = [
        story for slug in asked.stories.names.nearest(words) if (story := asked.stories.get(slug))
    ]
    return Reply(
        kind.title,
        (Paragraph(line("No ", kind.one, " matches ", bold(words), ".")),),
        (
            *(
                button(f"Did you mean {story.briefing.title}?", f"{kind.verb} {story.slug}")
                for story in near
            ),
            *_ways_on(asked, kind, stories),
        ),
    )


def _ways_on(asked: Asked, kind: Section, stories: list[Story]) -> tuple[Action, ...]:
    one = stories[0] if len(stories) == 1 else None
    everything = button(f"All {kind.many.title()}", f"{kind.verb} {one.slug}") if one else None
    looked_for = f"search {asked.command.words}"
    ways = (everything, Action("Search everything", looked_for) if len(looked_for) <= 90 else None)  # noqa: PLR2004
    return (*(way for way in ways if way), Action("All stories", "stories"))
