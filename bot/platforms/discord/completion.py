"""Completion of a command's options, as Discord's choices."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

import discord
from discord.app_commands import Choice

from bot.domain.platform import Complete
from bot.domain.reply import Option
from bot.domain.verbs import DIGEST, STORY
from bot.platforms.discord.controls import OPTION_LABEL, OPTIONS, label
from bot.platforms.discord.exchange import Interaction
from bot.platforms.discord.markup import size
from bot.platforms.discord.to_request import join, to_request, typed_options

#: What the options of `/digest add` are completed as.
_DIGEST_WORDS: Final = {"stories": f"{DIGEST.name} add ", "zone": f"{DIGEST.name} zone "}


def choices_for(interaction: Interaction, command: str, complete: Complete) -> list[Choice[str]]:
    """Return choices for the option that is being typed in a command (`brief faq`)."""
    group, _, verb = command.partition(" ")
    typed, focused = typed_options(interaction.data or {})
    current = typed.pop(focused, "")
    if group == DIGEST.name:
        options = complete(to_request(interaction, _DIGEST_WORDS[focused] + current.strip()))
        return _to_choices((option, option.hint) for option in options)
    if focused == "story":
        prefix, current = f"{STORY.name} ", current.strip()
    else:
        prefix = join(verb, typed.get("story")) + " "
    options = complete(to_request(interaction, prefix + current))
    return _to_choices(
        (option, option.words.removeprefix(prefix))
        for option in options
        if option.words.startswith(prefix)
    )


async def completed_by_the_tree(_: discord.Interaction, _current: str) -> list[Choice[str]]:
    """Mark an option as completed; the tree of commands does it."""
    return []


def _to_choices(options: Iterable[tuple[Option, str]]) -> list[Choice[str]]:
    """Return each option as a choice of what it adds; a value that is too long is none."""
    choices: dict[str, Choice[str]] = {}
    for option, added in options:
        value = added.strip()
        if 0 < size(value) <= OPTION_LABEL:
            choices.setdefault(value, Choice(name=label(option.label, OPTION_LABEL), value=value))
    return list(choices.values())[:OPTIONS]
