"""Remedies: what to write instead of words that the grammar of digests does not take."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from rapidfuzz import fuzz, process

from bot.domain.days import DAYS, day_named
from bot.domain.often_typed import INSTEAD, SAME
from bot.domain.times import likely_times
from bot.domain.words import Refusal, Way, joined, quoted
from bot.domain.zones import zones_meant, zones_named

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.domain.words import Words

#: Unknown words that a refusal repeats.
_MOST_SHOWN: Final = 3
_EXAMPLE: Final = "at 09:00 on weekdays"

_BEFORE_DAYS: Final = re.compile(r"(?:(?:on|every|each) )+")
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
#: What people write before a zone: `tz=Lisbon`, `timezone: Lisbon`.
_ZONED: Final = re.compile(r"(?:time ?)?zone\b[:=]?|tz\b[:=]?", re.IGNORECASE)
_BETWEEN_DAYS: Final = re.compile(r"[\s/+;&|,]+")
#: Five fields, some of them with a star.
_CRON: Final = re.compile(r"\S+(?: \S+){4}")
#: What people write before them.
_CRON_WORD: Final = re.compile(r"(?:cron\S*|schedule)\s+", re.IGNORECASE)
#: Without these a wish says the same.
_IDLE: Final = frozenset(
    (
        *("please", "pls", "plz", "kindly", "thanks", "thank", "you", "thx", "ta", "cheers"),
        *("just", "pretty", "also", "then", "the", "a", "it", "@", "timezone", "tz", "zone"),
    )
)
_ANOTHER: Final = re.compile(r"(?:and|or|&)\s+(?:in\s+)?(.+)", re.IGNORECASE | re.DOTALL)

_Span = tuple[int, int]
#: What to write instead, an example, and the same wish with it.
_Remedy = tuple[str, str, tuple[Way, ...]]


def not_understood(words: Words, spans: Sequence[_Span], *, zoned: bool) -> Refusal:
    """The refusal of words that mean nothing here, with what to write instead of common ones."""
    pieces = [words.said(*span) for span in spans]
    shown = [quoted(piece) for piece in pieces[:_MOST_SHOWN]]
    more = f" (and {len(pieces) - len(shown)} more)" if len(pieces) > len(shown) else ""
    what = f"I do not understand {', '.join(shown)}{more}"
    remedy, example, ways = (
        _as_cron(words, spans[0])
        or _same(words, spans[0])
        or _as_time(words, spans[0])
        or (_as_another_zone(pieces[0]) if zoned else _as_zone(words, spans))
        or _as_days(words, spans[0])
        or _instead(" ".join(pieces).casefold())
        or _nearly(words, spans)
        or ("leave out what is not needed", _EXAMPLE, _left_out(words, spans))
    )
    return Refusal(what, remedy, example, tuple(pieces), ways)


def _as_cron(words: Words, span: _Span) -> _Remedy | None:
    """The five fields of a cron line without the word that says so."""
    line = _CRON_WORD.sub("", words.said(*span)).strip("\"'`“”‘’")
    if "*" not in line or not _CRON.fullmatch(line):
        return None
    way = words.way(f'cron "{line}"', span)
    return "a cron line begins with the word cron", 'cron "0 9 * * 1-5"', (way,)


def _same(words: Words, span: _Span) -> _Remedy | None:
    """What to write for other words that mean what some of ours do."""
    said = " ".join(words.said(*span).casefold().split()).rstrip(".!")
    for pattern, ours, example in SAME:
        if pattern.fullmatch(said):
            return f"write {ours}", example, (words.way(ours, span),)
    return None


def _instead(typed: str) -> _Remedy | None:
    found = (rest for pattern, *rest in INSTEAD if pattern.search(typed))
    return next(((remedy, example, ()) for remedy, example in found), None)


def _as_zone(words: Words, spans: Sequence[_Span]) -> _Remedy | None:
    """What to write for a place, or an abbreviation, that stands without `in`."""
    for span in spans:
        said = _ZONED.sub("", words.said(*span), count=1).strip()
        zones = zones_named(said) or zones_meant(said)
        if zones:
            ways = tuple(words.way(f"in {zone}", span) for zone in zones)
            remedy = f"for a time zone, write {' or '.join(way.words for way in ways)}"
            return remedy, f"{_EXAMPLE} in {zones[0]}", ways
    return None


def _as_another_zone(piece: str) -> _Remedy | None:
    """What to do instead of naming a second zone."""
    match = _ANOTHER.fullmatch(piece)
    if not match or not (zones_named(match[1]) or zones_meant(match[1])):
        return None
    return "a digest has one time zone; make one more for the other", _EXAMPLE, ()


def _as_time(words: Words, span: _Span) -> _Remedy | None:
    """What to write for a time in another form: `17h`."""
    ways = tuple(words.way(f"at {time}", span) for time in likely_times(words.said(*span)))
    remedy = f"write {' or '.join(way.words for way in ways)}"
    return (remedy, _EXAMPLE, ways) if ways else None


def _left_out(words: Words, spans: Sequence[_Span]) -> tuple[Way, ...]:
    """The wish without words that say nothing; what says something is not to be lost unnoticed."""
    unknown = {
        words.word(place).rstrip("!.") for start, end in spans for place in range(start, end)
    }
    return (words.way("", *spans),) if unknown <= _IDLE else ()


def _as_days(words: Words, span: _Span) -> _Remedy | None:
    """What to write for days with something else than `and` between them: `tue/thu`."""
    said = _BEFORE_DAYS.sub("", words.said(*span).casefold())
    days = [day_named(name) for name in _BETWEEN_DAYS.split(said)]
    if len(days) < 2 or None in days:  # noqa: PLR2004 (one has nothing beside it)
        return None
    text = f"every {joined(list(dict.fromkeys(filter(None, days))))}"
    return f"write {text}", f"at 09:00 {text}", (words.way(text, span),)


def _nearly(words: Words, spans: Sequence[_Span]) -> _Remedy | None:
    """What to write for a word that is nearly one of ours."""
    places = [place for start, end in spans for place in range(start, end)]
    for place in places[:_MOST_TRIED]:
        hit = process.extractOne(
            words.word(place),
            list(_KNOWN),
            scorer=fuzz.ratio,
            processor=str.casefold,
            score_cutoff=_LIKE,
        )
        if hit:
            way = words.way(hit[0], (place, place + 1))
            return f"write {hit[0]} if you mean that", _KNOWN[hit[0]], (way,)
    return None
