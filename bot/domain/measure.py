"""How much room a reply takes, by the smallest platform's count, and how to stay within it."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from bot.domain.markdown import to_blocks
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
    When,
    line,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from bot.domain.entry import Entry

#: Room for text in one message: Discord counts 4,000 over all text after escaping; Slack three
#: times that.
MESSAGE_WEIGHT: Final = 3900
#: Room for parts in one message: Discord allows 40 components in all, Slack 50 blocks (we keep to
#: 40).
MESSAGE_PARTS: Final = 38
#: Of these, what a page's content may take: the rest is for the title, notes and ten buttons.
PAGE_PARTS: Final = 20
#: Room for one entry (its title, body and facts): the rest of its message is for sources and notes.
ENTRY_WEIGHT: Final = 2500

#: What platforms escape, and what takes two units of UTF-16.
_HEAVY = re.compile(r"[\\*_~`<>\[\]()#+\-|@&.:/!={}\n\U00010000-\U0010ffff]")
_MARKUP = 8
_WHEN = 24


def weight(text: str) -> int:
    """Characters that `text` takes at most after a platform has escaped it, in UTF-16 units."""
    return len(text) + len(_HEAVY.findall(text))


def line_weight(spans: Line) -> int:
    """The weight of a line with the markup around its spans."""
    return 4 + sum(_inline_weight(span) for span in spans)


def _inline_weight(span: Inline) -> int:
    if isinstance(span, When):
        return _WHEN + weight(span.text)
    styled = _MARKUP if span.style else 0
    # A link's address is percent-encoded where it could break out: three characters for one.
    linked = 3 * len(span.href.encode(errors="surrogatepass")) + _MARKUP if span.href else 0
    return weight(span.text) + styled + linked


def block_weight(block: Block) -> int:
    """The weight of one block."""
    match block:
        case Heading(text):
            return weight(text) + _MARKUP
        case Paragraph(spans) | Quote(spans) | Note(spans) | Row(spans, _):
            return line_weight(spans) + _MARKUP
        case Bullets(items):
            return sum(line_weight(item) + _MARKUP for item in items)
        case Facts(pairs):
            return sum(weight(label) + line_weight(value) + _MARKUP for label, value in pairs)
        case Menu():
            return 0


def entry_weight(entry: Entry) -> int:
    """The weight of one entry, without its sources."""
    blocks = (Heading(entry.title), *to_blocks(entry.body), Facts(entry.facts))
    return sum(map(block_weight, blocks))


def reply_weight(reply: Reply) -> int:
    """The weight of all text of a reply."""
    return weight(reply.title) + _MARKUP + sum(map(block_weight, reply.blocks))


def parts(blocks: Iterable[Block]) -> int:
    """Components or blocks that these need at most: neighbouring text shares one."""
    count, in_text = 0, False
    for block in blocks:
        is_text = not isinstance(block, Row | Menu | Note)
        count += {Row: 3, Menu: 2, Note: 1}.get(type(block), int(not in_text))
        in_text = is_text
    return count


def reply_parts(reply: Reply) -> int:
    """Components or blocks that a reply needs at most, title and buttons included."""
    buttons = len(reply.actions)
    return 2 + parts(reply.blocks) + buttons + -(-buttons // 5)


def fits(reply: Reply) -> bool:
    """Whether every platform can show the reply in one message."""
    return reply_parts(reply) <= MESSAGE_PARTS and reply_weight(reply) <= MESSAGE_WEIGHT


def paginate(groups: Iterable[Sequence[Block]], room: int) -> list[tuple[Block, ...]]:
    """Pages of whole groups, each within `room`; a group heavier than that has its own page."""
    pages: list[tuple[Block, ...]] = []
    page: tuple[Block, ...] = ()
    taken = 0
    for group in groups:
        heavy = sum(map(block_weight, group))
        if page and (taken + heavy > room or parts((*page, *group)) > PAGE_PARTS):
            pages.append(page)
            page, taken = (), 0
        page += tuple(group)
        taken += heavy
    return [*pages, page] if page or not pages else pages


def shrink(reply: Reply) -> Reply:
    """The reply, without as many of its last blocks as it takes to fit, and a note that says so.

    Answers are made to fit, so this is the safety net under them: what is left out is counted.
    """
    if fits(reply):
        return reply
    blocks, left = list(reply.blocks), 0
    actions = reply.actions[:10]
    while blocks:
        blocks.pop()
        left += 1
        said = f"{left} more {'part does' if left == 1 else 'parts do'} not fit this message."
        small = replace(reply, blocks=(*blocks, Note(line(said))), actions=actions)
        if fits(small):
            return small
    return replace(
        reply,
        title=reply.title[:300],
        blocks=(Note(line("This answer is too long for one message.")),),
        actions=actions,
    )
