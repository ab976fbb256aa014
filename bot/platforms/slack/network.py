"""What every call to Slack goes through: the SDK's logger, made quiet, and the proxy."""

from __future__ import annotations

import logging
from urllib.parse import urlsplit
from urllib.request import getproxies, proxy_bypass

LOOPBACK = frozenset(("127.0.0.1", "::1", "localhost"))


def quiet_logger() -> logging.Logger:
    """The logger handed to the SDK. Below errors it tells whole payloads, tokens among them."""
    logger = logging.getLogger("slack_bolt")
    logger.setLevel(logging.ERROR)
    logger.addFilter(_without_trace)
    return logger


def _without_trace(record: logging.LogRecord) -> bool:
    """The SDK traces every failed try to connect; while a network is down that is all one reads."""
    record.exc_info = None
    return True


def proxy_for(url: str) -> str | None:
    """The proxy for an address. The SDK's own choice knows no exceptions, such as loopback."""
    parts = urlsplit(url)
    host = parts.hostname or ""
    if host in LOOPBACK or proxy_bypass(host):
        return None
    return getproxies().get(parts.scheme)
