"""Finding: what the briefings say about some words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.answers.asked import Asked, button, page_buttons
from bot.domain.measure import line_weight
from bot.domain.names import fold
from bot.domain.plain import to_text
from bot.domain.reply import (
    WORDS_LIMIT,
    Action,
    Block,
    Note,
    Paragraph,
    Quote,
    Reply,
    Row,
    Span,
    bold,
    clip,
    line,
)
from bot.domain.search import Hit, keywords, search

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.domain.briefing import Story

#: Longest question that is taken; the rest of a pasted page is not read.
QUESTION_LIMIT = 300
_HITS = 25
_PER_PAGE = 5


def find(asked: Asked) -> Reply:
    """Entries that these words are about, best first, each with a button that opens it."""
    words = asked.command.words.strip()
    if not fold(words):
        return _nothing_asked(asked)
    scope = asked.stories.get(asked.command.story)
    wanted = _wanted(words, scope)
    hits = _ours_first(asked, search([scope] if scope else asked.stories, wanted, limit=_HITS))
    if not hits:
        return _nothing_found(asked, words)
    pages = -(-len(hits) // _PER_PAGE)
    page = min(asked.command.page, pages)
    first = (page - 1) * _PER_PAGE
    said = f"{first + 1}–{min(first + _PER_PAGE, len(hits))} of {len(hits)}, the closest first."
    again = " ".join(filter(None, ("search", scope.slug if scope else "", wanted)))
    return Reply(
        "What the briefings say",
        (
            Quote(line(clip(words, QUESTION_LIMIT))),
            Note(line(said)),
            *(_row(hit, asked) for hit in hits[first : first + _PER_PAGE]),
        ),
        (*page_buttons(again, page, pages), Action("All stories", "stories")),
    )


def _wanted(words: str, scope: Story | None) -> str:
    """The words that are looked for: few enough for a button to ask for more of the same."""
    room = WORDS_LIMIT - len("search  page 9") - (len(scope.slug) + 1 if scope else 0)
    if len(words) <= room:
        return words
    kept = ""
    for word in keywords(words[:QUESTION_LIMIT]):
        longer = f"{kept} {word}".strip()
        if len(longer) <= room:
            kept = longer
    return kept or words[:room]


def _ours_first(asked: Asked, hits: list[Hit]) -> list[Hit]:
    """The hits with those of the channel's own story first."""
    here = asked.here.slug if asked.here and not asked.command.story else None
    return sorted(hits, key=lambda hit: hit.entry.story != here) if here else hits


def _row(hit: Hit, asked: Asked) -> Row:
    entry = hit.entry
    story = asked.stories.get(entry.story)
    place = f"{entry.section.title} · {story.briefing.title if story else entry.story}"
    body = " ".join(to_text(Reply("", (Paragraph(line(entry.body)),))).split())
    snippet = "" if entry.label.startswith(body[:40]) else clip(body, 140)
    text = line(bold(entry.label), f" — {snippet} " if snippet else " ", Span(f"({place})"))
    if line_weight(text) > 700:  # noqa: PLR2004 (five rows share one message)
        text = line(bold(entry.label), f" ({place})")
    return Row(text, button("Open", entry.words))


def _nothing_found(asked: Asked, words: str) -> Reply:
    near = asked.stories.names.nearest(words)
    blocks: list[Block] = [
        Quote(line(clip(words, QUESTION_LIMIT))),
        Paragraph(
            line(
                "The briefings say nothing about this. They hold only what their maintainers wrote."
            )
        ),
    ]
    return Reply(
        "Not covered",
        tuple(blocks),
        (*story_buttons(asked, near), Action("All stories", "stories")),
    )


def story_buttons(asked: Asked, slugs: Sequence[str]) -> tuple[Action, ...]:
    """A button for each of these stories."""
    found = (asked.stories.get(slug) for slug in slugs)
    return tuple(
        button(f"Did you mean {story.briefing.title}?", f"story {story.slug}")
        for story in found
        if story
    )


def _nothing_asked(asked: Asked) -> Reply:
    verb = asked.command.verb.name if asked.command.verb else "search"
    example = "ask has Mexico agreed?" if verb == "ask" else "search Mexico consent"
    said = line("Type what you want to know after it, as in ", bold(f"/brief {example}"), ".")
    return Reply(
        "What do you want to know?", (Paragraph(said),), (Action("All stories", "stories"),)
    )
