"""Part: what a digest has to say of one story, and how its changes read as lines."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from bot.domain.dates import day_text
from bot.domain.excerpt import excerpt
from bot.domain.measure import block_weight, weight
from bot.domain.reply import MENU_LIMIT, Bullets, Line, Menu, Option, bold, line
from bot.domain.sections.key_points import KeyPoint

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import date

    from bot.domain.briefing import Story
    from bot.domain.changes import Changes, News
    from bot.domain.entry import Entry

#: Room for the line that counts what is left of one story.
REST_WEIGHT: Final = block_weight(Bullets((line("and 9999 more changes"),)))


@dataclass(frozen=True, slots=True)
class Part:
    """One story in a digest. `first`: the channel is told of it for the first time.

    `full`: its card is shown, whatever has changed. `since` is the day of what it was told last.
    """

    story: Story
    changes: Changes
    since: date | None = None
    first: bool = False
    full: bool = False

    @property
    def card(self) -> bool:
        """Whether to show the story at a glance, and not only what has changed."""
        return self.first or self.full

    @property
    def news(self) -> tuple[News, ...]:
        """The changes to tell of, the most important first; none where all of it is new."""
        return () if self.first else tuple(self.changes)

    @property
    def since_text(self) -> str:
        """From when on the changes are."""
        return f"since {day_text(self.since)}" if self.since else "since the last digest"

    def points(self) -> tuple[Entry, ...]:
        """The key points, where the card is shown."""
        return tuple(self.story.entries(KeyPoint.section)) if self.card else ()


def news_line(news: News) -> Line:
    """A change as one line: of what sort it is, what it is about, and its first sentences."""
    said = [news.label, excerpt(news.text)]
    if not any(said):
        said = [entry.label for entry in news.entries]
    return line(bold(f"{news.lead}: "), " — ".join(filter(None, said)))


def lines_within(news: Sequence[News], room: int) -> tuple[Line, ...]:
    """A line each for as many changes as there is room for, and how many more there are."""
    left = room - REST_WEIGHT
    shown: list[Line] = []
    for one in news:
        said = news_line(one)
        left -= block_weight(Bullets((said,)))
        if left < 0:
            break
        shown.append(said)
    return with_rest(shown, len(news))


def with_rest(shown: Sequence[Line], total: int) -> tuple[Line, ...]:
    """The lines that are shown, and one that counts the changes beside them."""
    left = total - len(shown)
    changes = "change" if left == 1 else "changes"
    said = f"and {left} more {changes}" if shown else f"{left} {changes}"
    return (*shown, line(said)) if left else tuple(shown)


def change_menu(parts: Iterable[Part], *, titled: bool) -> tuple[Menu, ...]:
    """A menu that opens what was corrected, answered, new or changed; also what is only counted."""
    options = {
        entry.words: Option(entry.label, entry.words, part.story.briefing.title if titled else "")
        for part in parts
        for news in part.news
        for entry in news.entries
    }
    some = tuple(options.values())[:MENU_LIMIT]
    these = "these" if len(some) == len(options) else f"the first {MENU_LIMIT}"
    return (Menu(f"Read one of {these} in full", some),) if some else ()


def named(titles: Sequence[str], room: int) -> str:
    """As many of the titles as there is room for (one at least), and how many more there are."""
    shown, taken = 1, weight(titles[0])
    for title in titles[1:]:
        taken += weight(f", {title}")
        if taken > room:
            break
        shown += 1
    left = len(titles) - shown
    return ", ".join(titles[:shown]) + (f" and {left} more" if left else "")
