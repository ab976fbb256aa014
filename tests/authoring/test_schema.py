from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from jsonschema import Draft202012Validator, FormatChecker
from pydantic import TypeAdapter, ValidationError

from bot.authoring.schema import schema, schema_text
from bot.domain.briefing import BriefingFile
from bot.library.yaml import read
from tests.library.texts import VALID
from tests.strategies import briefings

FOLDER = Path(__file__).parents[2] / "briefings"
SHAPE = Draft202012Validator(schema(), format_checker=FormatChecker(["date"]))
MODEL = TypeAdapter(BriefingFile)


def test_the_schema_beside_the_briefings_is_the_one_we_generate() -> None:
    remedy = "run: python -m bot schema --write briefings/briefing.schema.json"
    assert (FOLDER / "briefing.schema.json").read_text(encoding="utf-8") == schema_text(), remedy


def test_the_schema_is_a_schema() -> None:
    Draft202012Validator.check_schema(schema())


def test_an_editor_can_explain_every_key_and_knows_all_of_them() -> None:
    whole = schema()
    mappings = [whole, *(part for part in whole["$defs"].values() if "properties" in part)]
    assert len(mappings) == 10
    for mapping in mappings:
        assert mapping["additionalProperties"] is False
        for about in mapping["properties"].values():
            assert about["title"]
            assert about["description"].endswith((".", "`."))


def test_the_keys_are_offered_in_the_order_in_which_one_writes_them() -> None:
    assert list(schema()["properties"])[:5] == schema()["required"]
    faq = list(schema()["$defs"]["Faq"]["properties"])
    assert (faq[:3], faq[-1]) == (["id", "sources", "question"], "minor")


def test_every_shipped_briefing_points_at_the_schema_and_fits_it() -> None:
    for path in FOLDER.glob("*.yaml"):
        text = path.read_text(encoding="utf-8")
        assert text.startswith("# yaml-language-server: $schema=briefing.schema.json\n")
        SHAPE.validate(read(text).value)


@given(briefings())
def test_every_valid_briefing_fits_the_schema(raw: dict[str, Any]) -> None:
    SHAPE.validate(raw)


WRONG: list[tuple[tuple[str | int, ...], Any]] = [
    (("title",), 1.1),
    (("title",), None),
    (("title",), ""),
    (("title",), "x" * 76),
    (("titel",), "x"),
    (("as_of",), 2026),
    (("status",), "developping"),
    (("aliases",), "toll"),
    (("aliases",), ["x"] * 21),
    (("aliases",), [1]),
    (("visible_to",), ["slack"]),
    (("language",), "english!"),
    (("review_by",), "soon"),
    (("sources",), []),
    (("sources",), ["minutes"]),
    (("sources", 0, "id"), "The Minutes"),
    (("sources", 0, "kind"), "gossip"),
    (("sources", 0, "url"), "http://a.example"),
    (("sources", 0, "colour"), "red"),
    (("faq", 0, "sources"), []),
    (("faq", 0, "sources", 0), "Minutes, page 3"),
    (("faq", 0, "answer"), "x" * 2601),
    (("timeline",), [{"id": "t", "date": "March", "text": "x", "sources": ["minutes"]}]),
    (("timeline",), [{"id": "t", "date": "2026", "text": "x"}]),
]


@pytest.mark.parametrize(("loc", "value"), WRONG)
def test_what_the_model_refuses_by_its_shape_the_schema_refuses(
    loc: tuple[str | int, ...], value: Any
) -> None:
    raw = read(VALID).value
    part = raw
    for key in loc[:-1]:
        part = part[key]
    part[loc[-1]] = value
    with pytest.raises(ValidationError):
        MODEL.validate_python(raw)
    assert not SHAPE.is_valid(raw)


@pytest.mark.parametrize("key", ["title", "bottom_line", "as_of", "status", "sources"])
def test_what_the_model_misses_the_schema_misses(key: str) -> None:
    raw = read(VALID).value
    del raw[key]
    assert not SHAPE.is_valid(raw)
