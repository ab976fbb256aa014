"""A submitted form once more: at which field something is wrong, and all that was filled in."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any, Final

from bot.platforms.slack.form import BLOCK_ID

Json = dict[str, Any]

_QUOTED: Final = re.compile("“([^”]+)”")
_ACTION_ID: Final = re.compile(r"(b1:[a-z]+)\d+")
#: What a field's element may start with. A channel is always given, or none.
_STARTS: Final = {
    "value": "initial_value",
    "selected_option": "initial_option",
    "selected_options": "initial_options",
    "selected_conversation": "initial_conversation",
}


def field_at_fault(view: Mapping[str, Any], values: Sequence[tuple[str, str]], why: str) -> str:
    """The block of the field that a refusal is about: what it quotes, or the label that it names.

    `values` are those that were filled in, field by field. In doubt, it is the first.
    """
    blocks = _inputs(view)
    pieces = [piece.rstrip("…").casefold() for piece in _QUOTED.findall(why)]
    said = why.casefold()

    def likeness(place: int) -> tuple[int, int]:
        value = " ".join(values[place][1].casefold().split())
        shared = [len(set(piece.split()) & set(value.split())) for piece in pieces]
        whole = any(piece in value for piece in pieces)
        label = str(blocks[place]["label"]["text"]).casefold()
        return (1000 if whole else max(shared, default=0), len(label) if label in said else 0)

    best = max(range(len(blocks)), key=likeness)
    return str(blocks[best]["block_id"])


def refilled(view: Mapping[str, Any], first: int) -> list[Json]:
    """The fields of a submitted modal as they were filled in, numbered from `first`."""
    state = view.get("state", {}).get("values", {})
    return [
        _refilled(block, state.get(block["block_id"], {}), number)
        for number, block in enumerate(_inputs(view), first)
    ]


def _refilled(block: Json, state: Mapping[str, Json], number: int) -> Json:
    filled: Json = next(iter(state.values()), {})
    dropped = {*_STARTS.values(), "default_to_current_conversation"}
    element = {name: value for name, value in block["element"].items() if name not in dropped}
    element["action_id"] = _ACTION_ID.sub(rf"\g<1>{number}", str(element["action_id"]))
    starts = {start: filled[name] for name, start in _STARTS.items() if filled.get(name)}
    lead = BLOCK_ID.sub(rf"b1:{number}:\g<2>", block["block_id"])
    return {**block, "block_id": lead, "element": {**element, **starts}}


def _inputs(view: Mapping[str, Any]) -> list[Json]:
    return [block for block in view.get("blocks", ()) if block.get("type") == "input"]
