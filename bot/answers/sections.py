"""Sections: what a story says in one kind of piece, or the one piece that was picked."""

from __future__ import annotations

from dataclasses import replace
from itertools import groupby
from typing import TYPE_CHECKING

from bot.answers.asked import (
    ALL_STORIES,
    PAGES_LIMIT,
    Asked,
    button,
    did_you_mean,
    fitting,
    page_buttons,
    page_note,
    paged,
    pages_of,
    share,
)
from bot.answers.cards import which_story
from bot.domain import markdown
from bot.domain.card import bullet, section_buttons
from bot.domain.provenance import provenance, stories_note
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
    Span,
    bold,
    clip,
    counted,
    line,
)
from bot.domain.sections.item import Layout

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from bot.domain.briefing import Story
    from bot.domain.entry import Entry
    from bot.domain.search import Found
    from bot.domain.sections import Section

#: The best match is shown at once if it is this many times as good as the next.
_CLEARLY = 1.3
#: Of the words that were looked for, so much is repeated.
_WORDS_SHOWN = 80


def section(asked: Asked, kind: Section) -> Reply:
    """A section of one story; with words, what they are about; without a story, which one."""
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
        (*entry_body(entry), *extra, *provenance(story, entry.sources, asked.today)),
        (
            button(f"All {entry.section.many.title()}", f"{entry.section.verb} {story.slug}"),
            button("Story", f"story {story.slug}"),
            *share(entry.words),
        ),
    )


def entry_body(entry: Entry) -> tuple[Block, ...]:
    """What an entry says, without its title and sources."""
    facts = (Facts(entry.facts),) if entry.facts else ()
    return (*markdown.to_blocks(entry.body), *facts)


def _whole(story: Story, kind: Section, asked: Asked) -> Reply:
    entries = list(story.entries(kind))
    title = f"{kind.title}: {story.briefing.title}"
    if not entries:
        said = Paragraph(line(f"This briefing has no {kind.many}."))
        notes = provenance(story, (), asked.today)
        return Reply(title, (said, *notes), section_buttons(story))
    if kind.layout is Layout.MENU:
        return _menu(title, story, kind, entries, asked)
    refs = [ref for entry in entries for ref in entry.sources]
    groups = [_group(entry) for entry in entries]
    reply = paged(title, groups, f"{kind.verb} {story.slug}", story, asked, refs)
    return Reply(reply.title, tuple(_one_list(reply.blocks)), reply.actions)


def _menu(title: str, story: Story, kind: Section, entries: Sequence[Entry], asked: Asked) -> Reply:
    pages = -(-len(entries) // MENU_LIMIT)
    page = min(asked.command.page, pages)
    shown = entries[(page - 1) * MENU_LIMIT : page * MENU_LIMIT]
    words = f"{kind.verb} {story.slug}"
    count = counted(len(entries), kind.one, kind.many)
    return Reply(
        title,
        (
            Paragraph(line(f"{count}. Pick one to read its answer.")),
            replace(entry_menu(f"Pick a {kind.one}", shown), more=words if pages > 1 else ""),
            *page_note(page, pages),
            *provenance(story, [ref for entry in shown for ref in entry.sources], asked.today),
        ),
        (
            *page_buttons(words, page, pages),
            button("Story", f"story {story.slug}"),
            *share(words, page),
        ),
    )


def entry_menu(label: str, entries: Sequence[Entry]) -> Menu:
    """A menu that opens entries."""
    return Menu(label, tuple(Option(entry.label, entry.words) for entry in entries))


def _one_list(blocks: Sequence[Block]) -> Iterator[Block]:
    """The blocks with lists that follow each other joined into one."""
    for is_list, run in groupby(blocks, lambda block: isinstance(block, Bullets)):
        if is_list:
            lists = [block for block in run if isinstance(block, Bullets)]
            yield Bullets(tuple(item for block in lists for item in block.items))
        else:
            yield from run


def _group(entry: Entry) -> tuple[Block, ...]:
    if entry.section.layout is Layout.BULLETS:
        return (Bullets((bullet(entry),)),)
    heading = (Heading(entry.title),) if entry.title else ()
    return (*heading, *entry_body(entry))


def _matching(asked: Asked, kind: Section, stories: list[Story]) -> Reply:
    """The entries of a section that words are about; the best at once if it is clearly so."""
    page = min(asked.command.page, PAGES_LIMIT)
    one = len(stories) == 1
    found = asked.stories.index.search(
        asked.command.words,
        within=[stories[0].slug] if one else None,
        section=kind,
        first=asked.here.slug if asked.here and not one else None,
        limit=page * MENU_LIMIT,
    )
    if not found.total:
        return _no_match(asked, kind, stories)
    best, *others = (hit.entry for hit in found.hits)
    if page == 1 and _is_clear(found):
        note = Note(line("The closest match for ", _words(asked), "."))
        more = (entry_menu("Other matches", others[: MENU_LIMIT - 1]),) if others else ()
        return item(asked.stories[best.story], best, asked, note, *more)
    return _matches(asked, kind, stories[0] if one else None, found)


def _words(asked: Asked) -> Span:
    return bold(clip(asked.command.words, _WORDS_SHOWN))


def _is_clear(found: Found) -> bool:
    first, *rest = found.hits
    return not rest or first.score >= _CLEARLY * rest[0].score


def _matches(asked: Asked, kind: Section, one: Story | None, found: Found) -> Reply:
    """The entries that fit, as a menu; of very many, page by page."""
    command = asked.command
    pages = pages_of(found.total, MENU_LIMIT)
    page = min(command.page, pages)
    shown = [hit.entry for hit in found.hits[(page - 1) * MENU_LIMIT : page * MENU_LIMIT]]
    words = " ".join(filter(None, (kind.verb, one.slug if one else "", command.words)))
    fit = counted(found.total, f"{kind.one} fits", f"{kind.many} fit")
    return Reply(
        kind.title,
        (
            Paragraph(line(f"{fit} ", _words(asked), ". Pick one to read it.")),
            entry_menu(f"Pick a {kind.one}", shown),
            *page_note(page, pages),
            *_where_from(shown, one, asked),
        ),
        (
            *page_buttons(words, page, pages),
            *_perhaps(asked, kind),
            *_ways_on(asked, kind, one),
            *share(words, page),
        ),
    )


def _where_from(shown: Sequence[Entry], one: Story | None, asked: Asked) -> tuple[Block, ...]:
    """Where these entries come from: of one story with its sources, else the stories."""
    if one:
        return provenance(one, [ref for entry in shown for ref in entry.sources], asked.today)
    told = dict.fromkeys(entry.story for entry in shown)
    return stories_note([asked.stories[slug] for slug in told], asked.today)


def _no_match(asked: Asked, kind: Section, stories: list[Story]) -> Reply:
    one = stories[0] if len(stories) == 1 else None
    notes = provenance(one, (), asked.today) if one else ()
    return Reply(
        kind.title,
        (Paragraph(line("No ", kind.one, " matches ", _words(asked), ".")), *notes),
        (*_perhaps(asked, kind), *_ways_on(asked, kind, one)),
    )


def _perhaps(asked: Asked, kind: Section) -> tuple[Action, ...]:
    """The stories that were perhaps meant by the words, where none was named."""
    if asked.command.story:
        return ()
    return did_you_mean(asked.nearest(asked.command.words), kind.verb)


def _ways_on(asked: Asked, kind: Section, one: Story | None) -> tuple[Action, ...]:
    everything = (button(f"All {kind.many.title()}", f"{kind.verb} {one.slug}"),) if one else ()
    looked_for = fitting("search", asked.command.words)
    elsewhere = (Action("Search everything", looked_for),) if looked_for != "search" else ()
    return (*everything, *elsewhere, ALL_STORIES)
