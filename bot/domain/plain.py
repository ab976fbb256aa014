"""A reply as plain text: for screen readers, notifications, and where nothing richer works."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.domain.reply import (
    Block,
    Bullets,
    Facts,
    Heading,
    Inline,
    Line,
    Menu,
    Note,
    Paragraph,
    Quote,
    Reply,
    Row,
    Span,
)

if TYPE_CHECKING:
    from collections.abc import Iterator


def to_text(reply: Reply) -> str:
    """The whole reply as text, its buttons left out."""
    parts = [reply.title, *("\n".join(_lines(block)) for block in reply.blocks)]
    return "\n\n".join(part for part in parts if part)


def line_text(spans: Line) -> str:
    """A line as text, addresses of links in brackets after them."""
    return "".join(_inline_text(span) for span in spans)


def _inline_text(span: Inline) -> str:
    if isinstance(span, Span) and span.href and span.href != span.text:
        return f"{span.text} ({span.href})"
    return span.text


def _lines(block: Block) -> Iterator[str]:
    match block:
        case Heading(text):
            yield text
        case Paragraph(spans) | Note(spans) | Row(spans, _):
            yield line_text(spans)
        case Quote(spans):
            yield f"> {line_text(spans)}"
        case Bullets(items, ordered, start):
            for number, item in enumerate(items, start):
                yield f"{f'{number}.' if ordered else '-'} {line_text(item)}"
        case Facts(pairs):
            for label, value in pairs:
                yield f"{label}: {line_text(value)}"
        case Menu(label, options, _):
            yield f"{label}:"
            for option in options:
                yield f"- {option.label}"
