"""A digest: what one channel is to be told now, as one message.

What is only counted in a digest, with a button that shows it, is told as well: were it not, the
rest of a busy day would come back in every digest after it, and push out that day's news.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING

from bot.domain.card import card
from bot.domain.changes import compare
from bot.domain.digest_part import Part, change_menu, lines_within
from bot.domain.measure import MESSAGE_WEIGHT, block_weight
from bot.domain.provenance import provenance
from bot.domain.reply import Action, Block, Bullets, Heading, Paragraph, Reply, bold
from bot.domain.roundup import quiet_line, roundup
from bot.domain.schedule import Content, Quiet
from bot.domain.snapshot import BOTTOM_LINE, KEPT, snapshot

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import date

    from bot.domain.briefing import Story
    from bot.domain.snapshot import Snapshot


@dataclass(frozen=True, slots=True)
class Covered:
    """A story that a digest covers, as it is now, and what its channel was told of it, and when.

    `story` is None once it has left the library or the channel may not see it any more; `told` is
    None before the first digest.
    """

    slug: str
    story: Story | None
    told: Snapshot | None = None
    told_on: date | None = None


@dataclass(frozen=True, slots=True)
class Composed:
    """What to post (None: nothing), and what the channel has been told once that is confirmed."""

    reply: Reply | None
    snapshots: Mapping[str, Snapshot]


def compose(covered: Iterable[Covered], *, content: Content, quiet: Quiet, day: date) -> Composed:
    """What there is to tell a channel, on this day of its own zone.

    A story of which only minor items differ says nothing; its fingerprints move with whatever post
    is confirmed, for all that differs without being news is among the snapshots.
    """
    stories = list(covered)
    parts = [_part(_opened(one), one.story, content) for one in stories if one.story]
    speaking = sorted((part for part in parts if part.card or part.news), key=_importance)
    gone = {one.slug: one.told for one in stories if one.told and not one.story}
    if speaking or gone:
        reply = _said(speaking, [told[BOTTOM_LINE].label for told in gone.values()], day)
    elif parts and quiet is Quiet.LINE:
        reply = quiet_line(parts, day)
    else:
        return Composed(None, {})
    internal = any(part.story.briefing.visible_to for part in parts)
    internal = internal or any(KEPT in told for told in gone.values())
    reply = replace(reply, internal=internal) if internal else reply
    moved = [one.story for one in stories if one.story and one.told != snapshot(one.story)]
    now = {story.slug: snapshot(story) for story in (*moved, *(part.story for part in speaking))}
    return Composed(reply, {**now, **{slug: {} for slug in gone}})


def _opened(one: Covered) -> Covered:
    """A story that is for everybody now is new, lest what was taken out of it before is named."""
    kept = one.story and one.story.briefing.visible_to
    opened = one.told and KEPT in one.told and not kept
    return replace(one, told=None, told_on=None) if opened else one


def _part(one: Covered, story: Story, content: Content) -> Part:
    changes, first = compare(one.told, story), not one.told
    return Part(story, changes, one.told_on, first=first, full=content is Content.FULL)


def _importance(part: Part) -> tuple[bool, int]:
    """Corrections go first, then the story with most to tell."""
    return not part.changes.corrected, -len(part.changes)


def _said(parts: Sequence[Part], gone: Sequence[str], day: date) -> Reply:
    if len(parts) != 1 or gone:
        return roundup(parts, gone, day)
    if parts[0].card:
        glance = card(parts[0].story, day, partial(_news, parts[0]))
        return replace(glance, private=False)
    return _changes(parts[0], day)


def _changes(part: Part, day: date) -> Reply:
    """The bottom line of one story, and what changed in it."""
    story = part.story
    bottom = Paragraph((bold(story.briefing.bottom_line),))
    refs = [ref for news in part.changes for entry in news.entries for ref in entry.sources]
    origin = provenance(story, refs, day)
    room = MESSAGE_WEIGHT - sum(map(block_weight, (Heading(story.briefing.title), bottom, *origin)))
    sources, noted = len(story.briefing.sources), len(story.briefing.changes)
    actions = [
        Action("Story", f"story {story.slug}"),
        Action(f"Sources ({sources})", f"sources {story.slug}"),
        *([Action(f"Changes ({noted})", f"changes {story.slug}")] if noted else []),
    ]
    blocks = (bottom, *_news(part, room), *origin)
    return Reply(story.briefing.title, blocks, tuple(actions), private=False)


def _news(part: Part, room: int) -> tuple[Block, ...]:
    """What changed, as far as there is room, and a menu that opens it."""
    if not part.news:
        return ()
    heading = Heading(f"What changed {part.since_text}")
    lines = lines_within(part.news, room - block_weight(heading))
    return (heading, Bullets(lines), *change_menu([part], titled=False))
