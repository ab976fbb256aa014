"""Modals of a loopback Discord: what it would refuse, and what a person may fill in."""

from __future__ import annotations

from collections.abc import Mapping

from tests.loopback.discord_limits import choice_problems, size
from tests.loopback.discord_payloads import Payload, resolved

STRINGS, INPUT, CHANNELS, LABEL = 3, 4, 8, 18

_SHARED = {"type", "id", "custom_id", "required"}
_MENU = _SHARED | {"placeholder", "min_values", "max_values"}
_KEYS = {
    STRINGS: _MENU | {"options"},
    INPUT: _SHARED | {"style", "value", "placeholder", "min_length", "max_length"},
    CHANNELS: _MENU | {"channel_types", "default_values"},
}
_ROW_KEYS = {"type", "id", "label", "description", "component"}


def modal_problems(modal: Payload) -> list[str]:
    """Return what is outside the limits of a modal."""
    rows = modal.get("components") or []
    problems = [f"a modal has no {key}" for key in modal.keys() - _MODAL_KEYS]
    problems += _length_problems(modal, custom_id=(1, 100), title=(1, 45))
    if not 1 <= len(rows) <= 5:
        problems.append(f"{len(rows)} rows in a modal")
    if any(row.get("type") != LABEL for row in rows):
        return [*problems, "a row of a modal that is no label"]
    ids = [row["component"].get("custom_id") for row in rows]
    if len(ids) != len(set(ids)):
        problems.append("a custom_id is used twice in a modal")
    return problems + [problem for row in rows for problem in _row_problems(row)]


_MODAL_KEYS = {"custom_id", "title", "components"}


def _row_problems(row: Payload) -> list[str]:
    field = row["component"]
    kind = field["type"]
    unknown = [*(row.keys() - _ROW_KEYS), *(field.keys() - _KEYS.get(kind, set()))]
    problems = [f"a row with type {kind} has no {key}" for key in unknown]
    problems += _length_problems(row, label=(1, 45), description=(1, 100))
    problems += _length_problems(field, custom_id=(1, 100), value=(0, 4000))
    if kind == INPUT:
        problems += _length_problems(field, placeholder=(0, 100))
        return problems if field.get("style") in (1, 2) else [*problems, "a text input's style"]
    if field.get("required", True) and not field.get("min_values", 1):
        problems.append("a required menu from which nothing may be picked")
    if kind == STRINGS:
        problems += _option_problems(field["options"])
    if kind == CHANNELS and len(field.get("default_values", ())) > field.get("max_values", 1):
        problems.append("more channels than may be picked")
    return problems


def _option_problems(options: list[Payload]) -> list[str]:
    problems = [] if options else ["a menu without options"]
    problems += choice_problems([{**option, "name": option["label"]} for option in options])
    problems += [p for option in options for p in _length_problems(option, description=(0, 100))]
    if len({option["value"] for option in options}) != len(options):
        problems.append("an option value is used twice")
    if sum(bool(option.get("default")) for option in options) > 1:
        problems.append("more options picked beforehand than may be")
    return problems


def _length_problems(part: Payload, **limits: tuple[int, int]) -> list[str]:
    """Return which texts are too short or too long; one that may be left out is not missed."""
    return [
        f"{key} of {size(part[key])} characters"
        for key, (least, most) in limits.items()
        if key in part and not least <= size(part[key].strip() if least else part[key]) <= most
    ]


def submission(
    modal: Payload, values: Mapping[str, str], channels: Mapping[str, Payload]
) -> Payload:
    """Return what a modal tells once it is submitted; what is not given stays as it was shown.

    Values are given by label: a text, an option's label, a channel's id.
    """
    labels = [row["label"] for row in modal["components"]]
    if strange := values.keys() - set(labels):
        raise LookupError(f"no field {strange}; there are {labels}")
    rows, picked = [], []
    for number, row in enumerate(modal["components"]):
        field = row["component"]
        told: Payload = {key: field[key] for key in ("type", "custom_id")}
        told.update(_filled(field, values.get(row["label"]), channels))
        if field.get("required", True) and not (told.get("value") or told.get("values")):
            raise LookupError(f"{row['label']} must be filled in")
        if field["type"] == CHANNELS:
            picked += [channels[one] for one in told["values"]]
        rows.append({"type": LABEL, "id": 2 * number + 1, "component": told})
        told["id"] = 2 * number + 2
    data: Payload = {"custom_id": modal["custom_id"], "components": rows}
    return {**data, **resolved(picked)}


def _filled(field: Payload, value: str | None, channels: Mapping[str, Payload]) -> Payload:
    if field["type"] == INPUT:
        text = field.get("value", "") if value is None else value
        if size(text) > field.get("max_length", 4000):
            raise LookupError("nobody can type so much into a modal")
        return {"value": text}
    if field["type"] == STRINGS:
        wanted = [
            option["value"]
            for option in field["options"]
            if (option.get("default") if value is None else option["label"] == value)
        ]
        if value and not wanted:
            raise LookupError(f"no option {value!r}; there are {field['options']}")
        return {"values": wanted}
    if value is None:
        return {"values": [default["id"] for default in field.get("default_values", ())]}
    if value and channels[value]["type"] not in field["channel_types"]:
        raise LookupError(f"channel {value} is of another type")
    return {"values": [value] if value else []}
