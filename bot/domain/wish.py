"""Wish: what a moderator types to get digests, understood; or refused, and never guessed.

`land-strikes, us-hemisphere-posture at 08:30 every month on day 1 in Tokyo full`: first the stories
or `all`; then, in any order, when (`cadence` says how), in which zone, and what is not as usual:
`full` or `changes`; `silent` or `say so`, when nothing changed; `late 3h`; the channel; `publish`,
from an announcement channel to those that follow it.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from itertools import islice
from typing import TYPE_CHECKING, Final
from unicodedata import category

from bot.domain.cadence import Cadence, smallest_interval
from bot.domain.remedies import not_understood
from bot.domain.schedule import GRACE, Content, Quiet
from bot.domain.story_list import Head, more_names, parts_of_names, whole_names
from bot.domain.terms import Terms
from bot.domain.words import AND, NotUnderstoodError, Refusal, Way, Words, quoted, refuse
from bot.domain.zones import is_zone

if TYPE_CHECKING:
    from bot.domain.request import Names
    from bot.domain.schedule import Schedule

#: Longest wish: some forty names of stories and everything else.
_LONGEST: Final = 2000
#: Ways to part stories from terms that are tried.
_MOST_HEADS: Final = 8
_ZONE: Final = "Europe/Lisbon"
_EXAMPLE: Final = "at 09:00 on weekdays"
_RARE: Final = "at 09:00 every month on day 1"
_HOUR: Final = timedelta(hours=1)


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
    publish: bool = False

    @classmethod
    def of(cls, schedule: Schedule, channel: str = "") -> Wish:
        """What a schedule does."""
        return cls(
            schedule.stories,
            schedule.cadence,
            schedule.zone,
            schedule.content,
            schedule.quiet,
            schedule.grace,
            channel,
            schedule.publish,
        )

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
            "publish" if self.publish else "",
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
    _check_letters(text)
    # Many end what they type as a sentence.
    words = Words(text.rstrip(" .!"))
    heads = list(islice(whole_names(words, names), _MOST_HEADS))
    if base:
        heads.append(Head(base.stories, 0))
    wishes: dict[Wish, bool] = {}
    wrong = []
    for head in heads:
        try:
            wish = _wish(words, head, names, own, base)
            wishes[wish] = wishes.get(wish, False) or head.by_slug
        except NotUnderstoodError as error:
            wrong.append(error)
    if wishes:
        return _the_one(wishes)
    try:
        return _wish(words, parts_of_names(words, names), names, own, base)
    except NotUnderstoodError:
        listed = heads and heads[0].stories and words.word(heads[0].end) in AND
        if not wrong or listed:
            raise
        raise wrong[0] from None


def _check_letters(text: str) -> None:
    for word in text.split():
        hidden = next((letter for letter in word if category(letter) == "Cc"), "")
        if hidden:
            seen = "".join(letter for letter in word if category(letter) != "Cc")
            where = f"In {quoted(seen)}" if seen else "Among the words"
            what = f"{where} is a character that cannot be seen (U+{ord(hidden):04X})"
            way = Way(seen, " ".join(text.replace(word, seen, 1).split()))
            refusal = Refusal(what, "type it anew", _EXAMPLE, (word,), (way,))
            raise NotUnderstoodError(refusal)


def _the_one(wishes: dict[Wish, bool]) -> Wish:
    """The only way in which a text can be read; a slug is the name of its story before all."""
    if len(wishes) == 1:
        return next(iter(wishes))
    by_slug = [wish for wish, named in wishes.items() if named]
    if len(by_slug) == 1:
        return by_slug[0]
    ways = " or ".join(quoted(wish.text) for wish in wishes)
    raise refuse("That can be read in more than one way", f"write {ways}", _EXAMPLE)


def _wish(words: Words, head: Head, names: Names, own: str | None, base: Wish | None) -> Wish:
    words.place = head.end
    terms = Terms(words, own)
    if terms.unknown:
        start, end = terms.unknown[0]
        if start == head.end:
            more_names(words, start, end, names)
        raise NotUnderstoodError(not_understood(words, terms.unknown, zoned=bool(terms.zone)))
    terms.check()
    cadence = terms.cadence.cadence(base.cadence if base else None)
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
        usual.publish if terms.publish is None else terms.publish,
    )
