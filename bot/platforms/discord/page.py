"""A message in the making, which knows how much room is left in it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from bot.domain.reply import Action, Block, Line, Menu, Paragraph, Row
from bot.platforms.discord.blocks import gap, to_text
from bot.platforms.discord.controls import fits, menus, to_button, to_select
from bot.platforms.discord.markup import escape, one_line, plain, size

Payload = dict[str, Any]

# From Discord's reference of message components.
TEXT_LIMIT: Final = 4000
COMPONENT_LIMIT: Final = 40
BUTTONS: Final = 5

ACTION_ROW, SECTION, TEXT, SEPARATOR = 1, 9, 10, 14

#: Room kept for the sentence that says what does not fit.
_NOTICE = 80


class Page:
    """A message in the making, which knows how much room is left."""

    def __init__(self) -> None:
        self.components: list[Payload] = []
        self.lines: list[tuple[Block, str]] = []
        self.count = 1  # the container
        self.chars = 0
        self.controls = 0
        self.omitted = 0
        self.kept = 0

    def _room(self, components: int, chars: int = 0) -> bool:
        """Tell whether so much more fits, with the notice that may have to follow."""
        counted = self.count + self.kept + components <= COMPONENT_LIMIT - 1
        return counted and self.chars + chars <= TEXT_LIMIT - _NOTICE

    def _take(self, components: int, chars: int = 0) -> bool:
        """Take room if there is enough of it."""
        if not self._room(components, chars):
            return False
        self.count += components
        self.chars += chars
        return True

    def keep_room(self, buttons: int) -> None:
        """Keep room for so many buttons, whatever is added before them."""
        self.kept = buttons + -(-buttons // BUTTONS)

    def add(self, block: Block) -> None:
        """Add a block, or count it as omitted."""
        match block:
            case Row(line, action):
                self._add_row(line, action)
            case Menu():
                self._add_menu(block)
            case _:
                self.add_text(block, to_text(block))

    def add_text(self, block: Block, text: str) -> None:
        """Add text to the text before it; a block without visible text needs no room."""
        if not text:
            return
        space = gap(self.lines[-1][0], block) if self.lines else ""
        if self._take(0 if self.lines else 1, size(space) + size(text)):
            self.lines.append((block, space + text))
        else:
            self.omitted += 1

    def add_separator(self) -> None:
        """Set what follows apart, if there is room for a line and a text of its own."""
        if (self.lines or self.components) and self._room(2):
            self._flush()
            self._take(1)
            self.components.append({"type": SEPARATOR, "divider": True, "spacing": 1})

    def add_actions(self, actions: Sequence[Action]) -> None:
        """Add rows of buttons; one whose words no button can hold is put into words."""
        buttons = []
        for action in actions:
            if fits(action.words):
                buttons.append(action)
            else:
                self._add_typed(action.label, action.words)
        for start in range(0, len(buttons), BUTTONS):
            row = buttons[start : start + BUTTONS]
            if self._take(1 + len(row)):
                self._flush()
                shown = [self._button(action) for action in row]
                self.components.append({"type": ACTION_ROW, "components": shown})
            else:
                self.omitted += len(row)

    def _add_row(self, line: Line, action: Action) -> None:
        text = one_line(line) or escape(plain(action.label))
        if not text or not fits(action.words):
            self.add_text(Paragraph(line), text)
            self._add_typed(action.label, action.words)
        elif self._take(3, size(text)):
            self._flush()
            shown = [{"type": TEXT, "content": text}]
            section = {"type": SECTION, "components": shown, "accessory": self._button(action)}
            self.components.append(section)
        else:
            self.omitted += 1

    def _add_menu(self, menu: Menu) -> None:
        for options in menus(menu.options):
            if self._take(2):
                self._flush()
                select = to_select(menu.label, options, self._number())
                self.components.append({"type": ACTION_ROW, "components": [select]})
            else:
                self.omitted += len(options)
        for option in menu.options:
            if not fits(option.words):
                self._add_typed(option.label, option.words)

    def _add_typed(self, name: str, words: str) -> None:
        """Say what to type where no control can hold the words."""
        text = f"{escape(plain(name))}: type {escape(f'/brief {plain(words)}')}"
        self.add_text(Paragraph(()), text)

    def _button(self, action: Action) -> Payload:
        return to_button(action, self._number())

    def _number(self) -> int:
        """Return the next number of a control."""
        self.controls += 1
        return self.controls - 1

    def _flush(self) -> None:
        """End the text so far."""
        if self.lines:
            content = "".join(text for _, text in self.lines)
            self.components.append({"type": TEXT, "content": content})
            self.lines = []

    def finish(self) -> list[Payload]:
        """Return the components, with a notice of what is missing."""
        self._flush()
        if self.omitted:
            parts = "part does" if self.omitted == 1 else "parts do"
            notice = f"-# {self.omitted} more {parts} not fit this message."
            self.components.append({"type": TEXT, "content": notice})
        if self.components and self.components[-1]["type"] == SEPARATOR:
            self.components.pop()
        return self.components or [{"type": TEXT, "content": "This answer is empty."}]
