"""The one app behind both transports: it hands each request to the workspace it comes from."""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Final

from slack_bolt.async_app import AsyncApp
from slack_bolt.authorization import AuthorizeResult
from slack_bolt.request.async_request import AsyncBoltRequest
from slack_bolt.response import BoltResponse

from bot.domain.reply import Paragraph, Reply, line
from bot.platforms.slack.api import Api
from bot.platforms.slack.modal import render_modal
from bot.platforms.slack.network import quiet_logger
from bot.platforms.slack.said import Said, sorry
from bot.platforms.slack.shape import event_of
from bot.platforms.slack.tasks import Tasks
from bot.platforms.slack.timing import Timing
from bot.platforms.slack.workspace import Place, Workspace
from bot.platforms.slack.workspaces import Workspaces

_LOG = logging.getLogger(__name__)

#: Events that end an installation; the app's manifest subscribes to these, too.
ENDINGS: Final = ("app_uninstalled", "tokens_revoked")
#: An organisation's installation ends in some of its workspaces; only such an app is told.
WITHDRAWN: Final = "team_access_revoked"

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
        self._tasks = Tasks(_failed)

    async def async_dispatch(self, req: AsyncBoltRequest) -> BoltResponse:
        """Answer a request in time, whatever it is; nothing is left without an ack."""
        body, place = req.body, place_of(req)
        event = event_of(body)
        if event.get("type") in (*ENDINGS, WITHDRAWN):
            self._tasks.spawn(self._end(event, place, _told_at(body)))
            return BoltResponse(status=_OK)
        if workspace := self._workspaces.known(place):
            return await self._dispatch(workspace, req)
        # Whatever must be looked up first may take longer than Slack waits.
        answering = self._tasks.spawn(self._answer(req, place))
        await asyncio.wait((answering,), timeout=self._timing.settle)
        if answering.done():
            return answering.result()
        self._tasks.spawn(self._answer_late(answering, body))
        return BoltResponse(status=_OK)

    async def drain(self) -> None:
        """Give what is under way a little time to end."""
        await self._tasks.drain(self._timing.drain)

    async def _answer(self, req: AsyncBoltRequest, place: Place) -> BoltResponse:
        try:
            workspace = await self._find(req.body, place)
        except Exception as error:  # noqa: BLE001 (the database, or the key: the log says which)
            return await self._apologise(req.body, sorry(error))
        if workspace is None:
            reply = Reply("", (Paragraph(line(_ABSENT)),))
            return await self._apologise(req.body, Said.of(reply, apology=True))
        return await self._dispatch(workspace, req)

    async def _dispatch(self, workspace: Workspace, req: AsyncBoltRequest) -> BoltResponse:
        try:
            return _acked(await workspace.app.async_dispatch(req))
        except Exception as error:  # noqa: BLE001 (the SDK trips over what lacks a part)
            return await self._apologise(req.body, sorry(error))

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
            self._tasks.spawn(self._api.respond(url, {**said.message, "replace_original": False}))
        return BoltResponse(status=_OK)

    async def _answer_late(
        self, answering: asyncio.Task[BoltResponse], body: Mapping[str, Any]
    ) -> None:
        answer = await answering
        if answer.body and body.get("command") and isinstance(url := body.get("response_url"), str):
            message = json.loads(answer.body)
            await self._api.respond(url, {**message, "replace_original": False})

    async def _end(self, event: Mapping[str, Any], place: Place, at: datetime) -> None:
        """An installation has ended, unless only people's own tokens were revoked."""
        if event["type"] == WITHDRAWN:
            for team in event.get("team_ids") or ():
                await self._workspaces.withdraw(team, at)
        elif event["type"] != "tokens_revoked" or (event.get("tokens") or {}).get("bot"):
            await self._workspaces.remove(place, at)


def _failed(error: BaseException) -> None:
    _LOG.error("a request of Slack failed", exc_info=error)


def place_of(req: AsyncBoltRequest) -> Place:
    """Where a request comes from, as the SDK reads it."""
    context = req.context
    if context.is_enterprise_install:
        return Place(_text(context.team_id), _text(context.enterprise_id), org_wide=True)
    return Place(_text(context.team_id), None, org_wide=False)


def _text(value: object) -> str | None:
    return value if isinstance(value, str) else None


def _told_at(body: Mapping[str, Any]) -> datetime:
    return datetime.fromtimestamp(int(body.get("event_time") or 0), UTC)


def _acked(answer: BoltResponse) -> BoltResponse:
    """What Slack is answered. The SDK acks nothing that none of our listeners is for."""
    return answer if answer.status == _OK else BoltResponse(status=_OK)


async def _nobody() -> AuthorizeResult:
    """The SDK wants to be told who the app is; each workspace's own app tells that."""
    return AuthorizeResult(enterprise_id=None, team_id=None)
