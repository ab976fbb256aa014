from __future__ import annotations

from typing import Any

import pytest
import yaml as pyyaml
from hypothesis import given, strategies as st

from bot.domain.problem import Position
from bot.library.scalars import to_value
from bot.library.yaml import DEPTH_LIMIT, PROBLEM_LIMIT, VALUE_LIMIT, read
from tests.strategies import texts, yaml_texts

ASTRAY = (
    "this line does not go with the lines above it — "
    "indent it like them, and put text with special characters in quotes"
)
AFTER_QUOTES = (
    "text goes on after the closing quotes — "
    "put the whole text in quotes of the other kind, or write it below after `>-`"
)
NO_COLON = (
    "this line is neither a key with a colon nor part of the text above — "
    "write it as `key: value`, or indent it further than the key above"
)
NOT_CLOSED = (
    "the bracket or brace that opens here is not closed in its place — "
    "close it, or put text that begins with one in quotes"
)
BACKSLASH = (
    "inside double quotes a backslash has a meaning of its own — "
    "write two backslashes, or use single quotes"
)
DEEPER = "this line is indented further than the one above it — align it with the keys beside it"
DASH = (
    "a list cannot begin here — "
    "begin it on the next line; put text that begins with a hyphen in quotes"
)
IN_QUOTES = "put it in quotes"

BROKEN = {
    "a: @x y": f"1:4: a text cannot begin with `@` — {IN_QUOTES}",
    "a:\n  - ok\n  - @x": f"3:5: a text cannot begin with `@` — {IN_QUOTES}",
    "a: `x` y": f"1:4: a text cannot begin with a backtick — {IN_QUOTES}",
    "a: %x": f"1:4: a text cannot begin with `%` — {IN_QUOTES}",
    "a: **x** y": f"1:4: a text cannot begin with `*` — {IN_QUOTES}",
    "a: *x* y": f"1:4: a text cannot begin with `*` — {IN_QUOTES}",
    "a: & x": f"1:4: a text cannot begin with `&` — {IN_QUOTES}",
    "a: > x": f"1:4: a text cannot begin with `>` — {IN_QUOTES}",
    "a: | x": f"1:4: a text cannot begin with `|` — {IN_QUOTES}",
    "a: [x](https://a.example)": f"1:4: a text cannot begin with `[` — {IN_QUOTES}",
    "a: {x} y": f"1:4: a text cannot begin with `{{` — {IN_QUOTES}",
    "a: [b, @c]": f"1:8: a text cannot begin with `@` — {IN_QUOTES}",
    "a: ? x": f"1:4: a text cannot begin with a question mark and a space — {IN_QUOTES}",
    'a: "x" y': f"1:4: {AFTER_QUOTES}",
    "a: 'it's'": f"1:4: {AFTER_QUOTES}",
    'a: "x\nb: y': "1:4: the quotes that open here are never closed — "
    "close them, or leave both out",
    "a: x: y": f"1:5: there is a colon with a space after it inside a text — {IN_QUOTES}",
    "a: x\nb y\nc: z": f"2:1: {NO_COLON}",
    "a: x\nb y": f"2:1: {NO_COLON}",
    "a: x\n  b: y": f"2:4: {DEEPER}",
    "a:x\nb: y": f"1:1: {NO_COLON}",
    "a:\u00a0x\nb: y": f"1:1: {NO_COLON}",
    "a: x\n<<<<<<< HEAD\nb: y": (
        "2:1: this line was left by git, where two versions differ — keep one of the two versions"
    ),
    "a: x\n  b: https://a.example": f"2:4: {DEEPER}",
    "a:\n  b: x\n c: y": f"3:2: {ASTRAY}",
    "a: >-\n  x\n y": f"3:2: {ASTRAY}",
    "a: x\n- b": f"2:1: {ASTRAY}",
    "a: - b": f"1:4: {DASH}",
    "a:\n\tb: x": "2:1: the line is indented with a tab — use spaces",
    "a:\n  - b\n\t- c": "3:1: the line is indented with a tab — use spaces",
    "a: |\n\tx": "2:1: the line is indented with a tab — use spaces",
    'a: "\\d"': f"1:5: {BACKSLASH}",
    'a: "\\ud800"': f"1:7: {BACKSLASH}",
    "a: [b, c\nd: e": f"1:4: {NOT_CLOSED}",
    "a: {b: c": f"1:4: {NOT_CLOSED}",
    "a: [b, , c]": "1:8: a value is missing here — write it, or put the whole text in quotes",
    "a: x\n---\nb: y": "2:1: a second document begins here — remove the line with ---",
    "a: x\n...\nb": "3:1: text follows after the end of the document — remove the line with ...",
    "%YAML 1.3\n---\na: x": (
        "1:1: this is not a version of YAML that can be read — remove the line with %YAML"
    ),
    "é: x\na: é\0": "2:5: a character that cannot be seen stands here (U+0000) — remove it",
    "a: x\x07": "1:5: a character that cannot be seen stands here (U+0007) — remove it",
    "a: \ud800": "1:4: a character that cannot be seen stands here (U+D800) — remove it",
}
VALUES = {
    "no": "no",
    "on": "on",
    "12:30": "12:30",
    "2026-01-08": "2026-01-08",
    "1_000": "1_000",
    "1.2.3": "1.2.3",
    "nan": "nan",
    ".inf": ".inf",
    "1" * 60: "1" * 60,
    "010": 10,
    "0o17": 15,
    "0x1F": 31,
    "-5": -5,
    "1.10": 1.1,
    "1e3": 1000.0,
    "true": True,
    "False": False,
    "null": None,
    "~": None,
    "": None,
    "'12'": "12",
    '"true"': "true",
    "|-\n  x\n  y": "x\ny",
    ">-\n  x\n  y": "x y",
}


@pytest.mark.parametrize(("text", "expected"), BROKEN.items())
def test_a_line_that_is_no_yaml_is_explained(text: str, expected: str) -> None:
    assert [str(problem) for problem in read(f"{text}\n", "f").problems] == [f"f:{expected}"]


@pytest.mark.parametrize(("text", "expected"), VALUES.items())
def test_a_value_means_what_yaml_1_2_says(text: str, expected: object) -> None:
    tree = read(f"a: {text}\n")
    assert (tree.value, tree.problems, tree.whole) == ({"a": expected}, [], True)


@pytest.mark.parametrize("text", ["", "# only a comment\n", "---\n", "\n\n"])
def test_a_text_may_hold_nothing(text: str) -> None:
    tree = read(text)
    assert (tree.value, tree.problems) == (None, [])


def test_everything_that_yaml_allows_and_we_do_not_is_told_at_once() -> None:
    text = (
        "a: &x 1\n"
        "a: again\n"
        "b: *x\n"
        "c: !!str 5\n"
        "? [1, 2]\n"
        ": value\n"
        "*x : y\n"
        "e: {f: 1, f: {g: 2, g: 3}}\n"
    )
    tree = read(text, "f", positions=True)
    assert [str(problem).partition(" — ")[0] for problem in tree.problems] == [
        "f:1:4: a text cannot begin with `&`, and anchors are not allowed",
        "f:2:1: the key `a` is here twice, first in line 1",
        "f:3:4: a text cannot begin with `*`, and references are not allowed",
        "f:4:4: a text cannot begin with `!`, and tags are not allowed",
        "f:5:3: a key must be text, not a list or a mapping",
        "f:7:1: a text cannot begin with `*`, and references are not allowed",
        "f:8:11: the key `f` is here twice, first in line 8",
        "f:8:21: the key `g` is here twice, first in line 8",
    ]
    assert tree.value == {"a": 1, "b": None, "c": "5", "e": {"f": 1}}
    assert tree.whole


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("- " * 100_000, f"1:{2 * DEPTH_LIMIT + 1}: this is nested more than 16 deep"),
        ("[" * 200_000, f"1:{DEPTH_LIMIT + 1}: this is nested more than 16 deep"),
        ("{a: " * 60_000, f"1:{4 * DEPTH_LIMIT + 1}: this is nested more than 16 deep"),
        ("? " * 100_000, f"1:{2 * DEPTH_LIMIT + 1}: this is nested more than 16 deep"),
        ("-\n" * 120_000, f"{VALUE_LIMIT}:2: there are more than 20,000 values"),
        ("a: &a [x]\nb:\n" + "- *a\n" * 40_000, f"{PROBLEM_LIMIT + 1}:3: a text cannot begin"),
        ("a: " + "&a " * 50_000, "1:4: a text cannot begin with `&`"),
        ("{" + "a," * 100_000, f"1:{2 * PROBLEM_LIMIT + 2}: the key `a` is here twice"),
        ("a:" * 100_000, "1:200000: there is a colon"),
    ],
    ids=range(9),
)
def test_a_hostile_text_is_refused_soon(text: str, expected: str) -> None:
    tree = read(text, "f", positions=True)
    assert str(tree.problems[-1]).startswith(f"f:{expected}")
    assert len(tree.problems) <= PROBLEM_LIMIT


@given(st.text())
def test_no_text_makes_the_reader_raise(text: str) -> None:
    tree = read(text, "f", positions=True)
    assert tree.whole or tree.problems


YAMLISH = st.sampled_from([*"-?:,[]{}#&*!|>'\"%@` \n\t~x1", "- ", ": ", "\n  ", "a: ", "é", "😀"])


@given(st.lists(YAMLISH, max_size=60).map("".join))
def test_what_it_reads_is_what_pyyaml_reads(text: str) -> None:
    tree = read(text)
    try:
        expected = pyyaml.load(text, pyyaml.BaseLoader)  # makes a text of every scalar
    except (pyyaml.YAMLError, TypeError, RecursionError):
        return
    assert tree.problems or _is_same(tree.value, expected)


def _is_same(ours: Any, theirs: Any) -> bool:
    if isinstance(theirs, dict):
        same = all(_is_same(ours[key], inner) for key, inner in theirs.items())
        return same and ours.keys() == theirs.keys()
    if isinstance(theirs, list):
        return len(ours) == len(theirs) and all(map(_is_same, ours, theirs))
    return bool(ours == theirs or ours == to_value(theirs or ""))


PLAIN = st.recursive(
    texts(40, lines=True),
    lambda inner: st.one_of(
        st.lists(inner, max_size=4), st.dictionaries(texts(12), inner, max_size=4)
    ),
    max_leaves=12,
)


@given(st.data())
def test_plain_data_comes_back_as_it_was_written(data: st.DataObject) -> None:
    value = data.draw(st.dictionaries(texts(12), PLAIN, min_size=1, max_size=4))
    tree = read(data.draw(yaml_texts(value)))
    assert (tree.value, tree.problems) == (value, [])


NAMES = st.from_regex(r"[a-z][a-zé😀]{0,8}", fullmatch=True)
TREES = st.recursive(
    NAMES,
    lambda inner: st.one_of(
        st.lists(inner, min_size=1, max_size=3),
        st.dictionaries(NAMES, inner, min_size=1, max_size=3),
    ),
    max_leaves=8,
)


@given(st.data(), st.dictionaries(NAMES, TREES, min_size=1, max_size=3))
def test_every_value_and_key_has_the_position_where_it_stands(
    data: st.DataObject, value: dict[str, Any]
) -> None:
    text = data.draw(yaml_texts(value))
    lines = text.split("\n")
    tree = read(text, "f", positions=True)
    for loc, found in _walk(value):
        place = tree.values[loc]
        if isinstance(found, str):
            shown = lines[place.line - 1][place.column - 1 :]
            assert shown.startswith((found, f'"{found[0]}', f"'{found}'", "|", ">")), (loc, shown)
        if loc and isinstance(loc[-1], str):
            assert tree.place(loc, key=True) == tree.keys[loc]
            key = tree.keys[loc]
            assert lines[key.line - 1][key.column - 1] in (loc[-1][0], '"', "'", "|", ">")


def _walk(value: Any, loc: tuple[str | int, ...] = ()) -> list[tuple[tuple[str | int, ...], Any]]:
    pairs = (
        value.items()
        if isinstance(value, dict)
        else enumerate(value)
        if isinstance(value, list)
        else ()
    )
    return [(loc, value), *(each for key, inner in pairs for each in _walk(inner, (*loc, key)))]


def test_what_is_not_there_has_the_position_of_what_it_belongs_to() -> None:
    tree = read("a:\n  - b: x\n", "f", positions=True)
    assert tree.place(("a", 0, "c")) == Position("f", 2, 5)
    assert tree.place(("a", 0, "c"), key=True) == Position("f", 2, 5)
    assert tree.place(("z",)) == Position("f", 1, 1)
    assert read("").place(()) is None
