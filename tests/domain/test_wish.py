from __future__ import annotations

import sys
from datetime import time, timedelta

import pytest
from hypothesis import assume, given, strategies as st

from bot.domain.abbreviations import ABBREVIATIONS
from bot.domain.cadence import Cadence, smallest_interval
from bot.domain.names import Names
from bot.domain.schedule import Content, Quiet
from bot.domain.wish import Wish, parse_wish
from bot.domain.words import NUMBERS, NotUnderstoodError, Refusal
from tests.cadences import ZONES, Told, cron_lines, monthly, weekly
from tests.domain.test_cadence import WORDS
from tests.stories import make_story

NAMES = Names(
    [
        make_story("land-strikes", title="Announced land strikes on cartels", aliases=["cartels"]),
        make_story("us-hemisphere-posture", title="The US posture in the hemisphere"),
        make_story("strike-law", title="The law of strikes, and its limits"),
        make_story("mexico", title="Mexico"),
        make_story("digest", title="Mexico daily"),
    ]
)
SLUGS = ("land-strikes", "us-hemisphere-posture", "strike-law", "mexico", "digest")
ZONE = "Europe/Paris"
MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)
WEEKDAYS = Cadence.parse("at 09:00 on weekdays")
ALL = Wish((), WEEKDAYS, ZONE)


def understood(text: str, zone: str | None = ZONE) -> Wish:
    wish = parse_wish(text, NAMES, zone)
    assert isinstance(wish, Wish), str(wish)
    return wish


def refused(text: str, zone: str | None = ZONE) -> Refusal:
    refusal = parse_wish(text, NAMES, zone)
    assert isinstance(refusal, Refusal), refusal.text
    assert isinstance(parse_wish(refusal.example, NAMES, None), Wish)
    return refusal


@pytest.mark.parametrize(
    ("text", "canonical"),
    [
        ("all at 09:00 on weekdays in Europe/Lisbon", "all at 09:00 on weekdays in Europe/Lisbon"),
        (
            "land-strikes at 9:30 every monday and thursday",
            "land-strikes at 09:30 every Monday and Thursday in Europe/Paris",
        ),
        (
            "land-strikes, us-hemisphere-posture at 08:30 every month on day 1 in Tokyo full",
            "land-strikes, us-hemisphere-posture at 08:30 every month on day 1 in Asia/Tokyo full",
        ),
        (
            'all cron "0 9 * * 1-5" in New York say so late 4h',
            'all cron "0 9 * * 1-5" in America/New_York say so late 4h',
        ),
        ("ALL STORIES 9AM DAILY IN UTC", "all at 09:00 daily in UTC"),
        ("all full late 90 minutes silent in lisbon time on weekdays at 9am", None),
        ("all, changes, at 09:00, on weekdays, late 90m, in Lisbon", None),
        ("cartels and the law of strikes, and its limits at noon daily", None),
        ("cartels, Mexico & hemisphere at noon daily in my zone", None),
        (
            "all at 09:00 on weekdays in Washington, DC",
            "all at 09:00 on weekdays in America/New_York",
        ),
        ("all at 09:00 on weekdays UTC", "all at 09:00 on weekdays in UTC"),
        ("all at 09:00 on weekdays asia/tokyo", "all at 09:00 on weekdays in Asia/Tokyo"),
        (
            "all at 09:00 daily in <#C1|news> in Lisbon",
            "all at 09:00 daily in Europe/Lisbon in <#C1|news>",
        ),
        ("all at 09:00 daily slack:T1/C1", "all at 09:00 daily in Europe/Paris in slack:T1/C1"),
        ("all at 09:00 daily in #news", "all at 09:00 daily in Europe/Paris in #news"),
        ("all at 09:00 daily late 1 day", "all at 09:00 daily in Europe/Paris late 24h"),
        ("all at 09:00 daily late 2h", "all at 09:00 daily in Europe/Paris"),
        ("all at 09:00 daily Publish", "all at 09:00 daily in Europe/Paris publish"),
        ("all at 09:00 daily do not publish", "all at 09:00 daily in Europe/Paris"),
        ("all at 09:00 daily GMT", "all at 09:00 daily in UTC"),
        ("all at 09:00 daily in gmt", "all at 09:00 daily in UTC"),
        ("all at 09:00 daily in Paris, France full", "all at 09:00 daily in Europe/Paris full"),
        ("all at 09:00 daily in Birmingham, UK", "all at 09:00 daily in Europe/London"),
        ("all at 09:00 daily in San José California", "all at 09:00 daily in America/Los_Angeles"),
        ("all at 09:00 daily to #news", "all at 09:00 daily in Europe/Paris in #news"),
        ("all at 09:00 daily full card", "all at 09:00 daily in Europe/Paris full"),
        ("all at 09:00 daily only changes", "all at 09:00 daily in Europe/Paris"),
        ("all at 09:00 daily say so when nothing changed", None),
        ("all at 09:00 daily late an hour", "all at 09:00 daily in Europe/Paris late 1h"),
        ("all at 09:00 daily late up to 1h30m", "all at 09:00 daily in Europe/Paris late 90m"),
        ("all at 09:00 daily.", "all at 09:00 daily in Europe/Paris"),
        ("all at 9 a.m. in Lisbon daily!", "all at 09:00 daily in Europe/Lisbon"),
        ("all\u200b at\ufeff 09:00 \u2068daily\u2069", "all at 09:00 daily in Europe/Paris"),
    ],
)
def test_words_are_understood(text: str, canonical: str | None) -> None:
    wish = understood(text)
    assert understood(wish.text, None) == wish
    assert wish.text == (canonical or wish.text)


def test_each_part_of_a_wish_is_told() -> None:
    text = "cartels, strike-law at 9am daily in New York full say so late 90m in slack:T1/C1"
    assert understood(text) == Wish(
        ("land-strikes", "strike-law"),
        Cadence.parse("at 09:00 daily"),
        "America/New_York",
        Content.FULL,
        Quiet.LINE,
        90 * MINUTE,
        "slack:T1/C1",
    )


def test_what_is_not_said_is_as_usual() -> None:
    assert understood("all at 09:00 on weekdays") == ALL
    assert (ALL.content, ALL.quiet, ALL.grace) == (Content.CHANGES, Quiet.SILENT, 2 * HOUR)


@pytest.mark.parametrize(
    ("text", "unknown"),
    [
        ("all every 15 minutes on weekdays", ("every 15 minutes",)),
        ("all every hour between 9 and 17", ("every hour between 9 and 17",)),
        ("all hourly", ("hourly",)),
        ("all every 2 weeks on monday at 9:00", ("every 2 weeks",)),
        ("all every other friday at 9:00", ("every other",)),
        ("all fortnightly at 9:00", ("fortnightly",)),
        ("all at 9:00 on 1 january", ("on 1 january",)),
        ("all quarterly at 9:00", ("quarterly",)),
        ("all at 9:00 every day except sunday", ("except",)),
        ("all at 9:00 on monday and 17:00 on friday", ("and",)),
        ("all tomorrow at 9:00", ("tomorrow",)),
        ("all at 9:00 daily until friday", ("until",)),
        ("all every morning", ("every morning",)),
        ("all please at 9:00 daily Lisbon time thanks", ("please", "Lisbon time thanks")),
        ("all at 9:00 daily PST", ("PST",)),
        ("all at 9:00 daily in EST", ("EST",)),
        ("all at 9:00 daily in Lisbonn full", ("Lisbonn",)),
        ("all at 9:00 daily in UTC+2", ("UTC+2",)),
        ("all at 9 daily", ("9",)),
        ('all cron "0 9 * * 8"', ("8",)),
        ("foo bar at 9:00 daily", ("foo bar",)),
        ("land-strikes, foo at 9:00 daily", ("foo",)),
        ("land-strikes and foo at 9:00 daily", ("foo",)),
        ("land-strikes foo at 9:00 daily", ("foo",)),
        ("strike at 9:00 daily", ("strike",)),
        ("all @everyone at 9:00 daily", ("@everyone",)),
    ],
)
def test_the_words_that_mean_nothing_are_named(text: str, unknown: tuple[str, ...]) -> None:
    refusal = refused(text)
    assert refusal.unknown == unknown
    assert all(f"“{words}”" in refusal.what for words in unknown)


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("", "It does not say of which stories"),
        ("at 09:00 on weekdays", "It does not say of which stories"),
        (", at 09:00 on weekdays", "It does not say of which stories"),
        ("all", "It does not say at what time"),
        ("all at 09:00", "It does not say on which days"),
        ("all at 09:00 daily full changes", "“changes” comes on top of another one"),
        ("all at 09:00 daily silent say so", "“say so” comes on top of another one"),
        ("all at 09:00 daily late 3h late 4h", "“late 4h” comes on top of another one"),
        ("all at 09:00 daily in Lisbon in Tokyo", "“in Tokyo” comes on top of another one"),
        ("all at 09:00 daily in <#C1> in <#C2>", "“in <#C2>” comes on top of another one"),
        ("all at 09:00 daily at 17:00", "“at 17:00” comes on top of other times or days"),
        ("all at 09:00 daily late", "“late” does not say how late"),
        ("all at 09:00 daily late 5m", "“late 5m” does not say how late"),
        ("all at 09:00 daily late 8 days", "“late 8 days” does not say how late"),
        ("all at 09:00 daily late 99999h", "“late 99999h” does not say how late"),
        ("all at 09:00 daily late tonight", "“late tonight” does not say how late"),
        ("all at 09:00 daily in", "A time zone is missing after “in”"),
        ("all at 09:00 and 09:30 daily", "“at 09:00 and 09:30 daily” comes again after 30 minutes"),
        ('all cron "*/45 9 * * *"', '“cron "*/45 9 * * *"” comes again after 45 minutes'),
        ("all " + "at 09:00 daily " * 200, "That is longer than 2000 characters"),
    ],
)
def test_words_that_cannot_be_followed_are_refused(text: str, what: str) -> None:
    refusal = refused(text)
    assert refusal.what.startswith(what)
    assert refusal.remedy


@pytest.mark.parametrize(
    ("text", "remedy", "example"),
    [
        ("all at 9:00 on mondy", "write Monday if you mean that", "every Monday"),
        ("all at 9:00 every Wendesdays", "write Wednesday if you mean that", "every Wednesday"),
        ("all at 9:00 on weekend", "write weekends if you mean that", "on weekends"),
        ("all at 9:00 dayly", "write daily if you mean that", "daily"),
        ("all at 9:00 daily slient", "write silent if you mean that", "silent"),
        ("all at 9:00 daily Tokyo", "for a time zone, write in Asia/Tokyo", "in Asia/Tokyo"),
        ("all at 9:00 daily in Paris Tokyo", "leave out what is not needed", "on weekdays"),
        ("all at 9:00 daily in UTC+2", "an offset does not tell of summer time;", "on weekdays"),
        ("all at 9:00 daily in Xyzzy", "write a large city with the same time", "on weekdays"),
        ("all at 9:00 daily xyzzy", "leave out what is not needed", "on weekdays"),
    ],
)
def test_what_was_perhaps_meant_is_said(text: str, remedy: str, example: str) -> None:
    refusal = refused(text)
    assert refusal.remedy.startswith(remedy)
    assert example in refusal.example


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("all at 9 daily", ("all at 09:00 daily", "all at 21:00 daily")),
        ("all at nine pm daily", ("all at 21:00 daily",)),
        ("all at 9.30am daily", ("all at 09:30 daily",)),
        ("all at 1730 daily", ("all at 17:30 daily",)),
        ("all at 9 o’clock daily", ("all at 09:00 daily", "all at 21:00 daily")),
        ("all at 9 and 17 daily", ("all at 09:00 and 17:00 daily",)),
        ("all at midnight daily", ("all at 00:00 daily", "all at 12:00 daily")),
        ("all at 9:00 on the 1st", ("all at 9:00 on the 1st of the month",)),
        ("all at 9:00 tue/thu", ("all at 9:00 every Tuesday and Thursday",)),
        ("all at 9:00 every working day", ("all at 9:00 on weekdays",)),
        ("all at 9:00 everyday", ("all at 9:00 daily",)),
        ("all at 9:00 on mondy", ("all at 9:00 on Monday",)),
        ("all at 9:00 daily quiet", ("all at 9:00 daily silent",)),
        ("all at 9:00 daily please", ("all at 9:00 daily",)),
        ("all pretty please at 9:00 daily thank you", ("all at 9:00 daily",)),
        ("all at 9:00 daily local time", ("all at 9:00 daily in my zone",)),
        ("all at 9:00 daily Lisbon time", ("all at 9:00 daily in Europe/Lisbon",)),
        ("all at 9:00 daily tz=Lisbon", ("all at 9:00 daily in Europe/Lisbon",)),
        ("all at 9:00 daily in India Standard Time", ("all at 9:00 daily in Asia/Kolkata",)),
        ("all at 9:00 daily in NZST full", ("all at 9:00 daily in Pacific/Auckland full",)),
        (
            "all at 9am EST daily",
            ("all at 9am in America/New_York daily", "all at 9am in America/Panama daily"),
        ),
        ("all at 9:00 daily late 90", ("all at 9:00 daily late 90m",)),
        ("all at 9:00 daily late 3", ("all at 9:00 daily late 3h",)),
        ("all 0 9 * * 1-5 in Lisbon", ('all cron "0 9 * * 1-5" in Lisbon',)),
        ('all cron "0 9 * * 1-5 in Lisbon', ('all cron "0 9 * * 1-5" in Lisbon',)),
        ("“all stories” at 9:00 daily", ("all at 9:00 daily",)),
        ("everything at 9:00 daily", ("all at 9:00 daily",)),
        ("mexico + strike-law at 9:00 daily", ("mexico and strike-law at 9:00 daily",)),
        ("all\0 at 9:00 daily", ("all at 9:00 daily",)),
    ],
)
def test_what_was_perhaps_meant_is_a_wish(text: str, meant: tuple[str, ...]) -> None:
    assert tuple(way.text for way in refused(text).ways) == meant
    assert all(understood(way) for way in meant)


@pytest.mark.parametrize(
    ("text", "what", "remedy"),
    [
        ("all at 9:00 daily up to 3h late", "“up to 3h”", "for how late it is still welcome"),
        ("all at 9:00 daily in here", "“here” is no time zone", "a digest comes into this channel"),
        ("all at 9:00 once a week", "“once a week”", "name the days of the week"),
        ("all twice a day", "“twice a day”", "name the times of day"),
        ("all at 9:00 daily in Mars", "“Mars”", "write a large city with the same time, or an"),
        ("all at 9:00 daily in SGT", "“SGT” is short for an offset, and", "write Asia/Singapore"),
        ("all at 9:00 daily late half an hour", "“late half an hour” does", "write minutes, hours"),
        ("all\x07 at 9:00 daily", "In “all” is a character that cannot be seen (U+0007)", "type"),
    ],
)
def test_a_refusal_says_what_and_how(text: str, what: str, remedy: str) -> None:
    refusal = refused(text)
    assert what in refusal.what
    assert refusal.remedy.startswith(remedy)


def test_two_ways_to_write_a_zone_are_shown() -> None:
    remedy = refused("all at 09:00 daily in Mars").remedy
    assert remedy.endswith("as in New York or Europe/Paris")
    assert understood("all at 09:00 daily in New York").zone == "America/New_York"


def test_a_zone_of_the_reader_that_nobody_tells_is_not_called_unknown() -> None:
    what = refused("all at 09:00 daily in my zone", None).what
    assert what == "Nobody tells me your own time zone, so I do not know “my zone”"


def test_many_unknown_words_are_counted() -> None:
    refusal = refused("all a, b, c, d, e at 9:00 daily")
    assert refusal.what == "I do not understand “a”, “b”, “c” (and 2 more)"


def test_a_zone_is_asked_for_where_the_reader_has_none() -> None:
    refusal = refused("all at 09:00 on weekdays", None)
    assert refusal.what == "It does not say in which time zone"
    assert refusal.example == "all at 09:00 on weekdays in Europe/Lisbon"
    assert refused("all at 09:00 on weekdays in my zone", None).unknown == ("my zone",)
    assert refused("all at 09:00 on weekdays", "Nowhere/Land").what == refusal.what


def test_suggestions_are_given_for_a_zone() -> None:
    refusal = refused("all at 09:00 on weekdays in EST")
    assert (refusal.what, refusal.remedy) == (
        "“EST” means several time zones",
        "write America/New_York or America/Panama",
    )
    assert refused("all at 09:00 daily in Lisbonn").remedy == "write Europe/Lisbon"


def test_a_text_that_reads_in_two_ways_is_taken_by_slug() -> None:
    assert understood("mexico daily at 09:00").stories == ("mexico",)
    names = Names([make_story("wall"), make_story("b", aliases=["wall full"])])
    by_slug = parse_wish("wall full at 09:00 daily", names, "UTC")
    assert isinstance(by_slug, Wish)
    assert by_slug.text == "wall at 09:00 daily in UTC full"


def test_a_text_that_reads_in_two_ways_otherwise_is_refused() -> None:
    names = Names(
        [
            make_story("a", title="Border", aliases=["wall"]),
            make_story("b", title="Border full", aliases=["wall full"]),
        ]
    )
    refusal = parse_wish("wall full at 09:00 daily", names, "UTC")
    assert isinstance(refusal, Refusal)
    assert refusal.what == "That can be read in more than one way"
    assert "“a at 09:00 daily in UTC full”" in refusal.remedy
    assert "“b at 09:00 daily in UTC”" in refusal.remedy


def test_a_story_called_all_does_not_take_the_word() -> None:
    names = Names([make_story("all", title="All quiet", aliases=["everything"])])
    wish = parse_wish("all at 09:00 daily", names, "UTC")
    assert isinstance(wish, Wish)
    assert wish.stories == ()
    titled = parse_wish("all quiet at 09:00 daily", names, "UTC")
    assert isinstance(titled, Wish)
    assert titled.stories == ("all",)


def test_a_story_named_by_a_part_that_fits_one_is_taken() -> None:
    assert understood("posture, limits and cartels at 09:00 daily").stories == (
        "us-hemisphere-posture",
        "strike-law",
        "land-strikes",
    )


def test_the_smallest_interval_is_the_callers() -> None:
    text = "all at 09:00 and 09:30 daily"
    assert isinstance(parse_wish(text, NAMES, ZONE, least=30 * MINUTE), Wish)
    refusal = parse_wish("all at 09:00 daily", NAMES, ZONE, least=48 * HOUR)
    assert isinstance(refusal, Refusal)
    assert refusal.remedy == "leave at least 48 hours between two"
    assert refusal.example == "all at 09:00 every month on day 1 in Europe/Paris"


@pytest.mark.parametrize(
    ("text", "canonical"),
    [
        ("", "strike-law at 09:00 on weekdays in Asia/Tokyo full say so late 3h in #news"),
        ("changes silent late 2h", "strike-law at 09:00 on weekdays in Asia/Tokyo in #news"),
        (
            "at 10:00 daily",
            "strike-law at 10:00 daily in Asia/Tokyo full say so late 3h in #news",
        ),
        (
            "at 10:00 and 17:00 changes",
            "strike-law at 10:00 and 17:00 on weekdays in Asia/Tokyo say so late 3h in #news",
        ),
        (
            "every month on day 31",
            "strike-law at 09:00 every month on day 31 in Asia/Tokyo full say so late 3h in #news",
        ),
        (
            "publish",
            "strike-law at 09:00 on weekdays in Asia/Tokyo full say so late 3h publish in #news",
        ),
        (
            "all in my zone in #other",
            "all at 09:00 on weekdays in Europe/Paris full say so late 3h in #other",
        ),
    ],
)
def test_an_edit_changes_what_it_names(text: str, canonical: str) -> None:
    base = understood("strike-law at 09:00 on weekdays in Tokyo full say so late 3h in #news")
    wish = parse_wish(text, NAMES, ZONE, base=base)
    assert isinstance(wish, Wish)
    assert wish.text == canonical


@pytest.mark.parametrize("text", ["at", "on", "foo", "foo full", "full full"])
def test_an_edit_is_not_guessed_either(text: str) -> None:
    assert isinstance(parse_wish(text, NAMES, ZONE, base=ALL), Refusal)


@pytest.mark.parametrize("text", ["at 10:00", "on weekdays"])
def test_of_a_cron_line_neither_times_nor_days_are_changed_alone(text: str) -> None:
    base = understood('all cron "0 9 * * 1-5"')
    assert isinstance(parse_wish(text, NAMES, ZONE, base=base), Refusal)
    assert parse_wish("", NAMES, ZONE, base=base) == base


@st.composite
def wishes(draw: st.DrawFn) -> Wish:
    lines = cron_lines().map(lambda line: Told(f'cron "{line}"', lambda _: True))
    told = draw(st.one_of(weekly(), monthly(), lines))
    try:
        cadence = Cadence.parse(told.text)
    except NotUnderstoodError:
        assume(False)
    assume(smallest_interval(cadence) >= HOUR)
    return Wish(
        tuple(draw(st.lists(st.sampled_from(SLUGS), unique=True))),
        cadence,
        draw(st.sampled_from(ZONES)),
        draw(st.sampled_from(Content)),
        draw(st.sampled_from(Quiet)),
        draw(st.integers(10, 7 * 24 * 60)) * MINUTE,
        draw(st.sampled_from(("", "<#C1|news>", "slack:T1/C1", "discord:1/2", "#news"))),
    )


@given(wishes())
def test_canonical_words_read_back(wish: Wish) -> None:
    assert parse_wish(wish.text, NAMES, None) == wish
    assert parse_wish(wish.text.upper(), NAMES, None, base=ALL) is not None


@given(st.sampled_from(sorted(ABBREVIATIONS)), st.sampled_from(("in {}", "in {} time", "{}")))
def test_an_abbreviation_of_a_zone_is_offered_as_cities_and_never_taken(
    name: str, words: str
) -> None:
    refusal = refused(f"all at 09:00 daily {words.format(name.upper())} silent")
    offered = tuple(understood(way.text, None).zone for way in refusal.ways)
    assert offered == tuple(ABBREVIATIONS[name].split(", "))


@given(st.sampled_from(tuple(NUMBERS)), st.sampled_from(("hours", "hour", "hrs", "days")))
def test_a_number_is_the_same_as_a_word(word: str, unit: str) -> None:
    said, written = (
        parse_wish(f"all at 09:00 daily late {number} {unit}", NAMES, ZONE)
        for number in (word, NUMBERS[word])
    )
    assert said == written or not (isinstance(said, Wish) or isinstance(written, Wish))


@given(st.times(), st.sampled_from(("{0}.{1:02}", "{0:02}{1:02}", "{0}h{1:02}", "{0}{1:02}h")))
def test_a_time_in_another_form_is_offered_in_ours(at: time, form: str) -> None:
    typed = form.format(at.hour, at.minute)
    assert [way.words for way in refused(f"all at {typed} daily").ways] == [f"{at:%H:%M}"]


@given(cron_lines(), st.sampled_from("\"'`“‘"), st.booleans())
def test_a_cron_line_with_one_quote_is_refused_and_mended(
    line: str, quote: str, first: bool
) -> None:
    whole = parse_wish(f'all cron "{line}" in Lisbon', NAMES, ZONE)
    half = f"{quote}{line}" if first else f"{line}{quote}"
    refusal = refused(f"all cron {half} in Lisbon")
    assert "quote of the cron line" in refusal.what
    assert [parse_wish(way.text, NAMES, ZONE) for way in refusal.ways] == [whole]


UNSEEN = "\u200b\u200e\u200f\u202a\u202e\u2060\u2066\u2069\ufeff"
CONTROLS = "".join(map(chr, range(0x80))).translate(dict.fromkeys(range(0x20, 0x7F)))


@given(wishes(), st.text(UNSEEN, max_size=3), st.sampled_from(("", ".", "!", " .")))
def test_what_comes_along_with_pasted_words_means_nothing(
    wish: Wish, unseen: str, ending: str
) -> None:
    pasted = wish.text.replace(" ", f" {unseen}") + unseen + ending
    assert parse_wish(pasted, NAMES, None) == wish


@given(wishes(), st.sampled_from(CONTROLS), st.data())
def test_a_character_that_cannot_be_seen_is_named_and_left_out(
    wish: Wish, control: str, data: st.DataObject
) -> None:
    assume(not control.isspace())
    at = data.draw(st.integers(0, len(wish.text)))
    refusal = refused(f"{wish.text[:at]}{control}{wish.text[at:]}")
    assert f"(U+{ord(control):04X})" in refusal.what
    assert not any(letter in refusal.what for letter in CONTROLS)
    assert [parse_wish(way.text, NAMES, None) for way in refusal.ways] == [wish]


@given(st.one_of(st.text(max_size=300), st.text(max_size=200).map("all {}".format)))
def test_any_text_is_a_wish_or_refused(text: str) -> None:
    wish = parse_wish(text, NAMES, ZONE)
    again = parse_wish(wish.text if isinstance(wish, Wish) else wish.example, NAMES, None)
    assert isinstance(again, Wish)


PIECES = (
    *WORDS,
    *SLUGS,
    "all",
    "in",
    "Lisbon",
    "my",
    "zone",
    "full",
    "changes",
    "silent",
    "say so",
)
#: What people type as well.
TYPED = (
    *("late", "3h", "three", "hours", "90", "#news", "time", "GMT", "EST", "Birmingham", ",", "UK"),
    *("to", "here", "please", "9", "9.30", "cron", '"0', "9", "*", '1-5"', "of", "the", "first"),
    *("\u200b", "\x07", "and", "tue/thu", "everything", "+", "half", "past", "if nothing changed"),
)


@given(st.lists(st.sampled_from((*PIECES, *TYPED)), max_size=14))
def test_any_of_its_words_are_a_wish_or_refused(pieces: list[str]) -> None:
    wish = parse_wish(" ".join(pieces), NAMES, ZONE)
    again = parse_wish(wish.text if isinstance(wish, Wish) else wish.example, NAMES, None)
    assert isinstance(again, Wish)
    if isinstance(wish, Wish):
        assert again == wish
    else:
        assert all(parse_wish(way.text, NAMES, ZONE) for way in wish.ways)


@pytest.mark.parametrize(
    "piece",
    [
        *("at ", "on ", "in ", "late ", "cron ", "every ", "1st ", "a, ", "first, ", "monday - "),
        *("mexico, ", "mexico and ", "every month on day 1, ", "“", "<#", "/"),
    ],
)
def test_twice_the_text_takes_twice_the_steps(piece: str) -> None:
    many = 990 // (len(piece) + 1)
    once, twice = _steps(f"all {piece * many}"), _steps(f"all {piece * 2 * many}")
    assert twice < 2.5 * once
    assert _steps(f"all {piece}" * 100_000) < 1000


def _steps(text: str) -> int:
    """Count the functions that are called to understand a text."""
    steps = 0

    def count(_frame: object, event: str, _arg: object) -> None:
        nonlocal steps
        steps += event in {"call", "c_call"}

    parse_wish(text, NAMES, ZONE)  # what is remembered is remembered now
    sys.setprofile(count)
    try:
        parse_wish(text, NAMES, ZONE)
    finally:
        sys.setprofile(None)
    return steps
