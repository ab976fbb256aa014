"""The REST half of a loopback Discord: what it answers, what it refuses, what it records."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from aiohttp import web

from tests.loopback import (
    discord_forms as forms,
    discord_limits as limits,
    discord_payloads as make,
)
from tests.loopback.discord_payloads import APPLICATION, CHANNEL, DIRECT, GUILD, Payload

if TYPE_CHECKING:
    from tests.loopback.discord_gateway import Gateway

Step = Callable[[web.Request], Awaitable[web.StreamResponse]]

INTERACTIONS = "/interactions/{interaction_id}/{interaction_token}/callback"
WEBHOOK = "/webhooks/{webhook_id}/{webhook_token}"
COMMANDS = "/applications/{application_id}/commands"
GUILD_COMMANDS = "/applications/{application_id}/guilds/{guild_id}/commands"
MESSAGES = "/channels/{channel_id}/messages"
FORM, FORM_SUBMIT = 9, 5


@dataclass
class Call:
    """One request to the API and its outcome."""

    method: str
    path: str
    body: Any
    status: int = 0


@dataclass
class Fault:
    """What goes wrong with the next few requests to one place."""

    method: str
    path: str
    times: int
    status: int = 0
    body: Payload = field(default_factory=dict)
    headers: dict[str, str] = field(default_factory=dict)
    seconds: float = 0.0
    drop: str = ""  # "before" it is done, or "after"


@dataclass
class Interaction:
    """Something a person did, and all that came back for it."""

    payload: Payload
    asked_at: float
    callback: Payload | None = None
    message: Payload | None = None
    edits: list[Payload] = field(default_factory=list)
    follow_ups: list[Payload] = field(default_factory=list)
    refusals: list[int] = field(default_factory=list)
    expired: bool = False

    @property
    def type(self) -> int:
        """The type of the callback: 4 message, 5 deferral, 7 edit, 8 choices, 9 form."""
        assert self.callback is not None
        kind: int = self.callback["type"]
        return kind

    @property
    def data(self) -> Payload:
        """The data of the callback."""
        assert self.callback is not None
        data: Payload = self.callback.get("data") or {}
        return data

    @property
    def form(self) -> Payload:
        """The form that was opened."""
        assert self.type == FORM
        return self.data

    @property
    def ephemeral(self) -> bool:
        """Whether only the person who asked sees the answer."""
        assert self.message is not None
        return bool(self.message["flags"] & limits.EPHEMERAL)

    @property
    def text(self) -> str:
        """All that the answer says, in reading order."""
        assert self.message is not None
        return "\n".join(limits.texts(self.message)) or str(self.message["content"])


def answer(body: Any, status: int = 200, **headers: str) -> web.Response:
    """Answer JSON with exactly the content type discord.py looks for."""
    if status == 204:
        return web.Response(status=204)
    told = {"Content-Type": "application/json", **headers}
    return web.Response(body=json.dumps(body).encode(), status=status, headers=told)


def refusal(status: int, code: int, why: str, **more: Any) -> web.Response:
    """Answer with one of Discord's error codes."""
    return answer({"message": why, "code": code, **more}, status)


class Rest:
    """The state of a Discord that its API shows and changes."""

    def __init__(self, token: str) -> None:
        self.token = token
        self.gateway: Gateway | None = None
        self.calls: list[Call] = []
        self.faults: list[Fault] = []
        self.channels = {CHANNEL: make.channel(CHANNEL), DIRECT: make.channel(DIRECT, 1)}
        self.guild = make.guild([self.channels[CHANNEL]])
        self.denied: dict[str, tuple[int, int]] = {}
        self.commands: dict[str, list[Payload]] = {"": []}
        self.syncs: list[tuple[str, list[Payload]]] = []
        self.interactions: dict[str, Interaction] = {}
        self.messages: list[Payload] = []
        self.nonces: dict[tuple[str, str], Payload] = {}
        self.callback_limit = 3.0
        self.rejected: list[str] = []
        self._bodies: dict[tuple[str, str, str], None] = {}

    def add_routes(self, router: web.UrlDispatcher) -> None:
        """Serve the part of the API that a bot of this kind uses."""
        api = "/api/v10"
        original = WEBHOOK + "/messages/{message_id}"
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
            ("POST", INTERACTIONS, self._callback),
            ("POST", WEBHOOK, self._follow_up),
            ("PATCH", original, self._edit),
            ("GET", original, self._original),
        ):
            router.add_route(method, api + path, step)

    # ---- recording and faults

    @web.middleware
    async def record(self, request: web.Request, handler: Step) -> web.StreamResponse:
        """Record a request, check its token, and let a fault have its way with it."""
        if not request.path.startswith("/api/"):
            return await handler(request)
        request["body"] = await _body(request)
        path = request.path.removeprefix("/api/v10")
        call = Call(request.method, path, request["body"])
        self.calls.append(call)
        fault = self._fault(call)
        if fault and fault.seconds:
            await asyncio.sleep(fault.seconds)
        if fault and fault.drop == "before":
            return _dropped(request)
        if fault and fault.status:
            response: web.StreamResponse = answer(fault.body, fault.status, **fault.headers)
        elif not self._authorised(request, path):
            response = refusal(401, 0, "401: Unauthorized")
        else:
            response = await handler(request)
        call.status = response.status
        return _dropped(request) if fault and fault.drop == "after" else response

    def _authorised(self, request: web.Request, path: str) -> bool:
        by_url = path.startswith(("/interactions/", "/webhooks/"))
        return by_url or request.headers.get("Authorization") == f"Bot {self.token}"

    def _fault(self, call: Call) -> Fault | None:
        for fault in self.faults:
            if fault.times and fault.method == call.method and fault.path in call.path:
                fault.times -= 1
                return fault
        return None

    def fail(
        self, method: str, path: str, status: int, code: int = 0, *, times: int = 1, **more: Any
    ) -> None:
        """Answer the next requests to a place with an error."""
        body = {"message": "as the test asked", "code": code, **more}
        self.faults.append(Fault(method, path, times, status, body))

    def limit_rate(
        self, method: str, path: str, *, seconds: float, via: bool = True, times: int = 1
    ) -> None:
        """Answer 429; without `via` as Cloudflare does, with no JSON a client may rely on."""
        body = {"message": "You are being rate limited.", "retry_after": seconds, "global": False}
        headers = {"Via": "1.1 google"} if via else {}
        self.faults.append(Fault(method, path, times, 429, body, headers))

    def delay(self, method: str, path: str, seconds: float, *, times: int = 1) -> None:
        """Take a while over the next requests to a place."""
        self.faults.append(Fault(method, path, times, seconds=seconds))

    def drop(self, method: str, path: str, when: str, *, times: int = 1) -> None:
        """Drop the connection "before" or "after" doing what the next requests ask."""
        self.faults.append(Fault(method, path, times, drop=when))

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
        there = [m for m in reversed(self.messages) if m["channel_id"] == where]
        limit = int(request.query.get("limit", "50"))
        return self._unreachable(where) or answer(there[:limit])

    async def _post(self, request: web.Request) -> web.Response:
        where, body = request.match_info["channel_id"], request["body"]
        wrong = self._check("POST", MESSAGES, body, limits.message_problems(body))
        if gone := self._unreachable(where) or wrong:
            return gone
        key = (where, str(body.get("nonce")))
        if body.get("enforce_nonce") and key in self.nonces:
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

    # ---- interactions

    def expect(self, payload: Payload) -> Interaction:
        """Note an interaction that is about to be told."""
        asked = Interaction(payload, asyncio.get_running_loop().time())
        self.interactions[payload["token"]] = asked
        return asked

    async def _callback(self, request: web.Request) -> web.Response:
        asked = self.interactions.get(request.match_info["interaction_token"])
        if asked is None:
            return refusal(404, 10062, "Unknown interaction")
        if asked.callback is not None:
            asked.refusals.append(40060)
            return refusal(400, 40060, "Interaction has already been acknowledged.")
        late = asyncio.get_running_loop().time() - asked.asked_at > self.callback_limit
        if late or asked.expired:
            asked.refusals.append(10062)
            return refusal(404, 10062, "Unknown interaction")
        body = request["body"]
        problems = _callback_problems(asked.payload, body)
        if wrong := self._check("POST", INTERACTIONS, body, problems):
            asked.refusals.append(50035)
            return wrong
        asked.callback = body
        self._show(asked, body)
        if request.query.get("with_response") not in ("1", "true"):
            return answer(None, 204)
        return answer(_told(asked))

    def _show(self, asked: Interaction, body: Payload) -> None:
        data, where = body.get("data") or {}, asked.payload["channel_id"]
        if body["type"] in (4, 5):
            asked.message = make.message(where, data)
            if not asked.ephemeral:
                self.messages.append(asked.message)
        elif body["type"] in (6, 7):
            asked.message = asked.payload["message"]
            if body["type"] == 7:
                _change(asked.message, data)

    def _spoken(self, request: web.Request) -> Interaction | web.Response:
        asked = self.interactions.get(request.match_info["webhook_token"])
        if asked is None or request.match_info["webhook_id"] != APPLICATION:
            return refusal(404, 10015, "Unknown Webhook")
        if asked.expired:
            return refusal(401, 50027, "Invalid Webhook Token")
        if asked.callback is None:
            return refusal(404, 10015, "Unknown Webhook")
        return asked

    async def _follow_up(self, request: web.Request) -> web.Response:
        asked, body = self._spoken(request), request["body"]
        if isinstance(asked, web.Response):
            return asked
        if wrong := self._check("POST", WEBHOOK, body, limits.message_problems(body)):
            return wrong
        message = make.message(asked.payload["channel_id"], body)
        asked.follow_ups.append(message)
        if not message["flags"] & limits.EPHEMERAL:
            self.messages.append(message)
        return answer(message)

    async def _edit(self, request: web.Request) -> web.Response:
        asked, body = self._spoken(request), request["body"]
        if isinstance(asked, web.Response):
            return asked
        path = WEBHOOK + "/messages/@original"
        if wrong := self._check("PATCH", path, body, limits.message_problems(body)):
            return wrong
        assert asked.message is not None
        asked.edits.append(body)
        _change(asked.message, body)
        return answer(asked.message)

    async def _original(self, request: web.Request) -> web.Response:
        asked = self._spoken(request)
        return asked if isinstance(asked, web.Response) else answer(asked.message)


def _callback_problems(asked: Payload, callback: Payload) -> list[str]:
    """Return what is wrong with the answer to an interaction."""
    if callback["type"] != FORM:
        return limits.callback_problems(callback, component="message" in asked)
    if asked["type"] == FORM_SUBMIT:
        return ["a form in answer to a form"]
    return forms.modal_problems(callback["data"])


def _told(asked: Interaction) -> Payload:
    """Return what a callback with `with_response` is answered."""
    about = {"id": asked.payload["id"], "type": asked.payload["type"]}
    if asked.message is None:
        return {"interaction": about}
    about["response_message_id"] = asked.message["id"]
    about["response_message_loading"] = asked.type == 5
    about["response_message_ephemeral"] = asked.ephemeral
    return {"interaction": about, "resource": {"type": asked.type, "message": asked.message}}


def _change(message: Payload, body: Payload) -> None:
    """Edit a message in place; it keeps its id, its nonce and whether it is ephemeral."""
    kept = message["flags"] & limits.EPHEMERAL
    fresh = make.message(message["channel_id"], body)
    message["components"] = fresh["components"]
    message["content"] = fresh["content"]
    message["flags"] = kept | fresh["flags"]
    message["edited_timestamp"] = "2026-08-05T09:01:00+00:00"


async def _body(request: web.Request) -> Any:
    """Return the JSON of a request, plain or beside files."""
    if request.content_type.startswith("multipart/"):
        form = await request.post()
        return json.loads(str(form["payload_json"]))
    text = await request.text()
    return json.loads(text) if text else None


def _dropped(request: web.Request) -> web.Response:
    if request.transport is not None:
        request.transport.abort()
    return web.Response(status=500)
