"""Between the page's JSON and the domain: to a Request, and from a Reply."""

from __future__ import annotations

import json
import zoneinfo
from collections.abc import Mapping
from typing import Any, Final

from aiohttp import web

from bot.domain.occurrence import Occurrence
from bot.domain.plain import to_text
from bot.domain.platform import Preview
from bot.domain.reply import Field, FieldKind, Form, Reply, filled
from bot.domain.reply_json import reply_from_json
from bot.domain.request import Channel, Request

CHANNEL: Final = Channel("web", "local", "playground")

#: Characters after `/brief`: far more than any question takes.
WORDS_LIMIT: Final = 500
_BODY_LIMIT: Final = 64 * 1024


class BadRequestError(Exception):
    """The page sent what it never sends; the text says what is wrong with it."""


async def read_json(request: web.Request) -> Mapping[str, Any]:
    """The JSON object in a request's body.

    Raises:
        BadRequestError: there is none, or it is too long.
    """
    # A page elsewhere cannot send this content type without asking us first.
    if request.content_type != "application/json":
        raise BadRequestError("Send the request as application/json.")
    body = await request.content.read(_BODY_LIMIT + 1)
    while len(body) <= _BODY_LIMIT and (more := await request.content.read(_BODY_LIMIT)):
        body += more
    if len(body) > _BODY_LIMIT:
        raise BadRequestError(f"Send at most {_BODY_LIMIT // 1024} kB.")
    try:
        data = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise BadRequestError("Send JSON: this is none.") from error
    if not isinstance(data, dict):
        raise BadRequestError("Send a JSON object.")
    return data


def to_request(data: Mapping[str, Any], words: str) -> Request:
    """The request of whoever sits at the page.

    Raises:
        BadRequestError: there are too many words.
    """
    if len(words) > WORDS_LIMIT:
        raise BadRequestError(
            f"That is {len(words):,} characters. Ask in at most {WORDS_LIMIT}, please."
        )
    moderator = data.get("moderator")
    return Request(
        words,
        CHANNEL,
        user="you",
        user_name="you",
        moderator=moderator is True or moderator == "true",
        zone=_zone(data.get("zone")),
    )


def to_words(data: Mapping[str, Any], previews: Mapping[str, Preview]) -> str:
    """The words that were typed, that a form asks, or that a preview's clicked control carries.

    Raises:
        BadRequestError: there are no words, and no form or control that carries any.
    """
    words, form, control = data.get("words"), data.get("form"), data.get("control")
    if isinstance(words, str):
        return words
    if form is not None:
        return _submitted(form)
    preview = previews.get(str(data.get("platform")))
    if preview is None or not isinstance(control, dict):
        raise BadRequestError("Send words, a form, or a platform and its control.")
    try:
        carried = preview.to_words(control)
    except (LookupError, TypeError, ValueError, AttributeError) as error:
        # The control is whatever the browser sent; a platform's own never fails.
        raise BadRequestError("That control is not one of the bot's.") from error
    if carried is None:
        raise BadRequestError("That control is not one of the bot's, or of an older version of it.")
    return carried


def to_message(reply: Reply, previews: Mapping[str, Preview]) -> dict[str, Any]:
    """A reply as the page shows it: each platform's payload, and the text for screen readers."""
    return {
        **{name: preview.render(reply) for name, preview in previews.items()},
        "text": to_text(reply),
        "private": reply.private,
        # As on the platforms, a form is for whoever asked.
        "form": _to_form(reply.form) if reply.form and reply.private else None,
        "refusal": reply.refusal,
    }


def to_digest(occurrence: Occurrence) -> dict[str, Any]:
    """Which digest a message is, as the page shows it."""
    number, due = occurrence.schedule_id, occurrence.at.isoformat()
    return {"digest": {"number": number, "due": due}}


def to_posted(occurrence: Occurrence, previews: Mapping[str, Preview]) -> dict[str, Any]:
    """A digest that was posted earlier, as the page shows it."""
    reply = reply_from_json(occurrence.reply or "")
    message = {**to_message(reply, previews), **to_digest(occurrence), "id": occurrence.remote_id}
    if occurrence.done_at:
        message["at"] = occurrence.done_at.isoformat()
    return message


def _to_form(form: Form) -> dict[str, Any]:
    return {
        "title": form.title,
        "words": form.words,
        "submit": form.submit,
        "fields": [_to_field(field) for field in form.fields],
    }


def _to_field(field: Field) -> dict[str, Any]:
    shown = {
        "lead": field.lead,
        "label": field.label,
        "kind": field.kind.value,
        "value": field.value,
        "hint": field.hint,
        "required": field.required,
        "options": [
            {"label": option.label, "hint": option.hint, "words": option.words}
            for option in field.options
        ],
    }
    if field.kind is FieldKind.CHANNEL:
        here = {"label": "#playground", "hint": "", "words": str(CHANNEL)}
        return {**shown, "value": field.value or str(CHANNEL), "options": [here]}
    return shown


def _submitted(form: object) -> str:
    """The words that a form asks, filled in on the page."""
    match form:
        case {"words": str(words), "values": [*values]}:
            return filled(words, map(_to_pair, values))
    raise BadRequestError("Send a form with its words and values.")


def _to_pair(value: object) -> tuple[str, str]:
    match value:
        case [str(lead), str(text)]:
            return lead, text
    raise BadRequestError("Send each value of a form with its lead, as two texts.")


def _zone(name: object) -> str | None:
    """The name, if it is a time zone's."""
    if not isinstance(name, str) or not name:
        return None
    try:
        return zoneinfo.ZoneInfo(name).key
    except (zoneinfo.ZoneInfoNotFoundError, ValueError, OSError):
        return None
