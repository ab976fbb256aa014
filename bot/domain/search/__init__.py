"""Search: the entries that some words are about, best first, and how sure that is.

`Index(stories)` or `Index.of(entries)` is built once; `index.search(words)` finds, `index.suggest`
completes, `index.replaced` swaps stories, `index.seen_by` leaves out what somebody may not see.
"""

from __future__ import annotations

from bot.domain.search.draft import Source
from bot.domain.search.found import THRESHOLD, Found, Hit
from bot.domain.search.index import Entries, Index
from bot.domain.search.text import keywords, searchable

__all__ = [
    "THRESHOLD",
    "Entries",
    "Found",
    "Hit",
    "Index",
    "Source",
    "keywords",
    "searchable",
]
