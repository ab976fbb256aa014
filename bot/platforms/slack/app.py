"""The one app behind both transports: it hands each request to the workspace it comes from."""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import Coroutine, Mapping
from datetime import UTC, datetime
from typing import Any, Final, TypeVar

from slack_bolt.async_app import AsyncApp
from slack_bolt.authorization import AuthorizeResult
from slack_bolt.request.async_request import AsyncBoltRequest
from slack_bolt.response import BoltResponse

from bot.domain.reply import Paragraph, Reply, line
from bot.platforms.slack.api import Api, quiet_logger
from bot.platforms.slack.modal import render_modal
from bot.platforms.slack.said import Said, sorry
from bot.platforms.slack.timing import Timing
from bot.platforms.slack.workspace import Place, Workspace
from bot.platforms.slack.workspaces import Workspaces

_LOG = logging.getLogger(__name__)
_T = TypeVar("_T")

#: Events that end an installation; the app's manifest subscribes to these, too.
ENDINGS: Final = ("app_uninstalled", "tokens_revoked")

_OK: Final = 200
_ABSENT: Final = (
    "This app is not installed in this workspace any more, or was not installed completely. "
    "Ask an admin of the workspace to install it again."
)


class App(AsyncApp):
    """What sockets and HTTP requests are dispatched to."""

    def __init__(self, api: Api, workspaces: Workspaces, timing: Timing) -> None:
        super().__init__(
            name="briefing-bot",
            logger=quiet_logger(),
            client=api.client(""),
            authorize=_nobody,
            request_verification_enabled=False,
        )
        self._api = api
        self._workspaces = workspaces
        self._timing = timing
        self._tasks: set[asyncio.Task[Any]] = set()

    async def async_dispatch(self, req: AsyncBoltRequest) -> BoltResponse:
        """Answer a request in time, whatever it is; nothing is left without an ack."""
        body, place = req.body, place_of(req)
        if _event(body) in ENDINGS:
            self._spawn(self._end(body, place))
            return BoltResponse(status=_OK)
        if workspace := self._workspaces.known(place):
            return _acked(await workspace.app.async_dispatch(req))
        # Whatever must be looked up first may take longer than Slack waits.
        answering = self._spawn(self._answer(req, place))
        await asyncio.wait((answering,), timeout=self._timing.settle)
        if answering.done():
            return answering.result()
        self._spawn(self._answer_late(answering, body))
        return BoltResponse(status=_OK)

    async def drain(self) -> None:
        """Give what is under way a little time to end."""
        if self._tasks:
            await asyncio.wait(set(self._tasks), timeout=self._timing.drain)
        for task in set(self._tasks):
            task.cancel()

    async def _answer(self, req: AsyncBoltRequest, place: Place) -> BoltResponse:
        try:
            workspace = await self._find(req.body, place)
        except Exception as error:  # noqa: BLE001 (the database, or the key: the log says which)
            return await self._apologise(req.body, sorry(error))
        if workspace is None:
            reply = Reply("", (Paragraph(line(_ABSENT)),))
            return await self._apologise(req.body, Said.of(reply, apology=True))
        return _acked(await workspace.app.async_dispatch(req))

    async def _find(self, body: Mapping[str, Any], place: Place) -> Workspace | None:
        if found := await self._workspaces.find(place):
            return found
        # In a channel shared with another organisation, its people can use a control of ours.
        message = body.get("message")
        team = message.get("team") if isinstance(message, dict) else None
        if isinstance(team, str) and team != place.team:
            return await self._workspaces.find(Place(team))
        return None

    async def _apologise(self, body: Mapping[str, Any], said: Said) -> BoltResponse:
        """Say so to whoever asked, in whatever way this kind of request allows."""
        if body.get("command"):
            return BoltResponse(status=_OK, body=said.json)
        if body.get("type") == "view_submission":
            update = {"response_action": "update", "view": render_modal(said.reply)}
            return BoltResponse(status=_OK, body=update)
        if body.get("type") == "block_suggestion":
            return BoltResponse(status=_OK, body={"options": []})
        if isinstance(url := body.get("response_url"), str):
            self._spawn(self._api.respond(url, {**said.message, "replace_original": False}))
        return BoltResponse(status=_OK)

    async def _answer_late(
        self, answering: asyncio.Task[BoltResponse], body: Mapping[str, Any]
    ) -> None:
        answer = await answering
        if answer.body and body.get("command") and isinstance(url := body.get("response_url"), str):
            message = json.loads(answer.body)
            await self._api.respond(url, {**message, "replace_original": False})

    async def _end(self, body: Mapping[str, Any], place: Place) -> None:
        """An installation has ended, unless only people's own tokens were revoked."""
        event = body["event"]
        if event["type"] == "tokens_revoked" and not (event.get("tokens") or {}).get("bot"):
            return
        at = datetime.fromtimestamp(int(body.get("event_time") or 0), UTC)
        await self._workspaces.remove(place, at)

    def _spawn(self, work: Coroutine[Any, Any, _T]) -> asyncio.Task[_T]:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._done)
        return task

    def _done(self, task: asyncio.Task[Any]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (error := task.exception()):
            _LOG.error("a request of Slack failed", exc_info=error)


def place_of(req: AsyncBoltRequest) -> Place:
    """Where a request comes from, as the SDK reads it."""
    context = req.context
    if context.is_enterprise_install:
        return Place(_text(context.team_id), _text(context.enterprise_id), org_wide=True)
    return Place(_text(context.team_id), None, org_wide=False)


def _text(value: object) -> str | None:
    return value if isinstance(value, str) else None


def _event(body: Mapping[str, Any]) -> str | None:
    event = body.get("event")
    kind = event.get("type") if isinstance(event, dict) else None
    return kind if isinstance(kind, str) else None


def _acked(answer: BoltResponse) -> BoltResponse:
    """What Slack is answered. The SDK acks nothing that none of our listeners is for."""
    return answer if answer.status == _OK else BoltResponse(status=_OK)


async def _nobody() -> AuthorizeResult:
    """The SDK wants to be told who the app is; each workspace's own app tells that."""
    return AuthorizeResult(enterprise_id=None, team_id=None)
