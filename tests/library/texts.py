"""A small valid briefing, and the problems of a changed one."""

from __future__ import annotations

from bot.library.check import check
from tests.stories import NOW

VALID = """\
title: The harbour toll
bottom_line: The council votes in March.
as_of: 2026-11-20
status: developing
sources:
  - id: minutes
    title: Council minutes
    publisher: The council
    kind: official
faq:
  - id: when
    question: When is the vote?
    answer: In March.
    sources:
      - minutes
"""


def changed(*pairs: tuple[str, str]) -> str:
    """The valid briefing with parts of it put otherwise."""
    text = VALID
    for old, new in pairs:
        assert old in text
        text = text.replace(old, new, 1)
    return text


def problems_of(text: str) -> list[str]:
    """What is wrong with a text, as a maintainer reads it."""
    return [str(problem) for problem in check(text, "toll", "toll.yaml", "r1", NOW).problems]
