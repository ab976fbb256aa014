"""The client of one connection to Discord."""

from __future__ import annotations

import asyncio
import logging
from typing import Final

import discord

from bot.domain.platform import Report
from bot.platforms.discord.answering import OLDER_CONTROL, Answering
from bot.platforms.discord.commands import Commands
from bot.platforms.discord.dynamic import Control
from bot.platforms.discord.endpoints import proxy_for
from bot.platforms.discord.exchange import Interaction
from bot.platforms.discord.form import to_filled_in
from bot.platforms.discord.registration import Registered, register
from bot.platforms.discord.settings import Settings
from bot.platforms.discord.to_request import workspace_of

_LOG = logging.getLogger(__name__)

#: All that the bot does: look into channels and write there, in threads as well; and look for what
#: it wrote, should an answer of Discord's be lost.
PERMISSIONS: Final = discord.Permissions(
    view_channel=True,
    send_messages=True,
    send_messages_in_threads=True,
    read_message_history=True,
)
#: A rate limit that lasts longer than this many seconds is an error, not a wait.
_LONGEST_WAIT: Final = 30.0


class Client(discord.AutoShardedClient):
    """Receives interactions, and remembers of servers only what `check` needs."""

    def __init__(
        self, answering: Answering, report: Report, registered: Registered, settings: Settings
    ) -> None:
        # The library warns at each start that it cannot do voice, which nobody asked for.
        discord.VoiceClient.warn_nacl = discord.VoiceClient.warn_dave = False
        super().__init__(
            intents=discord.Intents(guilds=True),
            allowed_mentions=discord.AllowedMentions.none(),
            member_cache_flags=discord.MemberCacheFlags.none(),
            chunk_guilds_at_startup=False,
            max_messages=None,
            max_ratelimit_timeout=_LONGEST_WAIT,
            proxy=proxy_for(settings.api_url),
        )
        self.answering = answering
        self.commands = Commands(self, answering)
        self._report, self._registered, self._dev_guild = report, registered, settings.dev_guild
        self._live: set[int] = set()
        self._registering: asyncio.Task[None] | None = None

    async def setup_hook(self) -> None:
        """Prepare what must be ready before the first event; registering can take its time."""
        self.add_dynamic_items(Control)
        invite = discord.utils.oauth_url(
            self.application_id or 0,
            permissions=PERMISSIONS,
            scopes=("bot", "applications.commands"),
        )
        _LOG.info("invite the bot to a Discord server: %s", invite)
        self._registering = asyncio.create_task(
            register(self.commands, self._registered, self._dev_guild)
        )

    async def close(self) -> None:
        """Close every connection."""
        if self._registering:
            self._registering.cancel()
        await super().close()

    async def on_interaction(self, interaction: Interaction) -> None:
        """Answer a submitted form, whenever it was opened; the library tells the rest elsewhere."""
        if interaction.type is not discord.InteractionType.modal_submit:
            return
        told = to_filled_in(interaction.data or {}, workspace_of(interaction))
        if told is None:
            await self.answering.say(interaction, OLDER_CONTROL)
        else:
            await self.answering.answer_form(interaction, told.words, told.asked, told.values)

    async def on_shard_connect(self, shard: int) -> None:
        """Note that a shard receives."""
        self._turn(shard, live=True)

    async def on_shard_resumed(self, shard: int) -> None:
        """Note that a shard receives again."""
        self._turn(shard, live=True)

    async def on_shard_disconnect(self, shard: int) -> None:
        """Note that a shard receives no more."""
        self._turn(shard, live=False)

    def _turn(self, shard: int, *, live: bool) -> None:
        """Report when the first shard begins to receive, and when none does."""
        if self.is_closed():
            return
        before = bool(self._live)
        (self._live.add if live else self._live.discard)(shard)
        if bool(self._live) is not before:
            self._report(live)
