"""What buttons and menus hold: labels, words and options within Discord's limits."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from bot.domain.reply import Action, Option, clip
from bot.platforms.discord.markup import plain, size

# From Discord's reference of message components.
BUTTON_LABEL: Final = 80
OPTIONS: Final = 25
PLACEHOLDER: Final = 150
OPTION_LABEL: Final = 100
CUSTOM_ID: Final = 100

BUTTON, SELECT = 2, 3
PRIMARY, SECONDARY = 1, 2

_DIGITS: Final = "0123456789abcdefghijklmnopqrstuvwxyz"

#: The value of an option that asks no words, for Discord takes no empty one.
BARE: Final = "/brief"


def label(text: str, limit: int) -> str:
    """Return a label of at most `limit` characters; a cut shows as an ellipsis."""
    whole = plain(text) or "…"
    short = clip(whole, limit)
    while (over := size(short) - limit) > 0:
        short = clip(whole, len(short) - over)
    return short


def sendable(words: str) -> str:
    """Return words without halves of surrogate pairs, which no JSON can carry."""
    return words.encode(errors="ignore").decode()


def fits(words: str) -> bool:
    """Tell whether a control can hold these words: what is left of a custom_id beside `b1:zz:`."""
    return size(sendable(words)) <= CUSTOM_ID - 6


def _value(option: Option) -> str:
    """Return the words as a value, which must not be blank."""
    return sendable(option.words).strip() or BARE


def menus(options: Sequence[Option]) -> list[list[Option]]:
    """Return the options in menus of 25, whose values are unique: a repeated one opens the next."""
    menus: list[list[Option]] = []
    taken: set[str] = set()
    for option in options:
        if not fits(option.words):
            continue
        if not menus or len(menus[-1]) == OPTIONS or _value(option) in taken:
            menus.append([])
            taken = set()
        menus[-1].append(option)
        taken.add(_value(option))
    return menus


def to_button(action: Action, number: int) -> dict[str, Any]:
    """Return an action as a button, by this number the only one of its message."""
    return {
        "type": BUTTON,
        "style": PRIMARY if action.primary else SECONDARY,
        "label": label(action.label, BUTTON_LABEL),
        "custom_id": f"b1:{_base_36(number)}:{sendable(action.words)}",
    }


def to_select(name: str, options: Sequence[Option], number: int) -> dict[str, Any]:
    """Return options as a select menu, by this number the only one of its message."""
    return {
        "type": SELECT,
        "custom_id": f"b1m:{_base_36(number)}",
        "placeholder": label(name, PLACEHOLDER),
        "options": [to_option(option) for option in options],
    }


def _base_36(number: int) -> str:
    tens, ones = divmod(number, 36)
    return (_DIGITS[tens] if tens else "") + _DIGITS[ones]


def to_option(option: Option) -> dict[str, str]:
    """Return an option as a select menu shows it."""
    shown = {"label": label(option.label, OPTION_LABEL), "value": _value(option)}
    hint = label(option.hint, OPTION_LABEL) if plain(option.hint) else ""
    return {**shown, "description": hint} if hint else shown
