"""SlackPlatform: `/brief`, buttons, menus and mentions in one Slack workspace, over Socket Mode."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

import aiohttp
from slack_bolt.async_app import AsyncApp
from slack_bolt.authorization import AuthorizeResult

from bot.domain.pace import Pace
from bot.domain.platform import Answer, Complete, Report
from bot.domain.problem import Problem
from bot.domain.reply import Reply
from bot.domain.request import Channel
from bot.errors import ConfigurationError, PlatformError, PostError, PostOutcome
from bot.platforms.slack.api import Api, Identity, quiet_logger
from bot.platforms.slack.errors import SLACK_FAILURES, code_of, is_fault, to_post_error
from bot.platforms.slack.listeners import Listeners
from bot.platforms.slack.reading import find_message, to_metadata, why_not
from bot.platforms.slack.render import render
from bot.platforms.slack.settings import Settings
from bot.platforms.slack.sockets import connected, watch
from bot.platforms.slack.timing import Timing

_LOG = logging.getLogger(__name__)

_OFFLINE: Final = "Slack is not connected."


@dataclass(frozen=True, slots=True)
class _Here:
    """Slack while it can be reached, and who the bot is there."""

    api: Api
    me: Identity

    def foreign(self, channel: Channel) -> Problem | None:
        """Why a channel is none of this workspace; None if it is one."""
        if (channel.platform, channel.workspace) == (SlackPlatform.name, self.me.team):
            return None
        return Problem(
            f"The bot is not in the workspace of {channel}",
            f"use a channel of slack:{self.me.team}",
        )


class SlackPlatform:
    """The bot on Slack."""

    name = "slack"
    repeat_window = timedelta(0)  # Slack takes the same message twice
    #: Slack's Retry-After is for the method in the whole workspace.
    pace = Pace(wait_together=True)

    def __init__(self, settings: Settings, timing: Timing) -> None:
        self._settings = settings
        self._timing = timing
        self._here: _Here | None = None

    async def listen(self, answer: Answer, complete: Complete, report: Report) -> None:
        """Receive and answer until cancelled or disconnected.

        Raises:
            PlatformError: Slack cannot be reached, or refuses these settings (`permanent`).
        """
        app_token = self._checked_app_token()
        async with self._online() as here:
            await here.api.try_socket()
            identity = here.me
            named = self._settings.moderators
            listeners = Listeners(here.api, answer, complete, identity, named, self._timing)
            app = self._app(here.api, identity)
            listeners.register(app)
            async with connected(app, app_token, self._timing) as handlers:
                _LOG.info("listening to %s on Slack", identity.name or identity.team)
                report(True)
                try:
                    await watch(handlers, report, self._timing)
                finally:
                    report(False)
                    await listeners.drain()

    async def post(self, channel: Channel, reply: Reply, *, key: str) -> str:
        """Post once and return the message's timestamp, which is its id on Slack.

        Raises:
            PostError: with what is known of the message.
        """
        here = self._here
        if here is None:
            raise PostError(_OFFLINE, PostOutcome.RETRY)
        if problem := here.foreign(channel):
            raise PostError(f"{problem}.", PostOutcome.REFUSED, dead_channel=True)
        try:
            return await here.api.post(channel.id, render(reply), to_metadata(key))
        except SLACK_FAILURES as error:
            if is_fault(code_of(error)):
                _LOG.error("Slack finds a message of the bot wrong: %s", code_of(error))
            raise to_post_error(error, here.me.handle) from None

    async def check(self, channel: Channel) -> Problem | None:
        """Why the bot could not post there now, in words; None if it could."""
        here = self._here
        if here is None:
            return Problem("Slack is not connected", "see the bot's log, or try again in a minute")
        return here.foreign(channel) or await why_not(here.api, here.me, channel.id)

    async def find(self, channel: Channel, key: str, *, since: datetime) -> str | None:
        """Look for the message posted under `key`; it was tried first at `since`.

        Raises:
            UnsupportedError: the bot may not read there.
            PostError: Slack did not answer, or the channel is dead.
        """
        here = self._here
        if here is None:
            raise PostError(_OFFLINE, PostOutcome.RETRY)
        if problem := here.foreign(channel):
            raise PostError(f"{problem}.", PostOutcome.REFUSED, dead_channel=True)
        return await find_message(here.api, here.me, channel.id, key, since)

    def _checked_app_token(self) -> str:
        try:
            self._settings.check()
        except ConfigurationError as error:
            raise PlatformError(str(error), permanent=True) from None
        token = self._settings.app_token
        return token.get_secret_value() if token else ""

    @asynccontextmanager
    async def _online(self) -> AsyncIterator[_Here]:
        # On the session, as the SDK ignores its own time limit where it is handed a session. What
        # fails while connecting has surely not left.
        http = self._timing.http
        limit = aiohttp.ClientTimeout(total=http, sock_connect=http / 2)
        async with aiohttp.ClientSession(timeout=limit) as session:
            api = Api(self._settings, session)
            self._here = _Here(api, await api.identify())
            try:
                yield self._here
            finally:
                self._here = None

    def _app(self, api: Api, identity: Identity) -> AsyncApp:
        """The app of the SDK. It is told who it is, or it would ask Slack during a command."""
        token = self._settings.bot_token
        me = AuthorizeResult(
            enterprise_id=identity.enterprise,
            team_id=identity.team,
            bot_user_id=identity.user,
            bot_id=identity.bot,
            bot_token=token.get_secret_value() if token else None,
        )

        async def authorize() -> AuthorizeResult:
            return me

        return AsyncApp(
            name="briefing-bot",
            logger=quiet_logger(),
            client=api.client(),
            authorize=authorize,
            request_verification_enabled=False,  # a socket's messages come from Slack alone
            process_before_response=True,  # otherwise the SDK looks for an ack every 10 ms
        )
