"""Index: everything that some stories say, by its words; immutable."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import chain, groupby, islice
from typing import TYPE_CHECKING

from bot.domain.search.found import Found, Hit
from bot.domain.search.lookup import Lookup
from bot.domain.search.part import Part
from bot.domain.search.query import Query
from bot.domain.search.scope import Scope
from bot.domain.search.text import base

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping

    from bot.domain.entry import Entry
    from bot.domain.search.draft import Source
    from bot.domain.sections import Section

#: A language, and whom the stories are kept for: nobody in particular if empty.
Key = tuple[str, tuple[str, ...]]


class Index:
    """Stories by their words. Changing it makes a new one, at the cost of what changes."""

    def __init__(self, sources: Iterable[Source] = ()) -> None:
        by_key: dict[Key, list[Source]] = {}
        for source in sources:
            by_key.setdefault(_key(source), []).append(source)
        self._parts = {key: Part(key[0], some) for key, some in by_key.items()}

    @classmethod
    def of(cls, entries: Iterable[Entry], language: str = "en") -> Index:
        """An index of entries alone, those of one story in a row."""
        groups = groupby(entries, key=lambda entry: entry.story)
        return cls(Entries(slug, tuple(some), language) for slug, some in groups)

    def __len__(self) -> int:
        return sum(part.size for part in self._parts.values())

    def replaced(self, put: Iterable[Source] = (), drop: Iterable[Source] = ()) -> Index:
        """This index without some stories and with others."""
        changes: dict[Key, tuple[list[Source], set[str]]] = {}
        for source in drop:
            changes.setdefault(_key(source), ([], set()))[1].add(source.slug)
        for source in put:
            changes.setdefault(_key(source), ([], set()))[0].append(source)
        parts = dict(self._parts)
        for key, (new, old) in changes.items():
            part = parts.pop(key, None) or Part(key[0])
            part = part.replaced(new, frozenset(old))
            if part.blocks:
                parts[key] = part
        return self._of_parts(parts)

    def seen_by(self, audiences: Collection[str]) -> Index:
        """The stories for everyone and for these tenants and channels: as if no others were."""
        seen = {
            key: part
            for key, part in self._parts.items()
            if not key[1] or not set(key[1]).isdisjoint(audiences)
        }
        return self._of_parts(seen)

    def search(
        self,
        words: str,
        *,
        within: Collection[str] | None = None,
        section: Section | None = None,
        first: str | None = None,
        leave_out: tuple[str, int] | None = None,
        limit: int = 25,
    ) -> Found:
        """The entries that these words are about, best first.

        `within` names the only stories to look in: scores are then those of an index without the
        others. The entries of the story `first` come before all others. `leave_out` names a story
        and the number of one of its passages that is not to be found.
        """
        verb = section.verb if section else None
        scopes = self._scopes(within, leave_out)
        asked = [Lookup(Query(words, scope), verb, first) for scope in scopes]
        order: list[Iterator[Hit]] = []
        answers: list[Hit] = []
        for pools in ([one.ours for one in asked], [one.others for one in asked]):
            looked_up = [one.hits(pool) for one, pool in zip(asked, pools, strict=True)]
            best = _closest(looked_up)
            answers += [hit for hit in best if hit.sure]
            order += [iter(best), *(rest for _, rest in looked_up)]
        hits = _distinct(chain.from_iterable(order))
        return Found(tuple(islice(hits, limit)), sum(one.total for one in asked), tuple(answers))

    def suggest(
        self,
        typed: str,
        *,
        within: Collection[str] | None = None,
        section: Section | None = None,
        limit: int = 25,
    ) -> list[Entry]:
        """Entries that may be meant by what is being typed: those that begin so first."""
        verb = section.verb if section else None
        begun = bool(typed) and not typed[-1].isspace()
        scopes = self._scopes(within)
        asked = [Lookup(Query(typed, scope, begun=begun), verb) for scope in scopes]
        opening = (one.entry(place) for one in asked for place in one.beginning(typed))
        looked_up = [one.hits(one.others) for one in asked]
        found = chain(_closest(looked_up), *(rest for _, rest in looked_up))
        hits = _distinct(chain((Hit(entry, 0.0, 0.0) for entry in opening), found))
        return [hit.entry for hit in islice(hits, limit)]

    @classmethod
    def _of_parts(cls, parts: Mapping[Key, Part]) -> Index:
        made = cls()
        made._parts = dict(parts)
        return made

    def _scopes(
        self, within: Collection[str] | None = None, left_out: tuple[str, int] | None = None
    ) -> list[Scope]:
        """The stories of each language, which alone decide what a word of it tells."""
        keys = sorted(self._parts)
        languages = dict.fromkeys(language for language, _ in keys)
        scopes = [
            Scope([self._parts[key] for key in keys if key[0] == language], within, left_out)
            for language in languages
        ]
        return [scope for scope in scopes if scope.parts]


def _closest(looked_up: Iterable[tuple[list[Hit], Iterator[Hit]]]) -> list[Hit]:
    """The entries that come closest in any language, best first."""
    closest = [hit for hits, _ in looked_up for hit in hits]
    return list(_distinct(sorted(closest, key=lambda hit: -hit.score)))


def _distinct(hits: Iterable[Hit]) -> Iterator[Hit]:
    """Each entry once."""
    seen: set[tuple[str, str]] = set()
    for hit in hits:
        name = (hit.entry.story, hit.entry.key)
        if name not in seen:
            seen.add(name)
            yield hit


def _key(source: Source) -> Key:
    return base(source.language), tuple(sorted(source.audience))


@dataclass(frozen=True, slots=True)
class Entries:
    """Some entries as a story."""

    slug: str
    said: tuple[Entry, ...]
    language: str = "en"
    audience: tuple[str, ...] = ()
    not_covered: tuple[str, ...] = ()

    def entries(self) -> Iterator[Entry]:
        """The entries, in their order."""
        return iter(self.said)

    def entry_at(self, number: int) -> Entry:
        """The entry with this number."""
        return self.said[number]
