"""A reply as text, so that what was composed once is posted word for word, whenever that is."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any, Final

from bot.domain.reply import (
    Action,
    Block,
    Bullets,
    Facts,
    Field,
    FieldKind,
    Form,
    Heading,
    Inline,
    Line,
    Menu,
    Note,
    Option,
    Paragraph,
    Quote,
    Reply,
    Row,
    Span,
    Style,
    When,
)
from bot.errors import VersionError

_VERSION: Final = 1


def reply_to_json(reply: Reply) -> str:
    """The whole reply as one line of ASCII; the same text for the same reply."""
    data: dict[str, Any] = {
        "v": _VERSION,
        "title": reply.title,
        "blocks": [_from_block(block) for block in reply.blocks],
        "actions": [_from_action(action) for action in reply.actions],
        "private": reply.private,
    }
    if reply.internal:
        data["internal"] = True
    if reply.form:
        data["form"] = _from_form(reply.form)
    if reply.publish:
        data["publish"] = True
    return json.dumps(data, separators=(",", ":"))


def reply_from_json(text: str) -> Reply:
    """The reply that was written as this text.

    Raises:
        VersionError: another version of the bot wrote it, in a form of its own.
    """
    data = json.loads(text)
    if data["v"] != _VERSION:
        raise VersionError("a message", data["v"], _VERSION)
    return Reply(
        data["title"],
        tuple(_to_block(*block) for block in data["blocks"]),
        tuple(Action(*action) for action in data["actions"]),
        data["private"],
        _to_form(*data["form"]) if "form" in data else None,
        publish=data.get("publish", False),
        internal=data.get("internal", False),
    )


def _from_block(block: Block) -> list[Any]:
    match block:
        case Heading(text):
            return ["heading", text]
        case Paragraph(spans):
            return ["paragraph", _from_line(spans)]
        case Quote(spans):
            return ["quote", _from_line(spans)]
        case Note(spans):
            return ["note", _from_line(spans)]
        case Bullets(items, ordered, start):
            rest = [ordered, start] if start != 1 else [ordered]
            return ["bullets", [_from_line(item) for item in items], *rest]
        case Facts(pairs):
            return ["facts", [[label, _from_line(value)] for label, value in pairs]]
        case Row(spans, action):
            return ["row", _from_line(spans), _from_action(action)]
        case Menu(label, options, more):
            wider = [more] if more else []
            return ["menu", label, [_from_option(option) for option in options], *wider]


def _to_block(kind: str, first: Any, *more: Any) -> Block:
    match kind:
        case "heading":
            return Heading(first)
        case "paragraph":
            return Paragraph(_to_line(first))
        case "quote":
            return Quote(_to_line(first))
        case "note":
            return Note(_to_line(first))
        case "bullets":
            return Bullets(tuple(map(_to_line, first)), *more)
        case "facts":
            return Facts(tuple((label, _to_line(value)) for label, value in first))
        case "row":
            return Row(_to_line(first), Action(*more[0]))
        case "menu":
            return Menu(first, _to_options(more[0]), *more[1:])
    raise ValueError(f"a message has a block of the unknown kind {kind!r}")


def _from_action(action: Action) -> list[Any]:
    return [action.label, action.words, action.primary]


def _from_option(option: Option) -> list[str]:
    return [option.label, option.words, option.hint]


def _to_options(options: list[list[str]]) -> tuple[Option, ...]:
    return tuple(Option(*option) for option in options)


def _from_form(form: Form) -> list[Any]:
    return [form.title, form.words, form.submit, [_from_field(one) for one in form.fields]]


def _to_form(title: str, words: str, submit: str, fields: list[list[Any]]) -> Form:
    return Form(title, words, tuple(_to_field(*one) for one in fields), submit)


def _from_field(one: Field) -> list[Any]:
    options = [_from_option(option) for option in one.options]
    return [one.lead, one.label, one.kind, one.value, one.hint, options, one.required]


def _to_field(lead: str, label: str, kind: str, *more: Any) -> Field:
    value, hint, options, required = more
    return Field(lead, label, FieldKind(kind), value, hint, _to_options(options), required)


def _from_line(spans: Line) -> list[Any]:
    return [_from_inline(span) for span in spans]


def _to_line(spans: list[Any]) -> Line:
    return tuple(map(_to_inline, spans))


def _from_inline(span: Inline) -> Any:
    if isinstance(span, When):
        at = span.at.astimezone(UTC).isoformat()
        return {"at": at, "text": span.text, "relative": span.relative}
    if not span.style and span.href is None:
        return span.text
    return [span.text, span.style.value, span.href]


def _to_inline(span: Any) -> Inline:
    if isinstance(span, dict):
        return When(datetime.fromisoformat(span["at"]), span["text"], span["relative"])
    return Span(span) if isinstance(span, str) else Span(span[0], Style(span[1]), span[2])
