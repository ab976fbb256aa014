"""Remedies: what to write instead of words that the grammar of digests does not take."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from rapidfuzz import fuzz, process

from bot.domain.days import DAYS
from bot.domain.words import Refusal, quoted
from bot.domain.zones import zones_named

if TYPE_CHECKING:
    from collections.abc import Sequence

#: Unknown words that a refusal repeats.
_MOST_SHOWN: Final = 3
_EXAMPLE: Final = "at 09:00 on weekdays"

#: What people often type, and this grammar does not take: how to say it instead.
_INSTEAD: Final = tuple(
    (re.compile(rf"\b(?:{words})\b"), remedy, example)
    for words, remedy, example in (
        ("minutes?|mins?", "name the times of day", "at 09:00 and 17:00 on weekdays"),
        ("hours?|hourly|between", "name the hours in a cron line", 'cron "0 9-17 * * 1-5"'),
        (
            "other|alternate|fortnight(?:ly)?|bi-?weekly|weeks?",
            "it can come every week on some days, or on some days of the month",
            "at 09:00 on the first and third Monday of the month",
        ),
        (
            r"year(?:ly)?|annually|quarter(?:ly)?|months?|(?:janu|febru)ary|may|ju(?:ne|ly)|\w+ember",
            "name the months in a cron line",
            'cron "0 9 1 1,4,7,10 *"',
        ),
        (
            "except|excluding|but|not|without|unless|or",
            "name the days on which it comes",
            "at 09:00 every Monday and Thursday",
        ),
        (
            "today|tonight|tomorrow|once|now|next|starting|from|since|until|till",
            "a digest comes again and again until it is paused; name its days",
            "at 09:00 daily",
        ),
        (
            "and",
            "it has the same times on all its days; make another digest for others",
            "at 09:00 and 17:00 every Monday and Friday",
        ),
        ("morning|evening|afternoon|night|lunch(?:time)?", "write the time", _EXAMPLE),
    )
)


#: Words that are often mistyped, each in a wish of its own.
_KNOWN: Final = {
    **{day: f"at 09:00 every {day}" for day in DAYS},
    "weekdays": _EXAMPLE,
    "weekends": "at 09:00 on weekends",
    "daily": "at 09:00 daily",
    "noon": "at noon on weekdays",
    "full": f"{_EXAMPLE} full",
    "changes": f"{_EXAMPLE} changes",
    "silent": f"{_EXAMPLE} silent",
}
#: Likeness, in percent, from which a word is worth offering for a mistyped one.
_LIKE: Final = 75
#: So many unknown words are compared with ours.
_MOST_TRIED: Final = 8


def not_understood(pieces: Sequence[str], *, zoned: bool) -> Refusal:
    """The refusal of words that mean nothing here, with what to write instead of common ones."""
    shown = [quoted(piece) for piece in pieces[:_MOST_SHOWN]]
    more = f" (and {len(pieces) - len(shown)} more)" if len(pieces) > len(shown) else ""
    what = f"I do not understand {', '.join(shown)}{more}"
    remedy, example = (
        _instead(" ".join(pieces).casefold())
        or (None if zoned else _as_zone(pieces))
        or _nearly(pieces)
        or ("leave out what is not needed", _EXAMPLE)
    )
    return Refusal(what, remedy, example, tuple(pieces))


def _instead(typed: str) -> tuple[str, str] | None:
    found = (rest for pattern, *rest in _INSTEAD if pattern.search(typed))
    return next(((remedy, example) for remedy, example in found), None)


def _as_zone(pieces: Sequence[str]) -> tuple[str, str] | None:
    """What to write for a place that stands without `in`."""
    zones = next(filter(None, map(zones_named, pieces)), ())
    if not zones:
        return None
    ways = " or ".join(f"in {zone}" for zone in zones)
    return f"for a time zone, write {ways}", f"{_EXAMPLE} in {zones[0]}"


def _nearly(pieces: Sequence[str]) -> tuple[str, str] | None:
    """What to write for a word that is nearly one of ours."""
    for word in " ".join(pieces).casefold().split()[:_MOST_TRIED]:
        hit = process.extractOne(
            word, list(_KNOWN), scorer=fuzz.ratio, processor=str.casefold, score_cutoff=_LIKE
        )
        if hit:
            return f"write {hit[0]} if you mean that", _KNOWN[hit[0]]
    return None
