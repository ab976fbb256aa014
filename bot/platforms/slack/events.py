"""Slack's requests over HTTP: all of them come to one address, signed, and are acked in place."""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from http import HTTPStatus
from typing import Any, Final
from urllib.parse import parse_qsl

from aiohttp import web
from slack_bolt.async_app import AsyncApp
from slack_bolt.request.async_request import AsyncBoltRequest

from bot.platforms.slack.shape import flaw_of
from bot.platforms.slack.signature import Signatures

Json = dict[str, Any]

PATH: Final = "/slack/events"
#: Slack's own requests are far below this (a modal is 250 kB at most).
MOST: Final = 1024 * 1024

_LOG = logging.getLogger(__name__)
#: Seconds in which a body must have come: Slack waits three for the whole answer.
_READ: Final = 3.0
_JSON = "application/json"
_FORM = "application/x-www-form-urlencoded"
_KEPT_HEADERS = ("x-slack-retry-num", "x-slack-retry-reason")


class Events:
    """Checks what comes in and hands it to the app, which is there while the bot listens."""

    def __init__(self, secret: str, now: Callable[[], datetime]) -> None:
        self._signatures = Signatures(secret)
        self._now = now
        self._app: AsyncApp | None = None

    def routes(self) -> list[web.RouteDef]:
        """What to mount on the HTTP server."""
        return [web.post(PATH, self._receive)]

    @contextmanager
    def serving(self, app: AsyncApp) -> Iterator[None]:
        """Let the app have the requests."""
        self._app = app
        try:
            yield
        finally:
            self._app = None

    async def _receive(self, request: web.Request) -> web.Response:
        body = await _read(request)
        if isinstance(body, HTTPStatus):
            return _refuse(body)
        now = self._now()
        if not self._signatures.genuine(request.headers, body, now):
            return _refuse(HTTPStatus.UNAUTHORIZED)
        return await self._answer(request, body, now)

    async def _answer(self, request: web.Request, body: bytes, now: datetime) -> web.Response:
        """Answer what Slack has signed."""
        told = to_body(request.content_type, body)
        if told is None:
            return _refuse_unread(request.content_type)
        if told.get("type") == "url_verification":
            return web.json_response({"challenge": str(told.get("challenge", ""))})
        if told.get("ssl_check") == "1":
            return web.Response()
        if flaw := flaw_of(told):
            return _refuse_signed(HTTPStatus.BAD_REQUEST, flaw)
        if self._app is None:  # Slack tells of an event again, and people try again
            return _refuse(HTTPStatus.SERVICE_UNAVAILABLE)
        if not self._signatures.is_new(request.headers, now):
            return web.Response()
        return await _dispatch(self._app, told, request)


async def _dispatch(app: AsyncApp, told: Json, request: web.Request) -> web.Response:
    """What the app acks with."""
    headers = {name: value for name in _KEPT_HEADERS if (value := request.headers.get(name))}
    try:
        # Not in the SDK's mode for HTTP: that one reads no form with the word "payload" in it.
        asked = AsyncBoltRequest(body=told, headers={**headers}, mode="socket_mode")
        answer = await app.async_dispatch(asked)
    except Exception as error:  # noqa: BLE001 (the SDK trips over what Slack would not send)
        why = f"it cannot be understood ({type(error).__name__})"
        return _refuse_signed(HTTPStatus.BAD_REQUEST, why)
    body = answer.body
    return web.Response(
        text=body, content_type=_JSON if body.startswith("{") else "text/plain", charset="utf-8"
    )


async def _read(request: web.Request) -> bytes | HTTPStatus:
    """The raw body, or why it is not read."""
    if (request.content_length or 0) > MOST:
        return HTTPStatus.REQUEST_ENTITY_TOO_LARGE
    body = bytearray()
    try:
        async with asyncio.timeout(_READ):
            async for chunk in request.content.iter_any():
                body += chunk
                if len(body) > MOST:
                    return HTTPStatus.REQUEST_ENTITY_TOO_LARGE
    except TimeoutError:
        return HTTPStatus.REQUEST_TIMEOUT
    except Exception:  # noqa: BLE001 (compressed wrongly, or broken in another way: not from Slack)
        return HTTPStatus.UNAUTHORIZED
    return bytes(body)


def to_body(content_type: str, raw: bytes) -> Json | None:
    """What a genuine body says; None if it says nothing that Slack would say."""
    try:
        text = raw.decode()
        if content_type == _JSON:
            told = json.loads(text)
        elif content_type == _FORM:
            form = dict(parse_qsl(text, keep_blank_values=True))
            told = json.loads(form["payload"]) if "payload" in form else form
        else:
            return None
    except (ValueError, RecursionError):
        return None
    return told if isinstance(told, dict) else None


def _refuse_unread(content_type: str) -> web.Response:
    if content_type in {_JSON, _FORM}:
        return _refuse_signed(HTTPStatus.BAD_REQUEST, "its body cannot be read")
    why = "its content type is neither JSON nor a form"
    return _refuse_signed(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, why)


def _refuse_signed(status: HTTPStatus, why: str) -> web.Response:
    """Refuse what Slack has signed, and say why in the log; the same again would do no better."""
    _LOG.warning("Slack: a request was refused with %d, as %s", status, why)
    response = _refuse(status)
    response.headers["X-Slack-No-Retry"] = "1"
    return response


def _refuse(status: HTTPStatus) -> web.Response:
    response = web.Response(status=status, text=f"{status.phrase}\n")
    if status in {HTTPStatus.REQUEST_ENTITY_TOO_LARGE, HTTPStatus.REQUEST_TIMEOUT}:
        response.force_close()  # the rest of the body is not wanted
    return response
