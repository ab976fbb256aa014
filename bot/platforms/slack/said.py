"""A reply as it is said on Slack, and what is said where there is no answer."""

from __future__ import annotations

import logging
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Final, Self

from bot.domain.plain import to_text
from bot.domain.reply import WORDS_LIMIT, Action, Paragraph, Reply, code, line
from bot.platforms.slack.form import render_form
from bot.platforms.slack.render import Rendered, rendered

COMMAND: Final = "/brief"

_UNCHECKED: Final = (
    "Slack did not say just now whether you are a moderator, so nothing was done. Try again in a "
    "minute."
)
_EXPIRED: Final = "This control is from an older version of the app. Start anew with"
_OTHER_COMMAND: Final = "This app does not know that command. It answers"

_LOG = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Said:
    """A rendered reply.

    An apology is no answer: it never takes the place of the message that was asked from.
    """

    reply: Reply
    rendered: Rendered
    apology: bool

    @classmethod
    def of(cls, reply: Reply, *, apology: bool = False) -> Self:
        """The rendered reply; where it has a form, with a button that opens it."""
        return cls(reply, rendered(_with_opener(reply)), apology)

    @property
    def message(self) -> Mapping[str, Any]:
        """The message."""
        return self.rendered.message

    @property
    def json(self) -> str:
        """The message as an ack carries it."""
        return self.rendered.json

    @property
    def refusal(self) -> str:
        """Why nothing was done, in one sentence; empty if it was, or there was nothing to do."""
        return _words_of(self.reply) if self.apology else self.reply.refusal

    @property
    def opens(self) -> bool:
        """Whether it has a form for whoever asked. What is for everybody opens nothing."""
        return self.reply.private and self.reply.form is not None


def _with_opener(reply: Reply) -> Reply:
    """The reply with a button for its form: a form opens for three seconds after a click, or not.

    Whoever reads it as a message, missed that.
    """
    form = reply.form
    known = {action.words for action in reply.actions}
    if form is None or not reply.private or form.words in known or render_form(form) is None:
        return reply
    opener = Action(f"{form.title}…", form.words)
    return replace(reply, actions=(opener, *reply.actions))


def _words_of(reply: Reply) -> str:
    return " ".join(to_text(replace(reply, actions=())).split())


def expired() -> Said:
    """What is said to a control of an older version, or a made-up one."""
    return _start_with(_EXPIRED)


def unknown_command() -> Said:
    """What is said to another command than ours."""
    return _start_with(_OTHER_COMMAND)


def unchecked(words: str) -> Said:
    """What is said to a moderators' verb while Slack does not tell who is a moderator."""
    again = (Action("Try Again", words),) if len(words) <= WORDS_LIMIT else ()
    return Said.of(Reply("", (Paragraph(line(_UNCHECKED)),), again), apology=True)


def sorry(error: BaseException) -> Said:
    """A sentence with a reference under which the log says what went wrong."""
    reference = secrets.token_hex(3)
    _LOG.error("answering failed (%s)", reference, exc_info=error)
    text = f"Sorry, that went wrong. Whoever runs this bot finds why in its log, under {reference}."
    return Said.of(Reply("", (Paragraph(line(text)),)), apology=True)


def _start_with(text: str) -> Said:
    reply = Reply("", (Paragraph(line(f"{text} ", code(COMMAND), ".")),))
    return Said.of(reply, apology=True)
