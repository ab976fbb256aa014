"""Interactions with a loopback Discord: what comes back for each, and what it would refuse."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from aiohttp import web

from tests.loopback import (
    discord_forms as forms,
    discord_limits as limits,
    discord_payloads as make,
)
from tests.loopback.discord_faults import answer, refusal
from tests.loopback.discord_payloads import APPLICATION, Payload

if TYPE_CHECKING:
    from collections.abc import Callable

INTERACTIONS = "/interactions/{interaction_id}/{interaction_token}/callback"
WEBHOOK = "/webhooks/{webhook_id}/{webhook_token}"
FORM, FORM_SUBMIT = 9, 5


@dataclass
class Interaction:
    """Something a person did, and all that came back for it."""

    payload: Payload
    asked_at: float
    callback: Payload | None = None
    message: Payload | None = None
    edits: list[Payload] = field(default_factory=list)
    follow_ups: list[Payload] = field(default_factory=list)
    refusals: list[int] = field(default_factory=list)
    expired: bool = False

    @property
    def type(self) -> int:
        """The type of the callback: 4 message, 5 deferral, 7 edit, 8 choices, 9 form."""
        assert self.callback is not None
        kind: int = self.callback["type"]
        return kind

    @property
    def data(self) -> Payload:
        """The data of the callback."""
        assert self.callback is not None
        data: Payload = self.callback.get("data") or {}
        return data

    @property
    def form(self) -> Payload:
        """The form that was opened."""
        assert self.type == FORM
        return self.data

    @property
    def ephemeral(self) -> bool:
        """Whether only the person who asked sees the answer."""
        assert self.message is not None
        return bool(self.message["flags"] & limits.EPHEMERAL)

    @property
    def text(self) -> str:
        """All that the answer says, in reading order."""
        assert self.message is not None
        return "\n".join(limits.texts(self.message)) or str(self.message["content"])


class Interactions:
    """All interactions, by their tokens; messages that all can see are kept in `messages`."""

    def __init__(
        self,
        messages: list[Payload],
        check: Callable[[str, str, Any, list[str]], web.Response | None],
    ) -> None:
        self.told: dict[str, Interaction] = {}
        self.callback_limit = 3.0
        self._messages, self._check = messages, check

    def add_routes(self, router: web.UrlDispatcher, api: str) -> None:
        """Serve callbacks and what is said after them."""
        original = WEBHOOK + "/messages/{message_id}"
        router.add_route("POST", api + INTERACTIONS, self._callback)
        router.add_route("POST", api + WEBHOOK, self._follow_up)
        router.add_route("PATCH", api + original, self._edit)
        router.add_route("GET", api + original, self._original)

    def expect(self, payload: Payload) -> Interaction:
        """Note an interaction that is about to be told."""
        asked = Interaction(payload, asyncio.get_running_loop().time())
        self.told[payload["token"]] = asked
        return asked

    async def _callback(self, request: web.Request) -> web.Response:
        asked = self.told.get(request.match_info["interaction_token"])
        if asked is None:
            return refusal(404, 10062, "Unknown interaction")
        if asked.callback is not None:
            asked.refusals.append(40060)
            return refusal(400, 40060, "Interaction has already been acknowledged.")
        late = asyncio.get_running_loop().time() - asked.asked_at > self.callback_limit
        if late or asked.expired:
            asked.refusals.append(10062)
            return refusal(404, 10062, "Unknown interaction")
        body = request["body"]
        problems = _callback_problems(asked.payload, body)
        if wrong := self._check("POST", INTERACTIONS, body, problems):
            asked.refusals.append(50035)
            return wrong
        asked.callback = body
        self._show(asked, body)
        if request.query.get("with_response") not in ("1", "true"):
            return answer(None, 204)
        return answer(_told(asked))

    def _show(self, asked: Interaction, body: Payload) -> None:
        data, where = body.get("data") or {}, asked.payload["channel_id"]
        if body["type"] in (4, 5):
            asked.message = make.message(where, data)
            if not asked.ephemeral:
                self._messages.append(asked.message)
        elif body["type"] in (6, 7):
            asked.message = asked.payload["message"]
            if body["type"] == 7:
                _change(asked.message, data)

    def _spoken(self, request: web.Request) -> Interaction | web.Response:
        asked = self.told.get(request.match_info["webhook_token"])
        if asked is None or request.match_info["webhook_id"] != APPLICATION:
            return refusal(404, 10015, "Unknown Webhook")
        if asked.expired:
            return refusal(401, 50027, "Invalid Webhook Token")
        if asked.callback is None:
            return refusal(404, 10015, "Unknown Webhook")
        return asked

    async def _follow_up(self, request: web.Request) -> web.Response:
        asked, body = self._spoken(request), request["body"]
        if isinstance(asked, web.Response):
            return asked
        if wrong := self._check("POST", WEBHOOK, body, limits.message_problems(body)):
            return wrong
        message = make.message(asked.payload["channel_id"], body)
        asked.follow_ups.append(message)
        if not message["flags"] & limits.EPHEMERAL:
            self._messages.append(message)
        return answer(message)

    async def _edit(self, request: web.Request) -> web.Response:
        asked, body = self._spoken(request), request["body"]
        if isinstance(asked, web.Response):
            return asked
        path = WEBHOOK + "/messages/@original"
        if wrong := self._check("PATCH", path, body, limits.message_problems(body)):
            return wrong
        assert asked.message is not None
        asked.edits.append(body)
        _change(asked.message, body)
        return answer(asked.message)

    async def _original(self, request: web.Request) -> web.Response:
        asked = self._spoken(request)
        return asked if isinstance(asked, web.Response) else answer(asked.message)


def _callback_problems(asked: Payload, callback: Payload) -> list[str]:
    """Return what is wrong with the answer to an interaction."""
    if callback["type"] != FORM:
        return limits.callback_problems(callback, component="message" in asked)
    if asked["type"] == FORM_SUBMIT:
        return ["a form in answer to a form"]
    return forms.modal_problems(callback["data"])


def _told(asked: Interaction) -> Payload:
    """Return what a callback with `with_response` is answered."""
    about = {"id": asked.payload["id"], "type": asked.payload["type"]}
    if asked.message is None:
        return {"interaction": about}
    about["response_message_id"] = asked.message["id"]
    about["response_message_loading"] = asked.type == 5
    about["response_message_ephemeral"] = asked.ephemeral
    return {"interaction": about, "resource": {"type": asked.type, "message": asked.message}}


def _change(message: Payload, body: Payload) -> None:
    """Edit a message in place; it keeps its id, its nonce and whether it is ephemeral."""
    kept = message["flags"] & limits.EPHEMERAL
    fresh = make.message(message["channel_id"], body)
    message["components"] = fresh["components"]
    message["content"] = fresh["content"]
    message["flags"] = kept | fresh["flags"]
    message["edited_timestamp"] = "2026-08-05T09:01:00+00:00"
