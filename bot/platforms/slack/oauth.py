"""OAuth: the two pages by which a workspace, or an organisation, installs the bot by itself."""

from __future__ import annotations

import hmac
import html
import logging
import secrets
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from http import HTTPStatus
from typing import Any, Final
from urllib.parse import urlencode, urljoin

from aiohttp import web

from bot.domain.platform import House
from bot.errors import ConfigurationError, PlatformError
from bot.platforms.slack.api import SCOPES, Api
from bot.platforms.slack.errors import SLACK_FAILURES, code_of
from bot.platforms.slack.installation import Installation, installations_of
from bot.platforms.slack.settings import Settings

INSTALL: Final = "/slack/install"
REDIRECT: Final = "/slack/oauth_redirect"

_LOG = logging.getLogger(__name__)
#: How long people may take to allow what the app asks for.
_SPAN: Final = timedelta(minutes=10)
_COOKIE: Final = "briefing_slack_state"
_LOOPBACK: Final = frozenset(("127.0.0.1", "::1", "localhost"))
_HEADERS: Final = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}
_PAGE: Final = """<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<meta name="color-scheme" content="light dark">
<title>Briefing Bot for Slack</title>
<main>
<h1>{title}</h1>
<p>{text}</p>
</main>
</html>
"""
_AGAIN: Final = f"Start again at {INSTALL}, in this browser, and finish within ten minutes."

Installed = Callable[[Installation], Awaitable[None]]


class OAuthPages:
    """`/slack/install` sends people to Slack, which sends them back to `/slack/oauth_redirect`."""

    def __init__(self, settings: Settings, house: House) -> None:
        self._settings = settings
        self._house = house
        self._api: Api | None = None
        self._installed: Installed | None = None

    def routes(self) -> list[web.RouteDef]:
        """What to mount on the HTTP server."""
        return [web.get(INSTALL, self._install), web.get(REDIRECT, self._redirect)]

    @contextmanager
    def serving(self, api: Api, installed: Installed) -> Iterator[None]:
        """Let people install the bot; `installed` is told of each installation that is saved."""
        self._api, self._installed = api, installed
        try:
            yield
        finally:
            self._api = self._installed = None

    async def _install(self, request: web.Request) -> web.Response:
        if self._api is None:
            return _starting()
        state = secrets.token_urlsafe(32)
        await installations_of(self._house).issue(state, _SPAN)
        asked = {
            "client_id": self._settings.client_id or "",
            "scope": ",".join(sorted(SCOPES)),
            "user_scope": "",
            "state": state,
        } | self._back()
        page = urljoin(self._settings.api_url, "/oauth/v2/authorize")
        response = web.Response(
            status=HTTPStatus.FOUND, headers={**_HEADERS, "Location": f"{page}?{urlencode(asked)}"}
        )
        response.set_cookie(
            _COOKIE,
            state,
            max_age=_SPAN.seconds,
            httponly=True,
            secure=request.url.host not in _LOOPBACK,
            samesite="Lax",
        )
        return response

    async def _redirect(self, request: web.Request) -> web.Response:
        if self._api is None or self._installed is None:
            return _starting()
        response = await self._finish(request, self._api, self._installed)
        response.del_cookie(_COOKIE)
        return response

    async def _finish(self, request: web.Request, api: Api, installed: Installed) -> web.Response:
        state, cookie = request.query.get("state", ""), request.cookies.get(_COOKIE, "")
        # The cookie: only the browser that began may finish, or a link could lure people into it.
        same = bool(state) and hmac.compare_digest(_bytes(state), _bytes(cookie))
        if not same or not await installations_of(self._house).redeem(state):
            return _page("This link is not valid any more", _AGAIN, HTTPStatus.BAD_REQUEST)
        if "error" in request.query or not request.query.get("code"):
            return _page("Nothing was installed", f"Slack was told not to. {_AGAIN}")
        try:
            found = await self._exchange(api, request.query["code"])
        except PlatformError as error:
            _LOG.warning("an installation failed: %s", error)
            return _page("Slack did not confirm this", f"{error} {_AGAIN}", HTTPStatus.BAD_GATEWAY)
        try:
            await installations_of(self._house).save(found.tenant, found.to_text())
        except ConfigurationError as error:
            _LOG.error("an installation was not saved: %s", error)
            told = "Whoever runs this bot finds why in its log."
            return _page("Nothing was installed", told, HTTPStatus.INTERNAL_SERVER_ERROR)
        await installed(found)
        where = f"in {found.name}" if found.name else "there"
        text = f"The bot is ready {where}. Type /brief in any channel of Slack."
        return _page("Briefing Bot is installed", text)

    async def _exchange(self, api: Api, code: str) -> Installation:
        """The installation that a code stands for.

        Raises:
            PlatformError: Slack does not give it, or cannot be reached.
        """
        try:
            answer = await api.client("").exchange(self._settings, code=code, **self._back())
            given: dict[str, Any] = answer.data if isinstance(answer.data, dict) else {}
            if given.get("token_type") != "bot" or not given.get("access_token"):
                raise PlatformError("Slack gave no token for a bot.")
            me = await api.client(given["access_token"]).auth_test()
        except SLACK_FAILURES as error:
            raise PlatformError(f"Slack says: {code_of(error)}.") from None
        told: dict[str, Any] = me.data if isinstance(me.data, dict) else {}
        found = Installation.granted(given, told, self._house.now())
        if found.tenant == "slack:None":
            raise PlatformError("Slack did not say where the bot was installed.")
        return found

    def _back(self) -> dict[str, str]:
        """Where Slack is to send people back to, where that is set; else the app's own address."""
        url = self._settings.public_url
        return {"redirect_uri": url.rstrip("/") + REDIRECT} if url else {}


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")


def _starting() -> web.Response:
    text = "The bot is not connected to Slack at the moment. Try again in a minute."
    return _page("Please wait", text, HTTPStatus.SERVICE_UNAVAILABLE)


def _page(title: str, text: str, status: HTTPStatus = HTTPStatus.OK) -> web.Response:
    return web.Response(
        status=status,
        text=_PAGE.format(title=html.escape(title), text=html.escape(text)),
        content_type="text/html",
        charset="utf-8",
        headers=_HEADERS,
    )
