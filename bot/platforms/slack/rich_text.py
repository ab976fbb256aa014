"""Text blocks as rich_text, whose leaves Slack takes literally."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from bot.domain.reply import (
    Bullets,
    Facts,
    Heading,
    Inline,
    Line,
    Paragraph,
    Quote,
    Style,
    When,
    bold,
    line,
)
from bot.platforms.slack.text import clean, date_fallback, date_format, https

Json = dict[str, Any]
Text = Heading | Paragraph | Quote | Bullets | Facts

_BREAK: Json = {"type": "text", "text": "\n"}
_MARKS = ((Style.BOLD, "bold"), (Style.ITALIC, "italic"), (Style.CODE, "code"))


def rich_text(elements: Iterable[Json]) -> list[Json]:
    """One rich_text block, or none if there is nothing in its elements."""
    kept = [element for element in elements if element["elements"]]
    return [{"type": "rich_text", "elements": kept}] if kept else []


def elements(block: Text) -> list[Json]:
    """The rich_text elements of a block of text."""
    match block:
        case Heading(text):
            return [section(line(bold(text)))]
        case Paragraph(spans):
            return [section(spans)]
        case Quote(spans):
            return [{"type": "rich_text_quote", "elements": _leaves(spans)}]
        case Bullets(items, ordered, start):
            style = "ordered" if ordered else "bullet"
            # An empty item keeps its place, or the numbers after it would be wrong.
            sections = [section(item) if _leaves(item) else section(line(" ")) for item in items]
            # Slack counts from the offset: one less than the first number.
            offset = {"offset": start - 1} if ordered and start > 1 else {}
            return [{"type": "rich_text_list", "style": style, **offset, "elements": sections}]
        case Facts(pairs):
            lines = [_leaves((bold(f"{label}: "), *value)) for label, value in pairs]
            joined = [leaf for leaves in lines for leaf in (*leaves, _BREAK)]
            return [{"type": "rich_text_section", "elements": joined[:-1]}]


def section(spans: Line) -> Json:
    """A line as a rich_text_section."""
    return {"type": "rich_text_section", "elements": _leaves(spans)}


def join(before: Json, after: Json) -> None:
    """Move the elements of one rich_text block behind those of another.

    A blank line comes before a paragraph, unless it follows a heading.
    """
    last, first = before["elements"][-1], after["elements"][0]
    if first["type"] == "rich_text_section" and not _is_heading(last):
        if last["type"] == "rich_text_section":
            last["elements"].append(_BREAK)
        else:
            first["elements"].insert(0, _BREAK)
    before["elements"] += after["elements"]


def _is_heading(element: Json) -> bool:
    leaves = (leaf for leaf in element["elements"] if leaf is not _BREAK)
    return all(leaf.get("style") == {"bold": True} for leaf in leaves)


def _leaves(spans: Line) -> list[Json]:
    return [leaf for part in spans if (leaf := _leaf(part))]


def _leaf(part: Inline) -> Json | None:
    if isinstance(part, When):
        seconds = int(part.at.timestamp())
        shown = {"format": date_format(part), "fallback": date_fallback(part)}
        return {"type": "date", "timestamp": seconds, **shown}
    href = https(part.href)
    text = clean(part.text) or href
    if not text:
        return None
    leaf: Json = {"type": "link", "url": href} if href else {"type": "text"}
    leaf["text"] = text
    if part.style:
        leaf["style"] = {name: True for style, name in _MARKS if style in part.style}
    return leaf
