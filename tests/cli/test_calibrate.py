from __future__ import annotations

import json
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

from tests.cli.conftest import Run

TOLL = """\
title: The {slug} toll
bottom_line: The council votes in March.
as_of: 2026-11-20
status: developing
sources:
  - id: minutes
    title: Council minutes
    publisher: The council
    kind: official
faq:
  - id: football
    question: Who won the {slug} football cup?
    answer: The club.
    sources:
      - minutes
  - id: when
    question: When does the {slug} council vote?
    also_asked:
      - when will the {slug} vote be
      - who won the {slug} football cup
    answer: In March.
    sources:
      - minutes
not_covered:
  - how high is the {slug} toll
"""


@pytest.fixture
def tolls(house: Path) -> Path:
    folder = house / "briefings"
    for path in folder.glob("*.yaml"):
        path.unlink()
    for slug in ("harbour", "bridge"):
        (folder / f"{slug}.yaml").write_text(TOLL.format(slug=slug), encoding="utf-8")
    return folder


def asked(run: Run, *words: str) -> Any:
    return json.loads(run("calibrate", "--format", "json", *words).stdout)


def outcomes(found: Any, kind: str) -> dict[str, str]:
    return {one["question"]: one["outcome"] for one in found[kind]["questions"]}


def test_each_wording_is_right_wrong_or_refused(run: Run, tolls: Path) -> None:
    found = asked(run, "bridge")
    assert outcomes(found, "wordings") == {
        "when will the bridge vote be": "right",
        "who won the bridge football cup": "wrong",
    }
    assert (found["wordings"]["right"], found["wordings"]["wrong"]) == (1, 1)
    assert list(outcomes(found, "not_covered")) == ["how high is the bridge toll"]
    assert set(outcomes(found, "unrelated").values()) == {"refused"}


@pytest.mark.parametrize(("slugs", "count"), [((), 4), (("bridge",), 2), (("bridge",) * 2, 2)])
def test_all_stories_are_asked_or_those_that_are_named(
    run: Run, tolls: Path, slugs: tuple[str, ...], count: int
) -> None:
    assert len(asked(run, *slugs)["wordings"]["questions"]) == count


def test_what_went_wrong_is_shown_and_with_all_the_rest_too(run: Run, tolls: Path) -> None:
    shown = run("calibrate", "bridge").stdout
    assert (
        "who won the bridge football cup  (of bridge faq/when, found bridge faq/football)" in shown
    )
    assert "when will the bridge vote be" not in shown
    assert "1 right, 1 wrong, 0 refused of 2" in shown
    assert "when will the bridge vote be" in run("calibrate", "bridge", "--all").stdout


def test_a_story_that_is_not_there_is_refused_with_a_remedy(run: Run, tolls: Path) -> None:
    result = run("calibrate", "tunnel")
    assert result.exit_code == 2
    assert "no story is loaded as 'tunnel'" in result.stderr
    assert "python -m bot answer stories" in result.stderr


def test_how_far_many_wordings_are_is_told(
    run: Run, tolls: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "asking wordings" not in run("calibrate").stderr
    monkeypatch.setattr(import_module("bot.cli.calibrate"), "_MANY", 4)
    assert "asking wordings: 4 of 4\n" in run("calibrate").stderr


def test_beyond_so_many_briefings_check_says_that_wordings_were_not_checked(
    run: Run, tolls: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "who won the bridge football cup" in run("check", "briefings").stdout
    monkeypatch.setattr(import_module("bot.cli.check"), "_MANY", 1)
    result = run("check", "briefings")
    assert "who won the bridge football cup" not in result.stdout
    assert "only up to 1 briefings: name single files to have theirs checked" in result.stderr
    assert "who won the bridge football cup" in run("check", "briefings/bridge.yaml").stdout
