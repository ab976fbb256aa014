"""Who is asking: looked up behind the answer's back, and remembered for a while."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Coroutine, Mapping
from dataclasses import dataclass
from typing import Any

from bot.platforms.slack.errors import SLACK_FAILURES, code_of
from bot.platforms.slack.timing import Timing

_LOG = logging.getLogger(__name__)

_RIGHTS = ("is_admin", "is_owner", "is_primary_owner")
_OUTSIDERS = ("deleted", "is_bot", "is_restricted", "is_stranger", "is_ultra_restricted")

LookUp = Callable[[str], Awaitable[Mapping[str, Any]]]
Spawn = Callable[[Coroutine[Any, Any, None]], asyncio.Task[Any]]


@dataclass(frozen=True, slots=True)
class Person:
    """What an answer may depend on. Who is not known yet has no rights and no zone."""

    name: str = ""
    moderator: bool = False
    zone: str | None = None
    locale: str = "en"


class People:
    """The people that Slack told us of lately."""

    def __init__(self, look_up: LookUp, spawn: Spawn, timing: Timing) -> None:
        self._look_up = look_up
        self._timing = timing
        self._spawn = spawn
        self._known: dict[str, Person] = {}
        self._asked: dict[str, asyncio.Task[Any]] = {}

    def known(self, user: str) -> Person:
        """What is known of a person at this moment; the rest is asked for, without waiting."""
        person = self._known.get(user)
        if person is None and user not in self._asked:
            self._asked[user] = self._spawn(self._ask(user))
        return person or Person()

    async def current(self, user: str) -> Person:
        """What is known of a person, after asking Slack if need be."""
        person = self.known(user)
        if asked := self._asked.get(user):
            await asyncio.wait((asked,))
        return self._known.get(user, person)

    async def _ask(self, user: str) -> None:
        loop = asyncio.get_running_loop()
        try:
            self._known[user] = to_person(await self._look_up(user))
        except SLACK_FAILURES as error:
            _LOG.info("Slack does not tell who is asking (%s)", code_of(error))
            loop.call_later(self._timing.pause, self._forget, user)
        else:
            loop.call_later(self._timing.remember, self._forget, user)

    def _forget(self, user: str) -> None:
        self._asked.pop(user, None)
        self._known.pop(user, None)


def to_person(user: Mapping[str, Any]) -> Person:
    """A user of Slack's `users.info` as far as we care."""
    profile = user.get("profile") or {}
    names = (profile.get("display_name"), user.get("real_name"), user.get("name"))
    inside = not any(user.get(flag) for flag in _OUTSIDERS)
    return Person(
        name=next((str(name) for name in names if name), ""),
        moderator=inside and any(user.get(flag) for flag in _RIGHTS),
        zone=user.get("tz") or None,
        locale=str(user.get("locale") or "en"),
    )
