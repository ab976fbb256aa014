"""The client of one connection to Discord."""

from __future__ import annotations

import asyncio
import logging
from typing import Final

import discord

from bot.domain.platform import Report
from bot.platforms.discord.answering import OLDER_CONTROL, Answering
from bot.platforms.discord.catalogue import Translator
from bot.platforms.discord.commands import Commands
from bot.platforms.discord.dynamic import Control
from bot.platforms.discord.endpoints import proxy_for
from bot.platforms.discord.exchange import Interaction
from bot.platforms.discord.form import to_filled_in
from bot.platforms.discord.hearing import Hearing, keep_hearing
from bot.platforms.discord.identifying import Budget
from bot.platforms.discord.invitation import invite_link
from bot.platforms.discord.registration import Registered, register
from bot.platforms.discord.settings import Settings
from bot.platforms.discord.to_request import workspace_of

_LOG = logging.getLogger(__name__)

#: A rate limit that lasts longer than this many seconds is an error, not a wait.
_LONGEST_WAIT: Final = 30.0


class Client(discord.AutoShardedClient):
    """Receives interactions, and remembers of servers only what `check` needs."""

    def __init__(
        self,
        answering: Answering,
        report: Report,
        registered: Registered,
        settings: Settings,
        budget: Budget,
        hearing: Hearing,
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
            heartbeat_timeout=hearing.heartbeat,
        )
        self.answering = answering
        self.commands = Commands(self, answering)
        self._report, self._registered, self._dev_guild = report, registered, settings.dev_guild
        self._live: set[int] = set()
        self._budget, self._hearing = budget, hearing
        self._tasks: list[asyncio.Task[None]] = []

    async def setup_hook(self) -> None:
        """Prepare what must be ready before the first event; registering can take its time."""
        self.add_dynamic_items(Control)
        await self.commands.set_translator(Translator())
        _LOG.info("invite the bot to a Discord server: %s", invite_link(self.application_id or 0))
        work = (
            register(self.commands, self._registered, self._dev_guild),
            keep_hearing(self, self._live, self._hearing),
        )
        self._tasks = [asyncio.create_task(each) for each in work]

    async def before_identify_hook(
        self,
        shard_id: int | None,  # noqa: ARG002 (the library's signature)
        *,
        initial: bool = False,  # noqa: ARG002
    ) -> None:
        """Wait until a new session may begin."""
        await self._budget.take(self.shard_count or 1)

    async def close(self) -> None:
        """Close every connection."""
        for task in self._tasks:
            task.cancel()
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

    async def on_guild_join(self, guild: discord.Guild) -> None:
        """Note that the bot is in one more server."""
        _LOG.info("the bot was invited to the Discord server %s", guild.id)

    async def on_guild_remove(self, guild: discord.Guild) -> None:
        """Note that the bot is in a server no more; the next digest there stops its schedule."""
        _LOG.warning("the bot is no longer in the Discord server %s", guild.id)

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
