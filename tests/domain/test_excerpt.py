from __future__ import annotations

import pytest
from hypothesis import given, strategies as st

from bot.domain.excerpt import EXCERPT_LIMIT, excerpt
from tests.strategies import texts

LONG = "This sentence is long enough to be quoted all by itself."


@pytest.mark.parametrize(
    ("text", "quoted"),
    [
        ("Yes.", "Yes."),
        ("Yes. No.", "Yes. No."),
        (f"Yes. {LONG} More.", f"Yes. {LONG} …"),
        (f"{LONG} More.", f"{LONG} …"),
        (f"“{LONG}” He went on.", f"“{LONG}” …"),
        (f"{LONG}\n\nAnother *paragraph*.", f"{LONG} …"),
        ("The U.S. and Mr. Smith of St. Ives agreed on No. 5, e.g. In full.", None),
        ("It costs 3.5 million a year and nobody has said who is to pay. So far.", 62),
        ("Three *things* are `known`:\n\n- one\n- two\n- three", 43),
        ("What they said about it was … nothing at all for days. Then more.", 54),
        ("彼らはまだ何も言っていない。" * 4, 42),
    ],
)
def test_an_excerpt_is_whole_sentences(text: str, quoted: str | int | None) -> None:
    flat = text.replace("*", "").replace("`", "").replace("\n\n- ", " ").replace("\n- ", "; ")
    if isinstance(quoted, int):
        quoted = f"{flat[:quoted]} …" if quoted < len(flat) else flat
    assert excerpt(text) == (flat if quoted is None else quoted)


def test_a_sentence_without_end_is_cut_after_a_word_and_marked() -> None:
    assert excerpt("word " * 100, 50) == "word " * 8 + "word…"


@given(texts(2600, lines=True))
def test_an_excerpt_is_one_line_within_its_limit(text: str) -> None:
    quoted = excerpt(text)
    assert len(quoted) <= EXCERPT_LIMIT
    assert quoted == " ".join(quoted.split())


@given(st.text(". A", max_size=2600))
def test_full_stops_cost_no_time(text: str) -> None:
    assert len(excerpt(text)) <= EXCERPT_LIMIT
