"""Completion of a command's options, as Discord's choices."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from typing import Final

import discord
from discord.app_commands import Choice

from bot.domain.platform import Complete
from bot.domain.reply import Option
from bot.domain.terms import starts_clause
from bot.domain.verbs import DIGEST, STORY
from bot.platforms.discord.controls import OPTION_LABEL, OPTIONS, label
from bot.platforms.discord.exchange import Interaction
from bot.platforms.discord.markup import size
from bot.platforms.discord.to_request import join, to_request, typed_options

#: A wish begins with its stories; for its times, whichever they are.
_ANY_STORY: Final = "all "
#: What the options of `/digest add` are completed as.
_DIGEST_WORDS: Final = {
    "stories": f"{DIGEST.name} add ",
    "when": f"{DIGEST.name} add {_ANY_STORY}",
    "zone": f"{DIGEST.name} zone ",
}
#: Hours as people type them: `at 9`, and `at 09` before the next word.
_SHORT_HOUR: Final = re.compile(r"\bat ([0-9])(?=$|[:\s])")
_BARE_HOUR: Final = re.compile(r"\bat ([0-9]{2})(?=\s)")
#: What has an option of its own beside the times.
_NOT_WHEN: Final = re.compile(r" (?:in \S+|full|changes|silent|say so|late \S+)$")


def choices_for(
    interaction: Interaction, command: str, complete: Complete, roles: Collection[int] = ()
) -> list[Choice[str]]:
    """Return choices for the option that is being typed in a command (`brief faq`)."""
    group, _, verb = command.partition(" ")
    typed, focused = typed_options(interaction.data or {})
    current = typed.pop(focused, "")
    if group == DIGEST.name:
        if focused == "when":
            current = _SHORT_HOUR.sub("at 0\\1", current)
            current = _BARE_HOUR.sub("at \\1:00", current)
        words = _DIGEST_WORDS[focused] + current.lstrip()
        return _to_choices(_digest(focused, complete(to_request(interaction, words, roles))))
    if focused == "story":
        prefix, current = f"{STORY.name} ", current.strip()
    else:
        prefix = join(verb, typed.get("story")) + " "
    options = complete(to_request(interaction, prefix + current, roles))
    return _to_choices(
        (option, option.words.removeprefix(prefix))
        for option in options
        if option.words.startswith(prefix)
    )


async def completed_by_the_tree(_: discord.Interaction, _current: str) -> list[Choice[str]]:
    """Mark an option as completed; the tree of commands does it."""
    return []


def _digest(focused: str, options: Iterable[Option]) -> Iterable[tuple[Option, str]]:
    """Return what the options of a wish add to the one that is being typed: its part alone."""
    for option in options:
        added = option.hint
        if focused == "when":
            if added.startswith(_ANY_STORY) and not _NOT_WHEN.search(added):
                added = added.removeprefix(_ANY_STORY)
                yield Option(added, option.words), added
        elif focused == "zone" or not any(map(starts_clause, added.casefold().split())):
            yield option, added


def _to_choices(options: Iterable[tuple[Option, str]]) -> list[Choice[str]]:
    """Return each option as a choice of what it adds; a value that is too long is none."""
    choices: dict[str, Choice[str]] = {}
    for option, added in options:
        value = added.strip()
        if 0 < size(value) <= OPTION_LABEL:
            choices.setdefault(value, Choice(name=label(option.label, OPTION_LABEL), value=value))
    return list(choices.values())[:OPTIONS]
