"""Cadences for tests, each with its meaning told a second time: minute by minute, or by cronsim."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from cronsim import CronSim
from hypothesis import strategies as st
from hypothesis.strategies import DrawFn, SearchStrategy

from bot.domain.zones import zone_info

MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
ORDINALS = ("first", "second", "third", "fourth", "last")

#: Zones whose clocks change at night, at midnight, by half an hour, by two hours, or never.
ZONES = (
    *("America/New_York", "Europe/Lisbon", "Australia/Lord_Howe", "America/Santiago"),
    *("Asia/Beirut", "Africa/Cairo", "Africa/Casablanca", "Antarctica/Troll", "Atlantic/Azores"),
    *("America/Havana", "America/Nuuk", "Pacific/Chatham", "Asia/Kathmandu", "UTC"),
)


@dataclass(frozen=True)
class Told:
    """A cadence's text, and whether a local time belongs to it."""

    text: str
    comes: Callable[[datetime], bool]
    every_hour: bool = False


def listed(items: list[str]) -> str:
    """`a, b and c`."""
    return " and ".join(filter(None, (", ".join(items[:-1]), items[-1])))


@st.composite
def times(draw: DrawFn, most: int = 4) -> tuple[str, set[tuple[int, int]]]:
    """A list of times of day, and their hours and minutes."""
    clock = st.tuples(st.integers(0, 23), st.sampled_from((0, 1, 15, 30, 45, 59)))
    found = draw(st.sets(clock, min_size=1, max_size=most))
    return listed([f"{hour:02}:{minute:02}" for hour, minute in sorted(found)]), found


@st.composite
def weekly(draw: DrawFn) -> Told:
    """Times on some days of the week."""
    text, clock = draw(times())
    days = draw(st.sets(st.integers(0, 6), min_size=1))
    named = f"every {listed([DAYS[day] for day in sorted(days)])}"
    known = {frozenset(range(7)): "daily", frozenset(range(5)): "on weekdays"}
    told = known.get(frozenset(days), named)
    return Told(
        f"at {text} {told}",
        lambda wall: wall.weekday() in days and (wall.hour, wall.minute) in clock,
    )


@st.composite
def monthly(draw: DrawFn) -> Told:
    """Times on some days of the month."""
    text, clock = draw(times())
    numbers = draw(st.sets(st.integers(1, 31), max_size=3))
    last = draw(st.booleans())
    least = 0 if numbers or last else 1
    pairs = st.tuples(st.integers(0, 4), st.integers(0, 6))
    counted = draw(st.sets(pairs, min_size=least, max_size=2))
    items = [f"day {number}" for number in sorted(numbers)] + ["the last day"] * last
    items += [f"the {ORDINALS[place]} {DAYS[day]}" for place, day in sorted(counted)]

    def comes(wall: datetime) -> bool:
        end = monthrange(wall.year, wall.month)[1]
        numbered = {min(number, end) for number in numbers} | ({end} if last else set())
        nth = any(
            wall.weekday() == day
            and (wall.day > end - 7 if place == 4 else (wall.day - 1) // 7 == place)
            for place, day in counted
        )
        return (wall.hour, wall.minute) in clock and (wall.day in numbered or nth)

    return Told(f"at {text} every month on {listed(items)}", comes)


def fields(low: int, high: int, *, rare: bool = False) -> SearchStrategy[str]:
    """A field of a cron line: a star, numbers, ranges and steps."""
    number = st.integers(low, high)
    # cronsim takes 5-5/2 for 5-59/2, so a range that a step follows has two ends.
    pair = st.lists(number, min_size=2, max_size=2, unique=True).map(sorted)
    parts = st.one_of(
        number.map(str),
        pair.map(lambda ends: f"{ends[0]}-{ends[1]}"),
        st.tuples(pair, st.integers(1, high - low)).map(
            lambda at: f"{at[0][0]}-{at[0][1]}/{at[1]}"
        ),
    )
    lists = st.lists(parts, min_size=1, max_size=3).map(",".join)
    steps = st.integers(1, high - low).map(lambda step: f"*/{step}")
    return lists if rare else st.one_of(st.just("*"), lists, steps)


@st.composite
def cron_lines(draw: DrawFn, *, fixed_hours: bool = False) -> str:
    """A cron line; with `fixed_hours` none whose minute or hour begins with a star."""
    clock = (fields(0, 59, rare=fixed_hours), fields(0, 23, rare=fixed_hours))
    names = st.sampled_from(("mon", "sun-tue", "MON,wed,Fri", "thu-sat", "sat", "*"))
    months = st.one_of(st.just("*"), fields(1, 12), st.sampled_from(("jan", "feb-apr", "oct,DEC")))
    return " ".join(
        (
            *(draw(field) for field in clock),
            draw(st.one_of(st.just("*"), fields(1, 31))),
            draw(months),
            draw(st.one_of(st.just("*"), fields(0, 7), names)),
        )
    )


def told_by_cronsim(line: str) -> Told:
    """A cron line with cronsim's reading of its fields."""
    read = CronSim(line, datetime(2026, 1, 1, tzinfo=UTC))

    def comes(wall: datetime) -> bool:
        clock = wall.minute in read.minutes and wall.hour in read.hours
        return clock and wall.month in read.months and read.match_day(wall.date())

    return Told(f'cron "{line}"', comes, every_hour=line.split()[1].startswith("*"))


def simulated(told: Told, zone: str, after: datetime, until: datetime) -> list[datetime]:
    """The runs after one whole minute and up to another, found by letting the clock tick.

    A local time runs when the local clock first reaches it, or each time that the clock shows it
    if every hour counts. A jump of half a day or more leaves out what is in between.
    """
    info = zone_info(zone)
    at = after - DAY - HOUR
    reached = at.astimezone(info).replace(tzinfo=None)
    found = []
    while at < until:
        at += MINUTE
        wall = at.astimezone(info).replace(tzinfo=None)
        skipped = (wall - reached) // MINUTE - 1
        if told.every_hour:
            due = told.comes(wall)
        else:
            due = wall > reached and told.comes(wall)
            if 0 < skipped < 12 * 60:
                due |= any(told.comes(wall - back * MINUTE) for back in range(1, skipped + 1))
        if due and at > after:
            found.append(at)
        reached = max(reached, wall)
    return found


def clock_changes(zone: str, start: datetime, days: int = 400) -> list[datetime]:
    """The instants in some days from `start` at which a zone's clocks change."""
    info = zone_info(zone)
    found, step = [], 6 * HOUR
    at, end = start, start + days * DAY
    while at < end:
        low, high = at, at + step
        if low.astimezone(info).utcoffset() != high.astimezone(info).utcoffset():
            while high - low > MINUTE:
                middle = low + (high - low) // MINUTE // 2 * MINUTE
                same = middle.astimezone(info).utcoffset() == low.astimezone(info).utcoffset()
                low, high = (middle, high) if same else (low, middle)
            found.append(high)
        at += step
    return found
