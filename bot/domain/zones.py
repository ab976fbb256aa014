"""Zones: IANA time zones by name, by city, or nearly; their rules, the same on every machine.

Rules and names are those of the package tzdata, whatever the machine's own files say; they are read
when they are first asked for.
"""

from __future__ import annotations

from bisect import bisect_left
from functools import cache, lru_cache
from heapq import nsmallest
from importlib.resources import files
from typing import TYPE_CHECKING, Final, NamedTuple
from zoneinfo import ZoneInfo

from rapidfuzz import fuzz, process

from bot.domain.names import folded
from bot.domain.places import AMBIGUOUS, COMMON, PLACES

if TYPE_CHECKING:
    from collections.abc import Iterable

#: The longest name of a place that is looked for.
_LONGEST: Final = 80
#: Likeness, in percent, from which a place is worth offering for a mistyped one.
_LIKE: Final = 75
_MINE: Final = frozenset(
    ("my zone", "my time zone", "my timezone", "my time", "my own zone", "my own time zone")
)
#: Names without a place in them: offsets with reversed signs, and the zone of nowhere.
_PLACELESS: Final = ("Etc/", "Factory")
_UTC: Final = frozenset(
    (*("utc", "uct", "zulu", "universal"), *("etc utc", "etc uct", "etc zulu", "etc universal"))
)


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

    It may be an IANA name in any case, a city or another well-known place, or `my zone`, which is
    `mine`.
    """
    if len(text) > _LONGEST:
        return ()
    place = folded(text)
    if place in _MINE:
        return (mine,) if mine and is_zone(mine) else ()
    if place in _UTC:
        return ("UTC",)
    index = _index()
    exact = index.names.get("_".join(text.casefold().split()), "")
    return (exact,) if "/" in exact else index.places.get(place, ())


def find_zone(text: str, mine: str | None = None) -> str | tuple[str, ...]:
    """The zone that a text names; else, as a tuple, those that it could mean, nearest first."""
    named = zones_named(text, mine)
    if len(named) == 1:
        return named[0]
    return named or _nearest(text)


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
    return list(dict.fromkeys((*zones_named(typed), *(zone for _, _, zone in ranked))))[:limit]


def tzdata_version() -> str:
    """The release of the zones' rules, as in `2026f`."""
    return _lines("zoneinfo", "tzdata.zi")[0].split()[-1]


def _nearest(text: str, limit: int = 3) -> tuple[str, ...]:
    places = _index().places
    typed = folded(text[:_LONGEST])
    if any(map(str.isdigit, typed)):  # an offset, as in UTC+2, which no place is like
        return ()
    hits = process.extract(typed, list(places), scorer=fuzz.ratio, score_cutoff=_LIKE, limit=limit)
    zones = (zone for name, _, _ in hits for zone in places[name])
    return tuple(dict.fromkeys(zones))[:limit]


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
            for place in (name.rpartition("/")[2], name):
                places.setdefault(folded(place), {})[zone] = None
    for zone, texts in PLACES.items():
        places.update((place, {zone: None}) for place in texts.split(", "))
    for place, texts in AMBIGUOUS.items():
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
