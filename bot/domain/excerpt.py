"""The first sentences of a text: what a digest has room to quote."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from bot.domain.markdown import to_blocks
from bot.domain.reply import Bullets, Line, Paragraph, clip

if TYPE_CHECKING:
    from collections.abc import Iterator

EXCERPT_LIMIT: Final = 240
#: A first sentence shorter than this ("Yes.") says too little alone.
_ENOUGH: Final = 40
_END: Final = re.compile(r"[.!?…]+[\"'”’»)\]]*(?= )|[。！？]+[」』）]*")
#: What ends with a full stop in the middle of a sentence: initials, and these.
_SHORT: Final = re.compile(
    r"(?:^|[\W_])(?:[^\W\d_]|Mr|Mrs|Ms|Dr|St|Sen|Rep|Gov|Gen|Lt|Col|Prof|No|Nos|Art|Sec|vs|cf|ca|etc"
    r"|approx|Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sep|Sept|Oct|Nov|Dec)\.$"
)


def excerpt(text: str, limit: int = EXCERPT_LIMIT) -> str:
    """The first whole sentences of some Markdown, with an ellipsis if there is more to read."""
    flat = " ".join(" ".join(_texts(text)).split())
    for end in _ends(flat[: limit - 2]):
        if end >= _ENOUGH:
            return f"{flat[:end]} …"
    return clip(flat, limit)


def _texts(text: str) -> Iterator[str]:
    """The paragraphs and lists of a text, without markup."""
    for block in to_blocks(text):
        match block:
            case Paragraph(spans):
                yield _plain(spans)
            case Bullets(items):
                yield "; ".join(map(_plain, items))


def _plain(spans: Line) -> str:
    return "".join(span.text for span in spans)


def _ends(text: str) -> Iterator[int]:
    """Where sentences end, before another begins."""
    for match in _END.finditer(text):
        end = match.end()
        following = text[end:].lstrip(" \"'“‘«([")[:1]
        if following and not following.islower() and not _SHORT.search(text[:end]):
            yield end
