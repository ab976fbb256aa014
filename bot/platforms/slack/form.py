"""A form as the fields of a Slack modal, and what was filled in; plain dicts, within the limits.

Each field holds its own lead, so that a form can be submitted whenever it was opened.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final

from bot.domain.reply import Field, FieldKind, Form, Option
from bot.domain.request import Channel
from bot.domain.zones import is_zone
from bot.platforms.slack.controls import BARE, OPTIONS, to_option
from bot.platforms.slack.text import clean, plain_text, utf16

Json = dict[str, Any]

TITLE: Final = 24
#: The callback_id of a modal that is to be filled in.
FORM: Final = "b1:form"

_FIELDS = 50
_BLOCK_ID_LIMIT = 255
_TEXT = 2_000
_VALUE = 3_000
_PLACEHOLDER = 150
_EXAMPLES = 3
#: Kinds of fields whose menus ask for their options, by the names in their action ids.
_ASKED: Final = {FieldKind.ZONE: "zone", FieldKind.STORIES: "stories"}
#: Slack asks for options as soon as a menu is opened, and not from the third letter on.
_AT_ONCE: Final = {"min_query_length": 0}
#: The block of a field: its number, and its lead.
BLOCK_ID: Final = re.compile(r"b1:(\d{1,4}):(.*)", re.DOTALL)
_CHANNELS: Final = {
    "include": ["public", "private"],
    "exclude_bot_users": True,
    "exclude_external_shared_channels": True,
}


def render_form(form: Form, first: int = 1) -> Json | None:
    """The modal in which this is filled in; None if Slack's limits leave no room for it.

    Fields are numbered from `first`: where Slack meets a number again in an updated modal, it
    keeps what was typed before, and not our new value.
    """
    blocks = [_to_input(field, number) for number, field in enumerate(form.fields, first)]
    values = [block["element"].get("initial_value", "") for block in blocks]
    ids = [block["block_id"] for block in blocks]
    if not 1 <= len(blocks) <= _FIELDS or max(map(utf16, ids)) > _BLOCK_ID_LIMIT:
        return None
    if max(map(utf16, values)) > _VALUE:
        return None
    return {
        "type": "modal",
        "callback_id": FORM,
        "title": _short(form.title, TITLE, "Briefings"),
        "submit": _short(form.submit, TITLE, "Continue"),
        "close": plain_text("Cancel", TITLE),
        "blocks": blocks,
    }


def to_values(view: Mapping[str, Any], team: str) -> list[tuple[str, str]] | None:
    """What was filled in, each value with its lead; None if the modal is not one of ours."""
    if view.get("callback_id") != FORM:
        return None
    state = view.get("state", {}).get("values", {})
    values = []
    for block in view.get("blocks", ()):
        if block.get("type") != "input":
            continue
        found = BLOCK_ID.fullmatch(str(block.get("block_id")))
        if not found:
            return None
        element: Json = next(iter(state.get(found[0], {}).values()), {})
        values.append((found[2], _to_value(element, team)))
    return values


def _to_input(field: Field, number: int) -> Json:
    element = _to_element(field)
    block = {
        "type": "input",
        "block_id": f"b1:{number}:{clean(field.lead)}",
        "label": _short(field.label, _TEXT, clean(field.lead) or "Value"),
        "optional": not field.required,
        "element": {"action_id": f"b1:{_ASKED.get(field.kind, 'field')}{number}", **element},
    }
    hint = " ".join(clean(part).strip() for part in (field.hint, _examples(field))).strip()
    return block | ({"hint": plain_text(hint, _TEXT)} if hint else {})


def _to_element(field: Field) -> Json:
    value = clean(field.value).strip()
    if field.kind is FieldKind.CHANNEL:
        return {"type": "conversations_select", "filter": _CHANNELS, **_chosen_channel(value)}
    if field.kind is FieldKind.ZONE and (is_zone(value) or not value):
        return _to_zone(value)
    if field.kind is FieldKind.STORIES and (menu := _to_stories(field, value)):
        return menu
    if field.kind is FieldKind.CHOICE and (options := _to_options(field)):
        chosen = [option for option in options if option["value"] == (value or BARE)]
        # Where the menu cannot show the present value, that is typed: nothing chosen is lost.
        if chosen or not value:
            placeholder = {"placeholder": plain_text("Choose", _PLACEHOLDER), "options": options}
            start = {"initial_option": chosen[0]} if chosen else {}
            return {"type": "static_select", **placeholder, **start}
    return {"type": "plain_text_input"} | ({"initial_value": value} if value else {})


def _to_zone(value: str) -> Json:
    """A menu of all zones: there are more than one menu may hold, so Slack asks for them."""
    start = {"initial_option": to_option(Option(value, value))} if is_zone(value) else {}
    placeholder = plain_text("Type a city", _PLACEHOLDER)
    return {"type": "external_select", "placeholder": placeholder, **_AT_ONCE, **start}


def _to_stories(field: Field, value: str) -> Json | None:
    """A menu of stories, of which there may be any number; None if it cannot show the value."""
    titles = {option.words: option.label for option in field.options}
    slugs = [slug for part in value.split(",") if (slug := part.strip())]
    chosen = [to_option(Option(titles.get(slug, slug), slug)) for slug in dict.fromkeys(slugs)]
    if not all(chosen) or len(chosen) > OPTIONS:
        return None
    placeholder = plain_text("Type a name", _PLACEHOLDER)
    start = {"initial_options": chosen} if chosen else {}
    return {"type": "multi_external_select", "placeholder": placeholder, **_AT_ONCE, **start}


def _to_options(field: Field) -> list[Json]:
    """Every choice as an option of a menu; none at all if one of them does not fit."""
    options = [option for option in map(to_option, field.options) if option]
    unique = len({option["value"] for option in options}) == len(field.options)
    return options if unique and len(options) <= OPTIONS else []


def _chosen_channel(value: str) -> Json:
    try:
        channel = Channel.parse(value)
    except ValueError:
        channel = None
    if channel and channel.platform == "slack" and utf16(channel.id) <= _BLOCK_ID_LIMIT:
        return {"initial_conversation": channel.id}
    return {"default_to_current_conversation": True}


def _examples(field: Field) -> str:
    if field.kind is not FieldKind.TEXT or not field.options:
        return ""
    return f"For example: {', '.join(option.words for option in field.options[:_EXAMPLES])}"


def _to_value(element: Mapping[str, Any], team: str) -> str:
    """What was filled into a field, as one would type it; empty if nothing was."""
    if channel := element.get("selected_conversation"):
        return str(Channel("slack", team, channel))
    if options := element.get("selected_options"):
        return ", ".join(str(option["value"]) for option in options)
    if option := element.get("selected_option"):
        return "" if option["value"] == BARE else str(option["value"])
    return str(element.get("value") or "")


def _short(text: str, limit: int, otherwise: str) -> Json:
    return plain_text(clean(text).strip() or otherwise, limit)
