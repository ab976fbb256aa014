"""Registering the commands: only when they changed, for Discord allows few changes a day."""

from __future__ import annotations

import hashlib
import json
import logging
from pathlib import Path
from typing import Any

import discord
from discord import app_commands

from bot.platforms.discord.failures import DISCORD_FAILURES, name_of

_LOG = logging.getLogger(__name__)


class Registered:
    """What was last registered, by application and place; in a file, if one is named."""

    def __init__(self, path: Path | None = None) -> None:
        self._path = path
        self._digests = _read(path) if path else {}

    def holds(self, place: str, digest: str) -> bool:
        """Tell whether exactly these commands are registered there."""
        return self._digests.get(place) == digest

    def remember(self, place: str, digest: str) -> None:
        """Keep what is registered now; a file that cannot be written only costs another sync."""
        self._digests[place] = digest
        if self._path is None:
            return
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            draft = self._path.with_suffix(".draft")
            draft.write_text(json.dumps(self._digests, indent=2), encoding="utf-8")
            draft.replace(self._path)
        except OSError as error:
            _LOG.warning("cannot remember the registered commands in %s: %s", self._path, error)


async def register(
    tree: app_commands.CommandTree[Any], registered: Registered, dev_guild: int | None
) -> None:
    """Register the commands if they changed; a failure leaves the old ones at work."""
    guild = discord.Object(dev_guild) if dev_guild else None
    if guild:
        tree.copy_global_to(guild=guild)
    place = f"{tree.client.application_id}:{dev_guild or 'everywhere'}"
    digest = await digest_of(tree, guild)
    if registered.holds(place, digest):
        _LOG.info("the commands are registered already")
        return
    try:
        await tree.sync(guild=guild)
    except DISCORD_FAILURES as error:
        _LOG.error("the commands are not registered (%s): %s", name_of(error), _remedy(error))
    else:
        registered.remember(place, digest)
        _LOG.info("registered the commands")


async def digest_of(
    tree: app_commands.CommandTree[Any], guild: discord.abc.Snowflake | None
) -> str:
    """Return a digest of the commands as they would be registered; the same in every process."""
    translator = tree.translator
    commands = [
        await command.get_translated_payload(tree, translator)
        if translator
        else command.to_dict(tree)
        for command in tree.get_commands(guild=guild)
    ]
    commands.sort(key=lambda command: (command["type"], command["name"]))
    told = json.dumps([discord.__version__, commands], sort_keys=True)
    return hashlib.sha256(told.encode()).hexdigest()


def _remedy(error: Exception) -> str:
    if isinstance(error, discord.Forbidden):
        return "invite the bot anew with the link above, so that it may have commands there"
    if isinstance(error, discord.RateLimited):
        return "too many changes for one day; start the bot again tomorrow"
    if isinstance(error, app_commands.CommandSyncFailure):
        return f"Discord does not accept them, which is a mistake in this bot: {error}"
    return "those registered before keep working; start the bot again to try anew"


def _read(path: Path) -> dict[str, str]:
    """Return what the file holds; without one, or with a broken one, nothing."""
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}
