"""Access: which requests the playground answers, and the headers that keep its page shut in.

A page elsewhere on the web can make a browser send requests here. So the Host must be a name of
ours (else a foreign name was pointed at us), and a browser must say that our own page sends them.
"""

from __future__ import annotations

import hashlib
import hmac
import ipaddress
import socket
from collections.abc import Awaitable, Callable
from http import HTTPStatus
from typing import Final, TypeVar

from aiohttp import web
from yarl import URL

from bot.platforms.web.settings import Settings, is_loopback

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
Response = TypeVar("Response", bound=web.StreamResponse)

COOKIE: Final = "briefing_playground"

_CONTENT_POLICY: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; "
    "img-src 'self' data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; "
    "require-trusted-types-for 'script'; trusted-types 'none'"
)
_HEADERS: Final = {
    "Content-Security-Policy": _CONTENT_POLICY,
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}
_LOCKED_PAGE: Final = """<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<meta name="color-scheme" content="light dark">
<title>Briefing Bot playground</title>
<main>
<h1>This playground needs its access token</h1>
<p>{reason}</p>
<form action="/" method="get">
<label>Access token <input type="password" name="token" required autocomplete="off"></label>
<button>Open the playground</button>
</form>
</main>
</html>
"""


class Access:
    """Lets a request through to a handler, or says why not."""

    def __init__(self, settings: Settings) -> None:
        settings.check()
        self._host = settings.host.casefold()
        self._loopback = settings.loopback
        self._token = settings.token.get_secret_value() if settings.token else None

    def guard(self, handler: Handler) -> Handler:
        """The handler, answering only what it may."""

        async def guarded(request: web.Request) -> web.StreamResponse:
            response = self._refusal(request) or await handler(request)
            return response if response.prepared else secured(response)

        return guarded

    def _refusal(self, request: web.Request) -> web.Response | None:
        """The response to a request that may not pass; None to one that may."""
        if not self._named(request):
            return refuse(
                HTTPStatus.FORBIDDEN,
                f"The playground is not served as {request.host[:200]!r}. Open it by the address "
                "that the bot printed when it started.",
            )
        if _foreign(request):
            return refuse(
                HTTPStatus.FORBIDDEN, "Another web page asked for this. Open the playground itself."
            )
        return self._ask_token(request) if self._token else None

    def _named(self, request: web.Request) -> bool:
        """Whether the Host header is a name of ours. Any port: it may be forwarded."""
        try:
            host = (URL.build(authority=request.host).host or "").casefold()
        except ValueError:
            return False
        if is_loopback(host):
            return True
        # An attacker's page reaches us by its own name, never by an address.
        return not self._loopback and (
            _is_address(host) or host in {self._host, socket.gethostname().casefold()}
        )

    def _ask_token(self, request: web.Request) -> web.Response | None:
        token = self._token or ""
        offered = request.query.get("token")
        opens = request.method == "GET" and request.path == "/"
        if opens and offered is not None and _same(offered, token):
            opened = web.Response(status=HTTPStatus.SEE_OTHER, headers={"Location": "/"})
            opened.set_cookie(
                COOKIE, _pass(token), httponly=True, samesite="Strict", secure=request.secure
            )
            return opened
        if _same(request.cookies.get(COOKIE, ""), _pass(token)):
            return None
        if opens:
            return _locked(wrong=offered is not None)
        return refuse(
            HTTPStatus.UNAUTHORIZED,
            "The playground does not know this browser any more. Open the address with the token "
            "again.",
        )


def secured(response: Response) -> Response:
    """The response with every header that keeps the page shut in, save those it sets itself."""
    for name, value in _HEADERS.items():
        response.headers.setdefault(name, value)
    return response


def refuse(status: HTTPStatus, sentence: str) -> web.Response:
    """An error as the page reads it: one sentence for a person."""
    return web.json_response({"error": sentence}, status=status)


def _locked(*, wrong: bool) -> web.Response:
    known = "Open the address that the bot's maintainer gave you, or enter the token (WEB_TOKEN)."
    page = _LOCKED_PAGE.format(reason="That token is not the right one. " * wrong + known)
    policy = "default-src 'none'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    return web.Response(
        text=page,
        content_type="text/html",
        status=HTTPStatus.UNAUTHORIZED,
        headers={"Content-Security-Policy": policy, "Cache-Control": "no-store"},
    )


def _foreign(request: web.Request) -> bool:
    """Whether a browser says that another site's page sends this.

    Following a link to the page itself is fine, wherever the link is.
    """
    if request.method in {"GET", "HEAD"} and not request.path.startswith("/api/"):
        return False
    if request.headers.get("Sec-Fetch-Site", "same-origin") not in {"same-origin", "none"}:
        return True
    origin = request.headers.get("Origin")
    # Only the place is compared: a proxy in front may have taken the TLS off.
    return origin is not None and origin.partition("://")[2].casefold() != request.host.casefold()


def _is_address(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


def _pass(token: str) -> str:
    """What the cookie holds. Cookies go to every port of a host, so it is not the token itself."""
    return hmac.new(token.encode(), b"playground", hashlib.sha256).hexdigest()


def _same(given: str, wanted: str) -> bool:
    return hmac.compare_digest(given.encode(errors="replace"), wanted.encode())
