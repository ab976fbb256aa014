"""Loading the briefings for a command, with progress where there are many."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Final

import click

from bot import clock
from bot.app.platforms import read_settings
from bot.domain.problem import Severity
from bot.library.library import Library
from bot.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Callable

_MANY: Final = 200


def load_library(settings: Settings | None = None) -> Library:
    """The briefings of the configured folder, loaded."""
    settings = settings or read_settings(Settings)
    library = Library(settings.briefings, clock.now)
    library.load(progress("loading briefings", _MANY))
    return library


def tell_problems(library: Library) -> None:
    """Say that files are broken, for what is made of the library may lack what they say."""
    problems = library.problems.values()
    broken = sum(any(each.severity is Severity.ERROR for each in found) for found in problems)
    if broken:
        have = "file has" if broken == 1 else "files have"
        click.echo(f"{broken} {have} problems: python -m bot check", err=True)


def progress(doing: str, many: int) -> Callable[[int, int], None]:
    """Says on standard error how far it is with many, in place on a terminal, else every tenth."""
    shown = -1

    def tell(done: int, total: int) -> None:
        nonlocal shown
        tenth = done * 10 // total if total else 10
        if total < many or tenth == shown:
            return
        shown = tenth
        if sys.stderr.isatty():
            click.echo(f"\r{doing}: {done} of {total}", nl=done == total, err=True)
        else:
            click.echo(f"{doing}: {done} of {total}", err=True)

    return tell
