"""What Slack's controls carry: the words that are asked when one is used."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final

from bot.domain.reply import Option
from bot.platforms.slack.text import clean, plain_text, utf16

Json = dict[str, Any]

LABEL: Final = 75
BUTTON_VALUE: Final = 2_000
#: Most options in one menu.
OPTIONS: Final = 100
#: The value of a control that asks no words: Slack takes no empty one.
BARE: Final = "/brief"

_OPTION_VALUE = 150
_CONTROL = re.compile(r"b1:(?:more)?\d{1,4}")
_MENUS = ("static_select", "external_select")


def to_words(action: Mapping[str, Any]) -> str | None:
    """The words that a used control asks; None if it is of another version, or made up."""
    if not _CONTROL.fullmatch(str(action.get("action_id"))):
        return None
    chosen = action.get("selected_option") if action.get("type") in _MENUS else action
    value = chosen.get("value") if isinstance(chosen, dict) else None
    if not isinstance(value, str) or not 0 < len(value) <= BUTTON_VALUE:
        return None
    return "" if value == BARE else value


def to_value(words: str) -> str:
    """The value of a control that asks these words."""
    value = clean(words)
    return value if value.strip() else BARE


def to_option(option: Option) -> Json | None:
    """An option of a menu; None if its words are too long for one."""
    value = to_value(option.words)
    if utf16(value) > _OPTION_VALUE:
        return None
    shown = {"text": plain_text(clean(option.label).strip() or value, LABEL), "value": value}
    hint = clean(option.hint).strip()
    return shown | ({"description": plain_text(hint, LABEL)} if hint else {})
