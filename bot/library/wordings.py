"""Wordings that find the wrong thing: warnings, as the search itself has to be asked."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.domain.problem import Problem, Severity
from bot.domain.search import Index
from bot.domain.search.calibration import Outcome, Trial, answered, unfound
from bot.library.finding import short
from bot.library.yaml import Loc, Tree, read

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from bot.domain.briefing import Story
    from bot.domain.problem import Position


def misleading_wordings(story: Story, path: Path, file: str) -> list[Problem]:
    """A warning for each wording that does not lead to its entry, or that is to lead to none."""
    alone = Index([story])
    lost, found = list(unfound(story, alone)), list(answered(story, alone))
    if not (lost or found):
        return []
    tree = read(path.read_text(encoding="utf-8"), file, positions=True)
    return [_lost(trial, tree) for trial in lost] + [_contradiction(one, tree) for one in found]


def _lost(trial: Trial, tree: Tree) -> Problem:
    entry, found = trial.expected, trial.found
    asks = f"asking `{short(trial.question)}` does not find `{entry.id if entry else ''}`"
    if trial.outcome is Outcome.WRONG and found:
        what = f"{asks}, but `{found.key}`"
        remedy = f"keep it in one of the two, or say in it what sets it apart from `{found.id}`"
    else:
        what = f"{asks}: its words say too little"
        remedy = "add a word that says what it is about, or remove it"
    return Problem(what, remedy, _place(trial, tree), severity=Severity.WARNING)


def _contradiction(trial: Trial, tree: Tree) -> Problem:
    key = trial.found.key if trial.found else ""
    what = f"`{short(trial.question)}` is listed as not covered, and asking it finds `{key}`"
    listed = tree.value.get("not_covered", ()) if isinstance(tree.value, dict) else ()
    remedy = "remove it here, or the wording there that is too much like it"
    place = _place_in(listed, trial.question, ("not_covered",), tree)
    return Problem(what, remedy, place, severity=Severity.WARNING)


def _place(trial: Trial, tree: Tree) -> Position | None:
    """Where the wording stands in the file."""
    entry = trial.expected
    data = tree.value if isinstance(tree.value, dict) else {}
    for number, one in enumerate(data.get(entry.section.field, ()) if entry else ()):
        if entry and isinstance(one, dict) and one.get("id") == entry.id:
            if trial.question == entry.title:
                return tree.place((entry.section.field, number, "question"))
            loc = (entry.section.field, number, "also_asked")
            return _place_in(one.get("also_asked", ()), trial.question, loc, tree)
    return None


def _place_in(listed: Sequence[str], question: str, loc: Loc, tree: Tree) -> Position | None:
    """Where a question stands in a list; where the list does if it is written there otherwise."""
    return tree.place((*loc, listed.index(question)) if question in listed else loc)
