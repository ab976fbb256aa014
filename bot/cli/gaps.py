"""`gaps`: what readers asked in vain and told the maintainers of; and which answers helped."""

from __future__ import annotations

import asyncio
import json
from datetime import timedelta
from typing import TYPE_CHECKING

import click

from bot import clock
from bot.cli.options import Moment, MomentType, instant
from bot.domain.gap import gap_number
from bot.domain.gap_report import Report
from bot.domain.reply import counted

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from datetime import datetime

    from bot.settings import Settings


class GapType(click.ParamType[int]):
    """A gap written as gap-12, or 12."""

    name = "gap"

    def convert(
        self, value: object, param: click.Parameter | None, ctx: click.Context | None
    ) -> int:
        """The gap's number, or a sentence on how to write one."""
        number = gap_number(str(value))
        if number is None:
            self.fail(f"{value!r} is no gap; write its id, as in gap-12", param, ctx)
        return number


@click.group(invoke_without_command=True, short_help="Show what readers asked in vain.")
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "json", "markdown"]),
    default="text",
    show_default=True,
    help="Lines for people, JSON for scripts, or Markdown for an issue or a page.",
)
@click.option(
    "--since",
    metavar="WHEN",
    type=MomentType(spans=True),
    help="Only gaps asked since then: 2026-11-22, 2026-11-22T09:00 (UTC unless it has an offset), "
    "or a span such as 2h or 7d.",
)
@click.pass_context
def gaps(ctx: click.Context, form: str, since: Moment | None) -> None:
    """Show the questions that nothing answers, which readers told the maintainers of.

    Like questions of one workspace are one gap. An FAQ entry with `answers: [gap-12]` closes it.
    Below stand the answers that readers called helpful or not, the most often unhelpful first.
    Nobody's name is kept.

    The JSON object has `open` and `closed`, lists of: id, text, story, workspace, count,
    first_asked, last_asked; of an open one the `nearest` entry and whether it `may_answer`, of a
    closed one the entry that it is `closed_by`. `helpful` is a list of: story, entry, question,
    yes, no.
    """
    if ctx.invoked_subcommand is not None:
        return
    from bot.app.platforms import read_settings
    from bot.cli.gap_text import to_lines, to_markdown, to_object
    from bot.settings import Settings

    found = asyncio.run(_report(read_settings(Settings), _since(since)))
    if form == "json":
        click.echo(json.dumps(to_object(found), ensure_ascii=False))
        return
    for text in (to_markdown if form == "markdown" else to_lines)(found):
        click.echo(text)


@gaps.command(short_help="Forget gaps.")
@click.argument("ids", nargs=-1, type=GapType(), metavar="[ID]...")
@click.option("--all", "everything", is_flag=True, help="Forget all gaps and all counts of votes.")
def forget(ids: tuple[int, ...], *, everything: bool) -> None:
    """Forget the gaps with these IDs, as in gap-12, or everything that readers told.

    Ends with 0 if all is well, 1 if there is no gap with one of the IDs, 2 if used wrongly.
    """
    from bot.app.platforms import read_settings
    from bot.settings import Settings

    if bool(ids) is everything:
        raise click.UsageError("name the gaps, as in gap-12, or write --all")
    gone = asyncio.run(_forget(read_settings(Settings), None if everything else ids))
    click.echo(f"{counted(len(gone), 'gap', 'gaps')} forgotten")
    missing = sorted(set(ids).difference(gone))
    for number in missing:
        click.echo(f"there is no gap-{number}", err=True)
    if missing:
        raise click.exceptions.Exit(1)


def _since(since: Moment | None) -> datetime | None:
    if isinstance(since, timedelta):
        return clock.now() - since
    return instant(since) if since else None


async def _report(settings: Settings, since: datetime | None) -> Report:
    from bot.app.feedback import feedback_report
    from bot.cli.database import is_there, opened, tell_missing
    from bot.cli.loading import load_library, tell_problems

    if not is_there(settings):
        tell_missing(settings)
        return Report()
    library = load_library(settings)
    tell_problems(library)
    async with opened(settings) as store:
        return await feedback_report(store, library.stories, since=since)


async def _forget(settings: Settings, numbers: Collection[int] | None) -> Sequence[int]:
    from bot.cli.database import is_there, opened, tell_missing

    if not is_there(settings):
        tell_missing(settings)
        return []
    async with opened(settings) as store:
        return await store.forget_gaps(numbers)
