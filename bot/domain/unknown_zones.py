"""Unknown zones: what to write instead of words that name no time zone, or several."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from bot.domain.words import Refusal, quoted
from bot.domain.zones import find_zone, is_mine, zones_meant, zones_named

if TYPE_CHECKING:
    from bot.domain.words import Words

_EXAMPLE: Final = "at 09:00 on weekdays"
#: How zones are written, with two of the common ones.
_WRITTEN: Final = "write a large city with the same time, or an IANA name, as in New York or {own}"
_USUAL: Final = "Europe/Lisbon"
_HERE: Final = frozenset(("here", "this channel", "this room", "the channel", "channel"))


def unknown_zone(words: Words, start: int, mine: str | None) -> Refusal:
    """The refusal of the words from one on to the next to be read, which stand after `in`."""
    name, span = words.said(start, words.place), (start, words.place)
    if not name:
        example = f"{_EXAMPLE} in {_USUAL}"
        return Refusal("A time zone is missing after “in”", "write a city", example)
    found = find_zone(name, mine)
    near = (found,) if isinstance(found, str) else found
    if not near:
        return _without(name, mine)
    what = f"I know no time zone {quoted(name)}"
    if len(zones_meant(name)) == 1:
        what = f"{quoted(name)} is short for an offset, and no time zone"
    elif zones_named(name, mine) or zones_meant(name):
        what = f"{quoted(name)} means several time zones"
    ways = tuple(words.way(zone, span) for zone in near)
    remedy = f"write {' or '.join(near)}"
    return Refusal(what, remedy, f"{_EXAMPLE} in {near[0]}", (name,), ways)


def _without(name: str, mine: str | None) -> Refusal:
    """The refusal of what is like no zone."""
    own = mine or _USUAL
    what, remedy = f"I know no time zone {quoted(name)}", _WRITTEN.format(own=own)
    if is_mine(name):
        what = f"Nobody tells me your own time zone, so I do not know {quoted(name)}"
    elif name.casefold() in _HERE:
        what = f"{quoted(name)} is no time zone"
        remedy = "a digest comes into this channel unless it names another; leave that out"
    elif any(map(str.isdigit, name)):
        remedy = f"an offset does not tell of summer time; {_WRITTEN.format(own=own)}"
    return Refusal(what, remedy, f"{_EXAMPLE} in {own}", (name,))
