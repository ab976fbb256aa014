"""Report: what readers told, beside what the briefings say of it now; for maintainers only."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

from bot.domain.gap import Gap, Votes, by_count, gap_number
from bot.domain.sections.faq import Faq

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from bot.domain.entry import Entry
    from bot.domain.search import Hit
    from bot.domain.stories import Stories

_closed: WeakKeyDictionary[Stories, Mapping[int, Entry]] = WeakKeyDictionary()


@dataclass(frozen=True, slots=True)
class OpenGap:
    """A gap that no entry closes, and the entry that comes nearest to it now."""

    gap: Gap
    nearest: Hit | None


@dataclass(frozen=True, slots=True)
class ClosedGap:
    """A gap with the entry that closes it."""

    gap: Gap
    by: Entry


@dataclass(frozen=True, slots=True)
class Rated:
    """Counts of an entry, and the entry; None where it is gone."""

    votes: Votes
    entry: Entry | None


@dataclass(frozen=True, slots=True)
class Report:
    """Gaps, the most asked first, and entries, the most often unhelpful first."""

    open: tuple[OpenGap, ...] = ()
    closed: tuple[ClosedGap, ...] = ()
    rated: tuple[Rated, ...] = ()


def report(gaps: Iterable[Gap], votes: Iterable[Votes], stories: Stories) -> Report:
    """What maintainers want to see of these gaps and votes."""
    closed, ordered = closed_by(stories), by_count(gaps)
    entries = {
        (each.story, each.entry): entry
        for each in votes
        if (story := stories.get(each.story))
        for entry in story.entries()
        if entry.key == each.entry
    }
    return Report(
        tuple(OpenGap(gap, _nearest(gap, stories)) for gap in ordered if gap.number not in closed),
        tuple(ClosedGap(gap, closed[gap.number]) for gap in ordered if gap.number in closed),
        tuple(Rated(each, entries.get((each.story, each.entry))) for each in votes),
    )


def closed_by(stories: Stories) -> Mapping[int, Entry]:
    """The entries that close gaps, by the numbers of these."""
    found = _closed.get(stories)
    if found is None:
        found = _closed[stories] = {
            number: item.entry(story.slug)
            for story in stories
            for item in reversed(story.briefing.items(Faq.section))
            if isinstance(item, Faq)
            for name in item.answers
            if (number := gap_number(name))
        }
    return found


def _nearest(gap: Gap, stories: Stories) -> Hit | None:
    within = [gap.story] if stories.get(gap.story) else None
    return next(iter(stories.index.search(gap.text, within=within, limit=1).hits), None)
