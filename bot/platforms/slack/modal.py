"""A Reply as a Slack modal, and what the modal remembers; plain dicts, within Slack's limits."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any, Final

from bot.domain.reply import Form, Paragraph, Reply, line
from bot.platforms.slack.form import TITLE, render_form
from bot.platforms.slack.refill import refilled
from bot.platforms.slack.render import render
from bot.platforms.slack.text import clean, plain_text, utf16

Json = dict[str, Any]

_REPLY: Final = "b1:reply"
_METADATA: Final = 3_000
_DEFAULT_TITLE: Final = "Briefings"
_NOTHING: Final = Reply("", (Paragraph(line("There is nothing to show.")),))


@dataclass(frozen=True, slots=True)
class Memo:
    """What a modal remembers: the channel it was asked for in, and the words that it asks.

    `fields` is how many fields it has had so far. A modal belongs to no channel: what it says to
    everybody goes to the response URL of the command or the control that opened it.
    """

    channel: str
    response_url: str | None = None
    thread: str | None = None
    words: str = ""
    title: str = ""
    fields: int = 0

    @classmethod
    def of(cls, body: Mapping[str, Any]) -> Memo:
        """The memo for a modal that a command, or a control of a message, opens."""
        container = body.get("container") or {}
        channel = body.get("channel_id") or body["channel"]["id"]
        return cls(channel, body.get("response_url"), container.get("thread_ts"))

    @classmethod
    def read(cls, view: Mapping[str, Any]) -> Memo | None:
        """What a modal remembers; None if it is not one of ours."""
        try:
            memo = cls(**json.loads(view.get("private_metadata") or ""))
        except (TypeError, ValueError):
            return None
        return memo if memo.channel and isinstance(memo.channel, str) else None

    def write(self) -> str:
        """The memo as Slack keeps it with a modal."""
        kept = {name: value for name, value in asdict(self).items() if value}
        return json.dumps(kept, separators=(",", ":"))


def render_fields(form: Form, memo: Memo) -> Json | None:
    """The modal in which a form is filled in; None if Slack's limits leave no room for it."""
    view = render_form(form, memo.fields + 1)
    fields = memo.fields + len(form.fields)
    metadata = replace(memo, words=form.words, title=form.title, fields=fields).write()
    if view is None or utf16(metadata) > _METADATA:
        return None
    return {**view, "private_metadata": metadata}


def render_again(why: str, view: Mapping[str, Any], memo: Memo) -> Json | None:
    """A submitted form as it was filled in, below the reason why that would not do."""
    blocks = refilled(view, memo.fields + 1)
    metadata = replace(memo, fields=memo.fields + len(blocks)).write()
    if utf16(metadata) > _METADATA:
        return None
    told = render(Reply("", (Paragraph(line(why)),)))["blocks"]
    kept = ("type", "callback_id", "title", "submit", "close")
    again = {name: view[name] for name in kept if view.get(name)}
    return {**again, "private_metadata": metadata, "blocks": told + blocks}


def render_modal(reply: Reply, memo: Memo | None = None) -> Json:
    """The modal that shows a reply, with its form if it has one."""
    form = reply.form if reply.private else None
    if form and memo and (view := render_fields(form, memo)):
        told: list[Json] = render(replace(reply, actions=(), form=None))["blocks"]
        return {**view, "blocks": told + view["blocks"]}
    title = clean(memo.title).strip() if memo else ""
    return {
        "type": "modal",
        "callback_id": _REPLY,
        "private_metadata": replace(memo, words="").write() if memo else "",
        "title": plain_text(title or _DEFAULT_TITLE, TITLE),
        "close": plain_text("Close", TITLE),
        "blocks": render(reply)["blocks"] or render(_NOTHING)["blocks"],
    }
