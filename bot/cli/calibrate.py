"""`calibrate`: whether the briefings are found by their own wordings, and by nothing else."""

from __future__ import annotations

import json
from collections import Counter
from typing import TYPE_CHECKING, Any

import click

from bot.domain.search.calibration import Outcome, Trial, leave_one_out, not_covered, unrelated

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence


@click.command(short_help="Ask the briefings their own wordings.")
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "json"]),
    default="text",
    show_default=True,
    help="Lines for people, or JSON for scripts.",
)
@click.option("--all", "show_all", is_flag=True, help="Show what went well, too.")
def calibrate(form: str, *, show_all: bool) -> None:
    """Ask the loaded briefings their own wordings, and questions that they should refuse.

    Each `also_asked` is asked while its entry is known by its other words alone: wordings that are
    right, wrong or refused show how readers' own words will fare. Then come the questions listed
    under `not_covered`, each while it is left out of that list, and unrelated ones.
    """
    from bot.cli.loading import load_library

    stories = load_library().stories
    own = list(leave_one_out(stories, stories.index))
    near, far = list(not_covered(stories, stories.index)), list(unrelated(stories.index))
    if form == "json":
        trials = {"wordings": own, "not_covered": near, "unrelated": far}
        report = {name: _as_json(some) for name, some in trials.items()}
        click.echo(json.dumps(report, ensure_ascii=False))
        return
    _print(own, show_all=show_all)
    _print_others("Not covered, each left out and asked", near, show_all=show_all)
    _print_others("Unrelated questions", far, show_all=show_all)


def _as_json(trials: Sequence[Trial]) -> dict[str, Any]:
    return {
        **_counts(trials),
        "questions": [
            {
                "question": trial.question,
                "outcome": trial.outcome.value,
                "expected": _name(trial.expected),
                "found": _name(trial.found),
                "confidence": round(trial.confidence, 3),
            }
            for trial in trials
        ],
    }


def _counts(trials: Iterable[Trial]) -> dict[str, int]:
    counted = Counter(trial.outcome for trial in trials)
    return {outcome.value: counted[outcome] for outcome in Outcome}


def _name(entry: Any) -> str | None:
    return f"{entry.story} {entry.key}" if entry else None


def _print(trials: Sequence[Trial], *, show_all: bool) -> None:
    for trial in trials:
        if trial.outcome is not Outcome.RIGHT or show_all:
            instead = f", found {_name(trial.found)}" if trial.outcome is Outcome.WRONG else ""
            wanted = f"of {_name(trial.expected)}{instead}"
            click.echo(
                f"{trial.outcome.value:8}{trial.confidence:5.2f}  {trial.question}  ({wanted})"
            )
    click.echo(f"Own wordings, each left out and asked: {_sum(trials)}")


def _print_others(called: str, trials: Sequence[Trial], *, show_all: bool) -> None:
    """Questions that are to be refused."""
    for trial in trials:
        if trial.outcome is not Outcome.REFUSED or show_all:
            said = "refused" if trial.outcome is Outcome.REFUSED else "answered"
            nearest = _name(trial.found) or "nothing"
            click.echo(f"{said:8}{trial.confidence:5.2f}  {trial.question}  (nearest: {nearest})")
    refused = sum(trial.outcome is Outcome.REFUSED for trial in trials)
    answered = len(trials) - refused
    click.echo(f"{called}: {refused} refused, {answered} answered of {len(trials)}")


def _sum(trials: Sequence[Trial]) -> str:
    parts = (f"{count} {outcome}" for outcome, count in _counts(trials).items())
    return f"{', '.join(parts)} of {len(trials)}"
