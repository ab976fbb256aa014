"""Where Discord is, and the way there.

discord.py keeps both addresses on its classes, so they hold process-wide.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final
from urllib.parse import urlsplit
from urllib.request import getproxies, proxy_bypass

import discord.gateway
import discord.http
import yarl

from bot.platforms.discord.settings import Settings

_LOOPBACK: Final = frozenset(("127.0.0.1", "::1", "localhost"))


@contextmanager
def endpoints(settings: Settings) -> Iterator[None]:
    """Send discord.py to the addresses in the settings, for every client of this process.

    A session that is invalidated begins anew at the gateway's address, so it has to be set as well
    wherever the API's is.
    """
    route, socket = discord.http.Route, discord.gateway.DiscordWebSocket
    before = route.BASE, socket.DEFAULT_GATEWAY
    route.BASE = settings.api_url.rstrip("/")
    if settings.gateway_url:
        socket.DEFAULT_GATEWAY = yarl.URL(settings.gateway_url)
    try:
        yield
    finally:
        route.BASE, socket.DEFAULT_GATEWAY = before


def proxy_for(url: str) -> str | None:
    """Return the proxy that the environment names for an address; for loopback, none."""
    parts = urlsplit(url)
    host = parts.hostname or ""
    if host in _LOOPBACK or proxy_bypass(host):
        return None
    return getproxies().get(parts.scheme)
