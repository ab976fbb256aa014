"""Signatures: whether a request over HTTP comes from Slack, and comes for the first time.

Slack signs `v0:<timestamp>:<body>` with the app's signing secret (HMAC-SHA256) and sends
`v0=<hex>`; a request older than five minutes is to be refused.
"""

from __future__ import annotations

import hmac
import re
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Final

TIMESTAMP: Final = "X-Slack-Request-Timestamp"
SIGNATURE: Final = "X-Slack-Signature"

_WINDOW: Final = timedelta(minutes=5)
_SECONDS = re.compile(r"[0-9]{1,12}")


class Signatures:
    """Knows genuine requests, and those that it has seen before."""

    def __init__(self, secret: str) -> None:
        self._secret = secret.encode()
        self._seen: dict[str, float] = {}

    def __repr__(self) -> str:
        return "Signatures()"

    def genuine(self, headers: Mapping[str, str], body: bytes, now: datetime) -> bool:
        """Whether Slack signed this body, not long ago; no header makes it raise."""
        sent = headers.get(TIMESTAMP, "")
        if not _SECONDS.fullmatch(sent) or abs(now.timestamp() - int(sent)) > _WINDOW.seconds:
            return False
        given = headers.get(SIGNATURE, "").encode("utf-8", "surrogatepass")
        return hmac.compare_digest(sign(self._secret, sent, body).encode(), given)

    def is_new(self, headers: Mapping[str, str], now: datetime) -> bool:
        """Whether this is the first time that a genuine request's signature is seen."""
        present, key = now.timestamp(), headers[SIGNATURE]
        while self._seen and next(iter(self._seen.values())) < present:
            del self._seen[next(iter(self._seen))]
        if key in self._seen:
            return False
        # As long as its timestamp makes it acceptable; that may lie ahead of our clock.
        self._seen[key] = int(headers[TIMESTAMP]) + _WINDOW.seconds
        return True


def sign(secret: bytes, timestamp: str, body: bytes) -> str:
    """The signature that Slack puts on a body."""
    base = b"v0:" + timestamp.encode() + b":" + body
    return "v0=" + hmac.digest(secret, base, "sha256").hex()
