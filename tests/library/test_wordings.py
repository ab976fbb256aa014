from __future__ import annotations

from pathlib import Path

import pytest

from bot.library.check import check
from bot.library.wordings import misleading_wordings
from tests.library.texts import changed
from tests.stories import NOW

MORE = """\
  - id: where
    question: Where will the council meet?
    also_asked:
{asked}    answer: In the town hall.
    sources:
      - minutes
"""


def told(folder: Path, text: str) -> list[str]:
    path = folder / "toll.yaml"
    path.write_text(text, encoding="utf-8")
    story = check(text, "toll", path.name, "r1", NOW).story
    assert story
    return [str(problem) for problem in misleading_wordings(story, path, path.name)]


def with_wordings(*asked: str) -> str:
    lines = "".join(f"      - {one}\n" for one in asked)
    return changed() + MORE.format(asked=lines)


def test_wordings_that_find_their_entry_are_fine(tmp_path: Path) -> None:
    assert told(tmp_path, with_wordings("meeting place", "place of the meeting")) == []


def test_a_wording_that_finds_another_entry_is_pointed_out_at_its_line(tmp_path: Path) -> None:
    (said,) = told(tmp_path, with_wordings("meeting place", "when is the vote"))
    what = "asking `when is the vote` does not find `where`, but `faq/when`"
    remedy = "keep it in one of the two, or say in it what sets it apart from `when`"
    assert said == f"toll.yaml:20:9: warning: {what} — {remedy}"


def test_a_wording_that_is_written_otherwise_is_pointed_out_where_the_list_stands(
    tmp_path: Path,
) -> None:
    written = '"  when is the vote "'
    (said,) = told(tmp_path, with_wordings("meeting place", written))
    assert said.startswith("toll.yaml:19:7: warning: asking `when is the vote` does not find")


@pytest.mark.parametrize("place", [0, 1])
def test_a_question_that_is_answered_and_listed_as_not_covered_is_pointed_out(
    tmp_path: Path, place: int
) -> None:
    listed = ["will there be zebras"]
    listed.insert(place, "is the upper harbour lock closed to sailing boats")
    lines = "".join(f"  - {one}\n" for one in listed)
    asked = with_wordings("is the upper harbour lock closed to sailing boats")
    (said,) = told(tmp_path, f"{asked}not_covered:\n{lines}")
    what = f"`{listed[place]}` is listed as not covered, and asking it finds `faq/where`"
    assert said.startswith(f"toll.yaml:{24 + place}:5: warning: {what}")
