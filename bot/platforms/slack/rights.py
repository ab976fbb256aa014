"""Who moderates: admins, owners and those in SLACK_MODERATORS; never guests, bots or strangers."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any, Final

from bot.domain.verbs import Verb, verb_named
from bot.platforms.slack.errors import SLACK_FAILURES, code_of

_LOG = logging.getLogger(__name__)

_RIGHTS: Final = ("is_admin", "is_owner", "is_primary_owner")
_OUTSIDERS: Final = (
    "deleted",
    "is_bot",
    "is_invited_user",
    "is_restricted",
    "is_stranger",
    "is_ultra_restricted",
)
_GROUP: Final = "S"
_BEFORE_VERBS: Final = ("/brief", "share")
#: There is no such user group, or nobody is in it: that is an answer.
_NO_GROUP: Final = frozenset(("no_such_subteam", "subteam_not_found"))

LookUp = Callable[[str], Awaitable[Mapping[str, Any]]]
Members = Callable[[str], Awaitable[frozenset[str]]]


def needs_rights(words: str) -> bool:
    """Whether these words may be a moderators' verb: one may stand behind a story's name, too."""
    return any(_moderators(verb_named(word)) for word in words.split())


def is_for_moderators(words: str) -> bool:
    """Whether these words can be nothing else."""
    first = next((word for word in words.split() if word.casefold() not in _BEFORE_VERBS), "")
    return _moderators(verb_named(first))


def _moderators(verb: Verb | None) -> bool:
    return verb is not None and verb.moderators


class Rights:
    """Tells moderators from others, by what Slack says of them now."""

    def __init__(self, team: str, named: Sequence[str], members: Members, trust: float) -> None:
        self._team = team
        self._people = frozenset(one for one in named if not one.startswith(_GROUP))
        self._groups = [one for one in named if one.startswith(_GROUP)]
        self._members = members
        self._trust = trust
        self._told: dict[str, tuple[float, frozenset[str]]] = {}

    async def of(self, user: Mapping[str, Any]) -> bool:
        """Whether a user of `users.info` moderates; fails if Slack hides who is in a group."""
        if any(user.get(flag) for flag in _OUTSIDERS) or not self._is_here(user):
            return False
        if any(user.get(flag) for flag in _RIGHTS) or user.get("id") in self._people:
            return True
        for group in self._groups:
            if user.get("id") in await self._in(group):
                return True
        return False

    def _is_here(self, user: Mapping[str, Any]) -> bool:
        """Whether this is somebody of our workspace; in an organisation one may be in several."""
        teams = (user.get("enterprise_user") or {}).get("teams") or ()
        return user.get("team_id") in {None, self._team} or self._team in teams

    async def _in(self, group: str) -> frozenset[str]:
        present = asyncio.get_running_loop().time()
        told_at, people = self._told.get(group, (present - self._trust - 1, frozenset()))
        if present - told_at <= self._trust:
            return people
        try:
            people = await self._members(group)
        except SLACK_FAILURES as error:
            code = code_of(error)
            _LOG.warning(
                "Slack does not tell who is in %s of SLACK_MODERATORS (%s); user groups need the "
                "scope usergroups:read",
                group,
                code,
            )
            if code not in _NO_GROUP:
                raise
        self._told[group] = (present, people)
        return people
