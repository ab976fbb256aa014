"""The commands: `/brief`, with a subcommand for every verb; `/digest`; and one for messages."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from typing import Any, Final

import discord
from discord import app_commands

from bot.domain.verbs import ASK, DIGEST, SEARCH, VERBS, Verb
from bot.platforms.discord.answering import OLDER_COMMAND, Answering, apology
from bot.platforms.discord.completion import completed_by_the_tree
from bot.platforms.discord.digest import to_digest
from bot.platforms.discord.exchange import Interaction
from bot.platforms.discord.message_text import NO_TEXT, to_query
from bot.platforms.discord.to_request import join

_STORY_LIMIT: Final = 100
_WORDS_LIMIT: Final = 300
_Story = app_commands.Range[str, 1, _STORY_LIMIT]
_Words = app_commands.Range[str, 1, _WORDS_LIMIT]

_Callback = Callable[..., Coroutine[Any, Any, None]]

#: A server has the commands for its members; a person takes them along, to where the bot is not.
_ANYWHERE: Final = app_commands.AppCommandContext(guild=True, dm_channel=True, private_channel=True)
_FOR_ALL: Final = app_commands.AppInstallationType(guild=True, user=True)

_ABOUT_STORY = "Which story; leave it out for this channel's own"
_ABOUT_WORDS = {
    "words": "What to look for, or an item from the list",
    "question": "Your question, in your own words",
}


class Commands(app_commands.CommandTree[Any]):
    """The commands of one client. Completions are answered here, where a failure can be handled."""

    def __init__(self, client: discord.Client, answering: Answering) -> None:
        super().__init__(client)
        self._answering = answering
        self.add_command(_brief(answering))
        self.add_command(to_digest(answering))
        self.add_command(_check(answering))

    async def interaction_check(self, interaction: Interaction, /) -> bool:
        """Answer completions; let commands through to theirs."""
        if interaction.type is not discord.InteractionType.autocomplete:
            return True
        command = interaction.command.qualified_name if interaction.command else ""
        await self._answering.offer(interaction, command)
        return False

    async def on_error(
        self, interaction: Interaction, error: app_commands.AppCommandError, /
    ) -> None:
        """Say a kind sentence for a command that another version registered."""
        older = app_commands.CommandNotFound | app_commands.CommandSignatureMismatch
        if isinstance(error, older):
            await self._answering.say(interaction, OLDER_COMMAND)
            return
        try:
            raise error
        except app_commands.AppCommandError:
            await self._answering.say(interaction, apology("a command failed"))


def _brief(answering: Answering) -> app_commands.Group:
    group = app_commands.Group(
        name="brief",
        description="Ask the briefings",
        allowed_contexts=_ANYWHERE,
        allowed_installs=_FOR_ALL,
    )
    for verb in (verb for verb in VERBS if verb is not DIGEST):
        group.add_command(_command(verb, answering))
    return group


def _command(verb: Verb, answering: Answering) -> app_commands.Command[Any, ..., None]:
    callback = _callback(verb, answering)
    if verb.story:
        callback = app_commands.describe(story=_ABOUT_STORY)(callback)
        callback = app_commands.autocomplete(story=completed_by_the_tree)(callback)
    if verb.words:
        about = _ABOUT_WORDS.get(verb.words, verb.words)
        callback = app_commands.describe(words=about)(callback)
        callback = app_commands.rename(words=verb.words)(callback)
        if not _required(verb):
            callback = app_commands.autocomplete(words=completed_by_the_tree)(callback)
    return app_commands.Command(name=verb.name, description=verb.summary, callback=callback)


def _required(verb: Verb) -> bool:
    """Tell whether a verb is nothing without its words, which are then free text."""
    return verb in {ASK, SEARCH}


def _callback(verb: Verb, answering: Answering) -> _Callback:
    """Return what to do for a verb; discord.py reads the options from its parameters."""

    async def alone(interaction: discord.Interaction) -> None:
        await answering.answer(interaction, verb.name)

    async def about(interaction: discord.Interaction, story: _Story | None = None) -> None:
        await answering.answer(interaction, join(verb.name, story))

    async def within(
        interaction: discord.Interaction,
        story: _Story | None = None,
        words: _Words | None = None,
    ) -> None:
        await answering.answer(interaction, join(verb.name, story, words))

    async def asking(
        interaction: discord.Interaction, words: _Words, story: _Story | None = None
    ) -> None:
        await answering.answer(interaction, join(verb.name, story, words))

    if not verb.story:
        return alone
    if not verb.words:
        return about
    return asking if _required(verb) else within


def _check(answering: Answering) -> app_commands.ContextMenu:
    async def check(interaction: discord.Interaction, message: discord.Message) -> None:
        query = to_query(message)
        if query:
            await answering.answer(interaction, join(SEARCH.name, query))
        else:
            await answering.say(interaction, NO_TEXT)

    return app_commands.ContextMenu(
        name="Check in briefings",
        callback=check,
        allowed_contexts=_ANYWHERE,
        allowed_installs=_FOR_ALL,
    )
