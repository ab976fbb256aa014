"""Wish: what a moderator types to get digests, understood; or refused, and never guessed.

`land-strikes, us-hemisphere-posture at 08:30 every month on day 1 in Tokyo full`: first the stories
or `all`; then, in any order, when (`cadence` says how), in which zone, and what is not as usual:
`full` or `changes`; `silent` or `say so`, when nothing changed; `late 3h`; the channel.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import timedelta
from itertools import islice
from typing import TYPE_CHECKING, Final

from bot.domain.cadence import Cadence, smallest_interval
from bot.domain.schedule import GRACE, Content, Quiet
from bot.domain.story_list import Head, parts_of_names, whole_names
from bot.domain.terms import Terms
from bot.domain.words import AND, NotUnderstoodError, Refusal, Words, quoted, refuse
from bot.domain.zones import is_zone

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.domain.request import Names

#: Longest wish: some forty names of stories and everything else.
_LONGEST: Final = 2000
#: Ways to part stories from terms that are tried.
_MOST_HEADS: Final = 8
#: Unknown words that a refusal repeats.
_MOST_SHOWN: Final = 3
_ZONE: Final = "Europe/Lisbon"
_EXAMPLE: Final = "at 09:00 on weekdays"
_RARE: Final = "at 09:00 every month on day 1"
_HOUR: Final = timedelta(hours=1)

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


@dataclass(frozen=True, slots=True)
class Wish:
    """A digest that a moderator wants. No stories: all that the channel may see.

    `channel` is the word with which one was named, for the platform to understand; empty: here.
    """

    stories: tuple[str, ...]
    cadence: Cadence
    zone: str
    content: Content = Content.CHANGES
    quiet: Quiet = Quiet.SILENT
    grace: timedelta = GRACE
    channel: str = ""

    @property
    def text(self) -> str:
        """The wish in the words that make it again; what is as usual is left out."""
        minutes = self.grace // timedelta(minutes=1)
        late = f"late {minutes // 60}h" if minutes % 60 == 0 else f"late {minutes}m"
        parts = (
            ", ".join(self.stories) or "all",
            self.cadence.text,
            f"in {self.zone}",
            "full" if self.content is Content.FULL else "",
            "say so" if self.quiet is Quiet.LINE else "",
            late if self.grace != GRACE else "",
            f"in {self.channel}" if self.channel else "",
        )
        return " ".join(filter(None, parts))


def parse_wish(
    text: str,
    stories: Names,
    zone: str | None,
    *,
    least: timedelta = _HOUR,
    base: Wish | None = None,
) -> Wish | Refusal:
    """Understand a wish for digests, wholly or not at all.

    `zone` is the reader's own. `least` is the smallest interval between two digests. With `base`,
    the text says what is to be changed of that wish, and the rest stays.
    """
    own = zone if zone and is_zone(zone) else None
    try:
        wish = _understand(text, stories, own, base)
        interval = smallest_interval(wish.cadence)
        if interval >= least:
            return wish
        what = f"{quoted(wish.cadence.text)} comes again after {_span(interval)}"
        refusal = Refusal(what, f"leave at least {_span(least)} between two", _EXAMPLE)
    except NotUnderstoodError as error:
        refusal = error.refusal
    return replace(refusal, example=_whole(refusal.example, own or _ZONE, least))


def _whole(terms: str, zone: str, least: timedelta) -> str:
    """A whole wish for an example's terms; for rarer runs, where those are too many."""
    cadence = Terms(Words(terms), None).cadence.cadence()
    example = terms if smallest_interval(cadence) >= least else _RARE
    return f"all {example}" if " in " in example else f"all {example} in {zone}"


def _span(time: timedelta) -> str:
    minutes = time // timedelta(minutes=1)
    number, unit = (minutes // 60, "hour") if minutes % 60 == 0 else (minutes, "minute")
    return f"{number} {unit}{'' if number == 1 else 's'}"


def _understand(text: str, names: Names, own: str | None, base: Wish | None) -> Wish:
    if len(text) > _LONGEST:
        what = f"That is longer than {_LONGEST} characters"
        raise refuse(what, "name fewer stories, or take all of them", _EXAMPLE)
    words = Words(text)
    heads = list(islice(whole_names(words, names), _MOST_HEADS))
    if base:
        heads.append(Head(base.stories, 0))
    wishes: dict[Wish, bool] = {}
    wrong = []
    for head in heads:
        try:
            wish = _wish(words, head, own, base)
            wishes[wish] = wishes.get(wish, False) or head.by_slug
        except NotUnderstoodError as error:
            wrong.append(error)
    if wishes:
        return _the_one(wishes)
    try:
        return _wish(words, parts_of_names(words, names), own, base)
    except NotUnderstoodError:
        listed = heads and heads[0].stories and words.word(heads[0].end) in AND
        if not wrong or listed:
            raise
        raise wrong[0] from None


def _the_one(wishes: dict[Wish, bool]) -> Wish:
    """The only way in which a text can be read; a slug is the name of its story before all."""
    if len(wishes) == 1:
        return next(iter(wishes))
    by_slug = [wish for wish, named in wishes.items() if named]
    if len(by_slug) == 1:
        return by_slug[0]
    ways = " or ".join(f"“{wish.text}”" for wish in wishes)
    raise refuse("That can be read in more than one way", f"write {ways}", _EXAMPLE)


def _wish(words: Words, head: Head, own: str | None, base: Wish | None) -> Wish:
    words.place = head.end
    terms = Terms(words, own)
    if terms.unknown:
        raise NotUnderstoodError(_unknown(terms.unknown))
    terms.check()
    cadence = base.cadence if base and terms.cadence.empty else terms.cadence.cadence()
    zone = terms.zone or (base.zone if base else own)
    if not zone:
        what, example = "It does not say in which time zone", f"{cadence.text} in {_ZONE}"
        raise refuse(what, "add a city or an IANA name", example)
    usual = base or Wish(head.stories, cadence, zone)
    return Wish(
        head.stories,
        cadence,
        zone,
        terms.content or usual.content,
        terms.quiet or usual.quiet,
        terms.grace or usual.grace,
        terms.channel or usual.channel,
    )


def _unknown(pieces: Sequence[str]) -> Refusal:
    """The refusal of words that mean nothing here, with what to write instead of common ones."""
    shown = [quoted(piece) for piece in pieces[:_MOST_SHOWN]]
    more = f" (and {len(pieces) - len(shown)} more)" if len(pieces) > len(shown) else ""
    what = f"I do not understand {', '.join(shown)}{more}"
    typed = " ".join(pieces).casefold()
    for pattern, remedy, example in _INSTEAD:
        if pattern.search(typed):
            return Refusal(what, remedy, example, tuple(pieces))
    return Refusal(what, "leave out what is not needed", _EXAMPLE, tuple(pieces))
