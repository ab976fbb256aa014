"""Report: what readers told, beside what the briefings say of it now; for maintainers only."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.domain.gap import Gap, Votes, by_count, gap_number
from bot.domain.sections.faq import Faq

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from bot.domain.entry import Entry
    from bot.domain.search import Hit
    from bot.domain.stories import Stories


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


def report(gaps: Iterable[Gap], votes: Sequence[Votes], stories: Stories) -> Report:
    """What maintainers want to see of these gaps and votes."""
    closed, ordered = closed_by(stories), by_count(gaps)
    return Report(
        tuple(OpenGap(gap, _nearest(gap, stories)) for gap in ordered if gap.number not in closed),
        tuple(ClosedGap(gap, closed[gap.number]) for gap in ordered if gap.number in closed),
        tuple(Rated(each, _rated(each, stories)) for each in votes),
    )


def _rated(votes: Votes, stories: Stories) -> Entry | None:
    story = stories.get(votes.story)
    return story.entry_by_key(votes.entry) if story else None


def closed_by(stories: Stories) -> Mapping[int, Entry]:
    """The entries that close gaps, by the numbers of these; of several, the first."""
    found: dict[int, Entry] = {}
    for story in stories:
        for item in story.briefing.items(Faq.section):
            for name in item.answers if isinstance(item, Faq) else ():
                number = gap_number(name)
                if number and number not in found:
                    found[number] = item.entry(story.slug)
    return found


def _nearest(gap: Gap, stories: Stories) -> Hit | None:
    within = [gap.story] if stories.get(gap.story) else None
    found = stories.index.search(gap.text, within=within, limit=1)
    return found.answer or next(iter(found.hits), None)
