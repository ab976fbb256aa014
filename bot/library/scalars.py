"""What a plain YAML scalar means, by the core schema of YAML 1.2."""

from __future__ import annotations

import re
from typing import Any, Final

_WORDS: Final = {
    **dict.fromkeys(("", "~", "null", "Null", "NULL")),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
}
_NUMBER: Final = re.compile(
    r"(?P<whole>[-+]?[0-9]+)|(?P<based>0o[0-7]+|0x[0-9a-fA-F]+)"
    r"|[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?"
)
_NOT_TEXT: Final = frozenset("0123456789+-.~nNtTfF")
_LONGEST_NUMBER: Final = 40


def to_value(text: str) -> Any:
    """What a plain scalar means: null, a truth value, a number, or, most often, text."""
    if len(text) >= _LONGEST_NUMBER or (text and text[0] not in _NOT_TEXT):
        return text
    if text in _WORDS:
        return _WORDS[text]
    match = _NUMBER.fullmatch(text)
    if match is None:
        return text
    if match["whole"]:
        return int(text)
    return int(text, 0) if match["based"] else float(text)
