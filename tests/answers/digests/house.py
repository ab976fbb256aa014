"""A channel's moderators, with a store of their own and a clock that is moved by hand."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import insert

from bot.answers import Answers
from bot.answers.digests import Desk, Limits
from bot.digests import digest_of, first_run, queue_now
from bot.domain.digest import Composed
from bot.domain.measure import fits
from bot.domain.problem import Problem
from bot.domain.reply import Reply
from bot.domain.request import Channel, Request
from bot.domain.schedule import Schedule, ScheduleState
from bot.domain.stories import Stories
from bot.store import Store
from bot.store.tables import notice
from tests.stories import CHANNEL, NOW, make_faq, make_story

ELSEWHERE = Channel("slack", "T1", "C2")
STORIES = Stories(
    [
        make_story("land-strikes", faq=[make_faq("consent", "Has Mexico agreed?")]),
        make_story("venezuela-link"),
        make_story("secret", visible_to=["slack:T1/C2"]),
    ]
)
WISH = "digest add all at 09:00 on weekdays in Europe/Lisbon"


class House:
    """Answers as the bot gives them, to a moderator unless said otherwise."""

    def __init__(self, store: Store, stories: Stories = STORIES) -> None:
        self.store = store
        self.stories = stories
        self.at = NOW
        self.problems: dict[Channel, Problem] = {}
        self.bound: dict[Channel, str | None] = {}
        desk = Desk(
            store=store,
            compose=self._compose,
            post_now=lambda schedule: queue_now(store, stories, schedule, self.at),
            first_run=lambda schedule: first_run(schedule, self.at),
            check=self._check,
            rebind=self._rebind,
            now=self.now,
            limits=Limits(schedules=3, cooldown=timedelta(minutes=5)),
        )
        self.answers = Answers(lambda: stories, self.now, self.bound.get, desk)

    def now(self) -> datetime:
        """The present moment."""
        return self.at

    async def _compose(self, schedule: Schedule) -> Composed:
        told = await self.store.told_to(schedule.channel)
        return digest_of(schedule, self.stories, told, self.at)

    async def _check(self, channel: Channel) -> Problem | None:
        return self.problems.get(channel)

    async def _rebind(self, channel: Channel, slug: str | None) -> None:
        self.bound[channel] = slug

    async def ask(self, words: str, channel: Channel = CHANNEL, **fields: Any) -> Reply:
        """The answer, which fits every platform."""
        values = {"user": "U1", "moderator": True, "zone": "Europe/Madrid", **fields}
        reply = await self.answers(Request(words, channel, **values))
        assert fits(reply)
        assert len(reply.actions) <= 10
        return reply

    async def click(self, reply: Reply, label: str, **fields: Any) -> Reply:
        """The answer to one of a reply's buttons."""
        (words,) = {action.words for action in reply.actions if action.label == label}
        return await self.ask(words, **fields)

    async def saved(self, channel: Channel = CHANNEL) -> list[Schedule]:
        """The channel's digests that were confirmed."""
        found = await self.store.schedules_of(channel)
        return [one for one in found if one.state is not ScheduleState.DRAFT]

    async def scheduled(self, words: str = WISH) -> Schedule:
        """A digest that has been planned and confirmed."""
        before = {one.id for one in await self.saved()}
        await self.click(await self.ask(words), "Save")
        (made,) = [one for one in await self.saved() if one.id not in before]
        return made

    async def acts(self) -> list[tuple[str, str]]:
        """What the audit trail says was done or refused, the oldest first."""
        return [(act.act, act.outcome) for act in reversed(await self.store.acts(CHANNEL))]

    async def leave_notice(self, text: str, **fields: Any) -> None:
        """Something that moderators are to be told."""
        row = {"at": 0, "tenant": "slack:T1", "channel": str(CHANNEL), "text": text, **fields}
        async with self.store._writing() as connection:
            await connection.execute(insert(notice).values(row))
