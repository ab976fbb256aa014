"""Shortcuts: a question asked from anywhere in Slack, and a message that is looked for."""

from __future__ import annotations

from functools import partial
from typing import Any, Final

from bot.domain.reply import Field, Form
from bot.domain.verbs import ASK
from bot.platforms.slack.asking import Asking
from bot.platforms.slack.modal import Memo, render_fields
from bot.platforms.slack.modals import Modals
from bot.platforms.slack.said import nothing_to_check
from bot.platforms.slack.sending import Origin, Sending
from bot.platforms.slack.to_request import from_action, to_checked

Json = dict[str, Any]

ASK_SHORTCUT: Final = "ask"
CHECK_SHORTCUT: Final = "check"
#: The shortcuts that the bot answers, by callback_id, with their type; the manifest has these.
SHORTCUTS: Final = {ASK_SHORTCUT: "global", CHECK_SHORTCUT: "message"}

_HINT: Final = "In your own words. The answer is one that the maintainers wrote."
_QUESTION: Final = Form(
    "Ask a briefing", ASK.name, (Field("", "Your question", hint=_HINT),), "Ask"
)


class Shortcuts:
    """Answers the app's shortcuts."""

    def __init__(self, asking: Asking, modals: Modals, sending: Sending, patience: float) -> None:
        self._asking = asking
        self._modals = modals
        self._sending = sending
        self._patience = patience

    async def answer(self, body: Json) -> None:
        """Answer one of ours; any other opens a modal that says how to start anew."""
        name, trigger = body.get("callback_id"), body["trigger_id"]
        if name == CHECK_SHORTCUT and body.get("response_url"):
            await self._check(body)
        elif name == ASK_SHORTCUT:
            await self.ask(body["user"]["id"], trigger)
        else:
            await self._modals.apologise(trigger)

    async def ask(self, user: str, trigger: str) -> None:
        """Open the modal that asks for a question. It is of no channel, so of its asker's own."""
        if view := render_fields(_QUESTION, Memo(user)):
            await self._modals.show(trigger, view)

    async def _check(self, body: Json) -> None:
        said = nothing_to_check()
        if words := to_checked(body):
            request = partial(from_action, body, words)
            said = await self._asking.said(body["user"]["id"], request, self._patience)
        await self._sending.answer(said, Origin.of(body))
