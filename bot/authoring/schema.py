"""The JSON Schema of briefing files, from which an editor completes, checks and explains."""

from __future__ import annotations

import ast
import inspect
import json
from itertools import pairwise
from textwrap import dedent
from typing import TYPE_CHECKING, Any, Final

from pydantic import TypeAdapter

from bot.domain.sections import SECTIONS, Item
from bot.library.shape import Shape, file_shape, shape_of

if TYPE_CHECKING:
    from collections.abc import Iterator

_DIALECT: Final = "https://json-schema.org/draft/2020-12/schema"


def schema_text() -> str:
    """The schema as the file beside the briefings holds it."""
    return json.dumps(schema(), indent=2, ensure_ascii=False) + "\n"


def schema() -> dict[str, Any]:
    """The schema of a briefing file, with a title and an explanation for every key."""
    shape = file_shape()
    models = {each.model.__name__: each.model for each in _shapes(shape)}
    made: dict[str, Any] = TypeAdapter(shape.model).json_schema()
    parts = {
        name: _explained(part, models[name]) if name in models else part
        for name, part in made.pop("$defs").items()
    }
    made["title"] = "Briefing"
    return {"$schema": _DIALECT, **_explained(made, shape.model), "$defs": parts}


def _shapes(shape: Shape) -> Iterator[Shape]:
    yield shape
    for key in shape.keys.values():
        if key.shape:
            yield from _shapes(key.shape)


def _explained(part: dict[str, Any], model: type) -> dict[str, Any]:
    """The schema of a mapping with its keys explained, in the order in which one writes them."""
    meanings, titles = _meanings(model), {section.field: section.title for section in SECTIONS}
    properties = {}
    for name in _in_order(model):
        about = {word: value for word, value in part["properties"][name].items() if word != "title"}
        if not about.get("default", True):
            del about["default"]
        title = titles.get(name, name.replace("_", " ").capitalize())
        properties[name] = {"title": title, "description": meanings[name], **about}
    required = [name for name in properties if name in part["required"]]
    return {**part, "properties": properties, "required": required}


def _in_order(model: type) -> list[str]:
    known = shape_of(model)
    written = [name for base in reversed(model.__mro__) for name in inspect.get_annotations(base)]
    marks = {name for name in inspect.get_annotations(Item) if name not in _required(known)}
    return sorted((name for name in written if name in known.keys), key=marks.__contains__)


def _required(shape: Shape) -> set[str]:
    return {name for name, key in shape.keys.items() if key.required}


def _meanings(model: type) -> dict[str, str]:
    """What each key of a model means: the text under its field, or its section's summary."""
    found = {section.field: f"{section.summary}." for section in SECTIONS}
    for base in reversed(model.__mro__):
        if base.__module__.startswith("bot."):
            found.update(_texts_under_fields(base))
    return found


def _texts_under_fields(model: type) -> Iterator[tuple[str, str]]:
    try:
        source = dedent(inspect.getsource(model))
    except OSError:  # a model that was put together by the program has no source of its own
        return
    tree = ast.parse(source).body[0]
    for field, text in pairwise(tree.body if isinstance(tree, ast.ClassDef) else ()):
        if isinstance(field, ast.AnnAssign) and isinstance(text, ast.Expr):
            name, value = ast.unparse(field.target), ast.literal_eval(text.value)
            yield name, " ".join(str(value).split())
