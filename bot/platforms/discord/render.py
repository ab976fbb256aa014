"""A reply as a Discord message: components of version 2, as plain dicts, within its limits."""

from __future__ import annotations

import functools
import re
from collections.abc import Mapping
from typing import Any, Final

from bot.domain.reply import Block, Heading, Note, Reply, clip
from bot.platforms.discord.controls import BARE
from bot.platforms.discord.markup import escape, plain
from bot.platforms.discord.page import Page, Payload

EPHEMERAL, IS_COMPONENTS_V2 = 1 << 6, 1 << 15
CONTAINER: Final = 17

#: A button's custom_id holds its words; the number before them makes it unique in its message. The
#: first control of a digest has the mark by which the digest is found again.
BUTTON_ID: Final = re.compile(r"b1:[0-9a-z]{1,2}(?:\.[0-9a-z]{16})?:(?P<words>(?s:.*))")
#: A menu's custom_id; the words are the value of the option that was picked.
MENU_ID: Final = re.compile(r"b1m:[0-9a-z]{1,2}(?:\.[0-9a-z]{16})?")

_TITLE = 300
_FIRST_ACTIONS = 10


@functools.lru_cache(maxsize=512)
def render(reply: Reply) -> Payload:
    """Return the message that shows a reply; it is remembered with the reply, so never change it.

    Whatever does not fit is counted in words: nothing is lost in silence.
    """
    page = Page()
    page.add_text(Heading(reply.title), _title(reply.title))
    page.keep_room(len(reply.actions[:_FIRST_ACTIONS]))
    notes = _closing_notes(reply.blocks)
    for block in reply.blocks[: len(reply.blocks) - len(notes)]:
        page.add(block)
    page.add_separator()
    for note in notes:
        page.add(note)
    page.keep_room(0)
    page.add_actions(reply.actions)
    flags = IS_COMPONENTS_V2 | (EPHEMERAL if reply.private else 0)
    container = {"type": CONTAINER, "components": page.finish()}
    return {"flags": flags, "components": [container], "allowed_mentions": {"parse": []}}


def to_words(control: Mapping[str, Any]) -> str | None:
    """Return the words of a control, given as its interaction's data; None if it is not ours."""
    custom_id, values = str(control.get("custom_id")), control.get("values")
    if match := BUTTON_ID.fullmatch(custom_id):
        return match["words"]
    if MENU_ID.fullmatch(custom_id) and isinstance(values, list) and values:
        return "" if values[0] == BARE else str(values[0])
    return None


def _title(text: str) -> str:
    shown = escape(clip(plain(text), _TITLE))
    return f"## {shown}" if shown else ""


def _closing_notes(blocks: tuple[Block, ...]) -> tuple[Block, ...]:
    start = len(blocks)
    while start and isinstance(blocks[start - 1], Note):
        start -= 1
    return blocks[start:]
