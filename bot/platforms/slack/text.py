"""Text as Slack needs it: cleaned, escaped, counted, and as mrkdwn where nothing else will do."""

from __future__ import annotations

import re
from datetime import UTC
from typing import TYPE_CHECKING, Any

from bot.domain.reply import Inline, Line, Span, Style, When, clip

if TYPE_CHECKING:
    from collections.abc import Iterator

#: Control characters, those that reverse the reading direction, and halves of surrogate pairs.
_UNWANTED = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
_SHOUT = re.compile(r"@(?=here\b|channel\b|everyone\b)", re.IGNORECASE)
_FORMATTING = re.compile(r"[*_~`]|:(?=[\w+'-]+:)|^(?=&gt;)", re.MULTILINE)
_UNSAFE_IN_URL = re.compile(r"[\s<>|\"\\^`{}]")
_GAP = "\u200b"
_URL_LIMIT = 3000


def clean(text: str) -> str:
    """`text` without what cannot be sent or would disturb the text around it."""
    return _UNWANTED.sub("", text)


def escape(text: str) -> str:
    """`text` for a field that Slack reads as markup: no mention, link or shout can come of it."""
    escaped = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return _SHOUT.sub(f"@{_GAP}", escaped)


def utf16(text: str) -> int:
    """The length of `text` in UTF-16 units, which is how clients count."""
    return len(text.encode("utf-16-le")) // 2


def units(text: str) -> int:
    """The length of literal `text` as Slack may count it: after escaping."""
    return utf16(text) + 4 * text.count("&") + 3 * (text.count("<") + text.count(">"))


def fit(text: str, limit: int) -> str:
    """`text` within `limit` as Slack counts it, cut after a word and marked if it was longer."""
    short, room = text, limit
    while (over := units(short) - limit) > 0:
        short = clip(text, room)
        room -= max(1, over // 5)  # a character counts for five at most
    return short


def plain_text(text: str, limit: int) -> dict[str, Any]:
    """A plain_text object of one line: everything in it is literal."""
    return {"type": "plain_text", "text": fit(" ".join(text.split()), limit), "emoji": False}


def text_object(line: Line, limit: int) -> dict[str, Any] | None:
    """The line as one text object, plain where it can be; None if it is empty or too long."""
    if all(isinstance(part, Span) and not part.style and not part.href for part in line):
        text = clean("".join(part.text for part in line))
        kind, extra, length = "plain_text", {"emoji": False}, units(text)
    else:
        text = mrkdwn(line)
        kind, extra, length = "mrkdwn", {"verbatim": True}, utf16(text)
    if not text.strip() or length > limit:
        return None
    return {"type": kind, "text": text, **extra}


def mrkdwn(line: Line) -> str:
    """The line in Slack's own markup; its text stays literal."""
    return "".join(map(_mrkdwn_inline, line))


def https(href: str | None) -> str | None:
    """An address that is safe in any field, or None if it is not an https address."""
    if not href or not href.startswith("https://"):
        return None
    safe = _UNSAFE_IN_URL.sub(lambda found: _percent(found[0]), clean(href))
    return safe if utf16(safe) <= _URL_LIMIT else None


def date_format(when: When) -> str:
    """How Slack shows an instant, in the reader's own zone and language."""
    return "{ago}" if when.relative else "{date_short_pretty} at {time}"


def date_fallback(when: When) -> str:
    """What is read where the instant cannot be shown."""
    return clean(when.text).strip() or f"{when.at.astimezone(UTC):%Y-%m-%d %H:%M} UTC"


def _percent(char: str) -> str:
    return "".join(f"%{byte:02X}" for byte in char.encode())


def _mrkdwn_inline(part: Inline) -> str:
    if isinstance(part, When):
        fallback = _label(date_fallback(part))
        return f"<!date^{int(part.at.timestamp())}^{date_format(part)}|{fallback}>"
    text = clean(part.text)
    href = https(part.href)
    if href:
        marked = f"<{escape(href)}|{_label(text) or escape(href)}>"
        return "".join(_styled(marked, part.style & ~Style.CODE))
    if Style.CODE in part.style and text.strip() and not re.search(r"[`\n]", text):
        return "".join(_styled(f"`{escape(text)}`", part.style))
    core = text.strip()
    if not core or "\n" in core:
        return _literal(text)
    before, _, after = text.partition(core)
    return "".join((before, *_styled(_literal(core), part.style), after))


def _styled(marked: str, style: Style) -> Iterator[str]:
    """The text between the marks of its style."""
    marks = ("*" if Style.BOLD in style else "") + ("_" if Style.ITALIC in style else "")
    yield from (marks, marked, marks[::-1])


def _literal(text: str) -> str:
    """Text in which no formatting, emoji or quote begins: a zero-width space breaks each mark."""
    return _FORMATTING.sub(lambda found: found[0] + _GAP, escape(text))


def _label(text: str) -> str:
    """Text inside `<…|…>`, where a line break or a bar would end it."""
    return escape(" ".join(text.replace("|", "¦").split()))
