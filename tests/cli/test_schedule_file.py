from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given, strategies as st

from bot.cli.json_list import json_list
from bot.cli.schedule_file import Reading, read_schedules, to_object
from bot.domain.request import Channel
from bot.domain.schedule import Content, Quiet, Schedule, ScheduleState
from tests.cadences import ZONES, cron_lines, monthly, weekly
from tests.schedules import make_schedule

PLATFORMS = ("discord", "slack", "web")
GOOD = {
    "platform": "slack",
    "workspace": "T1",
    "channel": "C1",
    "cron": "0 9 * * 1-5",
    "tz": "Europe/Lisbon",
}
SAVED = (ScheduleState.ACTIVE, ScheduleState.PAUSED, ScheduleState.SUSPENDED)


def read(text: str) -> Reading:
    return read_schedules(text, "digests.json", PLATFORMS)


def read_one(**changed: Any) -> Reading:
    return read(json.dumps([GOOD | changed]))


def said(reading: Reading) -> list[str]:
    return [str(problem) for problem in reading.problems]


@st.composite
def schedules(draw: st.DrawFn) -> Schedule:
    texts = st.one_of(
        weekly().map(lambda told: told.text),
        monthly().map(lambda told: told.text),
        cron_lines().map(lambda line: f'cron "{line}"'),
    )
    slug = st.from_regex(r"[a-z][a-z0-9]{0,8}(-[a-z0-9]{1,8}){0,2}", fullmatch=True)
    slugs = st.lists(slug.filter(lambda name: name != "all"), unique=True, max_size=3)
    ids = st.from_regex(r"[A-Za-z0-9_.-]{1,20}", fullmatch=True)
    state = draw(st.sampled_from(SAVED))
    return make_schedule(
        Channel(draw(st.sampled_from(PLATFORMS)), draw(ids), draw(ids)),
        draw(texts),
        zone=draw(st.sampled_from(ZONES)),
        stories=tuple(draw(slugs)),
        content=draw(st.sampled_from(Content)),
        quiet=draw(st.sampled_from(Quiet)),
        grace=timedelta(seconds=draw(st.integers(0, 7 * 86_400))),
        state=state,
        reason="" if state is ScheduleState.ACTIVE else draw(st.sampled_from(("", "is “gone”"))),
    )


@given(st.lists(schedules(), max_size=4))
def test_what_is_written_reads_back(wishes: list[Schedule]) -> None:
    reading = read("".join(json_list(map(to_object, wishes))))
    assert said(reading) == []
    found = [item.schedule for item in reading.items]
    assert [(one.id, to_object(one)) for one in found] == [
        (number, to_object(wish)) for number, wish in enumerate(wishes, 1)
    ]
    assert [one.cadence for one in found] == [wish.cadence for wish in wishes]


@given(st.lists(schedules(), min_size=1, max_size=3), st.integers(0, 400), st.text(max_size=3))
def test_a_damaged_file_never_breaks_the_reader(
    wishes: list[Schedule], place: int, put: str
) -> None:
    text = "".join(json_list(map(to_object, wishes)))
    place %= len(text)
    reading = read(text[:place] + put + text[place + len(put) :])
    assert len(reading.items) <= len(wishes) + 1


@given(st.recursive(st.none() | st.booleans() | st.floats() | st.text(), st.lists))
def test_any_value_in_any_place_is_read_or_refused(value: Any) -> None:
    for key in (*GOOD, "cadence", "stories", "content", "quiet", "grace_s", "state", "reason"):
        reading = read_one(**{key: value})
        assert bool(reading.items) != bool(reading.problems)


def test_what_is_as_usual_may_be_left_out() -> None:
    (item,) = read_one().items
    wish = item.schedule
    assert (wish.stories, wish.content, wish.quiet) == ((), Content.CHANGES, Quiet.SILENT)
    assert (wish.grace, wish.state) == (timedelta(hours=2), ScheduleState.ACTIVE)
    assert wish.cadence.text == 'cron "0 9 * * 1-5"'


@pytest.mark.parametrize("stories", [[], ["all"], "all", None])
def test_all_stories_can_be_said_in_several_ways(stories: Any) -> None:
    (item,) = read_one(stories=stories).items
    assert item.schedule.stories == ()
    assert to_object(item.schedule)["stories"] == ["all"]


def test_the_numbers_that_discord_uses_as_ids_may_be_numbers() -> None:
    (item,) = read_one(platform="discord", workspace=112233445566778899, channel=5).items
    assert str(item.schedule.channel) == "discord:112233445566778899/5"


def test_a_cadence_in_words_and_a_zone_by_its_city_are_understood() -> None:
    (item,) = read_one(cron=None, cadence="9am every Monday", tz="lisbon").items
    assert (item.schedule.cadence.text, item.schedule.zone) == (
        "at 09:00 every Monday",
        "Europe/Lisbon",
    )


@pytest.mark.parametrize(
    ("changed", "problem"),
    [
        ({"platform": "slak"}, 'platform: there is no "slak" — there are: discord, slack, web'),
        ({"channel": "C 1"}, 'channel: "C 1" is no id — write the platform’s own id'),
        ({"channel": True}, "channel: true is no text — write it in quotes"),
        ({"workspace": "slack:T1"}, 'workspace: "slack:T1" is no id'),
        ({"tz": None}, 'tz: it is missing — write "tz": "Europe/Lisbon"'),
        ({"tz": "Europe/Lisbn"}, 'tz: "Europe/Lisbn" names no one time zone — did you mean Europe'),
        ({"tz": "CST"}, 'tz: "CST" names no one time zone — did you mean America/Chicago or'),
        ({"cron": "0 25 * * *"}, "cron: “25” is no hour of a cron line — it takes 0 to 23"),
        ({"cron": "0 9 31 2 *"}, "cron: "),
        ({"cron": None}, "cron or cadence: neither is there — write"),
        ({"cadence": "at 9:00 daily"}, "cron or cadence: both are there — write"),
        ({"grace_s": -1}, "grace_s: -1 is not in range — write how many seconds late"),
        ({"grace_s": "1h"}, 'grace_s: "1h" is not in range'),
        ({"stories": "land-strikes"}, 'stories: "land-strikes" is no such list — write a list'),
        ({"stories": ["all", "x"]}, 'stories: ["all", "x"] is no such list'),
        ({"content": "delta"}, 'content: there is no "delta" — write "changes" or "full"'),
        ({"quiet": "loud"}, 'quiet: there is no "loud" — write "silent" or "line"'),
        ({"state": "draft"}, 'state: there is no "draft" — write "active" or "paused" or'),
        ({"storys": []}, "storys: there is no such key — did you mean `stories`?"),
    ],
)
def test_each_mistake_is_placed_and_comes_with_a_remedy(
    changed: dict[str, Any], problem: str
) -> None:
    reading = read_one(**changed)
    assert reading.items == []
    (only,) = said(reading)
    assert only.startswith(f"digests.json:1:2: item 1, {problem}")
    assert " — " in only


def test_every_mistake_of_every_item_is_told_at_its_line() -> None:
    text = '[\n{"platform": "x"},\n  7,\n' + json.dumps(GOOD) + ', {"tz": 1, "tz": 2}]'
    places = [str(problem.where) for problem in read(text).problems]
    last = f"digests.json:4:{len(json.dumps(GOOD)) + 3}"
    assert places == [*["digests.json:2:1"] * 5, "digests.json:3:3", *[last] * 6]


@pytest.mark.parametrize(
    ("text", "start"),
    [
        ("", "digests.json:1:1: from here on it cannot be read: expecting value"),
        ("{}", "digests.json:1:1: from here on it cannot be read: expecting a list"),
        ("[1\n 2]", "digests.json:2:2: from here on it cannot be read: expecting ','"),
        ("[]\n]", "digests.json:2:1: from here on it cannot be read: something stands"),
        ("[" * 100_000, "digests.json:1:1: this JSON is nested too deeply"),
        (f"[{'9' * 5000}]", "digests.json:1:1: this JSON is nested too deeply, or has a number"),
    ],
)
def test_what_is_no_list_in_json_is_told_at_line_and_column(text: str, start: str) -> None:
    assert said(read(text))[-1].startswith(start)
