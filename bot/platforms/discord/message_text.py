"""What a message says, as words to look for in the briefings."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any, Final

import discord

from bot.domain.reply import Paragraph, Reply, line

#: As many words as can be typed; what follows is about something else.
_LONGEST: Final = 300
_MENTION: Final = re.compile(r"<(?:@[!&]?|#|a?:\w+:|/[^:>]*:|t:)[0-9][^>]*>|https?://\S+")
#: What the domain reads as the page of an answer.
_PAGE: Final = re.compile(r"\bpage [0-9]{1,4}$", re.IGNORECASE)

NO_TEXT = Reply(
    "There are no words in that message",
    (Paragraph(line("Only what is written in a message can be looked for in the briefings.")),),
)


def to_query(message: discord.Message) -> str:
    """Return the words of a message, without mentions and addresses; empty if it has none."""
    text = _MENTION.sub(" ", " ".join(_texts(message)))
    words = " ".join(text.split())
    if len(words) > _LONGEST:
        words = words[: _LONGEST + 1].rpartition(" ")[0] or words[:_LONGEST]
    return f"{words}." if _PAGE.search(words) else words


def _texts(message: discord.Message) -> Iterator[str]:
    yield message.content
    for embed in message.embeds:
        yield from filter(None, (embed.title, embed.description))
    yield from _displays(message.components)


def _displays(components: Iterable[Any]) -> Iterator[str]:
    for component in components:
        if isinstance(component, discord.TextDisplay):
            yield component.content
        yield from _displays(getattr(component, "children", ()))
