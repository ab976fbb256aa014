"""Changes: how a story differs from what a channel was told of it."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import chain
from typing import TYPE_CHECKING, Final

from bot.domain.briefing import ChangeKind
from bot.domain.reply import clip
from bot.domain.sections.key_points import KeyPoint
from bot.domain.sections.open_questions import QuestionStatus
from bot.domain.snapshot import BOTTOM_LINE, KEPT, WHY, fresh, items_by_key, notes_by_key, snapshot

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from bot.domain.briefing import Change, Story
    from bot.domain.entry import Entry
    from bot.domain.sections import Item
    from bot.domain.snapshot import Snapshot

_LABELS_SHOWN: Final = 3
_LABEL: Final = 80


@dataclass(frozen=True, slots=True)
class News:
    """One change. `lead` says of what sort, as in `New`; `label` names what it is about.

    `text` is Markdown, of which a digest quotes the first sentences; `entries` are what of it can
    be opened.
    """

    lead: str
    label: str = ""
    text: str = ""
    entries: tuple[Entry, ...] = ()


@dataclass(frozen=True, slots=True)
class Changes:
    """What a channel has not been told yet; `story` is about the story as a whole."""

    corrected: tuple[News, ...] = ()
    story: tuple[News, ...] = ()
    answered: tuple[News, ...] = ()
    new: tuple[News, ...] = ()
    changed: tuple[News, ...] = ()
    withdrawn: tuple[News, ...] = ()

    def __iter__(self) -> Iterator[News]:
        """All of them, the most important first."""
        return chain(
            self.corrected, self.story, self.answered, self.new, self.changed, self.withdrawn
        )

    def __len__(self) -> int:
        return sum(1 for _ in self)


def compare(told: Snapshot | None, story: Story) -> Changes:
    """How the story differs from what was told; all of it is new where nothing was.

    A minor item is no news when it is new or its text changes. Its fingerprint moves all the same:
    a snapshot holds every item, so it is told as it is now once a post of that story is confirmed.
    That an item was withdrawn is always told: it may have been told of before it was minor.
    """
    before = told or {}
    if before == snapshot(story):
        return Changes()
    return _Comparison(before, story).changes()


class _Comparison:
    """What was told, and what is said now."""

    def __init__(self, before: Snapshot, story: Story) -> None:
        self.before = before
        self.now = snapshot(story)
        self.story = story
        items = items_by_key(story).items()
        # Key points say what a reader must know first.
        self.items: dict[str, Item] = dict(
            sorted(items, key=lambda pair: not isinstance(pair[1], KeyPoint))
        )
        self.fresh = dict(self._fresh(notes_by_key(story)))

    def changes(self) -> Changes:
        """The differences by their sort; what is corrected or answered is not told as changed."""
        corrections = tuple(self._corrections())
        corrected = {key for _, keys in corrections for key in keys}
        answered = [key for key in self.items if self._is_settled_now(key)]
        changed = [
            key
            for key, item in self.items.items()
            if self._differs(key) and not item.minor and key not in corrected.union(answered)
        ]
        new = [key for key, item in self.items.items() if key not in self.before and not item.minor]
        gone = [key for key in self.before if key not in self.now and key != KEPT]
        return Changes(
            tuple(self._corrected(change, keys) for change, keys in corrections),
            tuple(self._of_the_story()),
            tuple(map(self._answered, answered)),
            tuple(map(self._new, new)),
            tuple(map(self._changed, changed)),
            tuple(News("No longer in the briefing", self.before[key].label) for key in gone),
        )

    def _differs(self, key: str) -> bool:
        return key in self.before and self.before[key].mark != self.now[key].mark

    def _fresh(
        self, noted: Mapping[str, Mapping[str, Change]]
    ) -> Iterator[tuple[str, tuple[Change, ...]]]:
        """The noted changes that were not told yet, of each key that was, the latest first."""
        told = self.before[BOTTOM_LINE].noted if BOTTOM_LINE in self.before else ()
        everything = {short for found in self.before.values() for short in found.noted}
        for key, found in noted.items():
            if key in self.before:
                # What was told of an item is no news of the story once the item is gone, nor what
                # was told of the story of an item that is named later.
                known = everything if key == BOTTOM_LINE else told
                some = fresh(self.before[key].noted, self.now[key].noted)
                changes = [found[short] for short in some if short not in known]
                yield key, tuple(sorted(changes, key=lambda one: one.date, reverse=True))

    def _corrections(self) -> Iterator[tuple[Change, list[str]]]:
        """The corrections that were not told yet, the latest first, and what each is about."""
        noted = sorted(self.story.briefing.changes, key=lambda change: change.date, reverse=True)
        for change in noted:
            keys = [key for key in (BOTTOM_LINE, *self.items) if change in self.fresh.get(key, ())]
            if change.kind is ChangeKind.CORRECTION and keys:
                yield change, keys

    def _corrected(self, change: Change, keys: list[str]) -> News:
        entries = tuple(self._entry(key) for key in keys if key in self.items)
        labels = [clip(entry.label, _LABEL) for entry in entries]
        left = len(labels) - _LABELS_SHOWN
        more = [f"and {left} more"] if left > 0 else []
        return News("Corrected", "; ".join([*labels[:_LABELS_SHOWN], *more]), change.note, entries)

    def _of_the_story(self) -> Iterator[News]:
        """Where the story stands, its bottom line, and why it matters."""
        if BOTTOM_LINE not in self.before:
            return
        was, now = self.before[BOTTOM_LINE], self.now[BOTTOM_LINE]
        if was.status != now.status:
            yield News(f"Now {now.status}", f"it was {was.status}")
        if was.mark != now.mark:
            yield News("Changed", "the bottom line, as it stands above")
        why = self.story.briefing.why_it_matters
        if why and WHY not in self.before:
            yield News("New", "why it matters", why)
        elif why and self._differs(WHY):
            yield News("Changed", "why it matters", why)

    def _is_settled_now(self, key: str) -> bool:
        was = self.before[key].status if key in self.before else ""
        status = self.now[key].status
        return bool(was and status) and (
            not QuestionStatus(was).settled and QuestionStatus(status).settled
        )

    def _answered(self, key: str) -> News:
        status, entry = QuestionStatus(self.now[key].status), self._entry(key)
        return News(status.label, entry.title, self.items[key].gist(), (entry,))

    def _new(self, key: str) -> News:
        entry = self._entry(key)
        return News("New", entry.title, self.items[key].gist(), (entry,))

    def _changed(self, key: str) -> News:
        """With what the maintainers noted of the change, where they did."""
        entry, noted = self._entry(key), self.fresh.get(key)
        if noted:
            return News("Changed", entry.label, noted[0].note, (entry,))
        return News("Changed", entry.title, self.items[key].gist(), (entry,))

    def _entry(self, key: str) -> Entry:
        return self.items[key].entry(self.story.slug)
