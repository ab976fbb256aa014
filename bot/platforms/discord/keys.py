"""What a message carries of its key: a nonce for Discord, and a mark for whoever reads it back.

Discord shows nobody the nonce of an older message, so the mark stands in a control's custom_id.
"""

from __future__ import annotations

import base64
import copy
import hashlib
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from bot.platforms.discord.controls import CUSTOM_ID
from bot.platforms.discord.markup import size
from bot.platforms.discord.page import ACTION_ROW, BUTTON, COMPONENT_LIMIT, SECONDARY, Payload

#: Discord takes 25 characters; 25 of base 32 are 125 bits.
_NONCE: Final = 25
#: What is left of a custom_id beside the words of a digest's longest button; 80 bits.
_MARK: Final = 16
_HEAD: Final = re.compile(r"b1m?:[0-9a-z]{1,2}")
#: The row and the button that a message without a control gets for its mark.
_ADDED: Final = 2


def to_nonce(key: str) -> str:
    """Return the nonce of a key, the same in every process."""
    return base64.b32encode(hashlib.sha256(key.encode()).digest())[:_NONCE].decode()


def to_mark(key: str) -> str:
    """Return the mark of a key, the same in every process."""
    return to_nonce(key)[:_MARK].lower()


def marked(components: Sequence[Payload], key: str) -> list[Payload]:
    """Return components with the key's mark: in the first control with room, else in one more.

    Raises:
        ValueError: there is no room for the mark, without which the message could not be found.
    """
    told, mark = copy.deepcopy(list(components)), to_mark(key)
    every = list(_walk(told))
    for component in every:
        head = _HEAD.match(str(component.get("custom_id")))
        if head and size(component["custom_id"]) + _MARK < CUSTOM_ID:
            custom_id = component["custom_id"]
            component["custom_id"] = f"{head[0]}.{mark}{custom_id[head.end() :]}"
            return told
    if len(every) + _ADDED > COMPONENT_LIMIT:
        raise ValueError("no control of the message has room for its mark")
    button = {"type": BUTTON, "style": SECONDARY, "label": "All stories"}
    button["custom_id"] = f"b1:zz.{mark}:stories"
    return [*told, {"type": ACTION_ROW, "components": [button]}]


def carries(message: Mapping[str, Any], key: str) -> bool:
    """Tell whether a message, as Discord gives it back, has the key's mark."""
    mark = re.compile(rf"{_HEAD.pattern}\.{to_mark(key)}(?::(?s:.*))?")
    ids = (component.get("custom_id") for component in _walk(message.get("components") or ()))
    return any(mark.fullmatch(str(custom_id)) for custom_id in ids)


def _walk(components: Sequence[Payload]) -> Iterator[Payload]:
    for component in components:
        yield component
        yield from _walk(component.get("components") or ())
        if "accessory" in component:
            yield component["accessory"]
