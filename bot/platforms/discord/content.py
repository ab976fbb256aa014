"""A reply as a plain message, for where components of version 2 cannot be used; plain dicts.

It has content and rows of controls, within the limits of such a message.
"""

from __future__ import annotations

import itertools
from typing import Final

from bot.domain.reply import Heading, Menu, Note, Reply, Row, line
from bot.platforms.discord.blocks import to_text
from bot.platforms.discord.controls import fits, menus, to_button, to_select
from bot.platforms.discord.markup import escape, one_line, plain, size
from bot.platforms.discord.page import ACTION_ROW, BUTTONS, Payload

# From Discord's reference of messages and of message components.
CONTENT_LIMIT: Final = 2000
_ROWS: Final = 5
_SUPPRESS_EMBEDS: Final = 1 << 2
_EPHEMERAL: Final = 1 << 6
#: Room kept for the sentence that says what does not fit.
_NOTICE: Final = 80
_SIMPLE: Final = Note(line("A simplified display: Discord did not take the usual one."))


def to_content(reply: Reply) -> Payload:
    """Return the plain message that shows a reply; what does not fit is counted in words."""
    texts, omitted = _texts(reply)
    rows, left_out = _rows(reply)
    if omitted + left_out:
        parts = "part does" if omitted + left_out == 1 else "parts do"
        texts.append(f"-# {omitted + left_out} more {parts} not fit this message.")
    return {
        "content": "\n".join(texts) or "This answer is empty.",
        "components": rows,
        "flags": _SUPPRESS_EMBEDS | (_EPHEMERAL if reply.private else 0),
        "allowed_mentions": {"parse": []},
    }


def _texts(reply: Reply) -> tuple[list[str], int]:
    """Return the text of each block that fits, and how many do not."""
    title = escape(plain(reply.title))
    shown = [f"## {title}" if title else ""]
    for block in (*reply.blocks, _SIMPLE):
        text = one_line(block.line) if isinstance(block, Row) else to_text(block)
        shown.append(f"\n{text}" if isinstance(block, Heading) and text else text)
    texts: list[str] = []
    room, omitted = CONTENT_LIMIT - _NOTICE, 0
    for text in filter(None, shown):
        if size(text) + 1 <= room:
            texts.append(text)
            room -= size(text) + 1
        else:
            omitted += 1
    return texts, omitted


def _rows(reply: Reply) -> tuple[list[Payload], int]:
    """Return rows of controls, menus first, and how many controls there is no room for."""
    numbers = itertools.count()
    rows: list[list[Payload]] = []
    for menu in (block for block in reply.blocks if isinstance(block, Menu)):
        rows += [[to_select(menu.label, some, next(numbers))] for some in menus(menu.options)]
    own = [block.action for block in reply.blocks if isinstance(block, Row)]
    actions = [action for action in (*own, *reply.actions) if fits(action.words)]
    buttons = [to_button(action, next(numbers)) for action in actions]
    rows += [buttons[start : start + BUTTONS] for start in range(0, len(buttons), BUTTONS)]
    left_out = sum(map(len, rows[_ROWS:])) + len(own) + len(reply.actions) - len(actions)
    return [{"type": ACTION_ROW, "components": row} for row in rows[:_ROWS]], left_out
