"""`doctor`: whether the platforms' accounts are as the bot needs them, and what to change."""

from __future__ import annotations

import asyncio
import logging
import sys
from typing import TYPE_CHECKING

import click

from bot.domain.problem import Severity

if TYPE_CHECKING:
    from bot.domain.platform import Checkup


@click.command()
@click.argument("platforms", nargs=-1)
def doctor(platforms: tuple[str, ...]) -> None:
    """Ask PLATFORMS (all that have tokens, if left out) whether everything is as the bot needs it.

    Ends with 0 if so, 1 if there is something to change, 2 if used wrongly or not configured. No
    secret is shown, and nothing is posted.
    """
    from bot.app.doctor import examine, to_examine
    from bot.app.platforms import read_settings
    from bot.settings import Settings

    names = to_examine(platforms)
    logging.disable(logging.CRITICAL)  # what a library would log is among the problems, in words
    try:
        found = asyncio.run(examine(names, read_settings(Settings)))
    finally:
        logging.disable(logging.NOTSET)
    for name, checkup in found.items():
        _print(name, checkup)
    problems = [problem for checkup in found.values() for problem in checkup.problems]
    sys.exit(int(any(problem.severity is Severity.ERROR for problem in problems)))


def _print(name: str, checkup: Checkup) -> None:
    for line in checkup.checked:
        click.echo(f"{name}: ok: {line}")
    for problem in checkup.problems:
        click.echo(f"{name}: {problem}")
    errors = sum(problem.severity is Severity.ERROR for problem in checkup.problems)
    click.echo(f"{name}: {errors or 'no'} {'problem' if errors == 1 else 'problems'}", err=True)
