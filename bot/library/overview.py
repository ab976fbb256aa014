"""What is wrong with a folder of briefings beyond its single files."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.domain.problem import Position, Problem, Severity
from bot.library.files import printable

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from bot.domain.briefing import Story


def trouble(folder: Path, error: OSError) -> Problem:
    """What is wrong with the folder itself."""
    name = printable(folder)
    if isinstance(error, FileNotFoundError):
        what = f"there is no folder {name}"
    elif isinstance(error, NotADirectoryError):
        what = f"{name} is a file, not a folder"
    elif isinstance(error, PermissionError):
        what = f"the folder {name} may not be read"
    else:
        what = f"the folder {name} cannot be read: {error.strerror}"
    return Problem(what, "put it back; until then, its briefings stay as they were")


def overview(
    folder: Path,
    trouble: Problem | None,
    problems: Mapping[str, tuple[Problem, ...]],
    stories: Iterable[Story],
) -> dict[str, tuple[Problem, ...]]:
    """All that is wrong, in the order of the files: in them, between them, and with the folder."""
    found: dict[str, tuple[Problem, ...]] = {}
    place = Position(printable(folder))
    if trouble:
        found[place.file] = (trouble,)
    elif not problems:
        nothing = "there is no briefing in this folder"
        found[place.file] = (Problem(nothing, "add one", place, Severity.WARNING),)
    shared = _shared_names(folder, stories)
    for name in sorted(problems):
        file = printable(folder / name)
        here = problems[name] + shared.get(file, ())
        if here:
            found[file] = here
    return found


def _shared_names(folder: Path, stories: Iterable[Story]) -> dict[str, tuple[Problem, ...]]:
    """Warnings for the files of stories that share a name with another."""
    named: dict[str, list[str]] = {}
    for story in stories:
        for name in {" ".join(name.casefold().split()) for name in story.names()}:
            named.setdefault(name, []).append(story.slug)
    found: dict[str, tuple[Problem, ...]] = {}
    for name, slugs in named.items():
        for slug in slugs if len(slugs) > 1 else ():
            file = printable(folder / f"{slug}.yaml")
            other = next(one for one in slugs if one != slug)
            problem = Problem(
                f"the name `{name}` also means the story `{other}`",
                "give it to one of them only, or readers must choose",
                Position(file),
                Severity.WARNING,
            )
            found[file] = (*found.get(file, ()), problem)
    return found
