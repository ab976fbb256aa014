"""What goes wrong with requests to a loopback Discord, and what is kept of each."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web

from tests.loopback.discord_payloads import Payload

Step = Callable[[web.Request], Awaitable[web.StreamResponse]]


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
    raw: bytes | None = None  # instead of the body


def answer(body: Any, status: int = 200, **headers: str) -> web.Response:
    """Answer JSON with exactly the content type discord.py looks for."""
    if status == 204:
        return web.Response(status=204)
    told = {"Content-Type": "application/json", **headers}
    return web.Response(body=json.dumps(body).encode(), status=status, headers=told)


def refusal(status: int, code: int, why: str, **more: Any) -> web.Response:
    """Answer with one of Discord's error codes."""
    return answer({"message": why, "code": code, **more}, status)


class Faults:
    """Requests to the API, and what is to go wrong with the next ones."""

    def __init__(self, token: str) -> None:
        self.token = token
        self.calls: list[Call] = []
        self.faults: list[Fault] = []

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
            if fault.raw is not None:
                response = web.Response(body=fault.raw, content_type="application/json")
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
