"""`check`: everything that is wrong with briefing files, as a maintainer or a script wants it."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from bot import clock
from bot.domain.problem import Problem, Severity

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

#: In larger folders, asking every wording of every entry would take minutes.
_MANY: Final = 300


@click.command(short_help="Check briefing files.")
@click.argument("paths", nargs=-1, type=click.Path(exists=True, path_type=Path))
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "json"]),
    default="text",
    show_default=True,
    help="Lines for people, or a JSON list for scripts.",
)
def check(paths: tuple[Path, ...], form: str) -> None:
    """Check briefing files, or folders of them; without PATHS, the folder that the bot serves.

    In a folder of more than 300 briefings, whether wordings find their entries is not checked: name
    single files for that.

    Ends with 0 if all can be served, 1 if there are problems, 2 if used wrongly. Warnings are
    shown and do not count.
    """
    from bot.app.platforms import read_settings
    from bot.settings import Settings

    folders = paths or (read_settings(Settings).briefings,)
    checked, problems = 0, list[Problem]()
    for path in folders:
        count, found = _folder(path) if not path.is_file() else (1, _file(path))
        checked += count
        problems += found
    if form == "json":
        click.echo(json.dumps([_as_json(problem) for problem in problems], ensure_ascii=False))
    else:
        _print_text(checked, problems)
    sys.exit(int(any(problem.severity is Severity.ERROR for problem in problems)))


def _folder(path: Path) -> tuple[int, list[Problem]]:
    """How many briefings a folder has, and their problems."""
    from bot.library.files import scan
    from bot.library.library import Library
    from bot.library.wordings import misleading_wordings

    library = Library(path, clock.now)
    library.load()
    problems = [problem for found in library.problems.values() for problem in found]
    if len(library.stories) <= _MANY:
        for story in library.stories:
            problems += misleading_wordings(
                story, path / f"{story.slug}.yaml", f"{story.slug}.yaml"
            )
    else:
        said = f"wordings were not checked, as they are only up to {_MANY} briefings"
        click.echo(f"{said}: name single files to have theirs checked", err=True)
    return len(scan(path)), problems


def _file(path: Path) -> Sequence[Problem]:
    from bot.library.files import read_file
    from bot.library.wordings import misleading_wordings

    reading = read_file(path, path.parent, clock.now())
    found = misleading_wordings(reading.story, path, path.name) if reading.story else []
    return (*reading.problems, *found)


def _as_json(problem: Problem) -> dict[str, object]:
    where = problem.where
    return {
        "file": where.file if where else None,
        "line": where.line if where else None,
        "column": where.column if where else None,
        "severity": problem.severity.value,
        "what": problem.what,
        "remedy": problem.remedy,
    }


def _print_text(checked: int, problems: Iterable[Problem]) -> None:
    errors = warnings = 0
    for problem in problems:
        click.echo(str(problem))
        errors += problem.severity is Severity.ERROR
        warnings += problem.severity is Severity.WARNING
    files = f"{checked} {'file' if checked == 1 else 'files'}"
    found = ", ".join(
        f"{count} {one if count == 1 else one + 's'}"
        for count, one in ((errors, "error"), (warnings, "warning"))
        if count
    )
    click.echo(f"{files} checked: {found or 'no problems'}", err=True)
