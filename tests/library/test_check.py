from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, given, settings, strategies as st
from pydantic import TypeAdapter

from bench.corpus import stories, write_corpus
from bot.domain.briefing import BriefingFile
from bot.library import read_file
from bot.library.check import check
from bot.library.yaml import read
from tests.library.texts import VALID, problems_of
from tests.stories import NOW
from tests.strategies import briefings, yaml_texts

PLACED = re.compile(r"toll\.yaml:(\d+):(\d+): .+ — .+", re.DOTALL)
SHIPPED = sorted((Path(__file__).parents[2] / "briefings").glob("*.yaml"))


@given(st.text())
def test_no_text_makes_the_check_raise(text: str) -> None:
    reading = check(text, "toll", "toll.yaml", "r", NOW)
    assert (reading.story is None) == any("warning" not in str(each) for each in reading.problems)


LINES = VALID.splitlines(keepends=True)
NOISE = st.sampled_from(
    [*"-?:,[]{}#&*!|>'\"%@` \n\t~x1", "- ", ": ", "a: ", "2027-01-01", "null", "[x](http://y)"]
)


@given(st.lists(st.tuples(st.integers(0, len(VALID)), NOISE), min_size=1, max_size=6))
def test_a_file_mistyped_anywhere_is_told_where_and_what_to_do(
    typos: list[tuple[int, str]],
) -> None:
    text = VALID
    for place, typo in typos:
        text = text[:place] + typo + text[place:]
    for told in problems_of(text):
        found = PLACED.fullmatch(told)
        assert found, told
        lines = [*text.splitlines(), ""]
        assert int(found[1]) <= len(lines)
        assert int(found[2]) <= len(lines[int(found[1]) - 1]) + 1


@given(st.data())
def test_a_valid_briefing_is_read_as_it_was_meant(data: st.DataObject) -> None:
    raw = data.draw(briefings())
    reading = check(data.draw(yaml_texts(raw)), "toll", "toll.yaml", "r1", NOW)
    assert reading.story, list(map(str, reading.problems))
    assert reading.story.briefing == TypeAdapter(BriefingFile).validate_python(raw)
    assert (reading.story.slug, reading.story.revision) == ("toll", "r1")


def _leaves(value: Any, loc: tuple[str | int, ...] = ()) -> list[tuple[str | int, ...]]:
    if isinstance(value, dict):
        return [each for key, inner in value.items() for each in _leaves(inner, (*loc, key))]
    if isinstance(value, list):
        return [each for place, one in enumerate(value) for each in _leaves(one, (*loc, place))]
    return [loc]


def _put(value: Any, loc: tuple[str | int, ...], new: Any) -> None:
    for part in loc[:-1]:
        value = value[part]
    value[loc[-1]] = new


@given(st.data())
@settings(suppress_health_check=[HealthCheck.too_slow])
def test_every_wrong_value_is_told_at_its_own_place_and_all_at_once(data: st.DataObject) -> None:
    raw = data.draw(briefings(items=2))
    spoilt = data.draw(st.lists(st.sampled_from(_leaves(raw)), min_size=1, max_size=4, unique=True))
    for loc in spoilt:
        _put(raw, loc, {"not": "expected"})
    text = data.draw(yaml_texts(raw))
    tree = read(text, "toll.yaml", positions=True)
    told = {str(each.where) for each in check(text, "toll", "toll.yaml", "r", NOW).problems}
    assert {str(tree.values[loc]) for loc in spoilt} <= told


def test_an_empty_text_is_no_briefing() -> None:
    for text in ("", "\n", "# nothing yet\n", "---\n", "~\n"):
        assert problems_of(text) == [
            "toll.yaml:1:1: there is nothing in this file — write a briefing, or delete the file"
        ]


def test_the_shipped_briefings_have_no_problem() -> None:
    assert SHIPPED
    for path in SHIPPED:
        reading = read_file(path, path.parent, NOW)
        assert reading.story
        assert reading.problems == ()


def test_the_briefings_that_we_measure_with_have_no_problem(tmp_path: Path) -> None:
    made = list(stories(3, entries=60))
    for number, path in enumerate(write_corpus(tmp_path, 3, entries=60)):
        reading = read_file(path, tmp_path, NOW)
        assert reading.problems == ()
        assert reading.story
        assert reading.story.briefing == made[number].briefing
        assert len(list(reading.story.entries())) == 60
