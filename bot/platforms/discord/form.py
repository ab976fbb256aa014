"""A form as a Discord modal, and what was filled in as words; plain dicts, within its limits.

A modal holds its words, and each field its lead, so it can be submitted whenever it was opened.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from bot.domain.reply import Field, FieldKind, Form, filled
from bot.domain.request import Channel
from bot.platforms.discord.controls import (
    BARE,
    CUSTOM_ID,
    OPTION_LABEL,
    OPTIONS,
    label,
    sendable,
    to_option,
)
from bot.platforms.discord.markup import plain, size

Payload = dict[str, Any]

# From Discord's reference of components; discord.py takes no more than five fields.
FIELDS: Final = 5
_TITLE, _LABEL, _HINT, _PLACEHOLDER, _TEXT = 45, 45, 100, 100, 4000
_SELECT, _INPUT, _CHANNELS, _LABELLED = 3, 4, 8, 18
_ONE_LINE: Final = 1
#: Text and announcement channels, and the three kinds of threads.
CHANNEL_TYPES: Final = (0, 5, 10, 11, 12)

_MODAL_ID: Final = re.compile(r"b1f:(?P<words>(?s:.*))")
_FIELD_ID: Final = re.compile(r"(?P<place>[0-9]):(?P<lead>(?s:.*))")


def to_modal(form: Form) -> Payload | None:
    """Return the modal that shows a form; None if Discord's limits leave no room for it."""
    rows = [_to_row(place, field) for place, field in enumerate(form.fields)]
    modal_id = f"b1f:{sendable(form.words)}"
    ids = [modal_id, *(row["component"]["custom_id"] for row in rows)]
    written = [row["component"].get("value", "") for row in rows]
    if not 1 <= len(rows) <= FIELDS or max(map(size, ids)) > CUSTOM_ID:
        return None
    if max(map(size, written)) > _TEXT:
        return None
    return {"custom_id": modal_id, "title": label(form.title, _TITLE), "components": rows}


def to_submitted(modal: Mapping[str, Any], workspace: str) -> str | None:
    """Return the words that a modal asks, given as its interaction's data; None if not ours."""
    found = to_filled_in(modal, workspace)
    return found.asked if found else None


@dataclass(frozen=True, slots=True)
class FilledIn:
    """What was filled into the form that asks `words`: lead and value by place."""

    words: str
    fields: Mapping[int, tuple[str, str]]

    @property
    def asked(self) -> str:
        """The words that it asks."""
        return filled(self.words, [field for _, field in sorted(self.fields.items())])

    @property
    def values(self) -> dict[int | FieldKind, str]:
        """The values alone, by place."""
        return {place: value for place, (_, value) in self.fields.items()}


def to_filled_in(modal: Mapping[str, Any], workspace: str) -> FilledIn | None:
    """Return what was filled into a modal, given as its interaction's data; None if not ours."""
    match = _MODAL_ID.fullmatch(str(modal.get("custom_id")))
    if not match:
        return None
    fields = {}
    for row in modal.get("components", ()):
        component = row.get("component", {})
        field = _FIELD_ID.fullmatch(str(component.get("custom_id")))
        if not field:
            return None
        fields[int(field["place"])] = field["lead"], _to_value(component, workspace)
    return FilledIn(match["words"], fields)


def _to_row(place: int, field: Field) -> Payload:
    component = {
        **_to_component(field),
        "custom_id": f"{place}:{sendable(field.lead)}",
        "required": field.required,
    }
    row = {"type": _LABELLED, "label": label(field.label, _LABEL), "component": component}
    hint = label(field.hint, _HINT) if plain(field.hint) else ""
    return {**row, "description": hint} if hint else row


def _to_component(field: Field) -> Payload:
    if field.kind is FieldKind.CHANNEL:
        return _to_channels(field)
    options: list[Payload] = [to_option(option) for option in field.options]
    if field.kind is FieldKind.CHOICE and _shows(options, field.value):
        present = field.value.strip() or BARE
        marked = [{**one, "default": True} if one["value"] == present else one for one in options]
        return {"type": _SELECT, "options": marked, **_one_of(field)}
    shown: Payload = {"type": _INPUT, "style": _ONE_LINE}
    if value := sendable(field.value).strip():
        shown["value"] = value
    if examples := [option.words for option in field.options if plain(option.words)]:
        shown["placeholder"] = label(f"For example: {examples[0]}", _PLACEHOLDER)
    return shown


def _to_channels(field: Field) -> Payload:
    shown = {"type": _CHANNELS, "channel_types": [*CHANNEL_TYPES], **_one_of(field)}
    try:
        channel = Channel.parse(field.value)
    except ValueError:
        return shown
    if channel.platform != "discord" or not _is_id(channel.id):
        return shown
    return {**shown, "default_values": [{"id": channel.id, "type": "channel"}]}


def _one_of(field: Field) -> Payload:
    return {"min_values": int(field.required), "max_values": 1}


def _shows(options: list[Payload], value: str) -> bool:
    """Tell whether a menu can offer these options, the present value among them.

    Where it cannot, the value is typed: nothing that was chosen before is lost.
    """
    values = {option["value"] for option in options}
    unique = 1 <= len(values) == len(options) <= OPTIONS
    present = not value.strip() or value.strip() in values
    return unique and present and max(map(size, values)) <= OPTION_LABEL


def _to_value(component: Mapping[str, Any], workspace: str) -> str:
    """Return what was filled into a field, as it is written; empty if nothing was."""
    if component.get("type") == _INPUT:
        return str(component.get("value") or "")
    picked = str(next(iter(component.get("values") or ()), ""))
    if component.get("type") == _CHANNELS:
        return str(Channel("discord", workspace, picked)) if _is_id(picked) else ""
    return "" if picked == BARE else picked


def _is_id(text: str) -> bool:
    return text.isascii() and text.isdecimal()
