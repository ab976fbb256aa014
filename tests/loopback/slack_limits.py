"""What Slack accepts, checked on plain dicts: lengths, counts, uniqueness, and no pings."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from typing import Any

from tests.loopback.slack_elements import (
    at_most,
    control,
    encodable,
    field,
    markup,
    plain,
    repeated,
    text_object,
    units,
    utf16,
)
from tests.loopback.slack_payloads import Json
from tests.loopback.slack_rich_text import rich_text

MAX_BLOCKS = 40
MAX_COUNTED = 12_000
MAX_TEXT_BYTES = 3_000

_LABEL = re.compile(r"<[^|<>]*\|([^<>]*)>")
_LOUD = re.compile(r"@(here|channel|everyone)\b")


def breaches(message: Json) -> list[str]:
    """Everything about a message that Slack, or our own rules for Slack, would refuse."""
    found = list(_text(message))
    blocks = message.get("blocks", [])
    found += _blocks(blocks, MAX_BLOCKS)
    if counted(message) > MAX_COUNTED:
        found.append(f"counted characters: {counted(message)} > {MAX_COUNTED}")
    found += [
        f"{name}: must be false"
        for name in ("unfurl_links", "unfurl_media")
        if message.get(name) is not False
    ]
    if "link_names" in message or "parse" in message:
        found.append("link_names and parse must be left alone")
    return found


def view_breaches(view: Json) -> list[str]:
    """Everything about a modal or home view that Slack would refuse."""
    found = list(_blocks(view.get("blocks", []), 100))
    for name in ("title", "submit", "close"):
        if name in view:
            found += plain(view[name], name, 24)
    if view.get("type") == "modal":
        found += _modal(view)
    elif unknown := view.keys() - {"type", "blocks", "private_metadata", "callback_id"}:
        found.append(f"unknown fields of a home tab: {sorted(unknown)}")
    found += at_most(view.get("private_metadata", ""), 3000, "private_metadata")
    found += at_most(view.get("callback_id", ""), 255, "callback_id")
    return found


def _modal(view: Json) -> Iterator[str]:
    if "title" not in view:
        yield "title: missing"
    kinds = [block.get("type") for block in view.get("blocks", [])]
    if not kinds:
        yield "blocks: empty"
    if "input" in kinds and "submit" not in view:
        yield "submit: missing, as there is an input"
    unknown = view.keys() - {"type", "title", "submit", "close", "blocks"}
    if unknown := unknown - {"private_metadata", "callback_id"}:
        yield f"unknown fields of a modal: {sorted(unknown)}"


def counted(message: Json) -> int:
    """The characters Slack counts against one message, on the careful side."""
    blocks = message.get("blocks", [])
    headers: int = sum(block.get("type") == "header" for block in blocks)
    return 100 * headers + sum(_length(text) for text in _texts(blocks))


def texts(message: Json) -> Iterator[str]:
    """Every text of the blocks as a reader sees it, in order."""
    for text in _texts(message.get("blocks", [])):
        if text.get("type") == "mrkdwn":
            yield html.unescape(_LABEL.sub(r"\1", text["text"]))
        else:
            yield text["text"]


def _texts(node: Any) -> Iterator[Json]:
    for item in node if isinstance(node, list) else node.values():
        if not isinstance(item, dict | list):
            continue
        if isinstance(item, list):
            yield from _texts(item)
        elif item.get("type") == "date":
            yield {"text": item["fallback"]}
        elif item.get("type") == "link":
            yield {"text": item.get("text") or item["url"]}
        elif isinstance(item.get("text"), str):
            yield item
        else:
            yield from _texts(item)


def _length(text: Json) -> int:
    shown: str = text["text"]
    return utf16(shown) if text.get("type") == "mrkdwn" else units(shown)


def _text(message: Json) -> Iterator[str]:
    text = message.get("text")
    if not isinstance(text, str) or not text.strip():
        yield "text: missing (it is what a notification and a screen reader say)"
        return
    if len(text.encode("utf-8", "surrogatepass")) > MAX_TEXT_BYTES:
        yield f"text: longer than {MAX_TEXT_BYTES} bytes"
    yield from markup(text, "text")
    if _LOUD.search(text):
        yield "text: a bare @here, @channel or @everyone"
    yield from encodable(text, "text")


def _blocks(blocks: Any, most: int) -> Iterator[str]:
    if not isinstance(blocks, list):
        yield "blocks: must be a list"
        return
    if len(blocks) > most:
        yield f"blocks: {len(blocks)} > {most}"
    yield from repeated((block.get("block_id") for block in blocks), "block_id")
    yield from repeated(_action_ids(blocks), "action_id")
    for index, block in enumerate(blocks):
        here = f"blocks[{index}]"
        check = _BLOCKS.get(block.get("type"))
        if check is None:
            yield f"{here}: unknown block type {block.get('type')!r}"
            continue
        yield from (f"{here} {problem}" for problem in check(block))
        yield from at_most(block.get("block_id", ""), 255, f"{here} block_id")
    if sum(el.get("style") == "primary" for el in _elements(blocks)) > 1:
        yield "more than one primary button"


def _header(block: Json) -> Iterator[str]:
    yield from plain(block.get("text"), "header text", 150)


def _section(block: Json) -> Iterator[str]:
    if "text" not in block and "fields" not in block:
        yield "section: neither text nor fields"
    if "text" in block:
        yield from text_object(block["text"], "section text", 3000)
    fields = block.get("fields", [])
    if len(fields) > 10:
        yield f"section fields: {len(fields)} > 10"
    for text in fields:
        yield from text_object(text, "section field", 2000)
    if "accessory" in block:
        yield from control(block["accessory"])


def _context(block: Json) -> Iterator[str]:
    elements = block.get("elements", [])
    if not 1 <= len(elements) <= 10:
        yield f"context elements: {len(elements)} is not 1 to 10"
    for element in elements:
        yield from text_object(element, "context element", 3000)


def _actions(block: Json) -> Iterator[str]:
    elements = block.get("elements", [])
    if not 1 <= len(elements) <= 25:
        yield f"actions elements: {len(elements)} is not 1 to 25"
    for element in elements:
        yield from control(element)


def _divider(block: Json) -> Iterator[str]:
    if block.keys() - {"type", "block_id"}:
        yield "divider: unknown fields"


def _input(block: Json) -> Iterator[str]:
    yield from plain(block.get("label"), "input label", 2000)
    if "hint" in block:
        yield from plain(block["hint"], "input hint", 2000)
    if "element" not in block:
        yield "input element: missing"
    else:
        yield from field(block["element"])


def _elements(blocks: list[Json]) -> Iterator[Json]:
    for block in blocks:
        if block.get("type") == "actions":
            yield from block.get("elements", [])
        elif "accessory" in block:
            yield block["accessory"]
        elif "element" in block:
            yield block["element"]


def _action_ids(blocks: list[Json]) -> Iterator[str | None]:
    return (element.get("action_id") for element in _elements(blocks))


_BLOCKS = {
    "header": _header,
    "section": _section,
    "context": _context,
    "actions": _actions,
    "divider": _divider,
    "input": _input,
    "rich_text": rich_text,
}
