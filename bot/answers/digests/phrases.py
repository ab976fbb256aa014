"""Phrases: what is offered of the words in a wish for digests, the most usual first."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from bot.domain.days import DAYS
from bot.domain.places import COMMON

_USUAL_HOURS: Final = (9, 8, 12, 17)
_MONTH_DAYS: Final = 31


@dataclass(frozen=True, slots=True)
class Kind:
    """Phrases of which a wish has one; `first` of them are offered before anything is typed."""

    first: int
    phrases: tuple[tuple[str, str], ...]
    """The words, and what they mean."""


def _times() -> tuple[tuple[str, str], ...]:
    usual = [f"{hour:02}:00" for hour in _USUAL_HOURS]
    every = [f"{hour:02}:{minute:02}" for hour in range(24) for minute in (0, 30)]
    named = [("at noon", "at noon")]
    return (*((f"at {at}", f"at {at}") for at in dict.fromkeys((*usual, *every))), *named)


def _days() -> tuple[tuple[str, str], ...]:
    usual = ("on weekdays", "daily", "every Monday", "every Monday and Thursday")
    monthly = ("every month on day 1", "every month on the last day")
    rest = (
        *(f"every {day}" for day in DAYS),
        "on weekends",
        *(f"every month on the {place} {day}" for place in ("first", "last") for day in DAYS),
        *(f"every month on day {day}" for day in range(2, _MONTH_DAYS + 1)),
    )
    return tuple((text, text) for text in dict.fromkeys((*usual, *monthly, *rest)))


ZONES: Final = Kind(5, tuple((f"in {zone}", f"in {zone.replace('_', ' ')}") for zone in COMMON))
#: In the order in which they are offered.
KINDS: Final = (
    Kind(4, _times()),
    Kind(6, _days()),
    Kind(1, (('cron "0 9 * * 1-5"', 'cron "0 9 * * 1-5" — a cron line'),)),
    ZONES,
    Kind(
        1,
        (
            ("full", "full — the whole card each time"),
            ("changes", "changes — what changed since the last one"),
        ),
    ),
    Kind(
        1,
        (
            ("say so", "say so — one line when nothing changed"),
            ("silent", "silent — nothing when nothing changed"),
        ),
    ),
    Kind(
        1,
        tuple(
            (f"late {span}", f"late {span} — how late it is still welcome")
            for span in ("4h", "30m", "1h", "12h", "1d")
        ),
    ),
)
