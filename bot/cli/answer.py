"""`answer`: what the bot would say to some words, as text or as a platform's payload."""

from __future__ import annotations

import asyncio
import json
import sys
from importlib import import_module
from typing import TYPE_CHECKING, Any

import click

from bot import clock
from bot.domain.problem import Severity
from bot.domain.request import Channel, Request

if TYPE_CHECKING:
    from bot.domain.reply import Reply
    from bot.library.library import Library


class ChannelType(click.ParamType[Channel]):
    """A channel written as slack:T1/C1."""

    name = "channel"

    def convert(
        self, value: object, param: click.Parameter | None, ctx: click.Context | None
    ) -> Channel:
        """The channel, or a sentence on how to write one."""
        try:
            return value if isinstance(value, Channel) else Channel.parse(str(value))
        except ValueError as error:
            self.fail(str(error), param, ctx)


@click.command()
@click.argument("words", nargs=-1)
@click.option("--story", metavar="SLUG", help="Answer as in a channel that has this story.")
@click.option(
    "--channel",
    type=ChannelType(),
    default="web:local/playground",
    show_default=True,
    help="Answer as in this channel: platform:workspace/id.",
)
@click.option("--user", default="", metavar="NAME", help="Who asks, for a shared answer.")
@click.option("--moderator", is_flag=True, help="Answer as to a moderator.")
@click.option(
    "--as",
    "form",
    type=click.Choice(["text", "slack", "discord"]),
    default="text",
    show_default=True,
    help="Text for reading, or exactly what that platform would be sent.",
)
@click.option("--json", "as_json", is_flag=True, help="JSON on one line, for scripts.")
def answer(
    words: tuple[str, ...],
    story: str | None,
    channel: Channel,
    user: str,
    moderator: bool,  # noqa: FBT001 (click's own form)
    form: str,
    as_json: bool,  # noqa: FBT001
) -> None:
    r"""Print what the bot would answer to WORDS, the words after /brief.

    \b
    python -m bot answer faq consent
    python -m bot answer --as slack questions land-strikes
    """
    request = Request(" ".join(words), channel, user=user, user_name=user, moderator=moderator)
    reply = _reply(request, story)
    if form == "text":
        _print_text(reply, as_json=as_json)
    else:
        render = import_module(f"bot.platforms.{form}.render").render
        _print_json(render(reply), as_json=as_json)


def _reply(request: Request, story: str | None) -> Reply:
    from bot.answers import Answers
    from bot.cli.loading import load_library

    library = load_library()
    _tell_problems(library)
    if story and not library.stories.get(story):
        known = ", ".join(sorted(each.slug for each in library.stories)) or "none"
        said = f"there is no story {story!r} (there is: {known})"
        raise click.BadParameter(said, param_hint="--story")
    answers = Answers(lambda: library.stories, clock.now, lambda _: story)
    return asyncio.run(answers(request))


def _tell_problems(library: Library) -> None:
    """Say that files are broken, for the answer may lack what they say."""
    problems = library.problems.values()
    broken = sum(any(each.severity is Severity.ERROR for each in found) for found in problems)
    if broken:
        have = "file has" if broken == 1 else "files have"
        click.echo(f"{broken} {have} problems: python -m bot check", err=True)


def _print_text(reply: Reply, *, as_json: bool) -> None:
    from bot.cli.text import print_reply
    from bot.domain.plain import to_text

    if as_json:
        actions = [{"label": each.label, "words": each.words} for each in reply.actions]
        said = {"title": reply.title, "text": to_text(reply), "private": reply.private}
        _print_json({**said, "actions": actions}, as_json=True)
    else:
        print_reply(reply, sys.stdout)


def _print_json(payload: dict[str, Any], *, as_json: bool) -> None:
    click.echo(json.dumps(payload, ensure_ascii=False, indent=None if as_json else 2))
