from __future__ import annotations

import asyncio
import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from bot import clock
from bot.cli.gap_text import to_lines, to_markdown
from bot.domain.gap import Gap, Votes
from bot.domain.gap_report import report
from bot.domain.stories import Stories
from bot.store import Store
from tests.cli.conftest import Run
from tests.stories import NOW, make_faq, make_story

DAY = timedelta(days=1)


def clicked(run: Run, question: str, label: str = "Tell the maintainers") -> None:
    """Ask, and click, each as a process of its own."""
    reply = json.loads(run("answer", "--json", "ask", question).stdout)
    (words,) = (each["words"] for each in reply["actions"] if each["label"] == label)
    assert "Thank you" in run("answer", words).stdout


def shown(run: Run, *more: str) -> Any:
    return json.loads(run("gaps", "--format", "json", *more).stdout)


def test_before_anything_was_told_there_is_nothing_to_show(run: Run) -> None:
    assert run("gaps").stdout == "Readers have told of no question that nothing answers.\n"
    assert "there is no database at state/bot.db yet" in run("gaps").stderr
    assert shown(run) == {"open": [], "closed": [], "helpful": []}


def test_what_readers_told_is_listed_and_closed_by_an_entry(run: Run, house: Path) -> None:
    for question in ("will there be zebras", "are there going to be zebras?"):
        clicked(run, question)
    clicked(run, "has mexico agreed", "No")
    found = shown(run)
    (gap,) = found["open"]
    assert {gap["first_asked"][-1], gap["last_asked"][-1]} == {"Z"}
    about = {name: gap[name] for name in ("id", "text", "story", "workspace", "count")}
    assert about == {
        "id": "gap-1",
        "text": "will there be zebras",
        "story": None,
        "workspace": "web:local",
        "count": 2,
    }
    assert found["helpful"] == [
        {
            "story": "land-strikes",
            "entry": "faq/mexico-consent",
            "question": "Has Mexico agreed to the strikes?",
            "yes": 0,
            "no": 1,
        }
    ]
    lines = run("gaps").stdout.splitlines()
    assert lines[:2] == ["Open: 1 question", "  gap-1  will there be zebras"]
    assert lines[2].startswith("      asked 2 times on 20")
    assert lines[3:] == [
        "Was this helpful?",
        "     1 no    0 yes  land-strikes faq/mexico-consent: Has Mexico agreed to the strikes?",
    ]
    file = house / "briefings" / "land-strikes.yaml"
    before, faq, after = file.read_text().partition("\nfaq:\n")
    after = after.replace("    question:", "    answers: [gap-1]\n    question:", 1)
    file.write_text(before + faq + after)
    found = shown(run)
    assert found["open"] == []
    assert [each["closed_by"]["story"] for each in found["closed"]] == ["land-strikes"]
    assert "Closed: 1 question" in run("gaps").stdout
    assert "## Closed" in run("gaps", "--format", "markdown").stdout


def test_gaps_are_shown_since_a_time_and_forgotten_by_their_ids(run: Run) -> None:
    for question in ("will there be zebras", "who pays the giraffes", "why purple elephants"):
        clicked(run, question)
    assert len(shown(run, "--since", "1h")["open"]) == 3
    tomorrow = f"{clock.now() + DAY:%Y-%m-%d}"
    assert shown(run, "--since", tomorrow)["open"] == []
    assert run("gaps", "forget", "gap-1", "3").stdout == "2 gaps forgotten\n"
    missing = run("gaps", "forget", "gap-1")
    assert (missing.exit_code, missing.stderr) == (1, "there is no gap-1\n")
    assert [gap["id"] for gap in shown(run)["open"]] == ["gap-2"]
    assert run("gaps", "forget", "--all").stdout == "1 gap forgotten\n"
    assert shown(run) == {"open": [], "closed": [], "helpful": []}


@pytest.mark.parametrize("words", [(), ("--all", "gap-1"), ("gap",), ("gap-0",), ("-1",)])
def test_forgetting_wrongly_is_refused_with_a_remedy(run: Run, words: tuple[str, ...]) -> None:
    result = run("gaps", "forget", *words)
    assert result.exit_code == 2
    assert "gap-12" in result.stderr or "No such option" in result.stderr


def test_what_readers_wrote_steers_no_terminal_and_is_no_markup() -> None:
    text = "see \x1b[31m**this** | <b>[x](https://x.example)</b> `y` # z"
    stories = Stories([make_story(faq=[make_faq("a|b".replace("|", "-"), "What *is* | it?")])])
    votes = [Votes("land-strikes", "faq/a-b", 1, 2), Votes("gone", "faq/x", 0, 1)]
    found = report([Gap(1, "slack:T1", "gone", text, 3, NOW, NOW + DAY)], votes, stories)
    assert not any("\x1b" in each for each in to_lines(found))
    said = "\n".join(to_markdown(found))
    assert "\x1b" not in said
    assert r"\*\*this\*\* \| \<b\>\[x\]\(https\:\/\/x\.example\)" in said
    assert r"What \*is\* \| it?" in said
    assert r"gone faq\/x \(gone\)" in said


def test_a_bot_that_runs_is_not_disturbed(run: Run, house: Path) -> None:
    async def beside() -> None:
        async with await Store.open(f"sqlite:///{house}/state/bot.db"):
            assert await asyncio.to_thread(lambda: run("gaps").exit_code) == 0
            assert await asyncio.to_thread(lambda: run("gaps", "forget", "--all").exit_code) == 0

    asyncio.run(beside())
