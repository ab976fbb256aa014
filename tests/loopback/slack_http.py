"""HTTP of the loopback Slack: it calls the bot with signed requests, and reads the answers."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import json
import time
from dataclasses import dataclass, field
from urllib.parse import urlencode

import aiohttp
from yarl import URL

from tests.loopback.slack_faults import Drop
from tests.loopback.slack_payloads import Json
from tests.loopback.slack_sockets import Ack

SIGNING_SECRET = "8f742231b10e8888abcd99yyyzzz85a5"


@dataclass(slots=True)
class Caller:
    """Calls one address of the bot."""

    url: str
    secret: str = SIGNING_SECRET
    ack_limit: float = 3.0
    repeats: int = 0
    _session: aiohttp.ClientSession = field(default_factory=aiohttp.ClientSession)

    async def close(self) -> None:
        """Close its connections."""
        await self._session.close()

    async def deliver(self, envelope: Json, drop: Drop | None = None, later: int = 0) -> Ack:
        """Call with what an envelope holds, as Slack does it over HTTP; signed so much later."""
        ack = Ack(envelope)
        body, kind = to_http(envelope)
        try:
            async with asyncio.timeout(self.ack_limit):
                if drop:
                    await self._hang_up(body, kind)
                    ack.error = "operation_timeout"
                    return ack
                status, text = await self.send(body, self.headers(body, kind, time.time() + later))
        except TimeoutError:
            ack.error = "operation_timeout"
            return ack
        if status != 200:
            ack.error = f"http_error {status}"
        elif text:
            ack.payload = json.loads(text)
        return ack

    async def again(self, envelope: Json) -> Ack:
        """Call with the same once more; it is signed anew, at another second."""
        self.repeats += 1
        return await self.deliver(envelope, later=self.repeats)

    def headers(self, body: bytes, kind: str, at: float | None = None) -> dict[str, str]:
        """The headers of a signed request."""
        sent = str(int(time.time() if at is None else at))
        base = b"v0:" + sent.encode() + b":" + body
        signature = hmac.new(self.secret.encode(), base, hashlib.sha256).hexdigest()
        return {
            "Content-Type": kind,
            "X-Slack-Request-Timestamp": sent,
            "X-Slack-Signature": f"v0={signature}",
        }

    async def send(self, body: bytes, headers: dict[str, str]) -> tuple[int, str]:
        """Send anything; the status and the text of the answer."""
        async with self._session.post(self.url, data=body, headers=headers) as response:
            return response.status, await response.text()

    async def _hang_up(self, body: bytes, kind: str) -> None:
        """Send a request and close the connection without waiting for the answer."""
        at = URL(self.url)
        _, writer = await asyncio.open_connection(at.host, at.port)
        lines = {**self.headers(body, kind), "Host": "bot", "Content-Length": str(len(body))}
        head = "".join(f"{name}: {value}\r\n" for name, value in lines.items())
        writer.write(f"POST {at.path} HTTP/1.1\r\n{head}\r\n".encode() + body)
        await writer.drain()
        writer.transport.abort()


def to_http(envelope: Json) -> tuple[bytes, str]:
    """The body that Slack sends for an envelope, and its content type."""
    payload = envelope["payload"]
    if envelope["type"] == "events_api":
        return json.dumps(payload).encode(), "application/json"
    form = payload if envelope["type"] == "slash_commands" else {"payload": json.dumps(payload)}
    return urlencode(form).encode(), "application/x-www-form-urlencoded"
