"""DiscordPlatform: listens on the gateway, answers in Discord's time, posts to channels."""

from __future__ import annotations

import asyncio
import logging
from contextlib import suppress
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from bot.domain.platform import Answer, Complete, Report
from bot.domain.problem import Problem
from bot.domain.reply import Reply
from bot.domain.request import Channel
from bot.errors import ConfigurationError, PlatformError, PostError, PostOutcome, UnsupportedError
from bot.platforms.discord.answering import LIMIT, Answering
from bot.platforms.discord.client import Client
from bot.platforms.discord.endpoints import endpoints
from bot.platforms.discord.failures import (
    DISCORD_FAILURES,
    name_of,
    to_platform_error,
    to_post_error,
)
from bot.platforms.discord.places import DIRECT, find_place, guild_of, is_ours, is_told
from bot.platforms.discord.posting import check_server, post_once
from bot.platforms.discord.reading import check_history, find_message
from bot.platforms.discord.registration import Registered
from bot.platforms.discord.rights import problem_in, unsure
from bot.platforms.discord.settings import Settings
from bot.platforms.discord.wire import Wire, wire

_LOG = logging.getLogger(__name__)

#: Logging in asks who the bot is, and then which application it belongs to.
_LOGIN_CALLS: Final = 2
_DRAIN_SECONDS: Final = 2.5
_CLOSE_SECONDS: Final = 2.0
#: Of the time for a post: to ask which server a channel belongs to, where that is not known.
_CHECKING: Final = 0.3


class DiscordPlatform:
    """Every Discord server the bot is invited to, over one sharded connection at a time."""

    name = "discord"
    # Discord refuses a repeated nonce for "the past few minutes"; this is surely within them.
    repeat_window = timedelta(minutes=2)

    def __init__(
        self,
        settings: Settings,
        *,
        memory: Path | None = None,
        limit: float = LIMIT,
        http_timeout: float = 10.0,
    ) -> None:
        """Prepare; `memory` is a file for what was registered, `limit` seconds until deferring.

        Without a file the commands are registered once in each process.
        """
        self._settings, self._limit, self._http_timeout = settings, limit, http_timeout
        self._registered = Registered(memory)
        self._client: Client | None = None
        self._wire: Wire | None = None

    async def listen(self, answer: Answer, complete: Complete, report: Report) -> None:
        """Answer until cancelled or disconnected; each call makes a new client.

        Raises:
            PlatformError: Discord cannot be reached, or refuses the settings (`permanent`).
        """
        try:
            self._settings.check()
        except ConfigurationError as error:
            raise PlatformError(str(error), permanent=True) from error
        answering = Answering(
            answer,
            complete,
            limit=self._limit,
            http_timeout=self._http_timeout,
            roles=self._settings.moderator_roles,
        )
        with endpoints(self._settings):
            client = Client(answering, report, self._registered, self._settings)
            agent = client.http.user_agent
            try:
                async with wire(self._settings, agent, self._http_timeout) as self._wire:
                    self._client = client
                    await self._run(client)
            except Exception as error:
                if not isinstance(error, DISCORD_FAILURES):
                    _LOG.exception("discord.py could not go on")  # as with an event it cannot read
                raise to_platform_error(error) from error
            finally:
                self._client = self._wire = None
                await answering.drain(_DRAIN_SECONDS)
                await _close(client)

    async def post(self, channel: Channel, reply: Reply, *, key: str) -> str:
        """Post once and return the message's id; Discord knows a repetition by its nonce.

        The id is empty where Discord knows the message by its nonce, but somebody has deleted it.

        Raises:
            PostError: with what is known of the message.
        """
        client, wire = self._connected(channel)
        await check_server(client, wire, channel, _CHECKING * self._http_timeout)
        return await post_once(wire, channel, reply, key)

    async def _run(self, client: Client) -> None:
        async with asyncio.timeout(_LOGIN_CALLS * self._http_timeout):
            await client.login(self._settings.secret)
        await client.connect()

    async def check(self, channel: Channel) -> Problem | None:
        """Say why the bot could not post there now."""
        if not is_ours(channel):
            return Problem(f"{channel} is no channel of Discord's", "write discord:server/channel")
        if channel.workspace == DIRECT:
            return None
        client = self._client
        if client is None or not is_told(client, channel):
            return unsure("the bot is not connected to Discord")
        try:
            async with asyncio.timeout(self._http_timeout):
                place = await find_place(client, channel)
        except DISCORD_FAILURES as error:
            return unsure(f"Discord does not tell of that channel now ({name_of(error)})")
        return problem_in(guild_of(client, channel), place)

    async def find(self, channel: Channel, key: str, *, since: datetime) -> str | None:
        """Look among the bot's own messages for the one that carries this key.

        Raises:
            UnsupportedError: the bot may not read there.
            PostError: Discord does not tell now.
        """
        if not is_ours(channel):
            raise UnsupportedError(f"{channel} is no channel of Discord's.")
        client, wire = self._connected(channel)
        if client.user is None or not is_told(client, channel):
            raise PostError("The bot is not connected to Discord.", PostOutcome.RETRY)
        try:
            await check_history(client, channel)
            return await find_message(wire, client.user, channel, key, since)
        except DISCORD_FAILURES as error:
            unknown = to_post_error(error)
            if unknown.outcome is PostOutcome.REFUSED:
                raise UnsupportedError(f"The bot cannot look there. {unknown}") from error
            raise unknown from error

    def _connected(self, channel: Channel) -> tuple[Client, Wire]:
        """Return what it takes to post to a channel.

        Raises:
            PostError: the channel is none of Discord's, or Discord cannot be reached now.
        """
        if not is_ours(channel):
            why = f"{channel} is no channel of Discord's."
            raise PostError(why, PostOutcome.REFUSED, dead_channel=True)
        client, wire = self._client, self._wire
        if client is None or wire is None:
            raise PostError("The bot is not connected to Discord.", PostOutcome.RETRY)
        return client, wire


async def _close(client: Client) -> None:
    """Close the connections politely, and without asking if that takes long."""
    with suppress(TimeoutError):
        await asyncio.wait_for(client.close(), _CLOSE_SECONDS)
    await client.http.close()
