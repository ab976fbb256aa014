"""SlackPlatform: `/brief`, buttons, menus and mentions on Slack, over Socket Mode or HTTP."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from typing import Final, NoReturn

import aiohttp
from aiohttp import web

from bot.domain.pace import Pace
from bot.domain.platform import Answer, Complete, House, Report
from bot.domain.problem import Problem
from bot.domain.reply import Reply
from bot.domain.request import Channel
from bot.errors import BotError, ConfigurationError, PlatformError, PostError, PostOutcome
from bot.platforms.slack.api import Api, Identity, Json
from bot.platforms.slack.app import App
from bot.platforms.slack.channels import hidden_from, unfit
from bot.platforms.slack.errors import (
    SLACK_FAILURES,
    code_of,
    is_about_blocks,
    is_fault,
    to_post_error,
)
from bot.platforms.slack.events import Events
from bot.platforms.slack.installation import installations_of
from bot.platforms.slack.oauth import OAuthPages
from bot.platforms.slack.reading import find_message, to_metadata, why_not
from bot.platforms.slack.render import render
from bot.platforms.slack.settings import Settings, plain
from bot.platforms.slack.simple import render_simple
from bot.platforms.slack.sockets import connected, watch
from bot.platforms.slack.timing import Timing
from bot.platforms.slack.workspace import Place, Workspace, make_workspace
from bot.platforms.slack.workspaces import ManyWorkspaces, OneWorkspace, Workspaces

_LOG = logging.getLogger(__name__)

_OFFLINE: Final = "Slack is not connected."


class SlackPlatform:
    """The bot on Slack."""

    name = "slack"
    repeat_window = timedelta(0)  # Slack takes the same message twice
    #: Slack's Retry-After is for the method in the whole workspace, which takes some hundreds of
    #: messages a minute.
    pace = Pace(workspace=5.0, wait_together=True)

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

        def make(api: Api, me: Identity, token: str) -> Workspace:
            named = self._settings.moderators
            return make_workspace(api, me, token, answer, complete, named, self._timing)

        await self._check()
        async with self._session() as session:
            api = Api(self._settings, session)
            if self._settings.many:
                many = ManyWorkspaces(self._settings, self._house, session, make, self._timing)
                with self._pages.serving(api, many.installed):
                    await self._receive(api, many, report)
            else:
                me = await api.identify()
                one = OneWorkspace(make(api, me, plain(self._settings.bot_token)))
                _LOG.info("listening to %s on Slack", me.name or me.team)
                await self._receive(api, one, report)

    async def post(self, channel: Channel, reply: Reply, *, key: str) -> str:
        """Post once and return the message's timestamp, which is its id on Slack.

        Raises:
            PostError: with what is known of the message.
        """
        here = await self._find(channel)
        try:
            if reply.internal:
                await _refuse_to_strangers(here, channel)
            return await _post_once(here, channel.id, reply, to_metadata(key))
        except SLACK_FAILURES as error:
            raise to_post_error(error, here.me.handle) from None

    async def check(self, channel: Channel) -> Problem | None:
        """Why the bot could not post there now, in words; None if it could."""
        try:
            here = await self._find(channel)
        except PostError as error:
            if error.outcome is PostOutcome.REFUSED:
                return self._foreign(channel)
            remedy = "see the bot's log, or try again in a minute"
            return Problem(str(error).rstrip("."), remedy)
        return await why_not(here.api, here.me, channel.id)

    async def forbids(self, channel: Channel, user: str, *, internal: bool) -> Problem | None:
        """Why this person (empty: anybody) may have nothing posted there; None if they may."""
        try:
            here = await self._find(channel)
        except PostError:
            return None  # `check` says that
        if user and (problem := await hidden_from(here.api, here.me, channel.id, user)):
            return problem
        try:
            return await unfit(here.api, channel.id) if internal else None
        except SLACK_FAILURES:
            return None

    async def find(self, channel: Channel, key: str, *, since: datetime) -> str | None:
        """Look for the message posted under `key`; it was tried first at `since`.

        Raises:
            UnsupportedError: the bot may not read there.
            PostError: Slack did not answer, or the channel is dead.
        """
        here = await self._find(channel)
        return await find_message(here.api, here.me, channel.id, key, since)

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
        # On the session, as the SDK ignores its own time limit where it is handed a session. What
        # fails while connecting has surely not left.
        http = self._timing.http
        limit = aiohttp.ClientTimeout(total=http, sock_connect=http / 2)
        async with aiohttp.ClientSession(timeout=limit) as session:
            yield session

    async def _receive(self, api: Api, workspaces: Workspaces, report: Report) -> NoReturn:
        """Take what Slack sends until cancelled or disconnected."""
        if not self._settings.over_http:
            await api.try_socket()
        app = App(api, workspaces, self._timing)
        self._workspaces = workspaces
        try:
            if self._settings.over_http:
                with self._events.serving(app):
                    report(True)
                    await asyncio.Event().wait()
            app_token = plain(self._settings.app_token)
            async with connected(app, app_token, self._timing) as sockets:
                report(True)
                await watch(sockets, report, self._timing)
        finally:
            self._workspaces = None
            report(False)
            await app.drain()
            await workspaces.drain()

    async def _find(self, channel: Channel) -> Workspace:
        """The workspace of a channel.

        Raises:
            PostError: the bot is not in there, or is not connected.
        """
        if self._workspaces is None:
            raise PostError(_OFFLINE, PostOutcome.RETRY)
        try:
            found = await self._workspaces.find(Place(channel.workspace))
        except BotError as error:
            raise PostError(str(error), PostOutcome.RETRY) from None
        except Exception as error:
            _LOG.exception("the installation of %s could not be read", channel.workspace)
            why = "What is kept of the workspace could not be read."
            raise PostError(why, PostOutcome.RETRY) from error
        if found is None or channel.platform != self.name:
            problem = self._foreign(channel)
            raise PostError(f"{problem}.", PostOutcome.REFUSED, dead_channel=True)
        return found

    def _foreign(self, channel: Channel) -> Problem:
        """Why nothing can be posted where the bot is not."""
        one = isinstance(self._workspaces, OneWorkspace) and self._workspaces.team
        return Problem(
            f"The bot is not in the workspace of {channel}",
            f"use a channel of slack:{one}" if one else "let an admin install it there again",
        )


async def _refuse_to_strangers(here: Workspace, channel: Channel) -> None:
    """Let nothing that is not for everybody into a channel that other organisations read.

    Raises:
        PostError: it is one.
    """
    if problem := await unfit(here.api, channel.id):
        raise PostError(f"{problem}.", PostOutcome.REFUSED, dead_channel=True)


async def _post_once(here: Workspace, channel: str, reply: Reply, metadata: Json) -> str:
    """Post a message; where Slack finds it wrong, and so has not taken it, in plain words."""
    try:
        return await here.api.post(channel, render(reply), metadata)
    except SLACK_FAILURES as error:
        if is_fault(code_of(error)):
            _LOG.error("Slack finds a message of the bot wrong: %s", code_of(error))
        if not is_about_blocks(code_of(error)):
            raise
        return await here.api.post(channel, render_simple(reply), metadata)
