"""The one HTTP server: health for operators, metrics, and whatever pages the platforms bring."""

from __future__ import annotations

import errno
import logging
from contextlib import asynccontextmanager
from http import HTTPStatus
from typing import TYPE_CHECKING

from aiohttp import web
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

from bot.app.supervisor import State
from bot.errors import ConfigurationError

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Iterable

    from prometheus_client import CollectorRegistry

    from bot.app.supervisor import Health

_LOG = logging.getLogger(__name__)


def health_routes(
    health: Callable[[], Iterable[Health]], registry: CollectorRegistry
) -> list[web.RouteDef]:
    """`/healthz`, `/readyz` and `/metrics`."""

    async def healthz(_: web.Request) -> web.Response:
        return web.Response(text="ok\n")

    async def readyz(_: web.Request) -> web.Response:
        platforms = [
            {
                "platform": each.name,
                "state": each.state.value,
                "since": each.since.isoformat(timespec="seconds"),
                "reason": each.reason,
            }
            for each in health()
        ]
        ready = any(each["state"] == State.READY for each in platforms)
        status = HTTPStatus.OK if ready else HTTPStatus.SERVICE_UNAVAILABLE
        return web.json_response({"ready": ready, "platforms": platforms}, status=status)

    async def metrics(_: web.Request) -> web.Response:
        body = generate_latest(registry)
        return web.Response(body=body, headers={"Content-Type": CONTENT_TYPE_LATEST})

    return [web.get("/healthz", healthz), web.get("/readyz", readyz), web.get("/metrics", metrics)]


@asynccontextmanager
async def serving(routes: Iterable[web.RouteDef], host: str, port: int) -> AsyncIterator[str]:
    """Serve these routes; yields the address.

    Raises:
        ConfigurationError: the address cannot be listened on.
    """
    app = web.Application()
    app.add_routes(routes)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=3)
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
    shown = f"[{host}]" if ":" in host else host
    return f"http://{shown}:{port}"
