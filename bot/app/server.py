"""The one HTTP server: health for operators, metrics, and whatever pages the platforms bring."""

from __future__ import annotations

import asyncio
import errno
import json
from contextlib import asynccontextmanager
from http import HTTPStatus
from typing import TYPE_CHECKING, Final

from aiohttp import web
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

from bot.app.supervisor import State
from bot.errors import ConfigurationError

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
    from datetime import datetime

    from prometheus_client import CollectorRegistry

    from bot.app.supervisor import Health
    from bot.store.records import Standing

#: Seconds that a request under way may take when the server stops; aiohttp waits for it twice.
_LAST_REQUESTS: Final = 1.0
#: Seconds that the database may take to say how deliveries stand.
_STANDING: Final = 1.0
#: Hosts that mean every address of this machine, and one of them that can be opened.
_ANY_ADDRESS: Final = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104 (named, not listened on)


def health_routes(
    health: Callable[[], Iterable[Health]],
    registry: CollectorRegistry,
    standing: Callable[[str], Awaitable[Standing]],
) -> list[web.RouteDef]:
    """`/healthz`, `/readyz` and `/metrics`."""

    async def healthz(_: web.Request) -> web.Response:
        return web.Response(text="ok\n")

    async def readyz(_: web.Request) -> web.Response:
        platforms = list(health())
        ready = any(each.state is State.READY for each in platforms)
        return web.Response(
            text="".join(
                [f"{json.dumps(_line(each, await _known(each.name)))}\n" for each in platforms]
            ),
            content_type="application/x-ndjson",
            status=HTTPStatus.OK if ready else HTTPStatus.SERVICE_UNAVAILABLE,
        )

    async def _known(name: str) -> Standing | None:
        # A database that is away makes nobody unready: questions need none.
        try:
            async with asyncio.timeout(_STANDING):
                return await standing(name)
        except Exception:  # noqa: BLE001 (whatever it was, probes go on)
            return None

    async def metrics(_: web.Request) -> web.Response:
        body = generate_latest(registry)
        return web.Response(body=body, headers={"Content-Type": CONTENT_TYPE_LATEST})

    return [web.get("/healthz", healthz), web.get("/readyz", readyz), web.get("/metrics", metrics)]


def _line(health: Health, standing: Standing | None) -> dict[str, object]:
    """One platform's health, and how its deliveries stand.

    That is null while the database is away, and digests with it.
    """
    away = {} if standing else {"database": "away"}
    return {
        "platform": health.name,
        "state": health.state.value,
        "since": health.since.isoformat(timespec="seconds"),
        "reason": health.reason,
        "last_confirmed_post": _text(standing.confirmed_at) if standing else None,
        "waiting": standing.waiting if standing else None,
        "oldest_waiting": _text(standing.oldest_at) if standing else None,
        **away,
    }


def _text(at: datetime | None) -> str | None:
    return at.isoformat(timespec="seconds") if at else None


@asynccontextmanager
async def serving(routes: Iterable[web.RouteDef], host: str, port: int) -> AsyncIterator[str]:
    """Serve these routes; yields an address to open them at.

    Raises:
        ConfigurationError: the address cannot be listened on.
    """
    app = web.Application()
    app.add_routes(routes)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=_LAST_REQUESTS)
    await runner.setup()
    try:
        site = web.TCPSite(runner, host, port)
        try:
            await site.start()
        except OSError as error:
            raise ConfigurationError(_refusal(error, host, port)) from error
        yield _address(runner, host)
    finally:
        await runner.cleanup()


def _refusal(error: OSError, host: str, port: int) -> str:
    if error.errno == errno.EADDRINUSE:
        return (
            f"port {port} on {host} is taken (is the bot already running?); "
            "stop the other program, or set WEB_PORT to another port"
        )
    if error.errno in (errno.EACCES, errno.EPERM):
        return f"the system does not let this user listen on port {port}; set WEB_PORT above 1023"
    return f"cannot listen on {host}:{port} ({error.strerror}); check WEB_HOST and WEB_PORT"


def _address(runner: web.AppRunner, host: str) -> str:
    port = runner.addresses[0][1]
    host = _ANY_ADDRESS.get(host, host)
    shown = f"[{host}]" if ":" in host else host
    return f"http://{shown}:{port}"
