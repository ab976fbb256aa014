"""A reply as it is said on Slack, and what is said where there is no answer."""

from __future__ import annotations

import json
import logging
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, Self

from bot.domain.reply import Paragraph, Reply, code, line
from bot.platforms.slack.render import render

COMMAND: Final = "/brief"

_EXPIRED: Final = "This control is from an older version of the app. Start anew with"
_OTHER_COMMAND: Final = "This app does not know that command. It answers"

_LOG = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Said:
    """A rendered reply, and its JSON, which is what an ack carries.

    An apology is no answer: it never takes the place of the message that was asked from.
    """

    reply: Reply
    message: Mapping[str, Any]
    json: str
    apology: bool

    @classmethod
    def of(cls, reply: Reply, *, apology: bool = False) -> Self:
        """The rendered reply."""
        message = render(reply)
        return cls(reply, message, json.dumps(message), apology)

    @property
    def opens(self) -> bool:
        """Whether it has a form for whoever asked. What is for everybody opens nothing."""
        return self.reply.private and self.reply.form is not None


def expired() -> Said:
    """What is said to a control of an older version, or a made-up one."""
    return _start_with(_EXPIRED)


def unknown_command() -> Said:
    """What is said to another command than ours."""
    return _start_with(_OTHER_COMMAND)


def sorry(error: BaseException) -> Said:
    """A sentence with a reference under which the log says what went wrong."""
    reference = secrets.token_hex(3)
    _LOG.error("answering failed (%s)", reference, exc_info=error)
    text = f"Sorry, that went wrong. Whoever runs this bot finds why in its log, under {reference}."
    return Said.of(Reply("", (Paragraph(line(text)),)), apology=True)


def _start_with(text: str) -> Said:
    reply = Reply("", (Paragraph(line(f"{text} ", code(COMMAND), ".")),))
    return Said.of(reply, apology=True)
