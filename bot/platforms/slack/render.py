"""A Reply as a Slack message, in plain dicts.

Untrusted text goes into leaves of rich_text, which Slack takes literally. Small print, and rows
with a button beside them, cannot hold it: there text is plain_text, or escaped mrkdwn with
`verbatim`. Limits are those of Block Kit, and of whole messages as far as they are known.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from typing import Any

from bot.domain.plain import line_text, to_text
from bot.domain.reply import Action, Block, Line, Menu, Note, Option, Reply, Row, bold, line
from bot.platforms.slack.controls import BUTTON_VALUE, LABEL, OPTIONS, to_option, to_value
from bot.platforms.slack.rich_text import elements, join, rich_text, section
from bot.platforms.slack.text import clean, escape, fit, plain_text, text_object, units, utf16

Json = dict[str, Any]

BLOCKS = 40
CHARACTERS = 12_000
TEXT_BYTES = 3_000

_HEADER = 150
_TEXT = 3_000
_PLACEHOLDER = 150
_BUTTONS = 25
_HEADER_COST = 100  # what a header counts beside its text
_NOTE_COST = 100


class Rendered:
    """The message that says a reply: treat it as frozen, as it is remembered with the reply."""

    def __init__(self, reply: Reply) -> None:
        self.message = _render(reply)

    @cached_property
    def json(self) -> str:
        """The message as an ack carries it."""
        return json.dumps(self.message)


#: Replies to the same words are the same object as long as the briefings do not change.
rendered = lru_cache(maxsize=1024)(Rendered)


def render(reply: Reply) -> Json:
    """The message that says this; whatever the reply is, within Slack's limits."""
    return rendered(reply).message


def _render(reply: Reply) -> Json:
    return {
        "text": _fallback(reply),
        "blocks": _Message().write(reply),
        "response_type": "ephemeral" if reply.private else "in_channel",
        "unfurl_links": False,
        "unfurl_media": False,
    }


@dataclass(slots=True)
class _Message:
    """A message being written: its blocks so far, the room left, and how much did not fit."""

    blocks: list[Json] = field(default_factory=list)
    room: int = CHARACTERS - _NOTE_COST
    places: int = BLOCKS - 1
    full: bool = False
    left: int = 0
    controls: int = 0
    has_primary: bool = False

    def write(self, reply: Reply) -> list[Json]:
        """All blocks of a reply. Buttons have their place kept; what does not fit is counted."""
        buttons = self._buttons(reply.actions)
        self.room -= _count(buttons)
        self.places -= len(buttons)
        self._title(clean(reply.title))
        for block in reply.blocks:
            self._add(self._pieces(block))
        if self.left:
            parts = "part does" if self.left == 1 else "parts do"
            text = f"{self.left} more {parts} not fit this message."
            self.blocks.append(_context(plain_text(text, _TEXT)))
        return self.blocks + buttons

    def _title(self, title: str) -> None:
        if not title.strip():
            return
        self._add([{"type": "header", "text": plain_text(title, _HEADER)}])
        if units(title) > _HEADER:
            self._add(rich_text([section(line(bold(title)))]))

    def _add(self, pieces: list[Json]) -> None:
        if not pieces:
            return
        cost = _count(pieces)
        joins = bool(self.blocks) and pieces[0]["type"] == self.blocks[-1]["type"] == "rich_text"
        needed = len(pieces) - joins
        self.full = self.full or cost > self.room or needed > self.places
        if self.full:  # nothing that follows may appear either: an answer has no holes
            self.left += 1
            return
        self.room -= cost
        self.places -= needed
        if joins:
            join(self.blocks[-1], pieces[0])
            pieces = pieces[1:]
        self.blocks += pieces

    def _pieces(self, block: Block) -> list[Json]:
        match block:
            case Note(spans):
                text = text_object(spans, _TEXT)
                return [_context(text)] if text else rich_text([section(spans)])
            case Row(spans, action):
                return self._row(spans, action)
            case Menu(label, options):
                return self._menu(label, options)
            case _:
                return rich_text(elements(block))

    def _row(self, spans: Line, action: Action) -> list[Json]:
        button = self._button(action, about=line_text(spans))
        text = text_object(spans, _TEXT)
        if button and text:
            return [{"type": "section", "text": text, "accessory": button, "expand": True}]
        return rich_text([section(spans)]) + ([_actions([button])] if button else [])

    def _menu(self, label: str, options: tuple[Option, ...]) -> list[Json]:
        known = [option for option in map(to_option, options) if option]
        self.left += len(options) - len(known)
        menus = []
        for start in range(0, len(known), OPTIONS):
            menu = {
                "type": "static_select",
                "action_id": self._action_id(),
                "placeholder": plain_text(clean(label).strip() or "Choose", _PLACEHOLDER),
                "options": known[start : start + OPTIONS],
            }
            menus.append(_actions([menu]))
        return menus

    def _buttons(self, actions: tuple[Action, ...]) -> list[Json]:
        buttons = [button for action in actions[:_BUTTONS] if (button := self._button(action))]
        self.left += len(actions) - len(buttons)
        return [_actions(buttons)] if buttons else []

    def _button(self, action: Action, about: str = "") -> Json | None:
        value = to_value(action.words)
        if utf16(value) > BUTTON_VALUE:
            return None
        label = clean(action.label).strip() or value
        button = {
            "type": "button",
            "action_id": self._action_id(),
            "text": plain_text(label, LABEL),
            "value": value,
        }
        if about.strip():
            button["accessibility_label"] = fit(clean(f"{label}: {about}"), LABEL)
        if action.primary and not self.has_primary:
            self.has_primary = True
            button["style"] = "primary"
        return button

    def _action_id(self) -> str:
        self.controls += 1
        return f"b1:{self.controls}"


def _context(text: Json) -> Json:
    return {"type": "context", "elements": [text]}


def _actions(controls: list[Json]) -> Json:
    return {"type": "actions", "elements": controls}


def _count(blocks: Iterable[Json]) -> int:
    """What the blocks count against a message, blank lines between them included."""
    return sum(_weigh(block) + 1 for block in blocks)


def _weigh(node: Any) -> int:
    if isinstance(node, list):
        return sum(map(_weigh, node))
    if not isinstance(node, dict):
        return 0
    weight = _HEADER_COST if node.get("type") == "header" else 0
    if "fallback" in node:
        return units(node["fallback"])
    if isinstance(text := node.get("text"), str):
        return utf16(text) if node["type"] == "mrkdwn" else units(text)
    return weight + sum(map(_weigh, node.values()))


def _fallback(reply: Reply) -> str:
    """The reply as text, for notifications and screen readers, whole if it is not very long."""
    text = escape(clean(to_text(reply))).strip() or "Briefing"
    if len(text.encode()) <= TEXT_BYTES:
        return text
    rest = " … (The rest is in the message.)"
    head = text.encode()[: TEXT_BYTES - len(rest.encode())].decode(errors="ignore")
    word_end = max(head.rfind(" "), head.rfind("\n"), head.rfind("&"))  # never inside an entity
    return (head if word_end < 1 else head[:word_end]) + rest
