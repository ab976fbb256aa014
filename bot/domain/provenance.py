"""Where a text comes from and as of when: the line under every answer and digest."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from bot.domain.briefing import UNKNOWN
from bot.domain.dates import age_text, day_text, moment_inline
from bot.domain.fields import source_id, source_place
from bot.domain.measure import line_weight
from bot.domain.reply import Block, Inline, Line, Note, Span, When, bold, line

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import date

    from bot.domain.briefing import Source, Story

#: Room for the names of sources under one answer; the rest are counted.
_SOURCES_WEIGHT = 700
_STORIES_NAMED = 5
#: Room that provenance and staleness take at most together.
PROVENANCE_WEIGHT = 1300


def provenance(story: Story, refs: Iterable[str], today: date) -> tuple[Block, ...]:
    """Notes that say which story, as of when, from which sources, and whether it is out of date."""
    as_of = line("As of ", *_as_of(story, today), f" · {story.briefing.title}")
    sources = _sources(story, refs)
    notes: list[Block] = [Note((*as_of, *sources))]
    if story.briefing.is_stale(today):
        notes.insert(0, stale_note(story))
    return tuple(notes)


def stories_note(stories: Sequence[Story], today: date) -> tuple[Block, ...]:
    """A note that says of several stories as of when they are; of very many, of the first."""
    shown: list[Inline] = []
    for number, story in enumerate(stories[:_STORIES_NAMED]):
        lead = " · " if number else ""
        shown += line(f"{lead}{story.briefing.title}, as of ", *_as_of(story, today))
        shown += (Span(" (may be out of date)"),) if story.briefing.is_stale(today) else ()
    left = len(stories) - _STORIES_NAMED
    more = (Span(f" · and {left} more"),) if left > 0 else ()
    return (Note((*shown, *more)),) if shown else ()


def stale_note(story: Story) -> Note:
    """Says that a story should have been reviewed by now, and whose it is."""
    review_by = story.briefing.review_by
    owner = f" Ask {story.briefing.owners[0]}." if story.briefing.owners else ""
    due = f" It was to be reviewed by {day_text(review_by)}." if review_by else ""
    return Note((bold("May be out of date."), Span(f"{due}{owner}")))


def _as_of(story: Story, today: date) -> tuple[Inline, ...]:
    moment = story.briefing.as_of
    age = age_text(moment, today)
    shown = moment_inline(moment)
    if isinstance(moment, datetime) and isinstance(shown, When):
        return (shown, Span(" ("), When(shown.at, age, relative=True), Span(")"))
    return (shown, Span(f" ({age})"))


def as_of_line(story: Story, today: date) -> Line:
    """The as-of and the age of a story."""
    return tuple(_as_of(story, today))


def _sources(story: Story, refs: Iterable[str]) -> Line:
    """The sources by name, as many as there is room for, and how many are left.

    The first is always named; without its address and places, if those alone take too much room.
    """
    places: dict[str, list[str]] = {}
    for ref in refs:
        places.setdefault(source_id(ref), []).append(source_place(ref))
    known = {source.id: source for source in story.briefing.sources}
    shown: list[Inline] = []
    left = len(places)
    for number, (found, parts) in enumerate(places.items()):
        piece = _source(known[found], [part for part in parts if part], first=not number)
        if line_weight((*shown, *piece)) > _SOURCES_WEIGHT:
            if shown:
                break
            piece = line(f"“{known[found].title}”{_publisher(known[found])}")
        shown += piece
        left -= 1
    if left:
        shown.append(Span(f" · and {left} more under Sources"))
    return (Span(" · Source: " if len(places) == 1 else " · Sources: "), *shown) if places else ()


def _source(source: Source, places: list[str], *, first: bool) -> Line:
    title = Span(f"“{source.title}”", href=source.url)
    at = f" (§ {'; § '.join(dict.fromkeys(places[:2]))})" if places else ""
    lead = () if first else (Span(" · "),)
    return (*lead, title, Span(f"{_publisher(source)}{at}"))


def _publisher(source: Source) -> str:
    return "" if source.publisher == UNKNOWN else f", {source.publisher}"
