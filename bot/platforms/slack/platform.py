"""SlackPlatform: `/brief`, buttons, menus and mentions on Slack, over Socket Mode or HTTP."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import NoReturn

import aiohttp
from aiohttp import web

from bot.domain.platform import Answer, Complete, House, Report
from bot.domain.problem import Problem
from bot.domain.reply import Reply
from bot.domain.request import Channel
from bot.errors import (
    BotError,
    ConfigurationError,
    PlatformError,
    PostError,
    PostOutcome,
    UnsupportedError,
)
from bot.platforms.slack.api import Api, Identity
from bot.platforms.slack.app import App
from bot.platforms.slack.errors import SLACK_FAILURES, to_post_error
from bot.platforms.slack.events import Events
from bot.platforms.slack.oauth import OAuthPages
from bot.platforms.slack.render import render
from bot.platforms.slack.settings import Settings, plain
from bot.platforms.slack.sockets import connected, watch
from bot.platforms.slack.timing import Timing
from bot.platforms.slack.workspaces import (
    ManyWorkspaces,
    OneWorkspace,
    Place,
    Workspace,
    Workspaces,
    installations_of,
)

_LOG = logging.getLogger(__name__)


class SlackPlatform:
    """The bot on Slack."""

    name = "slack"
    repeat_window = timedelta(0)  # Slack takes the same message twice

    def __init__(self, settings: Settings, timing: Timing, house: House) -> None:
        self._settings = settings
        self._timing = timing
        self._house = house
        self._workspaces: Workspaces | None = None
        self._events = Events(plain(settings.signing_secret), house.now)
        self._pages = OAuthPages(settings, house)

    def routes(self) -> list[web.RouteDef]:
        """What to mount on the HTTP server: what Slack calls, and what people install it by."""
        events = self._events.routes() if self._settings.over_http else []
        pages = self._pages.routes() if self._settings.many else []
        return [*events, *pages]

    async def listen(self, answer: Answer, complete: Complete, report: Report) -> None:
        """Receive and answer until cancelled or disconnected.

        Raises:
            PlatformError: Slack cannot be reached, or refuses these settings (`permanent`).
        """
        del complete  # Slack completes no slash command
        await self._check()
        async with self._session() as session:
            api = Api(self._settings, session)
            if self._settings.many:
                self._workspaces = many = self._many(session, answer)
                with self._pages.serving(api, many.installed):
                    await self._receive(api, many, report)
            else:
                self._workspaces = one = await self._one(api, answer)
                await self._receive(api, one, report)

    async def post(self, channel: Channel, reply: Reply, *, key: str) -> str:
        """Post once and return the message's timestamp, which is its id on Slack.

        Raises:
            PostError: with what is known of the message.
        """
        api = await self._api_in(channel)
        metadata = {"event_type": "briefing", "event_payload": {"key": key}}
        try:
            return await api.post(channel.id, render(reply), metadata)
        except SLACK_FAILURES as error:
            raise to_post_error(error) from None

    async def check(self, channel: Channel) -> Problem | None:
        """Why the bot could not post there now, in words; None if it could.

        The scopes that the bot asks for do not let it look at a channel: whether it is in there
        turns out at the first post.
        """
        try:
            api = await self._api_in(channel)
            await api.identify()
        except PostError as error:
            return _to_problem(error, channel)
        except PlatformError as error:
            return Problem(str(error).rstrip("."), "whoever runs the bot should look into this")
        return None

    async def find(self, channel: Channel, key: str) -> str | None:  # noqa: ARG002
        """Look for the message posted under `key`.

        Raises:
            UnsupportedError: always: the bot asks for no scope to read what is in a channel.
        """
        raise UnsupportedError("On Slack the bot may not read messages, not even its own.")

    async def _check(self) -> None:
        """Make sure that the settings allow to run.

        Raises:
            PlatformError: they do not; it is permanent.
        """
        try:
            self._settings.check()
            if self._settings.many:
                await installations_of(self._house).check()
        except ConfigurationError as error:
            raise PlatformError(str(error), permanent=True) from None

    @asynccontextmanager
    async def _session(self) -> AsyncIterator[aiohttp.ClientSession]:
        # On the session, as the SDK ignores its own time limit where it is handed a session.
        limit = aiohttp.ClientTimeout(total=self._timing.http)
        async with aiohttp.ClientSession(timeout=limit) as session:
            try:
                yield session
            finally:
                self._workspaces = None

    async def _one(self, api: Api, answer: Answer) -> OneWorkspace:
        """The workspace of the bot token.

        Raises:
            PlatformError: Slack refuses the token, or cannot be reached.
        """
        identity = await api.identify()
        _LOG.info("listening to %s on Slack", identity.name or identity.team)
        token = plain(self._settings.bot_token)
        workspace = Workspace.of(api, identity, token, answer, self._timing)
        return OneWorkspace(workspace, identity.team)

    def _many(self, session: aiohttp.ClientSession, answer: Answer) -> ManyWorkspaces:
        def make(api: Api, identity: Identity, token: str) -> Workspace:
            return Workspace.of(api, identity, token, answer, self._timing)

        return ManyWorkspaces(self._settings, self._house, session, make, self._timing)

    async def _receive(self, api: Api, workspaces: Workspaces, report: Report) -> NoReturn:
        """Take what Slack sends until cancelled or disconnected."""
        if not self._settings.over_http:
            await api.try_socket()
        app = App(api, workspaces, self._timing)
        try:
            if self._settings.over_http:
                with self._events.serving(app):
                    report(True)
                    await asyncio.Event().wait()
            app_token = plain(self._settings.app_token)
            async with connected(app, app_token, self._timing) as handlers:
                report(True)
                await watch(handlers, report, self._timing)
        finally:
            report(False)
            await app.drain()
            await workspaces.drain()

    async def _api_in(self, channel: Channel) -> Api:
        """What to call in a channel's workspace.

        Raises:
            PostError: the bot is not in there, or is not connected.
        """
        if self._workspaces is None:
            raise PostError("Slack is not connected.", PostOutcome.RETRY)
        try:
            found = await self._workspaces.find(Place(channel.workspace))
        except BotError as error:
            raise PostError(str(error), PostOutcome.RETRY) from None
        except Exception as error:
            _LOG.exception("the installation of %s could not be read", channel.workspace)
            why = "What is kept of the workspace could not be read."
            raise PostError(why, PostOutcome.RETRY) from error
        if found is None or channel.platform != self.name:
            where = f"The bot is not in the workspace of {channel}: install it there again."
            dead = self._settings.many
            raise PostError(where, PostOutcome.REFUSED, dead_channel=dead)
        return found.api


def _to_problem(error: PostError, channel: Channel) -> Problem:
    """What keeps the bot from posting anything in this workspace."""
    if error.outcome is PostOutcome.REFUSED:
        return Problem(
            f"The bot is not in the workspace of {channel}",
            "install it there again, or use a channel of a workspace that it is in",
        )
    return Problem(str(error).rstrip("."), "see the bot's log, or try again in a minute")
