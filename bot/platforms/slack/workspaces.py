"""Workspaces: the one of the settings' token, or all that have installed the bot."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from datetime import datetime
from typing import Final, Protocol

import aiohttp

from bot.domain.platform import House
from bot.platforms.slack.api import Api, Identity
from bot.platforms.slack.errors import SLACK_FAILURES
from bot.platforms.slack.installation import Installation, installations_of, to_tenant
from bot.platforms.slack.renewal import Renewal
from bot.platforms.slack.settings import Settings
from bot.platforms.slack.timing import Timing
from bot.platforms.slack.workspace import Place, Workspace

_LOG = logging.getLogger(__name__)

#: Workspaces that are kept made; each takes some 20 kB.
_MOST: Final = 2_000


class Workspaces(Protocol):
    """The workspaces that the bot is in."""

    def known(self, place: Place) -> Workspace | None:
        """The workspace of a request, if it is at hand."""

    async def find(self, place: Place) -> Workspace | None:
        """The workspace of a request; None if the bot is not in there."""

    async def remove(self, place: Place, at: datetime) -> None:
        """The bot was uninstalled there at this time."""

    async def withdraw(self, team: str, at: datetime) -> None:
        """An organisation's token was good for this workspace until this time."""

    async def drain(self) -> None:
        """Let what is under way end."""


class OneWorkspace:
    """The workspace of the bot token in the settings."""

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace
        self.team = workspace.me.team

    def known(self, place: Place) -> Workspace:  # noqa: ARG002 (Slack sends us nothing else)
        """The one that there is."""
        return self._workspace

    async def find(self, place: Place) -> Workspace | None:
        """The one that there is, if this is its own place."""
        return self._workspace if place.team == self.team else None

    async def remove(self, place: Place, at: datetime) -> None:  # noqa: ARG002
        """Say what to do: nothing is kept that could be removed."""
        _LOG.error(
            "Slack: the app was uninstalled, or its token revoked. Install it again, and copy the "
            "new token to SLACK_BOT_TOKEN"
        )

    async def withdraw(self, team: str, at: datetime) -> None:
        """Say what to do, if this is the one that there is."""
        if team == self.team:
            await self.remove(Place(team), at)

    async def drain(self) -> None:
        """Let what is under way end."""
        await self._workspace.listeners.drain()


class ManyWorkspaces:
    """Workspaces that have installed the bot, each kept at hand for a while.

    One lock per workspace lets only one request look it up, and renew its token, at a time.
    """

    def __init__(
        self,
        settings: Settings,
        house: House,
        session: aiohttp.ClientSession,
        make: Callable[[Api, Identity, str], Workspace],
        timing: Timing,
    ) -> None:
        self._settings = settings
        self._installations = installations_of(house)
        self._session = session
        self._make = make
        self._timing = timing
        client = Api(settings, session, "").client()
        self._renewal = Renewal(settings, client, self._installations, house.now)
        #: What is at hand, until it is looked up again; None where the bot is not installed.
        self._fresh: dict[Place, Workspace | None] = {}
        #: The same, kept for as long as its token stays the same: it remembers people.
        self._made: dict[Place, tuple[str, Workspace]] = {}
        self._locks: dict[Place, asyncio.Lock] = {}
        self._suspect: set[str] = set()
        self._linked: set[tuple[str, str]] = set()
        self._forgotten = 0

    def known(self, place: Place) -> Workspace | None:
        """The workspace of a request, if it is at hand."""
        return self._fresh.get(place)

    async def find(self, place: Place) -> Workspace | None:
        """The workspace of a request; None if the bot is not in there.

        Raises:
            ConfigurationError: what is kept of it cannot be opened.
        """
        async with self._locks.setdefault(place, asyncio.Lock()):
            if place in self._fresh:
                return self._fresh[place]
            before = self._forgotten
            workspace = await self._look_up(place)
            if before == self._forgotten:  # otherwise what was found may be of the past
                span = self._timing.tenant if workspace else self._timing.pause
                self._fresh[place] = workspace
                asyncio.get_running_loop().call_later(span, self._expire, place)
            return workspace

    async def installed(self, found: Installation) -> None:
        """A tenant has installed the bot, maybe again: what is known of it is of the past."""
        self._suspect.discard(found.tenant)
        self.forget(found.tenant)
        _LOG.info("Slack: the app was installed in %s", found.tenant)

    async def remove(self, place: Place, at: datetime) -> None:
        """Forget what a tenant's installation gave, unless it was installed again since then."""
        text = await self._installations.load(place.tenant)
        if text and (found := Installation.read(text)).tenant == place.tenant:
            if found.installed_at > at:
                return
            await self._installations.delete(place.tenant)
        self.forget(place.tenant)
        _LOG.info("Slack: the app was uninstalled from %s", place.tenant)

    async def withdraw(self, team: str, at: datetime) -> None:
        """Let a workspace be served by its own installation only, if it has one."""
        tenant = to_tenant(team)
        text = await self._installations.load(tenant)
        found = Installation.read(text) if text else None
        if found and found.tenant == tenant:
            await self._installations.unlink(tenant)
        elif found and found.installed_at > at:
            return  # the organisation has installed it again since then
        else:
            await self._installations.delete(tenant)
        self.forget(tenant)
        _LOG.info("Slack: the organisation's app was removed from %s", tenant)

    def forget(self, tenant: str) -> None:
        """Look a tenant up again at its next request."""
        self._forgotten += 1
        self._linked = {link for link in self._linked if tenant not in link}
        for place in [*self._fresh]:
            ours = {place.tenant, to_tenant(place.team), to_tenant(place.enterprise)}
            if tenant in ours or place.org_wide is None:  # which may be served by the organisation
                del self._fresh[place]

    async def drain(self) -> None:
        """Let what is under way end."""
        made = [workspace for _, workspace in self._made.values()]
        await asyncio.gather(*(workspace.listeners.drain() for workspace in made))

    async def _look_up(self, place: Place) -> Workspace | None:
        text = await self._installations.load(place.tenant)
        found = Installation.read(text) if text else None
        fresh = await self._renewal.fresh(found) if found else None
        if fresh is None or not place.suits(fresh) or await self._is_dead(fresh):
            self._made.pop(place, None)
            return None
        await self._link(fresh, place)
        token, workspace = self._made.get(place, ("", None))
        if workspace is None or token != fresh.token:
            workspace = self._workspace(fresh, place)
            self._make_room()
            self._made[place] = (fresh.token, workspace)
        return workspace

    def _workspace(self, found: Installation, place: Place) -> Workspace:
        def refused(code: str) -> None:
            _LOG.warning("Slack refuses the token of %s (%s)", found.tenant, code)
            self._suspect.add(found.tenant)
            self.forget(found.tenant)
            self.forget(to_tenant(place.team))

        team = place.team if found.org_wide else None
        api = Api(self._settings, self._session, found.token, team=team, refused=refused)
        identity = Identity(
            team=place.team or "",
            enterprise=found.enterprise,
            user=found.bot_user,
            bot=found.bot,
            name=found.name,
            handle=found.handle,
        )
        return self._make(api, identity, found.token)

    async def _is_dead(self, found: Installation) -> bool:
        """Whether a token that was refused before is refused again."""
        if found.tenant not in self._suspect:
            return False
        codes: list[str] = []
        client = Api(self._settings, self._session, found.token, refused=codes.append).client(
            found.token
        )
        try:
            await client.auth_test()
        except SLACK_FAILURES:
            return bool(codes)
        self._suspect.discard(found.tenant)
        return False

    async def _link(self, found: Installation, place: Place) -> None:
        """Remember which organisation a workspace is of: a digest is for the workspace."""
        link = (to_tenant(place.team), found.tenant)
        if place.org_wide and place.team and link not in self._linked:
            await self._installations.link(*link)
            self._linked.add(link)

    def _expire(self, place: Place) -> None:
        self._fresh.pop(place, None)
        if (lock := self._locks.get(place)) and not lock.locked():
            del self._locks[place]

    def _make_room(self) -> None:
        """Forget the workspace that was made first and is not in use, if there are too many."""
        idle = (place for place in self._made if place not in self._fresh)
        if len(self._made) >= _MOST and (oldest := next(idle, None)):
            del self._made[oldest]
