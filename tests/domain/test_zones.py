from __future__ import annotations

import subprocess
import sys
from datetime import UTC, datetime
from importlib.resources import files
from pathlib import Path

import pytest
from hypothesis import given, strategies as st

from bot.domain.abbreviations import ABBREVIATIONS
from bot.domain.names import folded
from bot.domain.places import AMBIGUOUS, COMMON, PLACES
from bot.domain.zones import (
    complete_zone,
    find_zone,
    is_zone,
    tzdata_version,
    zone_info,
    zones_named,
)

TABLE = files("tzdata").joinpath("zoneinfo", "zone.tab").read_text("utf-8").splitlines()
OWN = [line.split("\t")[2] for line in TABLE if not line.startswith("#")]
NAMES = files("tzdata").joinpath("zones").read_text("utf-8").split()


@pytest.mark.parametrize(
    ("text", "zone"),
    [
        ("Europe/Lisbon", "Europe/Lisbon"),
        ("europe/lisbon", "Europe/Lisbon"),
        ("AMERICA/new york", "America/New_York"),
        ("US/Eastern", "US/Eastern"),
        ("etc/gmt+5", "Etc/GMT+5"),
        ("lisbon", "Europe/Lisbon"),
        (" New  York ", "America/New_York"),
        ("são paulo", "America/Sao_Paulo"),
        ("kyiv", "Europe/Kyiv"),
        ("Kiev", "Europe/Kyiv"),
        ("Washington, D.C.", "America/New_York"),
        ("buenos aires", "America/Argentina/Buenos_Aires"),
        ("calcutta", "Asia/Kolkata"),
        ("japan", "Asia/Tokyo"),
        ("iceland", "Atlantic/Reykjavik"),
        ("st. petersburg", "Europe/Moscow"),
        ("port-au-prince", "America/Port-au-Prince"),
        ("utc", "UTC"),
        ("Etc/UTC", "UTC"),
        ("Zulu", "UTC"),
        ("GMT", "UTC"),
        ("utc+0", "UTC"),
        ("GMT-0", "UTC"),
        ("Greenwich Mean Time", "UTC"),
        ("Lisbon time", "Europe/Lisbon"),
        ("new york time zone", "America/New_York"),
        ("my zone", "Asia/Tokyo"),
        ("My own time zone", "Asia/Tokyo"),
        ("my local time", "Asia/Tokyo"),
    ],
)
def test_a_zone_is_found_by_name_or_place(text: str, zone: str) -> None:
    assert find_zone(text, "Asia/Tokyo") == zone


@pytest.mark.parametrize(
    ("text", "near"),
    [
        ("lisbonn", ("Europe/Lisbon",)),
        ("Nwe York", ("America/New_York",)),
        ("EST", ("America/New_York", "America/Panama")),
        ("NZDT", ("Pacific/Auckland",)),
        ("Eastern Standard Time", ("America/New_York", "America/Panama")),
        ("Frankfrut", ("Europe/Berlin",)),
        ("Johanesburg", ("Africa/Johannesburg",)),
        ("london/europe", ("Europe/London",)),
        ("Portland, USA", ("America/Los_Angeles", "America/New_York")),
        ("Mars", ()),
        ("Pluto", ()),
        ("here", ()),
        ("home", ()),
        ("Asia", ()),
        ("general", ()),
        ("san juan", ("America/Puerto_Rico", "America/Argentina/San_Juan")),
        ("portugal", ("Europe/Lisbon", "Atlantic/Azores", "Atlantic/Madeira")),
        ("UTC+2", ()),
        ("GMT+5", ()),
        ("zzzz", ()),
        ("Factory", ()),
        ("", ()),
        ("x" * 5000, ()),
    ],
)
def test_a_name_of_no_one_zone_gets_suggestions(text: str, near: tuple[str, ...]) -> None:
    assert find_zone(text) == near


@pytest.mark.parametrize("mine", [None, "", "Nowhere/Land", "../../etc/passwd"])
def test_an_unknown_zone_of_the_reader_is_no_zone(mine: str | None) -> None:
    assert zones_named("my zone", mine) == ()


def test_every_iana_name_is_found_in_any_case() -> None:
    utc = {"Etc/UTC", "Etc/UCT", "Etc/Zulu", "Etc/Universal"}
    names = {name: "UTC" if name in utc else name for name in NAMES if "/" in name}
    assert {name: find_zone(name.upper()) for name in names} == names
    assert {name: find_zone(name.lower().replace("_", " ")) for name in names} == names


def test_every_zone_is_among_those_that_its_city_names() -> None:
    cities = {zone: zone.rpartition("/")[2].replace("_", " ") for zone in OWN}
    assert [zone for zone, city in cities.items() if zone not in zones_named(city)] == []


def test_places_are_written_as_they_are_compared_and_lie_in_zones() -> None:
    places = [place for texts in PLACES.values() for place in texts.split(", ")]
    asked = (*AMBIGUOUS, *ABBREVIATIONS)
    texts = (*AMBIGUOUS.values(), *ABBREVIATIONS.values())
    zones = [zone for text in texts for zone in text.split(", ")]
    assert [place for place in (*places, *asked) if folded(place) != place] == []
    assert len({*places, *asked}) == len(places) + len(asked)
    assert [zone for zone in (*PLACES, *zones, *COMMON) if zone not in {"UTC", *OWN}] == []


def test_no_place_takes_the_name_of_another_zone_of_its_own() -> None:
    cities = {folded(zone.rpartition("/")[2]): zone for zone in OWN}
    taken = {place: zone for zone, texts in PLACES.items() for place in texts.split(", ")}
    assert {place: zone for place, zone in taken.items() if cities.get(place, zone) != zone} == {}


@pytest.mark.parametrize(
    ("typed", "first"),
    [
        ("", "UTC"),
        ("lon", "Europe/London"),
        ("lis", "Europe/Lisbon"),
        ("new y", "America/New_York"),
        ("york", "America/New_York"),
        ("Europe/L", "Europe/Lisbon"),
        ("são", "America/Sao_Paulo"),
        ("boston", "America/New_York"),
        ("est", "America/New_York"),
        ("utc", "UTC"),
        ("us/eastern", "US/Eastern"),
    ],
)
def test_typing_is_completed_with_the_likeliest_first(typed: str, first: str) -> None:
    found = complete_zone(typed, 25)
    assert found[0] == first
    assert all(map(is_zone, found))
    assert len(found) == len(set(found)) <= 25


def test_completion_stops_at_the_limit() -> None:
    assert len(complete_zone("a", 7)) == 7
    assert complete_zone("zzzz", 7) == []


def test_a_zones_rules_are_those_of_the_package() -> None:
    summer = datetime(2026, 7, 1, 12, tzinfo=UTC).astimezone(zone_info("America/New_York"))
    assert (summer.hour, str(summer.tzinfo)) == (8, "America/New_York")
    assert zone_info("America/New_York") is zone_info("America/New_York")
    assert tzdata_version() >= "2026a"


@pytest.mark.parametrize("name", ["", "Nowhere", "europe/lisbon", "../zones", "/etc/passwd", "\0"])
def test_the_rules_of_no_zone_are_refused(name: str) -> None:
    assert not is_zone(name)
    with pytest.raises(ValueError, match="Europe/Lisbon"):
        zone_info(name)


def test_nothing_is_read_before_a_zone_is_asked_for() -> None:
    code = "import bot.domain.wish, bot.domain.zones as z; print(z._index.cache_info().currsize)"
    root = Path(__file__).parents[2]
    assert subprocess.check_output([sys.executable, "-c", code], cwd=root, text=True) == "0\n"


@pytest.mark.parametrize("suffix", ["", " time", " Time Zone"])
def test_an_abbreviation_names_no_zone_but_offers_some(suffix: str) -> None:
    offered = {name: find_zone(f"{name.upper()}{suffix}") for name in ABBREVIATIONS}
    assert offered == {name: tuple(zones.split(", ")) for name, zones in ABBREVIATIONS.items()}


LARGE = [place for texts in PLACES.values() for place in texts.split(", ") if len(place) > 7]


@given(st.sampled_from(LARGE), st.data())
def test_a_place_with_one_slip_is_offered(place: str, data: st.DataObject) -> None:
    at = data.draw(st.integers(1, len(place) - 1))
    slips = (place[:at] + place[at + 1 :], f"{place[:at]}x{place[at:]}")
    found = find_zone(data.draw(st.sampled_from(slips)))
    (zone,) = zones_named(place)
    assert zone in ((found,) if isinstance(found, str) else found)


@given(st.text(max_size=100))
def test_any_text_is_a_zone_or_suggestions(text: str) -> None:
    found = find_zone(text, "Asia/Tokyo")
    zones = (found,) if isinstance(found, str) else found
    assert all(map(is_zone, (*zones, *complete_zone(text, 5))))
