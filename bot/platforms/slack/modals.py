"""Modals: a form is opened, its submission answered, and the answer's buttons, all in one place."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Coroutine, Mapping
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any, Final

from slack_bolt.context.ack.async_ack import AsyncAck

from bot.domain.reply import Note, Paragraph, Reply, clip, code, filled, line
from bot.platforms.slack.api import Api, Json
from bot.platforms.slack.asking import Asking
from bot.platforms.slack.controls import to_words
from bot.platforms.slack.errors import SLACK_FAILURES, code_of
from bot.platforms.slack.form import to_values
from bot.platforms.slack.modal import Memo, render_again, render_fields, render_modal
from bot.platforms.slack.refill import field_at_fault
from bot.platforms.slack.said import COMMAND, Said, expired
from bot.platforms.slack.sending import Origin, Sending
from bot.platforms.slack.timing import Timing
from bot.platforms.slack.to_request import from_view

_LOG = logging.getLogger(__name__)

_REMEMBERED: Final = 100
#: Longest text below a field.
_ERROR: Final = 300
#: The person closed the modal, or another click has changed it since: nothing is wrong.
_PASSED: Final = frozenset(("expired_trigger_id", "hash_conflict", "not_found"))
_WORKING: Final = Reply("", (Paragraph(line("Working on it…")),))
_POSTED: Final = Reply("", (Paragraph(line("This is now in the channel, for everyone.")),))
_NOT_POSTED: Final = Note(
    line("Slack did not let this be posted from here. Ask again in the channel, with ")
    + line(code(COMMAND), ".")
)


@dataclass(frozen=True, slots=True)
class _Shown:
    """An answer and the view that shows it.

    Where a submitted form would not do, `errors` says so by its block, and the form stays.
    """

    said: Said
    view: Json
    errors: Mapping[str, str] = field(default_factory=dict)

    @property
    def ack(self) -> Json:
        """What a submission is acked with."""
        if self.errors:
            return {"response_action": "errors", "errors": dict(self.errors)}
        return {"response_action": "update", "view": self.view}


class Modals:
    """Opens forms and answers what is done in modals."""

    def __init__(
        self,
        api: Api,
        asking: Asking,
        spawn: Callable[[Coroutine[Any, Any, Any]], asyncio.Task[Any]],
        timing: Timing,
        sending: Sending,
    ) -> None:
        self._api = api
        self._sending = sending
        self._asking = asking
        self._spawn = spawn
        self._timing = timing
        # Slack may tell of a submission twice: both tellings get one and the same answer.
        self._submissions: dict[str, asyncio.Task[_Shown]] = {}

    async def open(self, said: Said, body: Json) -> bool:
        """Open the form of an answer to a command or a control; False if a message must do."""
        trigger, form = body.get("trigger_id"), said.reply.form
        if not (trigger and form and said.opens):
            return False
        view = render_fields(form, Memo.of(body))
        return view is not None and await self.show(trigger, view) is not None

    async def apologise(self, trigger: str) -> None:
        """Open a modal that says how to start anew."""
        await self.show(trigger, render_modal(expired().reply))

    async def submit(self, ack: AsyncAck, body: Json) -> None:
        """Answer a submitted form in its modal."""
        answering = self._submission(body)
        await asyncio.wait((answering,), timeout=self._timing.ack)
        if answering.done():
            await ack(**answering.result().ack)
        else:
            self._spawn(self._show_later(answering, body["view"]))
            await ack(response_action="update", view=render_modal(_WORKING))

    async def click(self, body: Json) -> None:
        """Answer a control of a modal, in the modal."""
        view, memo = body["view"], Memo.read(body["view"])
        words = to_words(body["actions"][0])
        if memo is None or words is None:
            shown = _Shown(expired(), render_modal(expired().reply, memo))
        else:
            shown = await self._shown(body, words, memo)
        await self._update(view["id"], shown.view, view.get("hash"))

    async def click_home(self, body: Json) -> None:
        """Answer a control of the home tab, in a modal."""
        memo = Memo.read(body["view"]) or Memo(body["user"]["id"])
        words = to_words(body["actions"][0])
        if words is None:
            await self.apologise(body["trigger_id"])
            return
        answering = self._spawn(self._shown(body, words, memo))
        await asyncio.wait((answering,), timeout=self._timing.ack)
        early = answering.result().view if answering.done() else render_modal(_WORKING)
        opened = await self.show(body["trigger_id"], early)
        shown = await answering
        if opened and shown.view is not early:
            await self._update(opened, shown.view)

    def _submission(self, body: Json) -> asyncio.Task[_Shown]:
        key = f"{body.get('trigger_id')} {body['view']['id']}"
        if key not in self._submissions:
            self._submissions[key] = self._spawn(self._submitted(body))
            if len(self._submissions) > _REMEMBERED:
                del self._submissions[next(iter(self._submissions))]
        return self._submissions[key]

    async def _submitted(self, body: Json) -> _Shown:
        view, memo = body["view"], Memo.read(body["view"])
        values = to_values(view, _team_of(body))
        if memo is None or values is None:
            return _Shown(expired(), render_modal(expired().reply))
        shown = await self._shown(body, filled(memo.words, values), memo)
        if not (why := shown.said.refusal):
            return shown
        errors = {field_at_fault(view, values, why): clip(why, _ERROR)}
        again = render_again(why, view, memo)
        return _Shown(shown.said, again, errors) if again else shown

    async def _shown(self, body: Json, words: str, memo: Memo) -> _Shown:
        request = partial(from_view, body, words, memo.channel)
        said = await self._asking.said(body["user"]["id"], request, self._timing.ack)
        reply = said.reply if said.reply.private else await self._post(said, memo)
        return _Shown(said, render_modal(reply, memo))

    async def _post(self, said: Said, memo: Memo) -> Reply:
        """Post what is for everybody in the channel; what to say of that in the modal."""
        if await self._respond(said, memo):
            return _POSTED
        return replace(said.reply, blocks=(*said.reply.blocks, _NOT_POSTED), private=True)

    async def _respond(self, said: Said, memo: Memo | None) -> bool:
        if memo is None or not memo.response_url:
            return False
        origin = Origin("", memo.channel, memo.thread, memo.response_url)
        return await self._sending.respond(said, origin)

    async def _show_later(self, answering: asyncio.Task[_Shown], view: Json) -> None:
        shown = await answering
        # Without the hash: what is shown by now is our own "Working on it".
        if not await self._update(view["id"], shown.view) and shown.said.reply.private:
            await self._respond(shown.said, Memo.read(view))

    async def show(self, trigger: str, view: Json) -> str | None:
        """Open a modal; its id, None if Slack did not let it be opened."""
        try:
            async with asyncio.timeout(self._timing.open):
                return await self._api.show(trigger, view)
        except SLACK_FAILURES as error:
            _note("open", error)
        return None

    async def _update(self, id: str, view: Json, hash: str | None = None) -> bool:
        try:
            await self._api.update(id, view, hash)
        except SLACK_FAILURES as error:
            _note("update", error)
            return False
        return True


def _team_of(body: Json) -> str:
    """The workspace; where an organisation has installed the app, maybe only the user's is told."""
    return str((body.get("team") or {}).get("id") or body["user"]["team_id"])


def _note(what: str, error: Exception) -> None:
    level = logging.INFO if code_of(error) in _PASSED else logging.WARNING
    _LOG.log(level, "Slack did not %s a modal (%s)", what, code_of(error))
