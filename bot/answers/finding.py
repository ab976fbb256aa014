"""Finding: what the briefings say about some words."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from bot.answers.asked import (
    ALL_STORIES,
    PAGES_LIMIT,
    Asked,
    button,
    did_you_mean,
    page_buttons,
    pages_of,
    share,
)
from bot.domain import markdown
from bot.domain.measure import line_weight
from bot.domain.plain import line_text
from bot.domain.provenance import as_of_line
from bot.domain.reply import (
    WORDS_LIMIT,
    Action,
    Line,
    Note,
    Paragraph,
    Quote,
    Reply,
    Row,
    bold,
    clip,
    code,
    line,
)
from bot.domain.search import keywords, searchable

if TYPE_CHECKING:
    from bot.domain.briefing import Story
    from bot.domain.entry import Entry
    from bot.domain.search import Found

#: Longest question that is taken; the rest of a pasted page is not read.
QUESTION_LIMIT: Final = 300
_PER_PAGE: Final = 5
#: What one of five rows may take of a message.
_ROW_WEIGHT: Final = 650
_SNIPPET: Final = 140


def find(asked: Asked) -> Reply:
    """Entries that these words are about, best first, each with a button that opens it."""
    words = asked.command.words.strip()
    if not searchable(words):
        return nothing_asked(asked)
    scope = asked.stories.get(asked.command.story)
    wanted = _wanted(words, scope)
    page = min(asked.command.page, PAGES_LIMIT)
    found = asked.stories.index.search(
        wanted,
        within=[scope.slug] if scope else None,
        first=asked.here.slug if asked.here and not scope else None,
        limit=page * _PER_PAGE,
    )
    if not found.total:
        return _nothing_found(asked, words)
    again = " ".join(filter(None, ("search", scope.slug if scope else "", wanted)))
    return _page(asked, found, again, page)


def _page(asked: Asked, found: Found, again: str, page: int) -> Reply:
    """One page of what was found; `again` are the words that find it."""
    pages = pages_of(found.total, _PER_PAGE)
    page = min(page, pages)
    first = (page - 1) * _PER_PAGE
    shown = found.hits[first : first + _PER_PAGE]
    said = f"{first + 1}–{first + len(shown)} of {found.total}, the closest first."
    return Reply(
        "What the briefings say",
        (
            Quote(line(clip(asked.command.words.strip(), QUESTION_LIMIT))),
            Note(line(said)),
            *(_row(hit.entry, asked) for hit in shown),
        ),
        (*page_buttons(again, page, pages), ALL_STORIES, *share(again, page)),
    )


def _wanted(words: str, scope: Story | None) -> str:
    """The words that are looked for: few enough for a button to ask for more of the same."""
    room = WORDS_LIMIT - len("share search  page 9999") - (len(scope.slug) + 1 if scope else 0)
    if len(words) <= room:
        return words
    kept = ""
    for word in keywords(words[:QUESTION_LIMIT]):
        longer = f"{kept} {word}".strip()
        if len(longer) <= room:
            kept = longer
    return kept or words[:room]


def _row(entry: Entry, asked: Asked) -> Row:
    """An entry in one line: what it is about, how it begins, where it stands, as of when."""
    text = line_text(markdown.to_line(entry.body))
    snippet = "" if text.startswith(entry.label.rstrip("…")) else clip(text, _SNIPPET)
    lead = line(bold(entry.label), f" — {snippet} " if snippet else " ")
    place = _place(entry, asked)
    whole = (*lead, *place)
    if line_weight(whole) > _ROW_WEIGHT:
        whole = (*line(bold(clip(entry.label, _SNIPPET)), " "), *place)
    return Row(whole, button("Open", entry.words))


def _place(entry: Entry, asked: Asked) -> Line:
    story = asked.stories[entry.story]
    stale = ", may be out of date" if story.briefing.is_stale(asked.today) else ""
    lead = f"({entry.section.title} · {story.briefing.title}, as of "
    return line(lead, *as_of_line(story, asked.today), f"{stale})")


def _nothing_found(asked: Asked, words: str) -> Reply:
    said = "The briefings say nothing about this. They hold only what their maintainers wrote."
    return Reply(
        "Not covered",
        (Quote(line(clip(words, QUESTION_LIMIT))), Paragraph(line(said))),
        (*did_you_mean(asked.nearest(words), "story"), ALL_STORIES),
    )


def nothing_asked(asked: Asked) -> Reply:
    """Asks for words to look for."""
    verb = asked.command.verb.name if asked.command.verb else "search"
    said = line("Type it in words after the command: ", code(f"/brief {verb} some words"))
    return Reply(
        "What do you want to know?", (Paragraph(said),), (Action("Help", "help"), ALL_STORIES)
    )
