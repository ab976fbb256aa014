"""The REST half of a loopback Discord: what it answers, what it refuses, what it records."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from aiohttp import web

from tests.loopback import discord_limits as limits, discord_payloads as make
from tests.loopback.discord_faults import Faults, answer, refusal
from tests.loopback.discord_interactions import Interactions
from tests.loopback.discord_payloads import CHANNEL, DIRECT, GUILD, Payload

if TYPE_CHECKING:
    from tests.loopback.discord_gateway import Gateway

COMMANDS = "/applications/{application_id}/commands"
GUILD_COMMANDS = "/applications/{application_id}/guilds/{guild_id}/commands"
MESSAGES = "/channels/{channel_id}/messages"


class Rest(Faults):
    """The state of a Discord that its API shows and changes."""

    def __init__(self, token: str) -> None:
        super().__init__(token)
        self.gateway: Gateway | None = None
        self.channels = {CHANNEL: make.channel(CHANNEL), DIRECT: make.channel(DIRECT, 1)}
        self.guild = make.guild([self.channels[CHANNEL]])
        self.denied: dict[str, tuple[int, int]] = {}
        self.unreadable: set[str] = set()
        """Channels whose messages the bot may not read: they look empty to it."""
        self.commands: dict[str, list[Payload]] = {"": []}
        self.syncs: list[tuple[str, list[Payload]]] = []
        self.messages: list[Payload] = []
        self.interactions = Interactions(self.messages, self._check)
        self.nonces: dict[tuple[str, str], Payload] = {}
        self.rejected: list[str] = []
        self._bodies: dict[tuple[str, str, str], None] = {}

    def add_routes(self, router: web.UrlDispatcher) -> None:
        """Serve the part of the API that a bot of this kind uses."""
        api = "/api/v10"
        for method, path, step in (
            ("GET", "/users/@me", self._me),
            ("GET", "/oauth2/applications/@me", self._application),
            ("GET", "/applications/@me", self._application),
            ("GET", "/gateway/bot", self._gateway),
            ("GET", "/guilds/{guild_id}", self._guild),
            ("GET", "/channels/{channel_id}", self._channel),
            ("GET", MESSAGES, self._history),
            ("POST", MESSAGES, self._post),
            ("GET", COMMANDS, self._commands),
            ("PUT", COMMANDS, self._sync),
            ("GET", GUILD_COMMANDS, self._commands),
            ("PUT", GUILD_COMMANDS, self._sync),
        ):
            router.add_route(method, api + path, step)
        self.interactions.add_routes(router, api)

    def problems(self) -> list[str]:
        """Return all that Discord would have refused, its API description consulted."""
        described = []
        for method, path, body in self._bodies:
            described += limits.description_problems(method, path, json.loads(body))
        return self.rejected + described

    def _check(self, method: str, path: str, body: Any, problems: list[str]) -> web.Response | None:
        """Keep a body for the check against the description; refuse what is over a limit."""
        self._bodies[method, path, json.dumps(body, sort_keys=True)] = None
        if not problems:
            return None
        self.rejected += problems
        return refusal(400, 50035, "Invalid Form Body", errors={"_errors": problems})

    # ---- the application, its guild and its channels

    async def _me(self, _: web.Request) -> web.Response:
        return answer(make.user(make.BOT, "Briefing Bot", bot=True))

    async def _application(self, _: web.Request) -> web.Response:
        return answer(make.application())

    async def _gateway(self, _: web.Request) -> web.Response:
        assert self.gateway is not None
        starts = {"total": 1000, "remaining": 999, "reset_after": 0, "max_concurrency": 1}
        url, shards = self.gateway.url, self.gateway.shards
        return answer({"url": url, "shards": shards, "session_start_limit": starts})

    async def _guild(self, request: web.Request) -> web.Response:
        if request.match_info["guild_id"] != GUILD:
            return refusal(404, 10004, "Unknown Guild")
        return answer(self.guild)

    def _unreachable(self, channel_id: str) -> web.Response | None:
        if channel_id in self.denied:
            status, code = self.denied[channel_id]
            return refusal(status, code, "as the test asked")
        if channel_id not in self.channels:
            return refusal(404, 10003, "Unknown Channel")
        return None

    async def _channel(self, request: web.Request) -> web.Response:
        where = request.match_info["channel_id"]
        return self._unreachable(where) or answer(self.channels[where])

    async def _history(self, request: web.Request) -> web.Response:
        where = request.match_info["channel_id"]
        limit, after = int(request.query.get("limit", "50")), int(request.query.get("after", "0"))
        there = [
            {key: value for key, value in message.items() if key != "nonce"}
            for message in sorted(self.messages, key=lambda message: int(message["id"]))
            if message["channel_id"] == where and int(message["id"]) > after
        ]
        some = there[:limit] if "after" in request.query else there[-limit:]
        shown = [] if where in self.unreadable else some[::-1]
        return self._unreachable(where) or answer(shown)

    async def _post(self, request: web.Request) -> web.Response:
        where, body = request.match_info["channel_id"], request["body"]
        wrong = self._check("POST", MESSAGES, body, limits.message_problems(body))
        if gone := self._unreachable(where) or wrong:
            return gone
        key = (where, str(body.get("nonce")))
        if body.get("enforce_nonce") and key in self.nonces:
            if self.nonces[key] not in self.messages:
                return refusal(404, 10008, "Unknown Message")
            return answer(self.nonces[key])
        message = make.message(where, body)
        self.messages.append(message)
        if "nonce" in body:
            self.nonces[key] = message
        return answer(message)

    # ---- application commands

    def command(self, name: str) -> Payload | None:
        """Return a registered command that people in the guild see."""
        for scope in (GUILD, ""):
            for command in self.commands.get(scope, []):
                if command["name"] == name:
                    return command
        return None

    async def _commands(self, request: web.Request) -> web.Response:
        return answer(self.commands.get(request.match_info.get("guild_id", ""), []))

    async def _sync(self, request: web.Request) -> web.Response:
        scope, body = request.match_info.get("guild_id", ""), request["body"]
        path = GUILD_COMMANDS if scope else COMMANDS
        if wrong := self._check("PUT", path, body, limits.command_problems(body)):
            return wrong
        self.syncs.append((scope, body))
        self.commands[scope] = [make.command(c, scope) for c in body]
        return answer(self.commands[scope])
