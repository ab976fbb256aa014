"""SlackPlatform: `/brief`, buttons, menus and mentions in one Slack workspace, over Socket Mode."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime, timedelta

import aiohttp
from slack_bolt.async_app import AsyncApp
from slack_bolt.authorization import AuthorizeResult

from bot.domain.platform import Answer, Complete, Report
from bot.domain.problem import Problem
from bot.domain.reply import Reply
from bot.domain.request import Channel
from bot.errors import ConfigurationError, PlatformError, PostError, PostOutcome, UnsupportedError
from bot.platforms.slack.api import Api, Identity, quiet_logger
from bot.platforms.slack.errors import SLACK_FAILURES, to_post_error
from bot.platforms.slack.listeners import Listeners
from bot.platforms.slack.render import render
from bot.platforms.slack.settings import Settings
from bot.platforms.slack.sockets import connected, watch
from bot.platforms.slack.timing import Timing

_LOG = logging.getLogger(__name__)


class SlackPlatform:
    """The bot on Slack."""

    name = "slack"
    repeat_window = timedelta(0)  # Slack takes the same message twice

    def __init__(self, settings: Settings, timing: Timing) -> None:
        self._settings = settings
        self._timing = timing
        self._api: Api | None = None
        self._team: str | None = None

    async def listen(self, answer: Answer, complete: Complete, report: Report) -> None:
        """Receive and answer until cancelled or disconnected.

        Raises:
            PlatformError: Slack cannot be reached, or refuses these settings (`permanent`).
        """
        del complete  # Slack completes no slash command
        app_token = self._checked_app_token()
        async with self._online() as api:
            identity = await api.identify()
            await api.try_socket()
            self._team = identity.team
            listeners = Listeners(api, answer, identity.user, self._timing)
            app = self._app(api, identity)
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
        if self._api is None:
            raise PostError("Slack is not connected.", PostOutcome.RETRY)
        if problem := self._foreign(channel):
            raise PostError(str(problem), PostOutcome.REFUSED)
        metadata = {"event_type": "briefing", "event_payload": {"key": key}}
        try:
            return await self._api.post(channel.id, render(reply), metadata)
        except SLACK_FAILURES as error:
            raise to_post_error(error) from None

    async def check(self, channel: Channel) -> Problem | None:
        """Why the bot could not post there now, in words; None if it could.

        The scopes that the bot asks for do not let it look at a channel: whether it is in there
        turns out at the first post.
        """
        if self._api is None:
            return Problem("Slack is not connected", "see the bot's log, or try again in a minute")
        if problem := self._foreign(channel):
            return problem
        try:
            await self._api.identify()
        except PlatformError as error:
            return Problem(str(error).rstrip("."), "whoever runs the bot should look into this")
        return None

    async def find(
        self,
        channel: Channel,
        key: str,
        *,
        since: datetime,  # noqa: ARG002
    ) -> str | None:
        """Look for the message posted under `key`.

        Raises:
            UnsupportedError: always: the bot asks for no scope to read what is in a channel.
        """
        raise UnsupportedError("On Slack the bot may not read messages, not even its own.")

    def _checked_app_token(self) -> str:
        try:
            self._settings.check()
        except ConfigurationError as error:
            raise PlatformError(str(error), permanent=True) from None
        token = self._settings.app_token
        return token.get_secret_value() if token else ""

    @asynccontextmanager
    async def _online(self) -> AsyncIterator[Api]:
        # On the session, as the SDK ignores its own time limit where it is handed a session.
        limit = aiohttp.ClientTimeout(total=self._timing.http)
        async with aiohttp.ClientSession(timeout=limit) as session:
            self._api = Api(self._settings, session)
            try:
                yield self._api
            finally:
                self._api = None

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

    def _foreign(self, channel: Channel) -> Problem | None:
        if (channel.platform, channel.workspace) == (self.name, self._team):
            return None
        return Problem(
            f"The bot is not in the workspace of {channel}",
            f"use a channel of slack:{self._team}",
        )
