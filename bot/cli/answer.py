"""`answer`: what the bot would say to some words, as text or as a platform's payload."""

from __future__ import annotations

import asyncio
import json
import sys
from dataclasses import replace
from importlib import import_module
from typing import TYPE_CHECKING, Any

import click

from bot import clock
from bot.cli.options import ChannelType, ZoneType
from bot.domain.request import Channel, Request, parse
from bot.domain.verbs import HELPFUL, TELL
from bot.errors import ConfigurationError

if TYPE_CHECKING:
    from bot.domain.reply import Form, Reply
    from bot.library.library import Library
    from bot.settings import Settings

#: Who did it, for the audit trail, unless `--user` says.
_OPERATOR = "command line"


@click.command(short_help="Print what the bot would answer.")
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
    "--zone", type=ZoneType(), help="The asker’s own time zone; times are shown in it, else in UTC."
)
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
    zone: str | None,
    form: str,
    as_json: bool,  # noqa: FBT001
) -> None:
    """Print what the bot would answer to WORDS, the words after /brief.

    Moderators' words (digest …, use …) do in the database what they would do in chat; the running
    bot takes it up.

    \b
    python -m bot answer faq consent
    python -m bot answer --as slack questions land-strikes
    python -m bot answer digest list --channel slack:T1/C1 --moderator
    """  # noqa: D301 (click wants the character itself)
    from bot.app.platforms import read_settings
    from bot.cli.loading import load_library, tell_problems
    from bot.settings import Settings

    settings = read_settings(Settings)
    library = load_library(settings)
    tell_problems(library)
    _check_story(story, library)
    request = Request(
        " ".join(words), channel, user=user, user_name=user, moderator=moderator, zone=zone
    )
    reply = asyncio.run(_reply(request, story, library, settings))
    if form != "text":
        render = import_module(f"bot.platforms.{form}.render").render
        _print_json(render(reply), as_json=as_json)
    else:
        _print_text(reply, zone, as_json=as_json)


def _check_story(story: str | None, library: Library) -> None:
    if story and not library.stories.get(story):
        known = ", ".join(sorted(each.slug for each in library.stories)) or "none"
        said = f"there is no story {story!r} (there is: {known})"
        raise click.BadParameter(said, param_hint="--story")


async def _reply(
    request: Request, story: str | None, library: Library, settings: Settings
) -> Reply:
    verb = parse(request.words, library.stories.names).verb
    if verb and (verb.moderators or verb in (TELL, HELPFUL)):
        return await _acted(request, story, library, settings)
    here = story or await _bound(request.channel, settings)
    from bot.answers import Answers

    return await Answers(lambda: library.stories, clock.now, lambda _: here)(request)


async def _acted(
    request: Request, story: str | None, library: Library, settings: Settings
) -> Reply:
    """What a moderator's words or a reader's click do, with the database that the bot has."""
    from bot.answers import Answers
    from bot.app.deliveries import Deliveries
    from bot.app.limits import feedback_of, limits_of
    from bot.cli.database import opened

    async with opened(settings) as store:
        deliveries = Deliveries(store, lambda: library.stories, limits_of(settings))
        await deliveries.start({})

        def bound(channel: Channel) -> str | None:
            return story or deliveries.bound(channel)

        feedback = feedback_of(settings, store, clock.now)
        answers = Answers(
            lambda: library.stories, clock.now, bound, deliveries.desk(), feedback=feedback
        )
        return await answers(replace(request, user=request.user or _OPERATOR))


async def _bound(channel: Channel, settings: Settings) -> str | None:
    """The channel's own story, where there is a database that knows it."""
    from bot.cli.database import is_there, opened

    if not is_there(settings):
        return None
    try:
        async with opened(settings) as store:
            return (await store.bindings()).get(str(channel))
    except ConfigurationError as error:
        click.echo(f"warning: which story the channel has is not known: {error}", err=True)
        return None


def _print_text(reply: Reply, zone: str | None, *, as_json: bool) -> None:
    from bot.cli.text import in_zone, print_reply
    from bot.domain.plain import to_text

    reply = in_zone(reply, zone) if zone else reply
    if as_json:
        actions = [{"label": each.label, "words": each.words} for each in reply.actions]
        said = {"title": reply.title, "text": to_text(reply), "private": reply.private}
        form = {"form": _form(reply.form)} if reply.form else {}
        _print_json({**said, "actions": actions, **form}, as_json=True)
    else:
        print_reply(reply, sys.stdout)


def _form(form: Form) -> dict[str, Any]:
    """A form: its words, and what is filled in goes after each field's lead."""
    fields = [
        {
            "label": field.label,
            "lead": field.lead,
            "value": field.value,
            "hint": field.hint,
            "options": [option.words for option in field.options],
        }
        for field in form.fields
    ]
    return {"title": form.title, "words": form.words, "fields": fields}


def _print_json(payload: dict[str, Any], *, as_json: bool) -> None:
    click.echo(json.dumps(payload, ensure_ascii=False, indent=None if as_json else 2))
