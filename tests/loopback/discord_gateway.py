"""The gateway of a loopback Discord: sessions that can be resumed, over real sockets."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from aiohttp import WSMsgType, web

from tests.loopback.discord_payloads import APPLICATION, BOT, Payload, next_id, user

PRIVILEGED = (1 << 1) | (1 << 8) | (1 << 15)
DISPATCH, HEARTBEAT, IDENTIFY, RESUME, RECONNECT, INVALID, HELLO, ACK = 0, 1, 2, 6, 7, 9, 10, 11
REQUEST_MEMBERS = 8


@dataclass
class Session:
    """One identified shard: what it was told, and the socket it is told over."""

    id: str
    shard: int
    connection: Connection | None
    log: list[Payload] = field(default_factory=list)

    async def dispatch(self, event: str, data: Any) -> None:
        """Tell an event now, or when the session is resumed."""
        frame = {"op": DISPATCH, "t": event, "s": len(self.log) + 1, "d": data}
        self.log.append(frame)
        if self.connection is not None:
            await self.connection.send(frame)


class Connection:
    """One socket to the gateway."""

    def __init__(self, request: web.Request) -> None:
        self.silent = False  # it tells of nothing, and still acknowledges heartbeats
        self.request = request
        self.socket = web.WebSocketResponse(compress=False)
        self.gone = asyncio.Event()

    async def send(self, frame: Payload) -> None:
        """Send a frame; a socket that has just gone loses it, as in life."""
        if not self.socket.closed and not (self.silent and frame["op"] == DISPATCH):
            try:
                await self.socket.send_str(json.dumps(frame))
            except ConnectionError:
                return

    def drop(self) -> None:
        """End the connection without a word, as a pulled cable does."""
        if self.request.transport is not None:
            self.request.transport.abort()


class Gateway:
    """Sockets and sessions; everything clients sent is kept."""

    def __init__(self, token: str, guilds: Callable[[], list[Payload]]) -> None:
        self.token, self.guilds = token, guilds
        self.url = ""
        self.shards = 1
        self.heartbeat_interval = 41.25
        self.refusing = False  # answer the upgrade with 503
        self.deaf = False  # accept heartbeats, acknowledge none
        self.silent = False  # acknowledge heartbeats, tell of nothing
        self.remaining = 999  # sessions that may still be begun
        self.heartbeats = 0
        self.identifies: list[Payload] = []
        self.resumes: list[Payload] = []
        self.sessions: dict[str, Session] = {}
        self.connections: list[Connection] = []

    @property
    def open(self) -> list[Session]:
        """The sessions that have a live socket, by shard."""
        live = [s for s in self.sessions.values() if s.connection is not None]
        return sorted(live, key=lambda session: session.shard)

    def to_shard(self, guild_id: str | None) -> Session | None:
        """Return the newest session that is told of a guild; of direct messages, shard 0."""
        shard = (int(guild_id) >> 22) % self.shards if guild_id else 0
        of_shard = [s for s in self.sessions.values() if s.shard == shard]
        return of_shard[-1] if of_shard else None

    async def listen(self, request: web.Request) -> web.StreamResponse:
        """Serve one socket until it ends."""
        if self.refusing:
            return web.Response(status=503)
        connection = Connection(request)
        connection.silent = self.silent
        await connection.socket.prepare(request)
        self.connections.append(connection)
        hello = {"heartbeat_interval": int(self.heartbeat_interval * 1000)}
        await connection.send({"op": HELLO, "d": hello})
        try:
            async for received in connection.socket:
                if received.type is not WSMsgType.TEXT:
                    break
                frame = json.loads(received.data)
                await self._receive(connection, frame["op"], frame["d"])
        finally:
            self._forget(connection)
        return connection.socket

    async def _receive(self, connection: Connection, op: int, data: Any) -> None:
        if op == HEARTBEAT:
            self.heartbeats += 1
            if not self.deaf:
                await connection.send({"op": ACK})
        elif op == IDENTIFY:
            self.identifies.append(data)
            await self._identify(connection, data)
        elif op == RESUME:
            self.resumes.append(data)
            await self._resume(connection, data)
        elif op == REQUEST_MEMBERS:
            await self._tell_members(connection, data)

    async def _identify(self, connection: Connection, data: Payload) -> None:
        if data["token"] != self.token:
            await connection.socket.close(code=4004, message=b"Authentication failed.")
            return
        if data["intents"] & PRIVILEGED:
            await connection.socket.close(code=4014, message=b"Disallowed intent(s).")
            return
        session = Session(next_id(), data.get("shard", [0, 1])[0], connection)
        self.sessions[session.id] = session
        own = [g for g in self.guilds() if self.to_shard(g["id"]) is session]
        ready = {
            "v": 10,
            "user": user(BOT, "Briefing Bot", bot=True),
            "guilds": [{"id": guild["id"], "unavailable": True} for guild in own],
            "private_channels": [],
            "session_id": session.id,
            "resume_gateway_url": self.url,
            "shard": data.get("shard", [0, 1]),
            "application": {"id": APPLICATION, "flags": 0},
        }
        await session.dispatch("READY", ready)
        for guild in own:
            await session.dispatch("GUILD_CREATE", guild)

    async def _tell_members(self, connection: Connection, data: Payload) -> None:
        """Tell of the members that were asked for by their ids; of others an intent tells."""
        own = [session for session in self.open if session.connection is connection]
        wanted = data.get("user_ids") or []
        guild = next(guild for guild in self.guilds() if guild["id"] == str(data["guild_id"]))
        members = [one for one in guild["members"] if int(one["user"]["id"]) in map(int, wanted)]
        chunk = {"guild_id": guild["id"], "members": members, "not_found": []}
        chunk |= {"chunk_index": 0, "chunk_count": 1, "nonce": data.get("nonce")}
        for session in own:
            await session.dispatch("GUILD_MEMBERS_CHUNK", chunk)

    async def _resume(self, connection: Connection, data: Payload) -> None:
        session = self.sessions.get(data["session_id"])
        if session is None or data["token"] != self.token:
            await connection.send({"op": INVALID, "d": False})
            return
        session.connection = connection
        for frame in session.log[data["seq"] :]:
            await connection.send(frame)
        await session.dispatch("RESUMED", {"_trace": []})

    def _forget(self, connection: Connection) -> None:
        connection.gone.set()
        self.connections.remove(connection)
        for session in self.sessions.values():
            if session.connection is connection:
                session.connection = None

    async def drop(self) -> None:
        """Drop every socket without a word."""
        leaving = list(self.connections)
        for connection in leaving:
            connection.drop()
        await self._until_gone(leaving)

    async def close(self, code: int) -> None:
        """Close every socket with a code; 4004 and its like are fatal."""
        leaving = list(self.connections)
        for connection in leaving:
            await connection.socket.close(code=code)
        await self._until_gone(leaving)

    async def ask_to_reconnect(self) -> None:
        """Send op 7: reconnect and resume."""
        for connection in list(self.connections):
            await connection.send({"op": RECONNECT, "d": None})

    async def invalidate(self, *, resumable: bool) -> None:
        """Send op 9; where it is not resumable, the sessions are gone."""
        if not resumable:
            self.sessions.clear()
        for connection in list(self.connections):
            await connection.send({"op": INVALID, "d": resumable})

    async def _until_gone(self, leaving: list[Connection]) -> None:
        for connection in leaving:
            await connection.gone.wait()
