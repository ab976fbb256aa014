"""The slash command `/digest`, which moderators have beside `/brief`.

Whom Discord shows it to is a hint: a server may change that, and what is asked is checked anew.
"""

from __future__ import annotations

from typing import Any, Final

import discord
from discord import app_commands
from discord.app_commands import Choice

from bot.domain.reply import FieldKind, filled
from bot.domain.request import Channel
from bot.domain.verbs import DIGEST
from bot.platforms.discord.answering import Answering
from bot.platforms.discord.completion import completed_by_the_tree
from bot.platforms.discord.exchange import Interaction
from bot.platforms.discord.form import CHANNEL_TYPES
from bot.platforms.discord.to_request import workspace_of

# Options of up to a thousand, a hundred and some twenty characters; numbers as Discord counts.
_Stories = app_commands.Range[str, 1, 1000]
_Words = app_commands.Range[str, 1, 100]
_Span = app_commands.Range[str, 1, 20]
_Number = app_commands.Range[int, 1, 2**53 - 1]

_PLAIN: Final = {
    "list": "The digests that are scheduled here, by number",
    "help": "What moderators can do with digests",
}
_OF_ONE: Final = {
    "show": "One digest: its stories, its times and its next runs",
    "preview": "The message that would go out now",
    "now": "Post a digest now, once, besides its times",
    "pause": "Stop a digest until it is resumed",
    "resume": "Let a paused digest run again",
    "edit": "Change a digest: a form with what it is now",
    "delete": "Delete a digest for good",
}

_ADD: Final = f"{DIGEST.name} add"
_ABOUT_ID: Final = "The number of the digest, as in the list"
_ABOUT_WHY: Final = {
    "id": "The number of a run that was; History has a button for each",
    "digest": "The number of a digest: why its next run comes when it does",
}
_ABOUT_ADD: Final = {
    "stories": "Their names, with commas between them, or all; leave everything out for a form",
    "when": "Days and local times, as in: at 09:00 on weekdays",
    "zone": "The time zone: a city or an IANA name",
    "channel": "Where it is posted; leave it out for this channel",
    "content": "What each digest holds",
    "quiet": "What to do when nothing changed",
    "late": "How late it is still welcome, as in: 3h",
}
_CONTENT: Final = [
    Choice(name="What changed since the last one", value="changes"),
    Choice(name="The full card each time", value="full"),
]
_QUIET: Final = [
    Choice(name="Stay silent", value="silent"),
    Choice(name="Say so in one line", value="say so"),
]


def to_digest(answering: Answering) -> app_commands.Group:
    """Return the command with all its subcommands."""
    group = app_commands.Group(
        name=DIGEST.name,
        description=DIGEST.summary,
        allowed_contexts=app_commands.AppCommandContext(guild=True),
        allowed_installs=app_commands.AppInstallationType(guild=True),
        default_permissions=discord.Permissions(manage_guild=True),
    )
    _add_adding(group, answering)
    for name, about in _PLAIN.items():
        _add_plain(group, answering, name, about)
    for name, about in _OF_ONE.items():
        _add_numbered(group, answering, name, about)
    _add_history(group, answering)
    _add_why(group, answering)
    return group


def _add_adding(group: app_commands.Group, answering: Answering) -> None:
    @group.command(name="add", description="Schedule a new digest into this channel")
    @app_commands.describe(**_ABOUT_ADD)
    @app_commands.choices(content=_CONTENT, quiet=_QUIET)
    @app_commands.autocomplete(
        stories=completed_by_the_tree, when=completed_by_the_tree, zone=completed_by_the_tree
    )
    async def add(
        interaction: discord.Interaction,
        stories: _Stories = "",
        when: _Words = "",
        zone: _Words = "",
        channel: app_commands.Transform[str, _Target] = "",
        content: str = "",
        quiet: str = "",
        late: _Span = "",
    ) -> None:
        values: dict[int | FieldKind, str] = {
            FieldKind.CHANNEL: channel,
            FieldKind.STORIES: stories,
            FieldKind.TEXT: when,
            FieldKind.ZONE: zone,
            FieldKind.CHOICE: _in_form(content, quiet),
        }
        given = [("", stories), ("", when), ("in", zone), ("", content), ("", quiet)]
        given += [("late", late), ("in", channel)]
        whole = late or (stories and when and zone)
        words = filled(_ADD, given) if whole else _ADD  # the form asks for what is missing
        known = {kind: value for kind, value in values.items() if value}
        await answering.answer_form(interaction, _ADD, words, known)


def _in_form(content: str, quiet: str) -> str:
    """Return the form's one choice for the two of the command."""
    if content == "full" or not (content or quiet):
        return content
    return f"changes {quiet or 'silent'}"


class _Target(app_commands.Transformer):
    """A channel or thread in which messages can be posted, as the words that name it.

    Discord tells of it; whether the gateway has told of it as well does not matter.
    """

    @property
    def type(self) -> discord.AppCommandOptionType:
        """Discord offers the channels that the person sees."""
        return discord.AppCommandOptionType.channel

    @property
    def channel_types(self) -> list[discord.ChannelType]:
        """Only those of these kinds."""
        return [discord.ChannelType(kind) for kind in CHANNEL_TYPES]

    async def transform(self, interaction: Interaction, value: Any, /) -> str:
        """Return the channel as it is written in words."""
        return str(Channel("discord", workspace_of(interaction), str(value.id)))


def _add_plain(group: app_commands.Group, answering: Answering, name: str, about: str) -> None:
    @group.command(name=name, description=about)
    async def plain(interaction: discord.Interaction) -> None:
        await answering.answer(interaction, f"{DIGEST.name} {name}")


def _add_numbered(group: app_commands.Group, answering: Answering, name: str, about: str) -> None:
    @group.command(name=name, description=about)
    @app_commands.describe(id=_ABOUT_ID)
    async def numbered(interaction: discord.Interaction, id: _Number) -> None:
        await answering.answer(interaction, f"{DIGEST.name} {name} {id}")


def _add_history(group: app_commands.Group, answering: Answering) -> None:
    @group.command(name="history", description="What was posted, late, skipped or failed")
    @app_commands.describe(id=_ABOUT_ID)
    async def history(interaction: discord.Interaction, id: _Number | None = None) -> None:
        given = [("", str(id or ""))]
        await answering.answer(interaction, filled(f"{DIGEST.name} history", given))


def _add_why(group: app_commands.Group, answering: Answering) -> None:
    @group.command(name="why", description="Why a digest came, or did not, or will")
    @app_commands.describe(**_ABOUT_WHY)
    async def why(
        interaction: discord.Interaction, id: _Number | None = None, digest: _Number | None = None
    ) -> None:
        given = [("", str(id))] if id else [("next", str(digest or ""))]
        await answering.answer(interaction, filled(f"{DIGEST.name} why", given))
