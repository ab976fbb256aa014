"""Blocks of text as Discord Markdown."""

from __future__ import annotations

from bot.domain.reply import Block, Bullets, Facts, Heading, Line, Note, Paragraph, Quote
from bot.platforms.discord.markup import escape, one_line, plain, to_markup


def to_text(block: Block) -> str:
    """Return a block of text as markup; empty if it shows nothing, or is not of text."""
    match block:
        case Heading(text):
            return _prefixed("### ", escape(plain(text)))
        case Paragraph(line):
            return to_markup(line).strip()
        case Quote(line):
            return _prefixed("> ", one_line(line))
        case Note(line):
            return _prefixed("-# ", one_line(line))
        case Bullets(items, ordered, start):
            shown = filter(None, map(one_line, items))
            return "\n".join(
                f"{number}. {item}" if ordered else f"- {item}"
                for number, item in enumerate(shown, start)
            )
        case Facts(pairs):
            return "\n".join(filter(None, (_fact(plain(name), value) for name, value in pairs)))
        case _:
            return ""


def gap(before: Block, block: Block) -> str:
    """Return what parts two blocks of text; headings and small print bring their own space."""
    close = isinstance(before, Heading | Note) or isinstance(block, Heading | Note | Bullets)
    return "\n" if close else "\n\n"


def _prefixed(prefix: str, text: str) -> str:
    return prefix + text if text else ""


def _fact(name: str, value: Line) -> str:
    shown = one_line(value)
    return f"**{escape(name)}:** {shown}" if name else shown
