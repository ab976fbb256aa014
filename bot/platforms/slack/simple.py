"""A Reply as a Slack message of the plainest kind: for where Slack refuses a richer one."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from bot.domain.plain import to_text
from bot.domain.reply import Reply
from bot.platforms.slack.render import CHARACTERS, render
from bot.platforms.slack.text import clean, units

Json = dict[str, Any]

_SECTION: Final = 2_900
_NOTE: Final = "Simplified display: Slack did not take this message as it was made."
_MORE: Final = "… The rest has no room here. Ask for a part of it with /brief."


def render_simple(reply: Reply) -> Json:
    """The same words in nothing but plain text; without controls, one of which may be at fault."""
    pieces = list(_pieces(clean(to_text(reply)).strip() or "Briefing"))
    most = (CHARACTERS - _SECTION) // _SECTION
    shown = pieces if len(pieces) <= most else [*pieces[:most], _MORE]
    sections = [{"type": "section", "text": _plain(piece)} for piece in shown]
    note = {"type": "context", "elements": [_plain(_NOTE)]}
    return {**render(reply), "blocks": [*sections, note]}


def _pieces(text: str) -> Iterator[str]:
    """The text in parts that fit a section, between lines or else between words."""
    while units(text) > _SECTION:
        end = _SECTION
        while units(text[:end]) > _SECTION:
            end -= max(1, (units(text[:end]) - _SECTION) // 5)
        cut = max(text.rfind("\n", 1, end), 0) or max(text.rfind(" ", 1, end), 0) or end
        if piece := text[:cut].strip():
            yield piece
        text = text[cut:].lstrip()
    if text:
        yield text


def _plain(text: str) -> Json:
    return {"type": "plain_text", "text": text, "emoji": False}
