"""What Slack accepts in a rich_text block."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from tests.loopback.slack_elements import https, leaf
from tests.loopback.slack_payloads import Json

_DATE_TOKEN = re.compile(
    r"\{(date|date_num|date_short|date_long|date_pretty|date_short_pretty|date_long_pretty"
    r"|time|time_secs|ago)\}"
)
_INLINE_PINGS = frozenset({"user", "usergroup", "channel", "broadcast", "team"})


def rich_text(block: Json) -> Iterator[str]:
    """What is wrong with a rich_text block."""
    elements = block.get("elements", [])
    if not elements:
        yield "rich_text: empty"
    for element in elements:
        kind = element.get("type")
        if kind == "rich_text_list":
            yield from _rich_list(element)
        elif kind in {"rich_text_section", "rich_text_quote", "rich_text_preformatted"}:
            yield from _inline(element.get("elements"))
        else:
            yield f"unknown rich_text element {kind!r}"


def _rich_list(element: Json) -> Iterator[str]:
    if element.get("style") not in {"bullet", "ordered"}:
        yield f"rich_text_list style: {element.get('style')!r}"
    if not 0 <= element.get("indent", 0) <= 8:
        yield f"rich_text_list indent: {element['indent']} is not 0 to 8"
    if not element.get("elements"):
        yield "rich_text_list: empty"
    for item in element.get("elements", []):
        if item.get("type") != "rich_text_section":
            yield f"rich_text_list item of type {item.get('type')!r}"
        yield from _inline(item.get("elements"))


def _inline(elements: Any) -> Iterator[str]:
    if not elements:
        yield "rich_text: nothing in a section"
        return
    for element in elements:
        kind = element.get("type")
        if kind in _INLINE_PINGS:
            yield f"rich_text {kind} element pings"
        elif kind == "text":
            yield from leaf(element.get("text"), "rich_text text")
        elif kind == "link":
            yield from https(element.get("url"), "rich_text link")
            if "text" in element:
                yield from leaf(element["text"], "rich_text link text")
        elif kind == "date":
            yield from _date(element)
        else:
            yield f"unknown rich_text inline element {kind!r}"
        if element.get("style", {}).keys() - {"bold", "italic", "strike", "code"}:
            yield f"rich_text style: {element['style']}"


def _date(element: Json) -> Iterator[str]:
    if type(element.get("timestamp")) is not int:
        yield "rich_text date timestamp: must be a whole number"
    if not _DATE_TOKEN.search(element.get("format", "")):
        yield "rich_text date format: no token"
    if not element.get("fallback"):
        yield "rich_text date fallback: missing"
