"""Zones: IANA time zones by name, by city, or nearly; their rules, the same on every machine.

Rules and names are those of the package tzdata, whatever the machine's own files say; they are read
when they are first asked for.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from functools import cache, lru_cache
from heapq import nsmallest
from importlib.resources import files
from typing import TYPE_CHECKING, Final, NamedTuple
from zoneinfo import ZoneInfo

from rapidfuzz import process
from rapidfuzz.distance import OSA

from bot.domain.abbreviations import ABBREVIATIONS
from bot.domain.names import folded
from bot.domain.places import AMBIGUOUS, COMMON, PLACES

if TYPE_CHECKING:
    from collections.abc import Iterable

#: The longest name of a place that is looked for.
_LONGEST: Final = 80
#: A mistyped name has one slip in so many letters, at most.
_LETTERS_A_SLIP: Final = 4
_MINE: Final = frozenset(
    (
        *("my zone", "my time zone", "my timezone", "my time", "my own zone", "my own time zone"),
        *("my local time", "my local zone", "my local time zone", "my local timezone"),
    )
)
#: Names without a place in them: offsets with reversed signs, and the zone of nowhere.
_PLACELESS: Final = ("Etc/", "Factory")
#: Ends of names that say nothing by themselves, as in Mexico/General.
_PARTIAL: Final = frozenset(("continental", "east", "general", "north", "south", "west"))
_UTC: Final = frozenset(
    (
        *("utc", "uct", "zulu", "universal", "coordinated universal", "utc 0", "utc0"),
        *("etc utc", "etc uct", "etc zulu", "etc universal"),
        *("gmt", "gmt 0", "gmt0", "greenwich", "greenwich mean"),
    )
)
#: What stands between a place and what it lies in.
_PARTS: Final = re.compile(r"[/,;()]")
#: What may stand behind a name.
_TIME: Final = (" time zone", " timezone", " time")


class _Index(NamedTuple):
    #: Each zone's name by its small letters.
    names: dict[str, str]
    #: Zones that a place's name may mean.
    places: dict[str, tuple[str, ...]]
    #: A name from one of its words on; how many words come before; the zone.
    keys: list[tuple[str, int, str]]


def is_zone(name: str) -> bool:
    """Whether this is, letter for letter, the IANA name of a time zone."""
    return _index().names.get(name.casefold()) == name


@lru_cache(maxsize=1024)
def zone_info(name: str) -> ZoneInfo:
    """The rules of a zone.

    Raises:
        ValueError: there is no zone of this name.
    """
    if not is_zone(name):
        message = f"there is no time zone {name!r}; write an IANA name, as in Europe/Lisbon"
        raise ValueError(message)
    with files("tzdata").joinpath("zoneinfo", *name.split("/")).open("rb") as file:
        return ZoneInfo.from_file(file, key=name)


def zones_named(text: str, mine: str | None = None) -> tuple[str, ...]:
    """The zones that a text names: none, the one, or several that it could mean.

    It may be an IANA name in any case, a city or another well-known place, with `time` behind it or
    without, or `my zone`, which is `mine`. An abbreviation names none.
    """
    if len(text) > _LONGEST:
        return ()
    place = folded(text)
    if place in _MINE:
        return (mine,) if mine and is_zone(mine) else ()
    index = _index()
    exact = index.names.get("_".join(text.casefold().split()), "")
    place = _bare(place)
    if place in _UTC:
        return ("UTC",)
    if "/" in exact:
        return (exact,)
    if place in ABBREVIATIONS:
        return ()
    return index.places.get(place) or index.places.get(place.removeprefix("the "), ())


def zones_meant(text: str) -> tuple[str, ...]:
    """The zones that are probably meant by an abbreviation, which names none; else none."""
    texts = ABBREVIATIONS.get(_bare(folded(text[:_LONGEST])))
    return tuple(texts.split(", ")) if texts else ()


def is_mine(text: str) -> bool:
    """Whether a text asks for the reader's own zone."""
    return folded(text[:_LONGEST]) in _MINE


def find_zone(text: str, mine: str | None = None) -> str | tuple[str, ...]:
    """The zone that a text names; else, as a tuple, those that it could mean, nearest first."""
    named = zones_named(text, mine)
    if len(named) == 1:
        return named[0]
    return named or zones_meant(text) or _nearest(text)


def complete_zone(typed: str, limit: int) -> list[str]:
    """Zones a name of which goes on from what was typed, best first; common ones for nothing."""
    start = folded(typed[:_LONGEST])
    if not start:
        return list(COMMON[:limit])
    keys = _index().keys
    low = bisect_left(keys, (start, 0, ""))
    high = bisect_left(keys, (start + "\U0010ffff", 0, ""), lo=low)
    ranked = nsmallest(
        high - low, keys[low:high], key=lambda key: (key[1] > 0, key[2] not in COMMON, key[0])
    )
    return list(
        dict.fromkeys((*zones_named(typed), *zones_meant(typed), *(zone for _, _, zone in ranked)))
    )[:limit]


def tzdata_version() -> str:
    """The release of the zones' rules, as in `2026f`."""
    return _lines("zoneinfo", "tzdata.zi")[0].split()[-1]


def _bare(place: str) -> str:
    """A place without `time` behind it."""
    for suffix in _TIME:
        place = place.removesuffix(suffix)
    return place


def _nearest(text: str, limit: int = 3) -> tuple[str, ...]:
    """Zones of the places that a text names with a few slips, or beside other words."""
    typed = _bare(folded(text[:_LONGEST]))
    names, places, _ = _index()
    # An offset, as in UTC+2, and a whole continent are like no place in particular.
    if any(map(str.isdigit, typed)) or any(name.startswith(f"{typed}/") for name in names):
        return ()
    beside = next(filter(None, map(zones_named, _PARTS.split(text[:_LONGEST]))), ())
    most = len(typed) // _LETTERS_A_SLIP
    # Hardly anybody slips in the first letter, and many words differ in nothing else.
    alike = [place for place in places if most and place[0] == typed[0]]
    hits = process.extract(typed, alike, scorer=OSA.distance, score_cutoff=most, limit=limit)
    near = (zone for name, _, _ in hits for zone in places[name])
    return tuple(dict.fromkeys((*beside, *near)))[:limit]


@cache
def _index() -> _Index:
    names = {name.casefold(): name for name in _lines("zones") if name != "Factory"}
    # The zones that stand for a place of their own, rather than for another name of one.
    own = {line.split("\t")[2] for line in _lines("zoneinfo", "zone.tab") if line[0] != "#"}
    links = (line.split() for line in _lines("zoneinfo", "tzdata.zi") if line.startswith("L "))
    target = {alias: zone for _, zone, alias in links if zone in own and alias not in own}
    places: dict[str, dict[str, None]] = {}
    for name in names.values():
        if not name.startswith(_PLACELESS):
            zone = target.get(name, name)
            for place in {folded(name.rpartition("/")[2]), folded(name)} - _PARTIAL:
                places.setdefault(place, {})[zone] = None
    for zone, texts in PLACES.items():
        places.update((place, {zone: None}) for place in texts.split(", "))
    for place, texts in (AMBIGUOUS | ABBREVIATIONS).items():
        places[place] = dict.fromkeys(texts.split(", "))
    told = {place: tuple(zones) for place, zones in places.items()}
    return _Index(names, told, sorted(_keys(told, own)))


def _lines(*path: str) -> list[str]:
    return files("tzdata").joinpath(*path).read_text("utf-8").splitlines()


def _keys(places: dict[str, tuple[str, ...]], own: Iterable[str]) -> Iterable[tuple[str, int, str]]:
    yield "utc", 0, "UTC"
    for place, zones in places.items():
        words = place.split()
        for number in range(len(words)):
            for zone in zones:
                if zone in own:
                    yield " ".join(words[number:]), number, zone
