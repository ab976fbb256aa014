from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import assume, given, strategies as st

from bot.domain.cadence import Cadence, smallest_interval
from bot.domain.schedule import next_runs
from bot.domain.words import NotUnderstoodError
from tests.cadences import Told, cron_lines, monthly, told_by_cronsim, weekly
from tests.stories import NOW

HOUR = timedelta(hours=1)


@pytest.mark.parametrize(
    ("text", "canonical"),
    [
        ("at 09:00 on weekdays", "at 09:00 on weekdays"),
        ("on weekdays at 9:00", "at 09:00 on weekdays"),
        ("9am every weekday", "at 09:00 on weekdays"),
        ("mon-fri 9:00", "at 09:00 on weekdays"),
        ("Monday to Friday at 9 am", "at 09:00 on weekdays"),
        ("mon – fri 9 a.m.", "at 09:00 on weekdays"),
        ("at 9:30 every monday and thursday", "at 09:30 every Monday and Thursday"),
        (
            "at 9:30 on mondays, wednesdays, and fridays",
            "at 09:30 every Monday, Wednesday and Friday",
        ),
        ("weekly on thurs at 9:15pm", "at 21:15 every Thursday"),
        ("noon every monday & on tue", "at 12:00 every Monday and Tuesday"),
        ("at 17:00 and 9:00 daily", "at 09:00 and 17:00 daily"),
        ("at 9:00 and at 9:00 each day", "at 09:00 daily"),
        ("at 9 p.m daily", "at 21:00 daily"),
        ("at 9:00 on the first of the month", "at 09:00 every month on day 1"),
        ("at 9:00 last of every month", "at 09:00 every month on the last day"),
        ('cron: "0 9 * * 1-5"', 'cron "0 9 * * 1-5"'),
        ("12:30pm sun-thu", "at 12:30 every Monday, Tuesday, Wednesday, Thursday and Sunday"),
        ("at 12:30am on weekends", "at 00:30 on weekends"),
        ("at 10:00 on weekdays and saturday, sunday", "at 10:00 daily"),
        ("at 08:30 every month on day 1", "at 08:30 every month on day 1"),
        ("at 08:30 on the 1st of the month", "at 08:30 every month on day 1"),
        ("08:30 monthly on days 15, 1 and 31", "at 08:30 every month on day 1, day 15 and day 31"),
        ("at 08:30 on the last day of every month", "at 08:30 every month on the last day"),
        ("last friday of the month at 4pm", "at 16:00 every month on the last Friday"),
        (
            "at 16:00 on the first and third monday of each month",
            "at 16:00 every month on the first Monday and the third Monday",
        ),
        ("at 16:00 every 2nd tuesday of the month", "at 16:00 every month on the second Tuesday"),
        (
            "at 16:00 on the first and last day of the month",
            "at 16:00 every month on day 1 and the last day",
        ),
        ('cron "0 9 * * 1-5"', 'cron "0 9 * * 1-5"'),
        ("cron 0  9 * * MON-FRI", 'cron "0 9 * * mon-fri"'),
        ("CRON ‘*/30 8-18/2 1,15 jan-mar *’", 'cron "*/30 8-18/2 1,15 jan-mar *"'),
    ],
)
def test_words_have_one_canonical_form(text: str, canonical: str) -> None:
    assert str(Cadence.parse(text)) == canonical
    assert Cadence.parse(canonical) == Cadence.parse(text)


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("", "It does not say at what time"),
        ("on weekdays", "It does not say at what time"),
        ("at 09:00", "It does not say on which days"),
        ("at", "A time is missing after “at”"),
        ("at 9 on weekdays", "“9” is no time of day"),
        ("at 9.30 daily", "“9.30” is no time of day"),
        ("at 9 and 17 daily", "“9 and 17” is no time of day"),
        ("at 9:00 and 17 daily", "“17” is no time of day"),
        ("at half past nine daily", "“half past nine” is no time of day"),
        ("at 24:00 daily", "“24:00” is no time of day"),
        ("at 9:60 daily", "“9:60” is no time of day"),
        ("at 13pm daily", "“13pm” is no time of day"),
        ("at midnight daily", "“midnight” can be read in two ways"),
        ("at 12 am daily", "“12 am” can be read in two ways"),
        ("at 12:00pm daily", "“12:00pm” can be read in two ways"),
        ("weekly at 09:00", "“weekly” does not say on which day"),
        ("every month at 09:00", "“every month” does not say on which day"),
        ("every second friday at 09:00", "“every second friday” does not say of what"),
        ("at 09:00 on the 15th", "“on the 15th” does not say of what"),
        ("at 09:00 on day 15", "“on day 15” does not say of what"),
        ("at 09:00 every month on day 32", "No month has a day 32"),
        ("at 09:00 every month on day 0", "No month has a day 0"),
        ("at 09:00 on the fifth friday of the month", "Not every month has a fifth one"),
        ("at 09:00 on the last weekday of the month", "“last weekday” of a month cannot be told"),
        (
            "at 09:00 on the 1st and 3rd monday of the month",
            "“on the 1st and 3rd monday” can be read in two ways",
        ),
        ("at 09:00 daily at 17:00", "“at 17:00” comes on top of other times or days"),
        ("daily at 09:00 on weekdays", "“on weekdays” comes on top of other times or days"),
        (
            'cron "0 9 * * *" cron "0 8 * * *"',
            '“cron "0 8 * * *"” comes on top of other times or days',
        ),
        ('cron "0 9 * * *" daily', "A cron line says both times and days"),
        ("monday at 09:00 and friday at 17:00", "I do not understand “and friday at 17:00”"),
        ("mon-mon 9:00", "I do not understand “mon-mon 9:00”"),
        ("mon-tue-wed 9:00", "I do not understand “mon-tue-wed 9:00”"),
        ("monday to friday to sunday 9:00", "I do not understand “to sunday 9:00”"),
        ("every 15 minutes on weekdays", "I do not understand “every 15 minutes on weekdays”"),
        ("the first and friday at 9:00", "I do not understand “the first and friday at 9:00”"),
        ("every month on day one at 9:00", "“every month” does not say on which day"),
        ("cron", "The five fields of a cron line are missing"),
        ('cron ""', "The five fields of a cron line are missing"),
        ('cron "0 9 * * 1-5', 'The closing quote of the cron line “"0 9 * * 1-5” is missing'),
        ("cron “0 9 * * 1-5 daily", "The closing quote of the cron line ““0 9 * * 1-5” is missing"),
        ('cron 0 9 * * 1-5"', 'The opening quote of the cron line “0 9 * * 1-5"” is missing'),
        ("cron @daily", "A cron line has five fields, and “@daily” has 1"),
        ('cron "0 0 9 * * 1"', "A cron line has five fields, and “0 0 9 * * 1” has 6"),
        ('cron "60 9 * * *"', "“60” is no minute of a cron line"),
        ('cron "0 24 * * *"', "“24” is no hour of a cron line"),
        ('cron "0 9 0 * *"', "“0” is no day of the month of a cron line"),
        ('cron "0 9 L * *"', "“L” is no day of the month of a cron line"),
        ('cron "0 9 * 13 *"', "“13” is no month of a cron line"),
        ('cron "0 9 * foo *"', "“foo” is no month of a cron line"),
        ('cron "0 9 * * 8"', "“8” is no weekday of a cron line"),
        ('cron "0 9 * * 5#2"', "“5#2” is no weekday of a cron line"),
        ('cron "0 9 * * fri-sun"', "“fri-sun” is no weekday of a cron line"),
        ('cron "0 22-2 * * *"', "“22-2” is no hour of a cron line"),
        ('cron "5/15 9 * * *"', "“5/15” is no minute of a cron line"),
        ('cron "*/0 9 * * *"', "“*/0” is no minute of a cron line"),
        ('cron "*/90 9 * * *"', "“*/90” is no minute of a cron line"),
        ('cron "0 9 1,,2 * *"', "“” is no day of the month of a cron line"),
        ('cron "0 9 31 2 *"', "“31 2 *” may match no day for five years"),
        ('cron "0 9 30 2 */1"', "“30 2 */1” may match no day for five years"),
        ('cron "0 9 */30 2 1"', "“*/30 2 1” may match no day for five years"),
        ('cron "0 9 29 2 */7"', "“29 2 */7” may match no day for five years"),
    ],
)
def test_what_is_not_understood_is_refused_by_name(text: str, what: str) -> None:
    with pytest.raises(NotUnderstoodError) as caught:
        Cadence.parse(text)
    refusal = caught.value.refusal
    assert refusal.what.startswith(what)
    assert refusal.remedy
    assert str(caught.value) == f"{refusal.what} — {refusal.remedy}, as in: {refusal.example}"


@pytest.mark.parametrize(
    ("text", "note"),
    [
        ('cron "0 9 1 * 1"', "it runs on a day that is either"),
        ('cron "0 9 31 * *"', "skips a month without a day 31"),
        ('cron "0 9 29 2 *"', "skips a month without a day 29"),
        ('cron "0 9 28 2 *"', ""),
        ('cron "0 9 * * 1"', ""),
        ('cron "0 9 */2 * 1"', ""),
        ("at 09:00 every month on day 31", ""),
    ],
)
def test_a_meaning_that_surprises_is_noted(text: str, note: str) -> None:
    cadence = Cadence.parse(text)
    assert note in cadence.note
    assert bool(cadence.note) == bool(note)


def test_a_line_of_which_one_way_never_comes_runs_on_the_other() -> None:
    cadence = Cadence.parse('cron "0 9 31 2 mon"')
    assert cadence.next_day(date(2026, 11, 22)) == date(2027, 2, 1)


def test_no_day_is_sought_forever() -> None:
    assert Cadence.parse("at 09:00 daily").next_day(date(9500, 1, 1)) is None


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("at 09:00 daily", 24 * HOUR),
        ("at 09:00 every Monday", 7 * 24 * HOUR),
        ("at 09:00, 09:30 and 17:00 daily", HOUR / 2),
        ("at 00:00 and 23:30 daily", HOUR / 2),
        ("at 00:00 and 23:30 every Monday", 23.5 * HOUR),
        ("at 00:00 and 23:30 every Monday and Tuesday", HOUR / 2),
        ("at 00:00 and 23:30 every month on day 1 and the last day", HOUR / 2),
        ("at 00:00 and 23:30 every month on day 28 and the last day", HOUR / 2),
        ('cron "*/15 * * * *"', HOUR / 4),
        ('cron "0 9 1 1 *"', 365 * 24 * HOUR),
        ('cron "0 9 29 2 *"', 1461 * 24 * HOUR),
    ],
)
def test_the_smallest_interval_is_found(text: str, expected: timedelta) -> None:
    assert smallest_interval(Cadence.parse(text)) == expected


@given(st.one_of(weekly(), monthly(), cron_lines().map(told_by_cronsim)))
def test_no_two_runs_are_closer_than_the_smallest_interval(told: Told) -> None:
    try:
        cadence = Cadence.parse(told.text)
    except NotUnderstoodError:
        assume(False)
    runs = next_runs(cadence, "UTC", datetime(2024, 1, 1, tzinfo=UTC) - HOUR / 60, 60)
    between = [later.at - earlier.at for earlier, later in pairwise(runs)]
    assert min(between) >= smallest_interval(cadence)


@given(st.one_of(weekly(), monthly(), cron_lines().map(told_by_cronsim)))
def test_canonical_words_read_back(told: Told) -> None:
    try:
        cadence = Cadence.parse(told.text)
    except NotUnderstoodError:
        assume(False)
    assert cadence.text == " ".join(told.text.split()) or told.text.startswith("cron")
    assert Cadence.parse(cadence.text) == cadence
    assert hash(Cadence.parse(cadence.text)) == hash(cadence)


@given(weekly(), st.randoms())
def test_clauses_may_come_in_any_order_and_case(told: Told, shuffle: object) -> None:
    place = told.text.find(" every ")
    assume(place > 0)
    turned = f"{told.text[place + 1 :]} {told.text[:place]}"
    assert Cadence.parse(turned.upper()) == Cadence.parse(told.text)


@given(st.text(max_size=200))
def test_any_text_is_a_cadence_or_refused(text: str) -> None:
    try:
        cadence = Cadence.parse(text)
    except NotUnderstoodError:
        return
    assert next_runs(cadence, "UTC", NOW, 1)


WORDS = (
    *("at", "on", "every", "the", "of", "month", "monthly", "daily", "weekly", "cron", "and", ","),
    *("9:00", "9", "am", "17:30", "noon", "midnight", "12am", "monday", "fri", "mon-fri", "to"),
    *("weekdays", "first", "second", "last", "1st", "3rd", "31st", "day", "days", "1", "15", "31"),
    *('"0 9 * * 1-5"', '"', "*", "0", "*/2", "weekday", "fifth", "each", "week", "&", "-"),
)


@given(st.lists(st.sampled_from(WORDS), max_size=12).map(" ".join))
def test_any_of_its_words_are_a_cadence_or_refused(text: str) -> None:
    try:
        cadence = Cadence.parse(text)
    except NotUnderstoodError as error:
        cadence = Cadence.parse(error.refusal.example)
    assert Cadence.parse(cadence.text) == cadence
    assert next_runs(cadence, "UTC", NOW, 1)
