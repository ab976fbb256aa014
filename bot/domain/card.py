"""A story at a glance: for whoever asks for it, and for a channel's first digest."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.domain import markdown
from bot.domain.excerpt import excerpt
from bot.domain.measure import MESSAGE_WEIGHT, block_weight
from bot.domain.provenance import as_of_line, provenance
from bot.domain.reply import (
    Action,
    Block,
    Bullets,
    Facts,
    Heading,
    Line,
    Note,
    Paragraph,
    Reply,
    bold,
    counted,
    line,
)
from bot.domain.sections import SECTIONS
from bot.domain.sections.key_points import KeyPoint

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from datetime import date

    from bot.domain.briefing import Story
    from bot.domain.entry import Entry

_POINTS_SHOWN = 7
#: Room for the heading over the key points and for how many are left.
_AROUND_POINTS = 150


def _no_news(_room: int) -> tuple[Block, ...]:
    return ()


def card(story: Story, today: date, news: Callable[[int], tuple[Block, ...]] = _no_news) -> Reply:
    """One story: its bottom line first, then where it stands, its key points, and ways further.

    `news` gives what a digest has to say of it, within the room that it is told.
    """
    briefing = story.briefing
    head = (
        Paragraph(line(briefing.bottom_line)),
        Facts(
            (
                ("Status", line(briefing.status.capitalize())),
                ("As of", as_of_line(story, today)),
            )
        ),
    )
    refs = [ref for item in briefing.items(KeyPoint.section) for ref in item.sources]
    origin = provenance(story, refs or [source.id for source in briefing.sources], today)
    room = _room((Heading(briefing.title), *head, *origin))
    why = _why(briefing.why_it_matters, room // 2)
    said = news(room - _weigh(why))
    points = _key_points(story, room - _weigh((*why, *said)))
    blocks = (*head, *why, *said, *points, *origin)
    return Reply(briefing.title, blocks, section_buttons(story))


def _room(blocks: Iterable[Block]) -> int:
    return MESSAGE_WEIGHT - _AROUND_POINTS - _weigh(blocks)


def _weigh(blocks: Iterable[Block]) -> int:
    return sum(map(block_weight, blocks))


def _why(text: str | None, room: int) -> tuple[Block, ...]:
    """Why it matters, whole if there is room, else its first sentences."""
    if not text:
        return ()
    lead = bold("Why it matters: ")
    whole = Paragraph((lead, *markdown.to_line(text)))
    return (whole if block_weight(whole) <= room else Paragraph(line(lead, excerpt(text))),)


def _key_points(story: Story, room: int) -> tuple[Block, ...]:
    points = list(story.entries(KeyPoint.section))
    shown: list[Line] = []
    for point in map(bullet, points[:_POINTS_SHOWN]):
        if block_weight(Bullets((*shown, point))) > room:
            break
        shown.append(point)
    left = len(points) - len(shown)
    more = "more " if shown else ""
    said = counted(left, f"{more}key point is", f"{more}key points are")
    notes = (Note(line(f"{said} under Key Points.")),) if left else ()
    return (Heading("Key points"), Bullets(tuple(shown)), *notes) if shown else notes


def bullet(entry: Entry) -> Line:
    """An entry as one line of a list, its title first."""
    lead = (bold(f"{entry.title}: "),) if entry.title else ()
    return (*lead, *markdown.to_line(entry.body))


def section_buttons(story: Story) -> tuple[Action, ...]:
    """A button for every section that has something, with its count."""
    buttons = []
    for section in SECTIONS:
        count = len(story.briefing.items(section))
        if count:
            label = "FAQ" if section.verb == "faq" else section.title.title()
            buttons.append(Action(f"{label} ({count})", f"{section.verb} {story.slug}"))
    buttons.append(Action(f"Sources ({len(story.briefing.sources)})", f"sources {story.slug}"))
    if story.briefing.changes:
        buttons.append(Action(f"Changes ({len(story.briefing.changes)})", f"changes {story.slug}"))
    return tuple(buttons)
