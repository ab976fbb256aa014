from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from functools import cache
from itertools import pairwise
from zoneinfo import available_timezones

import pytest
from cronsim import CronSim
from hypothesis import assume, given, strategies as st

from bot.domain import schedule
from bot.domain.cadence import Cadence
from bot.domain.schedule import (
    GRACE,
    MOST_MISSED,
    Due,
    Moved,
    Run,
    latest_due,
    next_runs,
    runs_between,
)
from bot.domain.words import NotUnderstoodError
from bot.domain.zones import is_zone, zone_info
from tests.cadences import (
    DAY,
    HOUR,
    MINUTE,
    ZONES,
    Told,
    clock_changes,
    cron_lines,
    monthly,
    simulated,
    told_by_cronsim,
    weekly,
)
from tests.stories import NOW

DAILY = Cadence.parse("at 09:00 daily")
HOURLY = Cadence.parse('cron "0 * * * *"')
NEW_YORK = "America/New_York"

cadences = st.one_of(weekly(), monthly(), cron_lines().map(told_by_cronsim))
around = st.one_of(st.integers(-90, 90), st.integers(-2000, 200))
minutes = st.integers(0, 3 * 366 * 24 * 60).map(lambda number: NOW + number * MINUTE)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def instants(runs: list[Run]) -> list[datetime]:
    return [run.at for run in runs]


def parsed(told: Told) -> Cadence:
    try:
        return Cadence.parse(told.text)
    except NotUnderstoodError:
        assume(False)
        raise


@cache
def changes(zone: str) -> list[datetime]:
    return clock_changes(zone, NOW)


@pytest.mark.parametrize(
    ("line", "zone", "after", "due", "moved"),
    [
        # Skipped local times run at the first minute after the gap.
        ("30 2 * * *", NEW_YORK, "2026-03-07 12:00", "2026-03-08 07:00", Moved.GAP),
        ("30 2 * * *", NEW_YORK, "2026-03-08 06:50", "2026-03-08 07:00", Moved.GAP),
        ("30 2 * * *", NEW_YORK, "2026-03-08 07:10", "2026-03-09 06:30", None),
        ("30 1 * * *", "Europe/Lisbon", "2026-03-28 12:00", "2026-03-29 01:00", Moved.GAP),
        ("15 2 * * *", "Australia/Lord_Howe", "2026-10-03 12:00", "2026-10-03 15:30", Moved.GAP),
        ("0 0 * * *", "America/Santiago", "2026-09-05 12:00", "2026-09-06 04:00", Moved.GAP),
        ("30 0 * * *", "Asia/Beirut", "2026-03-28 12:00", "2026-03-28 22:00", Moved.GAP),
        # Repeated ones run once, the first time.
        ("30 1 * * *", NEW_YORK, "2026-10-31 12:00", "2026-11-01 05:30", Moved.FOLD),
        ("30 1 * * *", NEW_YORK, "2026-11-01 05:30", "2026-11-02 06:30", None),
        ("30 1 * * *", "Europe/Lisbon", "2026-10-24 12:00", "2026-10-25 00:30", Moved.FOLD),
        ("30 1 * * *", "Europe/Lisbon", "2026-10-25 00:30", "2026-10-26 01:30", None),
        ("45 1 * * *", "Australia/Lord_Howe", "2026-04-04 12:00", "2026-04-04 14:45", Moved.FOLD),
        ("45 1 * * *", "Australia/Lord_Howe", "2026-04-04 14:45", "2026-04-05 15:15", None),
        # A day that did not exist is skipped.
        ("0 9 30 12 *", "Pacific/Apia", "2011-12-01 00:00", "2012-12-29 19:00", None),
        ("0 9 * * *", "Pacific/Apia", "2011-12-29 19:00", "2011-12-30 19:00", None),
        # Zero and seven are Sunday, one to five Monday to Friday.
        ("0 9 * * 1-5", "UTC", "2026-11-20 09:00", "2026-11-23 09:00", None),
        ("0 9 * * 0", "UTC", "2026-11-23 09:00", "2026-11-29 09:00", None),
        ("0 9 * * 7", "UTC", "2026-11-23 09:00", "2026-11-29 09:00", None),
        ("0 9 * * 1", "UTC", "2026-11-22 09:00", "2026-11-23 09:00", None),
    ],
)
def test_clock_changes_are_met_as_told(
    line: str, zone: str, after: str, due: str, moved: Moved | None
) -> None:
    [run] = next_runs(Cadence.parse(f'cron "{line}"'), zone, at(after), 1)
    assert (run.at, run.moved) == (at(due), moved)


def test_local_times_that_a_gap_moves_to_one_instant_are_one_run() -> None:
    cadence = Cadence.parse("at 02:15, 02:30 and 03:00 daily")
    runs = next_runs(cadence, NEW_YORK, at("2026-03-08 06:00"), 2)
    assert instants(runs) == [at("2026-03-08 07:00"), at("2026-03-09 06:15")]
    assert (runs[0].wall, runs[0].moved) == (datetime(2026, 3, 8, 2, 15), Moved.GAP)  # noqa: DTZ001


def test_a_cadence_of_every_hour_keeps_to_the_hours_that_pass() -> None:
    spring = runs_between(HOURLY, NEW_YORK, at("2026-03-08 05:30"), at("2026-03-08 09:00"), 9)
    autumn = runs_between(HOURLY, NEW_YORK, at("2026-11-01 04:30"), at("2026-11-01 07:00"), 9)
    assert [run.wall.hour for run in spring] == [1, 3, 4, 5]
    assert [(run.wall.hour, run.moved) for run in autumn] == [
        (1, None),
        (1, Moved.AGAIN),
        (2, None),
    ]


def test_the_second_pass_is_to_come_while_the_first_one_lasts() -> None:
    [run] = next_runs(HOURLY, NEW_YORK, at("2026-11-01 05:30"), 1)
    assert (run.at, run.wall.hour, run.moved) == (at("2026-11-01 06:00"), 1, Moved.AGAIN)


def test_every_hour_counts_twice_where_a_fold_spans_midnight() -> None:
    # Until 2011 the clocks of Newfoundland went from 00:01 back to 23:01 of the day before.
    cadence = Cadence.parse('cron "0,30 * * * *"')
    runs = next_runs(cadence, "America/St_Johns", at("2010-11-07 01:45"), 5)
    clock = ["23:30", "00:00", "23:30", "00:00", "00:30"]
    assert [f"{run.wall:%H:%M}" for run in runs] == clock


@pytest.mark.parametrize("zone", ZONES)
def test_a_daily_cadence_runs_once_on_each_local_day(zone: str) -> None:
    days = [run.wall.date() for run in next_runs(Cadence.parse("at 00:30 daily"), zone, NOW, 400)]
    assert days == [days[0] + number * DAY for number in range(400)]


def test_a_month_without_the_day_runs_on_its_last() -> None:
    cadence = Cadence.parse("at 08:30 every month on day 31")
    days = [run.wall.date() for run in next_runs(cadence, "UTC", at("2027-01-31 09:00"), 13)]
    assert [day.day for day in days] == [28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31, 31, 29]


@pytest.mark.parametrize("number", [29, 30])
def test_february_takes_its_last_day_for_days_that_it_lacks(number: int) -> None:
    cadence = Cadence.parse(f"at 08:30 every month on day {number}")
    days = [run.wall.date() for run in next_runs(cadence, "UTC", at("2027-01-31 09:00"), 14)]
    assert [day for day in days if day.month == 2] == [date(2027, 2, 28), date(2028, 2, 29)]
    assert {day.day for day in days if day.month != 2} == {number}


def test_a_leap_day_runs_in_leap_years() -> None:
    runs = next_runs(Cadence.parse('cron "0 9 29 2 *"'), "UTC", NOW, 3)
    assert [run.wall.year for run in runs] == [2028, 2032, 2036]


def test_a_line_that_names_days_both_ways_runs_on_either() -> None:
    runs = next_runs(Cadence.parse('cron "0 9 1 * 1"'), "UTC", at("2026-11-24 00:00"), 3)
    assert [run.wall.day for run in runs] == [30, 1, 7]


def test_a_starred_day_and_a_weekday_must_both_match() -> None:
    runs = next_runs(Cadence.parse('cron "0 9 */2 * mon"'), "UTC", at("2026-11-01 00:00"), 3)
    assert [run.wall.day for run in runs] == [9, 23, 7]


def test_runs_are_strictly_after_and_up_to() -> None:
    nine, next_nine = at("2026-11-23 09:00"), at("2026-11-24 09:00")
    assert instants(next_runs(DAILY, "UTC", nine, 1)) == [next_nine]
    assert instants(runs_between(DAILY, "UTC", nine, next_nine, 5)) == [next_nine]
    assert runs_between(DAILY, "UTC", nine, next_nine - timedelta.resolution, 5) == []
    assert instants(next_runs(DAILY, "UTC", nine - timedelta.resolution, 1)) == [nine]


@pytest.mark.parametrize("cadence", [DAILY, HOURLY])
def test_there_is_an_end_of_time(cadence: Cadence) -> None:
    runs = next_runs(cadence, NEW_YORK, at("8999-12-31 08:00"), 100)
    assert runs[-1].at.year == 9000
    assert 1 <= len(runs) < 50


def test_runs_between_stop_at_the_limit() -> None:
    assert len(runs_between(DAILY, "UTC", NOW, NOW + 30 * DAY, 7)) == 7


def test_nothing_is_due_before_the_first_run() -> None:
    assert latest_due(DAILY, "UTC", NOW, NOW + HOUR, GRACE) == Due()
    assert latest_due(DAILY, "UTC", NOW, NOW - DAY, GRACE) == Due()


@pytest.mark.parametrize(
    ("late", "welcome"), [(GRACE, True), (GRACE + timedelta.resolution, False)]
)
def test_a_run_is_welcome_until_its_grace_is_over(late: timedelta, *, welcome: bool) -> None:
    nine = at("2026-11-23 09:00")
    due = latest_due(DAILY, "UTC", NOW, nine + late, GRACE)
    assert due == Due(Run(nine, datetime(2026, 11, 23, 9)), welcome)  # noqa: DTZ001


def test_of_many_missed_runs_the_last_are_told() -> None:
    due = latest_due(DAILY, "UTC", NOW, at("2028-01-01 10:00"), GRACE)
    expected = [at("2028-01-01 09:00") - back * DAY for back in range(MOST_MISSED, 0, -1)]
    assert instants(list(due.older)) == expected
    assert due.newest
    assert due.newest.at == at("2028-01-01 09:00")


def test_a_rare_run_long_ago_is_found() -> None:
    cadence = Cadence.parse('cron "0 9 29 2 *"')
    due = latest_due(cadence, "UTC", at("2023-01-01 00:00"), at("2031-12-31 00:00"), GRACE)
    assert [run.at.year for run in (*due.older, due.newest) if run] == [2024, 2028]


def test_schedules_of_one_kind_cost_one_computation() -> None:
    schedule._next_runs.cache_clear()
    schedule._latest.cache_clear()
    for _ in range(1000):
        cadence = Cadence.parse("at 09:00 on weekdays")
        next_runs(cadence, NEW_YORK, NOW, 1)
        latest_due(cadence, NEW_YORK, NOW, NOW + 3 * DAY, GRACE)
    assert schedule._next_runs.cache_info().misses == 1
    assert schedule._latest.cache_info().misses == 1


@given(cadences, st.sampled_from(ZONES), st.data())
def test_runs_are_those_of_a_ticking_clock(told: Told, zone: str, data: st.DataObject) -> None:
    cadence = parsed(told)
    near = data.draw(st.sampled_from(changes(zone) or [NOW]))
    after = near + data.draw(around) * MINUTE
    until = after + 2 * DAY
    expected = simulated(told, zone, after, until)
    assert instants(runs_between(cadence, zone, after, until, 10_000)) == expected


@given(cadences, st.sampled_from(ZONES), minutes)
def test_what_comes_next_is_what_is_due_later(told: Told, zone: str, after: datetime) -> None:
    cadence = parsed(told)
    runs = next_runs(cadence, zone, after, MOST_MISSED + 1)
    assert [run.at for run in runs] == sorted({run.at for run in runs})
    assert runs[0].at > after
    due = latest_due(cadence, zone, after, runs[-1].at, GRACE)
    assert (*due.older, due.newest) == tuple(runs)


@given(cadences, st.sampled_from(ZONES), minutes, st.lists(st.integers(0, 4000), max_size=4))
def test_adjoining_spans_give_what_the_whole_gives(
    told: Told, zone: str, after: datetime, lengths: list[int]
) -> None:
    cadence = parsed(told)
    edges = [after]
    for length in lengths:
        edges.append(edges[-1] + length * MINUTE)
    whole = runs_between(cadence, zone, after, edges[-1], 100_000)
    pieces = [
        run
        for start, end in pairwise(edges)
        for run in runs_between(cadence, zone, start, end, 100_000)
    ]
    assert pieces == whole
    due = latest_due(cadence, zone, after, edges[-1], GRACE)
    kept = whole[-MOST_MISSED - 1 :]
    assert [run for run in (*due.older, due.newest) if run] == kept


@given(cadences, st.sampled_from(ZONES), st.data())
def test_the_answer_does_not_depend_on_when_it_is_asked_for(
    told: Told, zone: str, data: st.DataObject
) -> None:
    cadence = parsed(told)
    near = data.draw(st.sampled_from(changes(zone) or [NOW]))
    after = near + data.draw(around) * MINUTE
    runs = next_runs(cadence, zone, after, 40)
    later = after + data.draw(st.integers(0, (runs[-1].at - after) // MINUTE)) * MINUTE
    left = [run for run in runs if run.at > later]
    assert next_runs(cadence, zone, later, len(left)) == left


@given(cron_lines(fixed_hours=True), st.sampled_from(ZONES), minutes)
def test_cronsim_agrees(line: str, zone: str, after: datetime) -> None:
    cadence = parsed(Told(f'cron "{line}"', lambda _: True))
    runs = next_runs(cadence, zone, after, 30)
    assert [run.at for run in runs] == _by_cronsim(line, zone, after, 30)


def _by_cronsim(line: str, zone: str, after: datetime, count: int) -> list[datetime]:
    """Read runs with cronsim, which now and then gives an instant twice or one that has passed."""
    fires = CronSim(line, after.astimezone(zone_info(zone)))
    found: list[datetime] = []
    while len(found) < count:
        fire = next(fires).astimezone(UTC)
        if fire > (found[-1] if found else after):
            found.append(fire)
    return found


def near(change: datetime, zone: str) -> list[Told]:
    """Cadences that a clock change of a zone touches."""
    before = (change - MINUTE).astimezone(zone_info(zone)).replace(tzinfo=None)
    walls = [before + quarter * 15 * MINUTE + MINUTE for quarter in range(-10, 11)]
    clock = {(wall.hour, wall.minute) for wall in walls}
    text = " and ".join(f"{hour:02}:{minute:02}" for hour, minute in sorted(clock))
    day = before.day
    return [
        Told(f"at {text} daily", lambda wall: (wall.hour, wall.minute) in clock),
        told_by_cronsim(f"*/20 {before.hour},3-5 * * *"),
        told_by_cronsim(f"7,37 * {day} * *"),
        told_by_cronsim(f"30 */2 * * {before.isoweekday()}"),
        told_by_cronsim("59 23 * * *"),
    ]


@pytest.mark.slow
@pytest.mark.timeout(1800)
@pytest.mark.parametrize("zone", sorted(filter(is_zone, available_timezones())))
def test_in_every_zone_runs_are_those_of_a_ticking_clock(zone: str) -> None:
    for change in changes(zone):
        after, until = change - 26 * HOUR, change + 26 * HOUR
        for told in near(change, zone):
            cadence, expected = Cadence.parse(told.text), simulated(told, zone, after, until)
            runs = runs_between(cadence, zone, after, until, 10_000)
            assert instants(runs) == expected, told.text
            assert next_runs(cadence, zone, after, len(runs)) == runs
            for run in runs:
                due = latest_due(cadence, zone, after, run.at, GRACE)
                assert (due.newest, due.welcome) == (run, True)


@pytest.mark.slow
@pytest.mark.timeout(1800)
@pytest.mark.parametrize("zone", sorted(filter(is_zone, available_timezones())))
@given(line=cron_lines(fixed_hours=True), after=minutes)
def test_in_every_zone_cronsim_agrees(zone: str, line: str, after: datetime) -> None:
    cadence = parsed(Told(f'cron "{line}"', lambda _: True))
    runs = next_runs(cadence, zone, after, 40)
    assert [run.at for run in runs] == _by_cronsim(line, zone, after, 40)
