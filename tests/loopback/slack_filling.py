"""Fields of the loopback Slack's modals: what is filled in, and what they start with."""

from __future__ import annotations

from collections.abc import Sequence

from tests.loopback.slack_payloads import Json

#: What an element starts with, and what that is called once it is filled in.
_STARTS = {
    "plain_text_input": ("initial_value", "value"),
    "static_select": ("initial_option", "selected_option"),
    "external_select": ("initial_option", "selected_option"),
    "multi_external_select": ("initial_options", "selected_options"),
}


def filled(element: Json, value: str | None, offered: Sequence[Json]) -> Json:
    """A field with a text, the id of a channel, or the labels of options, one a line."""
    kind = element["type"]
    if kind == "plain_text_input":
        return {"type": kind, "value": value or None}
    if kind == "conversations_select":
        return {"type": kind, "selected_conversation": value}
    options = element.get("options", offered)
    labels = value.splitlines() if value else []
    found = [option for option in options if option["text"]["text"] in labels]
    if len(found) != len(labels):
        raise LookupError(f"no option {value!r}")
    if kind == "multi_external_select":
        return {"type": kind, "selected_options": found}
    return {"type": kind, "selected_option": found[0] if found else None}


def initial(element: Json, channel: str | None) -> Json:
    """A field as it is when its modal opens in a channel."""
    kind = element["type"]
    if kind in _STARTS:
        start, name = _STARTS[kind]
        return {"type": kind, name: element.get(start)}
    current = channel if element.get("default_to_current_conversation") else None
    return {"type": kind, "selected_conversation": element.get("initial_conversation") or current}
