"""Text as Discord Markdown: our styles and links work, and nothing in the text itself does.

One pass over each text, linear in its length. discord.py's own `escape_markdown` is not: some
thousand repetitions of `[x](` keep it busy for seconds.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final
from urllib.parse import quote

from bot.domain.reply import Inline, Line, Span, Style, When

#: Ends a mention that would begin here, and parts two stretches of markup that touch.
GAP: Final = "\u200b"

# Never shown: control characters, marks of direction, zero-width and other invisible characters,
# halves of surrogate pairs.
_INVISIBLE: Final = (
    *range(0x20),
    *range(0x7F, 0xA0),
    *(0xAD, 0x34F, 0x61C, 0x115F, 0x1160, 0x17B4, 0x17B5, 0x180E, 0x3164, 0xFEFF, 0xFFA0),
    *range(0x200B, 0x2010),
    *range(0x202A, 0x202F),
    *range(0x2060, 0x2070),
    *range(0xD800, 0xE000),
    *range(0xFFF9, 0xFFFC),
    *range(0xE0000, 0xE0080),
)
_PLAIN: Final = {
    **dict.fromkeys(_INVISIBLE),
    **{ord(char): " " for char in "\t\v\f"},
    **{ord(char): "\n" for char in "\n\x85\u2028\u2029"},
}
_ESCAPED: Final = {
    **_PLAIN,
    **{ord(char): f"\\{char}" for char in "\\*_~`<>[]()#+-|"},
    ord("@"): f"@{GAP}",
}
_LIST_NUMBER: Final = re.compile(r"^([ \t]*[0-9]+)\.", re.MULTILINE)
_MARKS: Final = {
    Style.PLAIN: "",
    Style.BOLD: "**",
    Style.ITALIC: "*",
    Style.BOLD | Style.ITALIC: "***",
}


def size(text: str) -> int:
    """Characters as Discord may count them: UTF-16 units, the larger of two possible readings."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def plain(text: str) -> str:
    """Text on one line for where Discord reads no Markdown, without what cannot be seen."""
    return " ".join(text.translate(_PLAIN).split())


def escape(text: str) -> str:
    """Text whose characters show as they are: nothing in it is markup, a mention or a link."""
    escaped = text.translate(_ESCAPED).replace("://", "\\://").replace("\\<@", f"<{GAP}@")
    return _LIST_NUMBER.sub(r"\1\\.", escaped)


def to_markup(line: Line) -> str:
    """A line of spans; it may have line breaks in it."""
    joined = _join(_inline(span) for span in line)
    return _LIST_NUMBER.sub(r"\1\\.", joined)


def one_line(line: Line) -> str:
    """A line of spans without line breaks, for where a second line would leave its block."""
    return to_markup(line).replace("\n", " ").strip()


def _join(pieces: Iterable[tuple[str, bool]]) -> str:
    """Join pieces of markup; two styled ones that touch would be read as one."""
    joined, was_styled = [], False
    for text, styled in pieces:
        if styled and was_styled:
            joined.append(GAP)
        joined.append(text)
        was_styled = styled if text else was_styled
    return "".join(joined)


def _inline(span: Inline) -> tuple[str, bool]:
    if isinstance(span, When):
        return f"<t:{int(span.at.timestamp())}:{'R' if span.relative else 'f'}>", False
    if span.href is not None:
        return _link(span, span.href), bool(span.style)
    return _styled(span.text, span.style), bool(span.style)


def _styled(text: str, style: Style) -> str:
    if not style:
        return escape(text)
    body = text.translate(_PLAIN)
    inner = body.strip()
    if not inner:
        return body
    shown = _code(inner) if Style.CODE in style else escape(inner)
    marks = _MARKS[style & ~Style.CODE]
    before, _, after = body.partition(inner)
    return f"{before}{marks}{shown}{marks}{after}"


def _code(text: str) -> str:
    """Text in a code face, where a backslash escapes nothing; text that would end it is not."""
    if "`" in text or "\n" in text:
        return escape(text)
    parted = text.replace("@", f"@{GAP}").replace("<", f"<{GAP}").replace("://", f":{GAP}//")
    return f"`{parted}`"


def _link(span: Span, href: str) -> str:
    """A masked link; where its text could be taken for an address, the real one is shown, too."""
    label = _styled(span.text, span.style)
    if not href.lower().startswith("https://"):
        return f"{label} \\({escape(href)}\\)"
    # Encoded, the address cannot end the link, hold a mention, or hide its host behind an "@".
    address = quote(href, safe=":/?#!$&+,;=%~-._", errors="ignore")
    text = plain(span.text)
    if not text or text == address:
        return f"<{address}>"
    if "://" in text or "[" in text or "]" in text:
        return f"{label} \\(<{address}>\\)"
    return f"[{label}](<{address}>)"
