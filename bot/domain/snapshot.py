"""Snapshot: what a channel was told of one story, as small fingerprints that are kept for it."""

from __future__ import annotations

import json
import unicodedata
from base64 import urlsafe_b64encode
from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import date
from hashlib import blake2b
from typing import TYPE_CHECKING, Any, Final
from weakref import WeakKeyDictionary

from bot.domain.briefing import ChangeKind
from bot.domain.reply import clip
from bot.domain.sections import SECTIONS, Item
from bot.domain.sections.open_questions import OpenQuestion
from bot.errors import VersionError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bot.domain.briefing import Change, Story

#: The keys of what a story says beside its entries; no section has the verb `story`.
BOTTOM_LINE: Final = "story/bottom-line"
WHY: Final = "story/why-it-matters"
#: There only if the story was not for everybody when it was told.
KEPT: Final = "story/kept"

_VERSION: Final = 1
_LABEL: Final = 80
_NOTE_MARK: Final = 6


@dataclass(frozen=True, slots=True)
class Fingerprint:
    """One thing that a channel was told.

    `mark` changes whenever a reader would notice a difference. `label` names the thing once it is
    gone; of the bottom line, it is the story's title. `status` is that of an open question, of the
    bottom line that of the story. `noted` are the noted changes about it, one short text each.
    """

    mark: str
    label: str = ""
    status: str = ""
    noted: tuple[str, ...] = ()


Snapshot = Mapping[str, Fingerprint]
"""Fingerprints under the keys of entries. An empty one: the channel was told the story is gone."""

_kept: WeakKeyDictionary[Story, Snapshot] = WeakKeyDictionary()


def snapshot(story: Story) -> Snapshot:
    """All that the story says now. It does not depend on the order of the file's items."""
    known = _kept.get(story)
    if known is None:
        known = _kept[story] = dict(sorted(_fingerprints(story)))
    return known


def _fingerprints(story: Story) -> Iterator[tuple[str, Fingerprint]]:
    briefing = story.briefing
    noted = notes_by_key(story)
    told = tuple(sorted(noted.get(BOTTOM_LINE, {})))
    line = _mark(briefing.bottom_line)
    yield BOTTOM_LINE, Fingerprint(line, briefing.title, briefing.status, told)
    if briefing.why_it_matters:
        yield WHY, Fingerprint(_mark(briefing.why_it_matters), "Why it matters")
    if briefing.visible_to:
        yield KEPT, Fingerprint("kept")
    for key, item in items_by_key(story).items():
        label = clip(" ".join(item.entry("").label.split()), _LABEL)
        status = item.status if isinstance(item, OpenQuestion) else ""
        yield key, Fingerprint(_mark(item), label, status, tuple(sorted(noted.get(key, {}))))


def items_by_key(story: Story) -> dict[str, Item]:
    """The items of a story under the keys of their entries, in the order of the file."""
    return {
        f"{section.verb}/{item.id}": item
        for section in SECTIONS
        for item in story.briefing.items(section)
    }


def notes_by_key(story: Story) -> dict[str, dict[str, Change]]:
    """The noted changes about each key, each under a short text that stands for it.

    A correction that is about no entry (about a source, or nothing in particular) is one of the
    story.
    """
    keys = {key.partition("/")[2]: key for key in items_by_key(story)}
    noted: dict[str, dict[str, Change]] = {}
    for change in story.briefing.changes:
        about = [keys[found] for found in change.items if found in keys]
        if not about and change.kind is ChangeKind.CORRECTION:
            about = [BOTTOM_LINE]
        short = f"{change.kind} {change.date} {_mark(change.note)[:_NOTE_MARK]}"
        for key in about:
            noted.setdefault(key, {})[short] = change
    return noted


def fresh(told: tuple[str, ...], noted: tuple[str, ...]) -> Iterator[str]:
    """Those of the noted changes that are not among the told; a reworded note is not fresh."""
    gone = [short[:-_NOTE_MARK] for short in told if short not in noted]
    for short in noted:
        kind_and_day = short[:-_NOTE_MARK]
        if short in told:
            continue
        if kind_and_day in gone:
            gone.remove(kind_and_day)
        else:
            yield short


def _mark(said: Any) -> str:
    text = json.dumps(_plain(said), sort_keys=True, separators=(",", ":"))
    return urlsafe_b64encode(blake2b(text.encode(), digest_size=9).digest()).decode()


def _plain(value: Any) -> Any:
    """What a reader sees of a value. What is empty is left out, so that a new field is no news."""
    if isinstance(value, str):
        return " ".join(unicodedata.normalize("NFC", value).split())
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, tuple):
        return [_plain(one) for one in value]
    unread = getattr(value, "unread", Item.unread)
    read = {field.name: getattr(value, field.name) for field in fields(value)}
    return {name: _plain(one) for name, one in read.items() if one and name not in unread}


def snapshot_to_json(told: Snapshot) -> str:
    """The snapshot as text; the same text for the same snapshot."""
    rows = {key: _row(found) for key, found in told.items()}
    return json.dumps({"v": _VERSION, "told": rows}, sort_keys=True, separators=(",", ":"))


def _row(found: Fingerprint) -> list[Any]:
    row: list[Any] = [found.mark, found.label, found.status, found.noted]
    while not row[-1]:
        row.pop()
    return row


def snapshot_from_json(text: str) -> Snapshot:
    """The snapshot that was written as this text.

    Raises:
        VersionError: another version of the bot wrote it, in a form of its own.
    """
    data = json.loads(text)
    if data["v"] != _VERSION:
        raise VersionError("what a channel was told", data["v"], _VERSION)
    return {key: Fingerprint(*row[:3], *map(tuple, row[3:])) for key, row in data["told"].items()}
