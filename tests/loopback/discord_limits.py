"""What Discord would refuse: its documented limits, and its own API description where present."""

from __future__ import annotations

import functools
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema

Payload = dict[str, Any]

DESCRIPTION = Path(__file__).parents[3] / "shared" / "discord-openapi.json"

V2, EPHEMERAL, SUPPRESS_EMBEDS, SILENT = 1 << 15, 1 << 6, 1 << 2, 1 << 12
ROW, BUTTON, SELECT, SECTION, TEXT, THUMBNAIL, SEPARATOR, CONTAINER = 1, 2, 3, 9, 10, 11, 14, 17
LINK = 5

_KEYS = {
    ROW: {"components"},
    BUTTON: {"style", "label", "custom_id", "url", "disabled", "emoji", "sku_id"},
    # Discord ignores `required` outside of forms; the library's own items always have it.
    SELECT: {"custom_id", "options", "placeholder", "min_values", "max_values", "disabled"}
    | {"required"},
    SECTION: {"components", "accessory"},
    TEXT: {"content"},
    SEPARATOR: {"divider", "spacing"},
    CONTAINER: {"components", "accent_color", "spoiler"},
}
_CHILDREN = {
    None: {ROW, SECTION, TEXT, SEPARATOR, CONTAINER},
    CONTAINER: {ROW, SECTION, TEXT, SEPARATOR},
    SECTION: {TEXT},
    ROW: {BUTTON, SELECT},
}
_MENTION = re.compile(r"@everyone|@here|<@[!&]?\d+>")
_COMMAND_NAME = re.compile(r"[-_'\w]{1,32}\Z")


def size(text: str) -> int:
    """Characters as Discord may count them: UTF-16 units, the larger of the two readings."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def walk(components: list[Payload]) -> Iterator[Payload]:
    """Yield every component of a message, nested ones and accessories included."""
    for component in components:
        yield component
        yield from walk(component.get("components", []))
        if "accessory" in component:
            yield component["accessory"]


def texts(message: Payload) -> list[str]:
    """Return the text displays of a message, in reading order."""
    return [c["content"] for c in walk(message.get("components") or []) if c["type"] == TEXT]


def pings(message: Payload) -> list[str]:
    """Return the mentions in a message that would notify somebody."""
    if message.get("allowed_mentions") == {"parse": []}:
        return []
    return _MENTION.findall("\n".join([message.get("content") or "", *texts(message)]))


def message_problems(message: Payload) -> list[str]:
    """Return what is outside the limits of a message."""
    flags, components = message.get("flags") or 0, message.get("components") or []
    problems = []
    if size(message.get("content") or "") > 2000:
        problems.append("content is longer than 2000")
    if not flags & V2:
        if any(c["type"] != ROW for c in components):
            problems.append("components of version 2 without the flag")
        return problems
    beside = [key for key in ("content", "embeds", "poll", "sticker_ids") if message.get(key)]
    problems += [f"{key} beside components of version 2" for key in beside]
    every = list(walk(components))
    if not 1 <= len(every) <= 40:
        problems.append(f"{len(every)} components; 1 to 40 are allowed")
    if (total := sum(map(size, texts(message)))) > 4000:
        problems.append(f"{total} characters of text; 4000 are allowed")
    ids = [c["custom_id"] for c in every if "custom_id" in c]
    if len(ids) != len(set(ids)):
        problems.append("a custom_id is used twice")
    problems += _nesting_problems(components, None)
    return problems + [p for c in every for p in _component_problems(c)]


def _nesting_problems(components: list[Payload], parent: int | None) -> list[str]:
    problems = []
    for component in components:
        kind = component["type"]
        if kind not in _CHILDREN.get(parent, set()):
            problems.append(f"a component of type {kind} inside one of type {parent}")
        problems += _nesting_problems(component.get("components", []), kind)
    return problems


def _component_problems(component: Payload) -> list[str]:
    kind = component["type"]
    unknown = component.keys() - _KEYS.get(kind, set()) - {"type", "id"}
    problems = [f"type {kind} has no {key}" for key in unknown]
    children = component.get("components", [])
    if "custom_id" in component and not 1 <= size(component["custom_id"]) <= 100:
        problems.append(f"custom_id of {size(component['custom_id'])} characters")
    if kind == ROW:
        buttons = [c for c in children if c["type"] == BUTTON]
        if not (1 <= len(buttons) <= 5 or len(children) == 1) or len(buttons) not in (
            0,
            len(children),
        ):
            problems.append("an action row needs 1 to 5 buttons or one select")
    if kind == SECTION and not (1 <= len(children) <= 3 and "accessory" in component):
        problems.append("a section needs 1 to 3 texts and an accessory")
    if kind == TEXT and not 1 <= size(component["content"].strip()) <= 4000:
        problems.append("a text display of no or more than 4000 characters")
    if kind == CONTAINER and not children:
        problems.append("an empty container")
    if kind == BUTTON:
        problems += _button_problems(component)
    if kind == SELECT:
        problems += _select_problems(component)
    return problems


def _button_problems(button: Payload) -> list[str]:
    problems = []
    if not 1 <= size(button.get("label", "").strip()) <= 80:
        problems.append(f"button label {button.get('label')!r}")
    link = button["style"] == LINK
    if link != ("url" in button) or link == ("custom_id" in button):
        problems.append("a button has either a url (style 5) or a custom_id")
    if link and not (button["url"].startswith("https://") and size(button["url"]) <= 512):
        problems.append(f"button url {button['url']!r}")
    return problems


def _select_problems(select: Payload) -> list[str]:
    options = select.get("options", [])
    problems = [] if 1 <= len(options) <= 25 else [f"{len(options)} options"]
    if size(select.get("placeholder", "")) > 150:
        problems.append("placeholder is longer than 150")
    values = [option["value"] for option in options]
    if len(values) != len(set(values)):
        problems.append("an option value is used twice")
    for option in options:
        told = {"description": "-", **option}
        outside = [key for key in ("label", "value", "description") if not _fits(told[key])]
        problems += [f"option {key} {option[key]!r}" for key in outside]
    return problems


def _fits(text: str) -> bool:
    """Tell whether a label, value or description is of 1 to 100 characters."""
    return 1 <= size(text.strip()) <= 100


def callback_problems(callback: Payload, *, component: bool = False) -> list[str]:
    """Return what is wrong with the answer to an interaction; `component` says it was a click."""
    kind, data = callback.get("type"), callback.get("data") or {}
    if kind in (6, 7) and not component:
        return [f"callback type {kind} edits a message, and there is none to edit"]
    if kind == 5:
        return [] if (data.get("flags") or 0) in (0, EPHEMERAL) else ["a deferral with other flags"]
    if kind == 8:
        return choice_problems(data.get("choices") or [])
    if kind == 4:
        allowed = V2 | EPHEMERAL | SUPPRESS_EMBEDS | SILENT
        extra = (data.get("flags") or 0) & ~allowed
        return message_problems(data) + (["unknown flags"] if extra else [])
    return message_problems(data) if kind in (6, 7) else [f"callback type {kind}"]


def choice_problems(choices: list[Payload]) -> list[str]:
    """Return what is outside the limits of a list of autocompletion choices."""
    problems = [] if len(choices) <= 25 else [f"{len(choices)} choices"]
    for choice in choices:
        outside = [key for key in ("name", "value") if not _fits(str(choice[key]))]
        problems += [f"choice {key} {choice[key]!r}" for key in outside]
    return problems


def command_problems(commands: list[Payload]) -> list[str]:
    """Return what is outside the limits of a bulk update of application commands."""
    slash = [c for c in commands if c.get("type", 1) == 1]
    problems = [] if len(slash) <= 100 else [f"{len(slash)} slash commands"]
    names = [(c.get("type", 1), c["name"]) for c in commands]
    if len(names) != len(set(names)):
        problems.append("a command name is used twice")
    for command in slash:
        problems += _option_problems(command)
        if (total := _text_total(command)) > 8000:
            problems.append(f"/{command['name']} has {total} characters; 8000 are allowed")
    return problems


def _option_problems(option: Payload) -> list[str]:
    name, children = option["name"], option.get("options") or []
    problems = []
    if not _COMMAND_NAME.match(name) or name != name.lower():
        problems.append(f"name {name!r}")
    if not 1 <= size(option.get("description") or "") <= 100:
        problems.append(f"description of {name}")
    if len(children) > 25:
        problems.append(f"{name} has {len(children)} options")
    required = [bool(c.get("required")) for c in children]
    if required != sorted(required, reverse=True):
        problems.append(f"{name} has a required option after an optional one")
    if option.get("choices") and option.get("autocomplete"):
        problems.append(f"{name} has choices and autocompletion")
    problems += choice_problems(option.get("choices") or [])
    return problems + [p for child in children for p in _option_problems(child)]


def _text_total(option: Payload) -> int:
    own = size(option["name"]) + size(option.get("description") or "")
    chosen = sum(size(c["name"]) + size(str(c["value"])) for c in option.get("choices") or [])
    return own + chosen + sum(map(_text_total, option.get("options") or []))


def description_present() -> bool:
    """Tell whether Discord's API description lies beside the repository."""
    return DESCRIPTION.is_file()


@functools.cache
def _description() -> Payload:
    description: Payload = json.loads(DESCRIPTION.read_text(encoding="utf-8"))
    return description


def _kinds(option: Payload) -> list[int] | None:
    """Return the values of `type` a referenced schema is for."""
    if "$ref" not in option:
        return None
    name = option["$ref"].rpartition("/")[2]
    kinds = _description()["components"]["schemas"][name].get("properties", {}).get("type", {})
    found: list[int] | None = kinds.get("enum")
    return found


def _by_type(keyword: str) -> Any:
    """Choose among alternatives by `type`, as a reader does: far quicker, and a clearer error."""
    plain = jsonschema.Draft202012Validator.VALIDATORS[keyword]

    def check(validator: Any, options: list[Payload], instance: Any, schema: Payload) -> Any:
        kind = instance.get("type") if isinstance(instance, dict) else None
        fitting = [o for o in options if isinstance(kind, int) and kind in (_kinds(o) or ())]
        if len(fitting) == 1:
            return validator.descend(instance, fitting[0])
        return plain(validator, options, instance, schema)

    return check


_Validator = jsonschema.validators.extend(
    jsonschema.Draft202012Validator, {key: _by_type(key) for key in ("oneOf", "anyOf")}
)


@functools.cache
def _validator(method: str, path: str) -> Any:
    operation = _description()["paths"][path][method.lower()]
    schema = operation["requestBody"]["content"]["application/json"]["schema"]
    return _Validator({**schema, "components": _description()["components"]})


def description_problems(method: str, path: str, body: Any) -> list[str]:
    """Check a request body against the API description; nothing is found where it is absent."""
    if not description_present():
        return []
    error = jsonschema.exceptions.best_match(_validator(method, path).iter_errors(body))
    return [] if error is None else [f"{error.json_path}: {error.message[:300]}"]
