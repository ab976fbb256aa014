"""Completion of `digest …`: its verbs, then the words of a wish, clause by clause.

Numbers of digests are not offered: they are in the database, for which nobody waits while typing.
"""

from __future__ import annotations

import re
from itertools import islice
from typing import TYPE_CHECKING, Final

from bot.answers.digests.phrases import KINDS, ZONES
from bot.domain.names import fold
from bot.domain.reply import MENU_LIMIT, Option, clip
from bot.domain.terms import starts_clause
from bot.domain.verbs import DIGEST_VERBS
from bot.domain.wish import Wish, parse_wish
from bot.domain.zones import complete_zone

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bot.domain.stories import Stories

_LABEL: Final = 90
#: Longest text that is completed.
_LONGEST: Final = 500
#: As many of the last words may be the beginning of a phrase.
_TAIL: Final = 6
#: What comes before the name of a story in a list.
_LISTED: Final = re.compile(r".*(?:,|\s(?:and|&)\s)\s*", re.IGNORECASE | re.DOTALL)
_WORD: Final = re.compile(r"\S+")
#: With one of these the beginning of a wish is a whole one, but for its zone.
_ENDS: Final = ("", " at 09:00 daily", " daily", " at 09:00")


def complete_digest(typed: str, stories: Stories, zone: str | None) -> list[Option]:
    """At most 25 options for what comes after `digest `; `zone` is the reader's own."""
    typed = typed.lstrip()
    first, gap, rest = typed.partition(" ")
    verb = first.casefold()
    if not gap:
        return [
            Option(f"{each.name} — {each.summary}", f"digest {each.name}", each.name)
            for each in DIGEST_VERBS
            if each.name.startswith(verb)
        ]
    if verb == "zone":
        names = complete_zone(rest, MENU_LIMIT)
        return [Option(name.replace("_", " "), f"digest zone {name}", name) for name in names]
    if len(typed) > _LONGEST:
        return []
    if verb == "add":
        return list(islice(_Wishes(stories, zone).options(rest.lstrip()), MENU_LIMIT))
    return []


class _Wishes:
    """Ways on in a wish. Each that is offered can be gone on from, or is a whole wish."""

    def __init__(self, stories: Stories, zone: str | None) -> None:
        self._stories = stories
        self._zone = zone

    def options(self, typed: str) -> Iterator[Option]:
        """Options for the words after `digest add `, best first, each once."""
        # What is whole already is offered while its last word may still go on.
        seen = {typed.strip()} if typed.endswith(" ") else set[str]()
        found = (*self._names(typed), *self._begun(typed))
        for label, words in found:
            if words not in seen and self._leads_on(words):
                seen.add(words)
                yield _option(label, words)
        if typed.endswith(" "):
            yield from self._next(typed)

    def _names(self, typed: str) -> Iterator[tuple[str, str]]:
        """Stories, as long as no word begins a clause: the label, and all words with it."""
        if any(map(starts_clause, typed.casefold().split())):
            return
        match = _LISTED.match(typed)
        before = match[0] if match else ""
        name = typed[len(before) :]
        if not before and "all".startswith(name.strip().casefold()):
            yield "All that the channel may see", "all"
        wanted = fold(name)
        names, latest = self._stories.names, self._stories.latest(0, MENU_LIMIT)
        slugs = names.complete(name, MENU_LIMIT) if wanted else [one.slug for one in latest]
        listed = {slug.strip().casefold() for slug in before.split(",")}
        for slug in slugs:
            story = self._stories.get(slug)
            if story and slug not in listed:
                yield story.briefing.title, f"{before}{slug}"

    def _begun(self, typed: str) -> Iterator[tuple[str, str]]:
        """Phrases that go on from the last words."""
        for match in list(_WORD.finditer(typed))[-_TAIL:]:
            before, start = typed[: match.start()], typed[match.start() :].casefold()
            if start.startswith("in "):
                for zone in complete_zone(start.removeprefix("in "), MENU_LIMIT):
                    yield f"in {zone.replace('_', ' ')}", f"{before}in {zone}"
            for kind in KINDS:
                for text, label in kind.phrases:
                    if text.casefold().startswith(start):
                        yield label, f"{before}{text}"

    def _next(self, typed: str) -> Iterator[Option]:
        """Phrases that may come next: where one of a kind may, the others may as well."""
        own = ((f"in {self._zone}", f"in {self._zone} — your own zone"),) if self._zone else ()
        for kind in KINDS:
            if self._leads_on(typed + kind.phrases[0][0]):
                phrases = dict((*(own if kind is ZONES else ()), *kind.phrases))
                for text, label in islice(phrases.items(), kind.first):
                    if text not in typed:
                        yield _option(label, typed + text)

    def _leads_on(self, words: str) -> bool:
        """Whether it is a whole wish, or the beginning of one."""
        names = self._stories.names
        return any(
            isinstance(parse_wish(f"{words}{end}", names, self._zone or "UTC"), Wish)
            for end in _ENDS
        )


def _option(label: str, words: str) -> Option:
    return Option(clip(label, _LABEL), f"digest add {words}", words)
