"""The kinds of piece a briefing is made of, one file each.

To add a kind: write its file and name it in `AnySection`; its key in briefing files, its verb on
every platform, search and digests follow.
"""

from __future__ import annotations

from typing import Final, get_args

from bot.domain.sections.background import Background
from bot.domain.sections.faq import Faq
from bot.domain.sections.item import Item, Section
from bot.domain.sections.key_points import KeyPoint
from bot.domain.sections.open_questions import OpenQuestion
from bot.domain.sections.positions import StatedPosition
from bot.domain.sections.timeline import Event

AnySection = Faq | Background | OpenQuestion | Event | StatedPosition | KeyPoint

ITEM_TYPES: Final[tuple[type[Item], ...]] = get_args(AnySection)
SECTIONS: Final[tuple[Section, ...]] = tuple(item.section for item in ITEM_TYPES)

__all__ = ["ITEM_TYPES", "SECTIONS", "AnySection", "Item", "Section"]
