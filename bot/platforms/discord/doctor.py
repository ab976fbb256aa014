"""Doctor: asks Discord whether the bot's account, application and servers are as the bot needs."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from functools import partial
from typing import Any, Final

import discord

from bot.domain.platform import Checkup, Examination, House
from bot.domain.reply import counted
from bot.errors import ConfigurationError
from bot.platforms.discord.failures import DISCORD_FAILURES, name_of
from bot.platforms.discord.invitation import PERMISSIONS, invite_link
from bot.platforms.discord.settings import REMEDY, Settings
from bot.platforms.discord.wire import Wire, wire

_PAGE: Final = "on the application's page at https://discord.com/developers/applications"
_AGENT: Final = f"DiscordBot (https://github.com/Rapptz/discord.py {discord.__version__})"
_GUILDS: Final = 200
#: So many servers are looked at one by one; each takes a request.
_MOST: Final = 100
_TRIES: Final = 4
_LONGEST_WAIT: Final = 15.0
#: Fewer new sessions than this may not last for a day of trouble.
_FEW: Final = 50
_UNAUTHORIZED: Final = 401
_FORBIDDEN: Final = 403


class Doctor(Examination):
    """One examination."""

    def __init__(self, settings: Settings, house: House) -> None:
        super().__init__()
        self._settings, self._house = settings, house

    async def examine(self) -> Checkup:
        """Return what was looked at, and what is wrong."""
        try:
            self._settings.check()
        except ConfigurationError as error:
            self.find_refused(error)
            return self.checkup
        async with wire(self._settings, _AGENT, self._house.http_timeout) as api:
            await self._look(api)
        return self.checkup

    async def _look(self, api: Wire) -> None:
        me = await self._ask(lambda: api.get("/users/@me"))
        if me is None:
            return
        self.checked.append(f"DISCORD_TOKEN: Discord takes it as {me.get('username')}")
        about = await self._ask(lambda: api.get("/applications/@me"))
        if about is None:
            return
        self._look_at_application(about)
        number = int(about["id"])
        self.checked.append(f"invite the bot with {invite_link(number)}")
        await self._look_at_sessions(api)
        await self._look_at_commands(api, number)
        await self._look_at_servers(api, number)

    def _look_at_application(self, about: dict[str, Any]) -> None:
        before = len(self.problems)
        if about.get("interactions_endpoint_url"):
            self.find(
                "the application has an Interactions Endpoint URL, so commands and clicks go there "
                "and never to this bot",
                f"clear it {_PAGE} under General Information",
            )
        if about.get("bot_require_code_grant"):
            self.find(
                "the application requires a code grant, so the invite link ends in an error",
                f"turn Requires OAuth2 Code Grant off {_PAGE} under Bot",
            )
        if about.get("bot_public") is False:
            self.doubt(
                "only its owner can invite the bot",
                f"if others should, turn Public Bot on {_PAGE} under Bot",
            )
        installs = about.get("integration_types_config")
        if isinstance(installs, dict) and "1" not in installs:
            self.doubt(
                "people cannot add the bot for themselves, only servers can",
                f"if they should, tick User Install {_PAGE} under Installation",
            )
        if len(self.problems) == before:
            self.checked.append("the application: its flags are as the bot needs them")

    async def _look_at_sessions(self, api: Wire) -> None:
        told = await self._ask(lambda: api.get("/gateway/bot"))
        if told is None:
            return
        limit, shards = told["session_start_limit"], counted(told["shards"], "shard", "shards")
        left = limit["remaining"]
        self.checked.append(f"the gateway: {left} new sessions left today, for {shards}")
        if left < min(_FEW, limit["total"]):
            self.find(
                f"only {left} of {limit['total']} new sessions are left for today",
                "stop whatever begins one after the other with this token: at none left, Discord "
                "resets the token",
            )

    async def _look_at_commands(self, api: Wire, number: int) -> None:
        scope = f"/guilds/{self._settings.dev_guild}" if self._settings.dev_guild else ""
        path = f"/applications/{number}{scope}/commands"
        commands = await self._ask(lambda: api.get(path))
        if commands is None:
            return
        names = ", ".join(sorted(each["name"] for each in commands))
        if names:
            self.checked.append(f"registered commands: {names}")
        else:
            self.doubt("no commands are registered yet", "start the bot: it registers them")

    async def _look_at_servers(self, api: Wire, number: int) -> None:
        servers = [server async for server in self._servers(api)]
        if not servers:
            self.doubt("the bot is in no server", "invite it with the link above")
        for server in servers[:_MOST]:
            name, missing = f"the server {server['name']}", [*_missing(server)]
            path = f"/applications/{number}/guilds/{server['id']}/commands"
            if not await self._may_have_commands(api, path, name):
                missing.append("its commands (the scope applications.commands)")
            if missing:
                self.find(
                    f"{name}: the bot lacks {', '.join(missing)}",
                    "invite it anew with the link above; what it has stays",
                )
            else:
                self.checked.append(f"{name}: nothing is missing")
        if len(servers) > _MOST:
            self.checked.append(f"{len(servers) - _MOST} more servers were not looked at")

    async def _servers(self, api: Wire) -> Any:
        after = 0
        while True:
            asking = partial(api.get, "/users/@me/guilds", after=after, limit=_GUILDS)
            page = await self._ask(asking) or []
            for server in page:
                yield server
            if len(page) < _GUILDS:
                return
            after = max(int(server["id"]) for server in page)

    async def _may_have_commands(self, api: Wire, path: str, name: str) -> bool:
        try:
            await _patiently(lambda: api.get(path))
        except DISCORD_FAILURES as error:
            if isinstance(error, discord.HTTPException) and error.status == _FORBIDDEN:
                return False
            self.doubt(f"{name}: Discord does not tell of its commands ({name_of(error)})", _LATER)
        return True

    async def _ask(self, call: Callable[[], Awaitable[Any]]) -> Any:
        """Return what Discord answers; if it does not, the reason is among the problems."""
        try:
            return await _patiently(call)
        except DISCORD_FAILURES as error:
            if isinstance(error, discord.HTTPException) and error.status == _UNAUTHORIZED:
                self.find("Discord refuses DISCORD_TOKEN", REMEDY.rstrip("."))
            elif isinstance(error, discord.HTTPException):
                self.find(f"Discord does not tell ({name_of(error)})", _LATER)
            else:
                self.find(
                    f"Discord cannot be reached at {self._settings.api_url} ({name_of(error)})",
                    "check the network, HTTPS_PROXY and DISCORD_API_URL",
                )
        return None


_LATER: Final = "ask again in a few minutes"


def _missing(server: dict[str, Any]) -> Iterator[str]:
    """Yield the names of those rights that the bot asks for and its roles there do not give."""
    has = discord.Permissions(int(server.get("permissions") or 0))
    for name, wanted in PERMISSIONS:
        if wanted and not (getattr(has, name) or has.administrator):
            yield name.replace("_", " ").title().replace(" In ", " in ")


async def _patiently(call: Callable[[], Awaitable[Any]]) -> Any:
    """Ask again where Discord wants it slower."""
    for tried in range(1, _TRIES + 1):
        try:
            return await call()
        except discord.RateLimited as error:
            if tried == _TRIES or error.retry_after > _LONGEST_WAIT:
                raise
            await asyncio.sleep(error.retry_after)
    return None
