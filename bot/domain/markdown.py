"""The small Markdown of briefings: bold, italic, inline code, https links and lists.

Everything else (headings, images, HTML, other links) is shown as it was typed. CommonMark rules:
https://spec.commonmark.org/0.31.2/.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from markdown_it import MarkdownIt

from bot.domain.reply import Block, Bullets, Line, Paragraph, Span, Style

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from markdown_it.token import Token

_MARKUP = re.compile(r"[*_`\[\]\\&]|^\s*(?:[-+*]|\d+[.)])(?:\s|$)", re.MULTILINE)
_STYLES: Final = {"strong": Style.BOLD, "em": Style.ITALIC}


@lru_cache(maxsize=1)
def _parser() -> MarkdownIt:
    parser = MarkdownIt("zero", {"maxNesting": 20})
    parser.enable(["list", "emphasis", "backticks", "link", "escape"])
    parser.validateLink = lambda url: url.startswith("https://")  # type: ignore[method-assign]
    return parser


def to_blocks(text: str) -> tuple[Block, ...]:
    """Text as paragraphs and lists; a list inside a list is flattened into it."""
    if not _MARKUP.search(text):
        return tuple(
            Paragraph((Span(_unwrap(part)),)) for part in re.split(r"\n\s*\n", text) if part.strip()
        )
    return tuple(_blocks(_parser().parse(text)))


def to_line(text: str) -> Line:
    """Text as one line, its paragraphs and list items one after the other."""
    lines: list[Line] = []
    for block in to_blocks(text):
        match block:
            case Paragraph(spans):
                lines.append(spans)
            case Bullets(items):
                lines.extend(items)
    joined: list[Span] = []
    for number, spans in enumerate(lines):
        joined += [Span(" "), *spans] if number else [*spans]  # type: ignore[list-item]
    return tuple(joined)


def _unwrap(text: str) -> str:
    return " ".join(text.split())


def _blocks(tokens: Sequence[Token]) -> Iterator[Block]:
    items: list[Line] = []
    depth, ordered, start = 0, False, 1
    for token in tokens:
        if token.type in ("bullet_list_open", "ordered_list_open"):
            if depth == 0:
                ordered = token.type.startswith("ordered")
                start = int(token.attrGet("start") or 1) if ordered else 1
            depth += 1
        elif token.type in ("bullet_list_close", "ordered_list_close"):
            depth -= 1
            if depth == 0 and items:
                yield Bullets(tuple(items), ordered, start)
                items = []
        elif token.type == "inline":
            spans = tuple(_spans(token.children or ()))
            if depth and spans:
                items.append(spans)
            elif spans:
                yield Paragraph(spans)


def _spans(tokens: Sequence[Token]) -> Iterator[Span]:
    """Spans of a paragraph, neighbours of one style joined."""
    style, href = Style.PLAIN, None
    held: Span | None = None
    for token in tokens:
        kind, _, edge = token.type.rpartition("_")
        if kind in _STYLES:
            style = style | _STYLES[kind] if edge == "open" else style & ~_STYLES[kind]
        elif kind == "link":
            href = str(token.attrs["href"]) if edge == "open" else None
        elif (span := _leaf(token, style, href)).text:
            if held and (held.style, held.href) == (span.style, span.href):
                held = Span(held.text + span.text, span.style, span.href)
            else:
                if held:
                    yield held
                held = span
    if held:
        yield held


def _leaf(token: Token, style: Style, href: str | None) -> Span:
    if token.type == "code_inline":
        return Span(token.content, style | Style.CODE, href)
    if token.type in ("softbreak", "hardbreak"):
        return Span(" ", style, href)
    return Span(re.sub(r"\s+", " ", token.content), style, href)
