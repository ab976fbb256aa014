"""Socket Mode of the loopback Slack: links, envelopes, acks and their time limit."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from dataclasses import dataclass, field

from aiohttp import WSMsgType, web

from tests.loopback import slack_payloads as payloads
from tests.loopback.slack_faults import Drop, cut
from tests.loopback.slack_payloads import Json
from tests.loopback.slack_workspace import Message

MOST_LINKS = 10


@dataclass(slots=True)
class Ack:
    """What became of an envelope: the app's payload, or the error that the person sees."""

    envelope: Json
    payload: Json | None = None
    error: str | None = None
    message: Message | None = None


@dataclass(slots=True, eq=False)
class Link:
    """One open socket; a leaving one gets no more envelopes while there are others."""

    socket: web.WebSocketResponse
    request: web.Request
    leaving: bool = False


@dataclass(slots=True)
class Sockets:
    """The sockets that an app has opened. A `deaf` Slack answers no pings, a `mute` one hangs up.

    An ack counts on the socket of its envelope: nothing says that Slack takes it on another.
    """

    ack_limit: float = 3.0
    deaf: bool = False
    mute: bool = False
    links: list[Link] = field(default_factory=list)
    opened: int = 0
    pongs: int = 0
    late: list[str] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    _tickets: set[str] = field(default_factory=set)
    _waiting: dict[str, asyncio.Future[Json | None]] = field(default_factory=dict)
    _sent: dict[str, Link] = field(default_factory=dict)
    _changed: asyncio.Condition = field(default_factory=asyncio.Condition)
    _turn: int = 0

    def ticket(self) -> str:
        """A ticket that opens one socket, once."""
        ticket = f"ticket-{payloads.number()}"
        self._tickets.add(ticket)
        return ticket

    def cut(self) -> None:
        """Reset every open socket."""
        for link in self.links:
            cut(link.request)

    async def warn(self, reason: str = "warning") -> None:
        """Announce to the oldest socket that it will be closed soon."""
        link = self.links[0]
        link.leaving = True
        await link.socket.send_json({"type": "disconnect", "reason": reason, "debug_info": {}})

    async def until(self, condition: Callable[[], object], seconds: float = 10.0) -> None:
        """Wait until something holds; it is looked at whenever something happens here."""
        async with asyncio.timeout(seconds), self._changed:
            await self._changed.wait_for(lambda: bool(condition()))

    async def happened(self) -> None:
        """Let those who wait look again."""
        async with self._changed:
            self._changed.notify_all()

    async def deliver(self, envelope: Json, drop: Drop | None = None) -> Ack:
        """Send an envelope over one of the sockets and wait for its ack, three seconds at most."""
        ack = Ack(envelope)
        name = envelope["envelope_id"]
        answer = self._waiting[name] = asyncio.get_running_loop().create_future()
        try:
            async with asyncio.timeout(self.ack_limit):
                link = self._sent[name] = await self._next_link()
                await link.socket.send_json(envelope)
                if drop == "before":
                    cut(link.request)
                ack.payload = await answer
                if drop == "after":
                    cut(link.request)
        except TimeoutError:
            ack.error = "operation_timeout"
        finally:
            del self._waiting[name]
            self._sent.pop(name, None)
        if ack.payload and not envelope["accepts_response_payload"]:
            self.problems.append(f"{envelope['type']}: acked with a payload nobody reads")
        return ack

    async def again(self, envelope: Json) -> Ack:
        """Deliver the very same envelope once more."""
        return await self.deliver(envelope)

    async def open(self, request: web.Request) -> web.StreamResponse:
        """Open a socket for a ticket and read it until it is closed."""
        ticket = request.query.get("ticket", "")
        if ticket not in self._tickets:
            return web.Response(status=401)
        self._tickets.discard(ticket)
        socket = web.WebSocketResponse(autoping=False)
        await socket.prepare(request)
        link = Link(socket, request)
        self.links.append(link)
        self.opened += 1
        try:
            if self.mute:
                return socket
            await self._greet(socket)
            await self._read(link)
        except ConnectionError:
            pass  # it was cut, which `links` tells
        finally:
            self.links.remove(link)
            await self.happened()
        return socket

    async def _next_link(self) -> Link:
        async with self._changed:
            await self._changed.wait_for(lambda: self.links)
        staying = [link for link in self.links if not link.leaving] or self.links
        self._turn += 1
        return staying[self._turn % len(staying)]

    async def _greet(self, socket: web.WebSocketResponse) -> None:
        if len(self.links) > MOST_LINKS:
            await socket.send_json({"type": "disconnect", "reason": "too_many_websockets"})
        debug = {"host": "loopback", "approximate_connection_time": 18060}
        hello = {"type": "hello", "num_connections": len(self.links), "debug_info": debug}
        await socket.send_json(hello | {"connection_info": {"app_id": payloads.APP}})
        await socket.ping(b"are you there")
        await self.happened()

    async def _read(self, link: Link) -> None:
        async for frame in link.socket:
            if frame.type is WSMsgType.PING and not self.deaf:
                await link.socket.pong(frame.data)
            elif frame.type is WSMsgType.PONG:
                self.pongs += 1
            elif frame.type is WSMsgType.TEXT:
                self._acked(link, json.loads(frame.data))
            await self.happened()

    def _acked(self, link: Link, frame: Json) -> None:
        name = frame["envelope_id"]
        answer = self._waiting.get(name)
        if answer is None or self._sent.get(name) is not link:
            self.late.append(name)
        elif answer.done():
            self.problems.append(f"{name}: acked twice")
        else:
            answer.set_result(frame.get("payload"))
