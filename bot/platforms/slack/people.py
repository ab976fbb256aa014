"""Who is asking, and what they may do: looked up at Slack, and remembered for a while."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Coroutine, Mapping
from dataclasses import dataclass
from typing import Any, Final

from bot.platforms.slack.errors import SLACK_FAILURES, code_of
from bot.platforms.slack.rights import LookUp, Rights
from bot.platforms.slack.timing import Timing

_LOG = logging.getLogger(__name__)

Spawn = Callable[[Coroutine[Any, Any, None]], asyncio.Task[Any]]


@dataclass(frozen=True, slots=True)
class Person:
    """What an answer may depend on. Who is not known yet has no rights and no zone.

    `unsure`: Slack does not say now whether they moderate, which is not the same as no.
    """

    name: str = ""
    moderator: bool = False
    zone: str | None = None
    locale: str = "en"
    unsure: bool = False


_UNKNOWN: Final = Person(unsure=True)
#: Slack shows the bot no such person: somebody of elsewhere, who moderates nothing here.
_STRANGER: Final = frozenset(("user_not_found", "user_not_visible"))


class People:
    """The people that Slack told us of lately."""

    def __init__(self, look_up: LookUp, rights: Rights, spawn: Spawn, timing: Timing) -> None:
        self._look_up = look_up
        self._rights = rights
        self._spawn = spawn
        self._timing = timing
        self._known: dict[str, Person] = {}
        self._asked: dict[str, asyncio.Task[Any]] = {}
        self._told_at: dict[str, float] = {}

    def known(self, user: str) -> Person:
        """What is known of a person at this moment; the rest is asked for, without waiting."""
        person = self._known.get(user)
        if person is None and user not in self._asked:
            self._ask(user)
        return person or _UNKNOWN

    async def current(self, user: str, patience: float) -> Person:
        """What holds of a person now: Slack is asked, unless it said so a moment ago.

        `patience` is for how long, in seconds.
        """
        person = self._known.get(user, _UNKNOWN)
        age = asyncio.get_running_loop().time() - self._told_at.get(user, 0.0)
        if user in self._known and not person.unsure and age <= self._timing.trust:
            return person
        asked = self._asked.get(user)
        if asked is None or asked.done():
            asked = self._ask(user)
        done, _ = await asyncio.wait((asked,), timeout=patience)
        if done and self._asked.get(user) is not asked:  # forgotten meanwhile, as out of date
            return await self.current(user, patience)
        return self._known.get(user, _UNKNOWN) if done else _UNKNOWN

    def forget(self, user: str) -> None:
        """Ask anew when this person comes again: something about them has changed."""
        self._asked.pop(user, None)
        self._known.pop(user, None)
        self._told_at.pop(user, None)

    def _ask(self, user: str) -> asyncio.Task[Any]:
        asked = self._asked[user] = self._spawn(self._hear(user))
        return asked

    async def _hear(self, user: str) -> None:
        loop, asking = asyncio.get_running_loop(), asyncio.current_task()
        began = loop.time()
        try:
            person = await self._person(user)
        except SLACK_FAILURES as error:
            _LOG.info("Slack does not tell who is asking (%s)", code_of(error))
            person = Person() if code_of(error) in _STRANGER else _UNKNOWN
        if self._asked.get(user) is not asking:
            return  # forgotten meanwhile: this may be out of date
        if person is _UNKNOWN:
            self._known.pop(user, None)
        else:
            self._known[user], self._told_at[user] = person, began
        keep = self._timing.pause if person.unsure else self._timing.remember
        loop.call_later(keep, self._expire, user, asking)

    async def _person(self, user: str) -> Person:
        told = await self._look_up(user)
        try:
            moderator = await self._rights.of(told)
        except SLACK_FAILURES:
            return to_person(told, moderator=None)
        return to_person(told, moderator=moderator)

    def _expire(self, user: str, asked: asyncio.Task[Any] | None) -> None:
        if self._asked.get(user) is asked:  # else Slack was asked again since
            self.forget(user)


def to_person(user: Mapping[str, Any], *, moderator: bool | None) -> Person:
    """A user of Slack's `users.info` as far as we care; `moderator` None: Slack does not say."""
    profile = user.get("profile") or {}
    names = (profile.get("display_name"), user.get("real_name"), user.get("name"))
    return Person(
        name=next((str(name) for name in names if name), ""),
        moderator=bool(moderator),
        zone=user.get("tz") or None,
        locale=str(user.get("locale") or "en"),
        unsure=moderator is None,
    )
