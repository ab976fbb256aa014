"""Stories: all that is loaded at one moment, and what of it a channel may see. Immutable."""

from __future__ import annotations

from bisect import bisect_left, insort
from typing import TYPE_CHECKING, Final

from bot.domain.names import Names
from bot.domain.search import Index

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from bot.domain.briefing import Story
    from bot.domain.request import Channel

_VIEWS_KEPT: Final = 256


class Stories:
    """A set of stories with indexes of their names and texts. Changing it makes a new one."""

    def __init__(
        self,
        stories: Iterable[Story] = (),
        index: Index | None = None,
        *,
        unreadable: Iterable[str] = (),
    ) -> None:
        #: Slugs of stories that are there, and cannot be read now.
        self.unreadable = frozenset(unreadable)
        self._by_slug = {story.slug: story for story in stories}
        #: All that they say, by its words; given where a part of a known index holds just these.
        self.index = Index(self._by_slug.values()) if index is None else index
        self._latest = sorted(map(_latest_key, self._by_slug.values()))
        self.names = Names(self._by_slug.values())
        #: Which audiences these are the stories of; of a view for a channel, else empty.
        self.audiences: tuple[str, ...] = ()
        self._kept_for = kept_for(self._by_slug.values())
        self._public: Stories | None = None
        self._views: dict[tuple[str, ...], Stories] = {}

    def replaced(
        self, put: Iterable[Story] = (), drop: Iterable[str] = (), unreadable: Iterable[str] = ()
    ) -> Stories:
        """These stories without the dropped slugs and with the put ones; costs what changes."""
        new = {story.slug: story for story in put}
        old = [self._by_slug[slug] for slug in {*drop, *new} if slug in self._by_slug]
        made = self.changed(new, old, self.index.replaced(new.values(), old))
        made.unreadable = frozenset(unreadable)
        return made

    def changed(self, new: dict[str, Story], old: Sequence[Story], index: Index) -> Stories:
        """These stories without the old ones and with the new, whose index is known."""
        made = Stories(index=index)
        made._by_slug = self._by_slug.copy()
        made._latest = self._latest.copy()
        for story in old:
            del made._by_slug[story.slug]
            del made._latest[bisect_left(made._latest, _latest_key(story))]
        made._by_slug.update(new)
        for story in new.values():
            insort(made._latest, _latest_key(story))
        made.names = self.names.replaced(new.values(), old)
        made._kept_for = self._kept_for
        if any(story.audience for story in (*old, *new.values())):
            made._kept_for = kept_for(made)
        if self._public and made._kept_for:
            seen = {story.slug: story for story in new.values() if not story.audience}
            unseen = [story for story in old if not story.audience]
            made._public = self._public.changed(seen, unseen, index.seen_by(()))
        return made

    def __len__(self) -> int:
        return len(self._by_slug)

    def __iter__(self) -> Iterator[Story]:
        return iter(self._by_slug.values())

    def __getitem__(self, slug: str) -> Story:
        return self._by_slug[slug]

    def get(self, slug: str | None) -> Story | None:
        """The story with this slug."""
        return self._by_slug.get(slug) if slug else None

    def latest(self, start: int = 0, count: int | None = None) -> list[Story]:
        """Stories with the latest as-of first."""
        end = None if count is None else start + count
        return [self._by_slug[slug] for _, slug in self._latest[start:end]]

    def visible_to(self, channel: Channel) -> Stories:
        """The stories that people in this channel may see."""
        if not self._kept_for:
            return self
        tenant = f"{channel.platform}:{channel.workspace}"
        audiences = tuple(name for name in (tenant, str(channel)) if name in self._kept_for)
        if not audiences:
            return self._public_view()
        view = self._views.get(audiences)
        if view is None:
            if len(self._views) >= _VIEWS_KEPT:
                self._views.clear()
            slugs = set().union(*(self._kept_for[name] for name in audiences))
            seen = {slug: self._by_slug[slug] for slug in slugs}
            view = self._public_view().changed(seen, [], self.index.seen_by(audiences))
            view.audiences = audiences
            self._views[audiences] = view
        return view

    def _public_view(self) -> Stories:
        if self._public is None:
            public = (story for story in self if not story.audience)
            self._public = Stories(public, self.index.seen_by(()))
        return self._public


def _latest_key(story: Story) -> tuple[int, str]:
    return -story.as_of_day.toordinal(), story.slug


def kept_for(stories: Iterable[Story]) -> dict[str, set[str]]:
    """For each tenant and channel that some story is kept for: the slugs of those stories."""
    audiences: dict[str, set[str]] = {}
    for story in stories:
        for audience in story.audience:
            audiences.setdefault(audience, set()).add(story.slug)
    return audiences
