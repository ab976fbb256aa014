"""DiscordPlatform: listens on the gateway, answers in Discord's time, posts to channels."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import logging
from contextlib import suppress
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from bot.domain.platform import Answer, Complete, Report
from bot.domain.problem import Problem
from bot.domain.reply import Reply
from bot.domain.request import Channel
from bot.errors import (
    ConfigurationError,
    PlatformError,
    PostError,
    PostOutcome,
    UnsupportedError,
)
from bot.platforms.discord.answering import LIMIT, Answering
from bot.platforms.discord.client import Client
from bot.platforms.discord.endpoints import endpoints
from bot.platforms.discord.failures import DISCORD_FAILURES, to_platform_error, to_post_error
from bot.platforms.discord.message import Message
from bot.platforms.discord.registration import Registered
from bot.platforms.discord.rights import problem_in
from bot.platforms.discord.settings import Settings
from bot.platforms.discord.to_request import DIRECT

_LOG = logging.getLogger(__name__)

#: Discord takes 25 characters; 25 of base 32 are 125 bits.
_NONCE: Final = 25
#: Logging in asks who the bot is, and then which application it belongs to.
_LOGIN_CALLS: Final = 2
_DRAIN_SECONDS: Final = 2.5
_CLOSE_SECONDS: Final = 2.0


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

    async def listen(self, answer: Answer, complete: Complete, report: Report) -> None:
        """Answer until cancelled or disconnected; each call makes a new client.

        Raises:
            PlatformError: Discord cannot be reached, or refuses the settings (`permanent`).
        """
        try:
            self._settings.check()
        except ConfigurationError as error:
            raise PlatformError(str(error), permanent=True) from error
        answering = Answering(answer, complete, limit=self._limit, http_timeout=self._http_timeout)
        with endpoints(self._settings):
            client = Client(answering, report, self._registered, self._settings)
            self._client = client
            try:
                async with asyncio.timeout(_LOGIN_CALLS * self._http_timeout):
                    await client.login(self._settings.secret)
                await client.connect()
            except Exception as error:
                if not isinstance(error, DISCORD_FAILURES):
                    _LOG.exception("discord.py could not go on")  # as with an event it cannot read
                raise to_platform_error(error) from error
            finally:
                self._client = None
                await answering.drain(_DRAIN_SECONDS)
                await _close(client)

    async def post(self, channel: Channel, reply: Reply, *, key: str) -> str:
        """Post once and return the message's id; Discord knows a repetition by its nonce.

        Raises:
            PostError: with what is known of the message.
        """
        if not _is_ours(channel):
            raise PostError(f"{channel} is no channel of Discord's.", PostOutcome.REFUSED)
        client = self._client
        if client is None or client.user is None:
            raise PostError("The bot is not connected to Discord.", PostOutcome.RETRY)
        target = client.get_partial_messageable(int(channel.id))
        try:
            # It holds while discord.py waits for a rate limit, too: the nonce makes repeating safe.
            async with asyncio.timeout(self._http_timeout):
                sent = await target.send(view=Message(reply), nonce=to_nonce(key))
        except DISCORD_FAILURES as error:
            raise to_post_error(error) from error
        return str(sent.id)

    async def check(self, channel: Channel) -> Problem | None:
        """Say why the bot could not post there now, as far as Discord has told it."""
        if not _is_ours(channel):
            return Problem(f"{channel} is no channel of Discord's", "write discord:server/channel")
        if channel.workspace == DIRECT:
            return None
        guild = self._client.get_guild(int(channel.workspace)) if self._client else None
        if guild is None and not (self._client and self._client.is_ready()):
            return Problem("the bot is not connected to Discord", "try again in a minute")
        return problem_in(guild, int(channel.id))

    async def find(self, channel: Channel, key: str, *, since: datetime) -> str | None:  # noqa: ARG002
        """Never: Discord tells nobody the nonce of an older message.

        Raises:
            UnsupportedError: always.
        """
        raise UnsupportedError(f"Discord cannot look in {channel} for the message of {key}.")


def to_nonce(key: str) -> str:
    """Return the nonce of a key, the same in every process."""
    return base64.b32encode(hashlib.sha256(key.encode()).digest())[:_NONCE].decode()


def _is_ours(channel: Channel) -> bool:
    """Tell whether the channel can be one of Discord's, whose ids are numbers."""
    ids = channel.id if channel.workspace == DIRECT else channel.id + channel.workspace
    return channel.platform == "discord" and ids.isdecimal()


async def _close(client: Client) -> None:
    """Close the connections politely, and without asking if that takes long."""
    with suppress(TimeoutError):
        await asyncio.wait_for(client.close(), _CLOSE_SECONDS)
    await client.http.close()
