"""`calibrate`: whether the briefings are found by their own wordings, and by nothing else."""

from __future__ import annotations

import json
from collections import Counter
from typing import TYPE_CHECKING, Any, Final

import click

from bot.domain.search.calibration import Outcome, Trial, leave_one_out, not_covered, unrelated

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from bot.domain.briefing import Story
    from bot.domain.stories import Stories

#: So many wordings take a while.
_MANY: Final = 2000


@click.command(short_help="Ask the briefings their own wordings.")
@click.argument("slugs", nargs=-1, metavar="[STORY]...")
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "json"]),
    default="text",
    show_default=True,
    help="Lines for people, or JSON for scripts.",
)
@click.option("--all", "show_all", is_flag=True, help="Show what went well, too.")
def calibrate(slugs: tuple[str, ...], form: str, *, show_all: bool) -> None:
    """Ask the loaded briefings their own wordings, and questions that they should refuse.

    With each STORY, a file's name without its ending, only those of that one are asked, still of
    all briefings. Without, all are, which takes minutes where there are many hundreds.

    Each `also_asked` is asked while its entry is known by its other words alone: wordings that are
    right, wrong or refused show how readers' own words will fare. Then come the questions listed
    under `not_covered`, each while it is left out of that list, and unrelated ones.
    """
    from bot.cli.loading import load_library

    stories = load_library().stories
    index, chosen = stories.index, _chosen(stories, slugs)
    own = list(_told(leave_one_out(chosen, index), _wordings(chosen)))
    near, far = list(not_covered(chosen, index)), list(unrelated(index))
    if form == "json":
        trials = {"wordings": own, "not_covered": near, "unrelated": far}
        report = {name: _as_json(some) for name, some in trials.items()}
        click.echo(json.dumps(report, ensure_ascii=False))
        return
    _print(own, show_all=show_all)
    _print_others("Not covered, each left out and asked", near, show_all=show_all)
    _print_others("Unrelated questions", far, show_all=show_all)


def _chosen(stories: Stories, slugs: Sequence[str]) -> list[Story]:
    """The stories of these names; all of them without names."""
    missing = [slug for slug in slugs if stories.get(slug) is None]
    if missing:
        said = f"no story is loaded as {missing[0]!r}; `python -m bot answer stories` lists them"
        raise click.UsageError(said)
    return [stories[slug] for slug in dict.fromkeys(slugs)] or list(stories)


def _wordings(stories: Iterable[Story]) -> int:
    return sum(len(entry.also_asked) for story in stories for entry in story.entries())


def _told(trials: Iterable[Trial], total: int) -> Iterator[Trial]:
    """The same trials, with word of how far they are where there are many."""
    from bot.cli.loading import progress

    tell = progress("asking wordings", _MANY)
    for done, trial in enumerate(trials, 1):
        tell(min(done, total), total)
        yield trial


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
