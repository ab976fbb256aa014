"""Near words: English words that readers put for one another when they ask about the news."""

from __future__ import annotations

from functools import cache
from importlib.resources import files

from bot.domain.search.text import stems


@cache
def _by_stem() -> dict[str, tuple[str, ...]]:
    """The other stems of a stem's groups; the groups stand in near.txt, one a line."""
    stem = stems("en").stem
    found: dict[str, dict[str, None]] = {}
    for group in _groups():
        same = dict.fromkeys(map(stem, group.split()))
        for one in same:
            found.setdefault(one, {}).update(same)
    return {one: tuple(other for other in same if other != one) for one, same in found.items()}


def _groups() -> list[str]:
    text = files(__package__).joinpath("near.txt").read_text(encoding="utf-8")
    return [line for line in text.splitlines() if not line.startswith("#")]


def near(stem: str, language: str) -> tuple[str, ...]:
    """The stems of words that readers put for this one."""
    return _by_stem().get(stem, ()) if language == "en" else ()
