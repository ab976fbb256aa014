"""Several stories in one digest: the bottom line of each, then what changed, as far as it fits."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from bot.domain.card import bullet
from bot.domain.dates import day_text
from bot.domain.digest_part import REST_WEIGHT, Part, change_menu, named, news_line, with_rest
from bot.domain.measure import MESSAGE_WEIGHT, block_weight
from bot.domain.provenance import as_of_line, stale_note
from bot.domain.reply import (
    LABEL_LIMIT,
    Action,
    Block,
    Bullets,
    Heading,
    Line,
    Note,
    Paragraph,
    Reply,
    Span,
    bold,
    clip,
    counted,
    line,
)
from bot.domain.sections import SECTIONS

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import date

#: Stories with their own place and button in one digest; Discord allows 40 components in all.
_MOST: Final = 10
#: Room for the titles of those that are only counted, and of those that are gone.
_TITLES: Final = 300
#: Room for the words around them, with the markup.
_AROUND: Final = 150


def digest_title(day: date) -> str:
    """The title of a digest of several stories."""
    return f"Briefing digest: {day_text(day)}"


def roundup(parts: Sequence[Part], gone: Sequence[str], day: date) -> Reply:
    """The stories that these parts are about, and the titles of those that are gone.

    Every story has its bottom line before any has the lines of its changes. A story that does not
    get that far is counted by its title.
    """
    title = digest_title(day)
    farewell = _farewell(gone)
    room = MESSAGE_WEIGHT - sum(map(block_weight, (Heading(title), *farewell)))
    places, room = _places(parts, room, day)
    rest = _rest(parts[len(places) :])
    _fill(places, room)
    menu = change_menu(parts, titled=True)
    buttons = [place.button() for place in places]
    if rest or not places:
        buttons.append(Action("All stories", "stories"))
    said = [block for place in places for block in place.blocks()]
    return Reply(title, (*said, *rest, *farewell, *menu), tuple(buttons), private=False)


def quiet_line(parts: Sequence[Part], day: date) -> Reply:
    """Says that nothing has changed, and in which stories."""
    last = max((part.since for part in parts if part.since), default=None)
    since = f"since {day_text(last)}" if last else "since the last digest"
    doubt = " (may be out of date)"
    titles = [
        part.story.briefing.title + (doubt if part.story.briefing.is_stale(day) else "")
        for part in parts
    ]
    said = Paragraph(line(f"No changes {since}: {named(titles, 3 * _TITLES)}."))
    buttons = [Action(_title(part), f"story {part.story.slug}") for part in parts[:_MOST]]
    return Reply(digest_title(day), (said,), tuple(buttons), private=False)


class _Place:
    """What one story has of a message: its head, as many of its lines as fit, its small print."""

    def __init__(self, part: Part, day: date) -> None:
        self.part = part
        self.head = _head(part)
        self.note = _small_print(part, day)
        self.news, self.points = part.news, part.points()
        self.lines: list[Line] = []

    def line(self, number: int) -> Line:
        """The line with this number: of a change, or of a key point, which come after them."""
        changes = len(self.news)
        return (
            news_line(self.news[number])
            if number < changes
            else bullet(self.points[number - changes])
        )

    def blocks(self) -> tuple[Block, ...]:
        changes = len(self.news)
        listed = (*with_rest(self.lines[:changes], changes), *self.lines[changes:])
        return (*self.head, *((Bullets(listed),) if listed else ()), self.note)

    def button(self) -> Action:
        """Opens the story; its changes, if not all of them are shown and some were noted."""
        slug, briefing = self.part.story.slug, self.part.story.briefing
        if len(self.lines) < len(self.news) and briefing.changes:
            return Action(clip(f"Changes: {briefing.title}", LABEL_LIMIT), f"changes {slug}")
        return Action(_title(self.part), f"story {slug}")


def _title(part: Part) -> str:
    return clip(part.story.briefing.title, LABEL_LIMIT)


def _places(parts: Sequence[Part], room: int, day: date) -> tuple[list[_Place], int]:
    """Places for as many of the stories as fit, and the room that is left for their lines."""
    most = _MOST if len(parts) <= _MOST else _MOST - 1
    places: list[_Place] = []
    for number, part in enumerate(parts[:most], 1):
        place = _Place(part, day)
        count = REST_WEIGHT if place.news else 0
        left = room - sum(map(block_weight, (*place.head, place.note))) - count
        if left < (_TITLES + _AROUND if number < len(parts) else 0):
            break
        places.append(place)
        room = left
    return places, room - (_TITLES + _AROUND if len(places) < len(parts) else 0)


def _head(part: Part) -> tuple[Block, ...]:
    briefing = part.story.briefing
    bottom = Paragraph((bold(briefing.bottom_line),))
    found = ((section, len(briefing.items(section))) for section in SECTIONS)
    counts = [counted(number, section.one, section.many) for section, number in found if number]
    glance = Paragraph(line(" · ".join((briefing.status.capitalize(), *counts))))
    return (Heading(briefing.title), bottom, *((glance,) if part.card else ()))


def _small_print(part: Part, day: date) -> Note:
    """Whether the story may be out of date, as of when it is, and how much there is to tell."""
    doubt = (*stale_note(part.story).line, Span(" ")) if part.story.briefing.is_stale(day) else ()
    changes = counted(len(part.news), "change", "changes")
    told = f" · {changes} {part.since_text}" if part.news else " · New here" * part.first
    return Note((*doubt, *line("As of ", *as_of_line(part.story, day), told)))


def _fill(places: Sequence[_Place], room: int) -> None:
    """Give the places their lines: first every correction, then one line to each in its turn."""
    for number, place in _turns(places):
        if number > len(place.lines):
            continue  # where one line did not fit, those after it are counted with it
        said = place.line(number)
        need = block_weight(Bullets((said,)))
        if need <= room:
            place.lines.append(said)
            room -= need


def _turns(places: Sequence[_Place]) -> Iterator[tuple[int, _Place]]:
    turns = sorted(
        (number >= len(place.part.changes.corrected), number, index)
        for index, place in enumerate(places)
        for number in range(len(place.news) + len(place.points))
    )
    return ((number, places[index]) for _, number, index in turns)


def _rest(parts: Sequence[Part]) -> tuple[Block, ...]:
    """The stories that have no place of their own, by their titles."""
    if not parts:
        return ()
    total = sum(len(part.news) for part in parts)
    changes = f", with {counted(total, 'change', 'changes')}" if total else ""
    titles = named([part.story.briefing.title for part in parts], _TITLES)
    more = counted(len(parts), "more story", "more stories")
    return (Paragraph(line(f"And {more}{changes}: {titles}.")),)


def _farewell(titles: Sequence[str]) -> tuple[Block, ...]:
    if not titles:
        return ()
    said = line(bold("No longer among the briefings here: "), f"{named(titles, _TITLES)}.")
    return (Paragraph(said),)
