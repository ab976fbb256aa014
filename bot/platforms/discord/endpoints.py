"""Where Discord is. discord.py keeps both addresses on its classes, so they hold process-wide."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import discord.gateway
import discord.http
import yarl

from bot.platforms.discord.settings import Settings


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
