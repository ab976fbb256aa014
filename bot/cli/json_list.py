"""A JSON list with one item a line: for programs to read, and for people to compare."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from typing import Any


def json_list(items: Iterable[dict[str, Any]]) -> Iterator[str]:
    """The list's text, piece by piece, its last line ended."""
    opening = "["
    for item in items:
        yield f"{opening}\n{json.dumps(item, ensure_ascii=False)}"
        opening = ","
    yield "[]\n" if opening == "[" else "\n]\n"
