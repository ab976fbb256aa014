"""Countries: the words by which a question names one, for an entry on another answers it badly."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from typing import Final

#: What an English adjective adds to a country, or has in place of its last letter.
_ENDINGS: Final = ("", "n", "an", "ian", "ean", "ese", "i", "ish", "s", "ns", "ans", "ians", "is")


@cache
def _forms() -> frozenset[str]:
    """All countries that tzdata lists and their adjectives, in small letters."""
    table = files("tzdata.zoneinfo").joinpath("iso3166.tab").read_text(encoding="utf-8")
    lines = (line for line in table.splitlines() if not line.startswith("#"))
    names = [name for line in lines if (name := line.split("\t")[1].lower()).isalpha()]
    whole = {name + ending for name in names for ending in _ENDINGS}
    return frozenset(whole | {name[:-1] + ending for name in names for ending in _ENDINGS[1:]})


def names_country(word: str) -> bool:
    """Whether an English word is a country or its adjective, as in Colombia and Colombian."""
    return word in _forms()
