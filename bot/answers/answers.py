"""Answers: finds the verb's function, and keeps the replies that many people ask for."""

from __future__ import annotations

import asyncio
from functools import partial
from typing import TYPE_CHECKING, TypeVar

from bot.answers import (
    asking,
    cards,
    digests,
    feedback as said,
    finding,
    help,  # noqa: A004 (the verb's own name)
    records,
    sections,
)
from bot.answers.asked import Asked
from bot.answers.completion import complete
from bot.answers.marks import Marks
from bot.domain.measure import shrink
from bot.domain.reply import Note, Reply, bold, line
from bot.domain.request import Command, Request, parse
from bot.domain.sections import SECTIONS
from bot.domain.verbs import ASK, CHANGES, HELP, HELPFUL, SEARCH, SOURCES, STORIES, STORY, TELL

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime

    from bot.answers.digests import Desk
    from bot.answers.feedback import Feedback
    from bot.answers.pacing import Pacing
    from bot.domain.reply import Option
    from bot.domain.request import Channel
    from bot.domain.stories import Stories


T = TypeVar("T")
Key = tuple[object, ...]

_KEPT = 4096
_MANY = 500
#: What is asked in one's own words is seldom asked again in the same.
_FREE = (None, ASK, SEARCH)

_SAYINGS: dict[str, Callable[[Asked], Reply]] = {
    STORY.name: cards.card_or_list,
    STORIES.name: cards.story_list,
    **{section.verb: partial(sections.section, kind=section) for section in SECTIONS},
    SOURCES.name: records.sources,
    CHANGES.name: records.changes,
    ASK.name: asking.ask,
    SEARCH.name: finding.find,
    HELP.name: help.help_reply,
}


class Answers:
    """Answers requests from the stories that are loaded at that moment.

    `stories` gives the current snapshot, `now` the time (aware), `bound` the slug of a channel's
    own story; without a `desk` there are no moderators' verbs, without `feedback` nobody takes down
    what readers say, without a `pacing` they may ask as fast as they can. An answer is made of one
    snapshot: a reload while it is made does not touch it. Replies to readers depend on nothing but
    the words, the reader's rights, the snapshot and the day, so they are kept until the snapshot
    changes.
    """

    def __init__(
        self,
        stories: Callable[[], Stories],
        now: Callable[[], datetime],
        bound: Callable[[Channel], str | None] = lambda _: None,
        desk: Desk | None = None,
        *,
        feedback: Feedback | None = None,
        pacing: Pacing | None = None,
    ) -> None:
        self._stories = stories
        self._now = now
        self._bound = bound
        self._desk = desk
        self._feedback = feedback
        self._pacing = pacing
        self._marks = Marks()
        self._kept: dict[Key, tuple[Command, Reply]] = {}
        self._completed: dict[Key, list[Option]] = {}
        self._kept_of: Stories | None = None

    async def __call__(self, request: Request) -> Reply:
        """The answer to one request. Never waits on the network."""
        command, reply = await self._recall(request)
        can_share = any(action.words.startswith("share ") for action in reply.actions)
        if not (command.shared and can_share):
            return reply
        name = request.user_name or "someone in this channel"
        return shrink(reply.public(Note(line("Shared by ", bold(name), "."))))

    def complete(self, request: Request) -> Sequence[Option]:
        """Ways on from what someone is typing, best first."""
        (_, stories), here = self._seen(request), self._bound(request.channel)
        rights = (request.moderator, request.zone) if request.moderator else ()
        key = (request.words, stories.audiences, here, rights)
        options = self._completed.get(key)
        if options is None:
            options = complete(request, stories, stories.get(here))
            _keep(self._completed, key, options)
        return options

    def _seen(self, request: Request) -> tuple[Stories, Stories]:
        """The current snapshot, and what the asker may see of it; of an older, nothing is kept."""
        everything = self._stories()
        if everything is not self._kept_of:
            self._kept, self._completed, self._kept_of = {}, {}, everything
        return everything, everything.visible_to(request.channel)

    async def _recall(self, request: Request) -> tuple[Command, Reply]:
        everything, stories = self._seen(request)
        kept = self._kept
        here, today = self._bound(request.channel), self._now().date()
        # What a moderator is told to type depends on the platform.
        rights = request.channel.platform if request.moderator else ""
        key = (request.words, stories.audiences, here, today, rights)
        if key in kept:
            return kept[key]
        command = parse(request.words, stories.names)
        asked = Asked(command, stories, stories.get(here), today, rights, self._marks)
        if self._pacing and (too_fast := self._pacing.refusal(command, request)):
            return command, too_fast
        if command.verb in (TELL, HELPFUL):
            return command, shrink(await said.answer(asked, request, self._feedback, everything))
        if self._desk and command.verb and command.verb.moderators:
            view = everything.visible_to
            return command, shrink(await digests.answer(asked, request, self._desk, view))
        made = command, await _say(asked)
        if command.verb is ASK:
            self._marks.arm(request, made[1])
        if command.verb not in _FREE:
            _keep(kept, key, made)  # of this snapshot: another may be current by now
        return made


async def _say(asked: Asked) -> Reply:
    """The reply to a command; where words are looked for in many stories, beside the loop."""
    command = asked.command
    verb = command.verb.name if command.verb else ""
    say = _SAYINGS.get(verb, help.not_understood)
    if command.words and len(asked.stories) > _MANY:
        return shrink(await asyncio.to_thread(say, asked))
    return shrink(say(asked))


def _keep(kept: dict[Key, T], key: Key, value: T) -> None:
    """Keep a value; of too many, the oldest goes."""
    if len(kept) >= _KEPT:
        del kept[next(iter(kept))]
    kept[key] = value
