from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import example, given, strategies as st
from pydantic import TypeAdapter

from bot.domain.measure import ENTRY_WEIGHT, entry_weight
from bot.domain.sections.faq import Faq
from bot.domain.stories import Stories
from bot.library.check import check
from bot.library.rules import is_surely_light
from tests.library.texts import VALID, changed, problems_of
from tests.stories import NOW
from tests.strategies import texts

QUESTION = """open_questions:
  - id: who
    question: Who?
    status: answered
    opened: 2026-11-01
    sources: [minutes]
faq:"""
FUTURE = "write a date that has come"


def whats_of(text: str) -> list[str]:
    return [line.removeprefix("toll.yaml:") for line in problems_of(text)]


def test_the_valid_briefing_has_no_problem() -> None:
    assert problems_of(VALID) == []


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("minuets", "no source of this file has the id `minuets` — did you mean `minutes`?"),
        ("zzz", "no source of this file has the id `zzz` — add the source under `sources`"),
        (
            "minuets § Page 3",
            "no source of this file has the id `minuets` — did you mean `minutes`?",
        ),
        ("when", "no source of this file has the id `when` — add the source under `sources`"),
    ],
)
def test_a_source_that_is_not_there_is_missed(written: str, expected: str) -> None:
    assert whats_of(changed(("- minutes\n", f"- {written}\n"))) == [f"15:9: {expected}"]


def test_sources_are_not_missed_one_by_one_where_there_is_none_at_all() -> None:
    whole = VALID.partition("sources:")
    text = whole[0] + "faq:" + whole[2].partition("faq:")[2]
    assert whats_of(text) == ["1:1: the file has no `sources` — add a line `sources: …`"]


@pytest.mark.parametrize(
    ("item", "expected"),
    [
        ("wehn", "no item of this file has the id `wehn` — did you mean `when`?"),
        ("zzz", "no item of this file has the id `zzz` — write the id of an item"),
    ],
)
def test_a_change_may_only_touch_what_is_there(item: str, expected: str) -> None:
    change = f"    kind: update\n    items: [when, minutes, {item}]\n    note: n\n"
    text = changed(("faq:", f"changes:\n  - date: 2026-11-01\n{change}faq:"))
    assert whats_of(text) == [f"13:28: {expected}"]


def test_an_id_with_two_hyphens_in_a_row_is_there() -> None:
    change = "    kind: update\n    items: [the--day]\n    note: n\n"
    change = f"changes:\n  - date: 2026-11-01\n{change}faq:"
    assert whats_of(changed(("faq:", change), ("id: when", "id: the--day"))) == []


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("id: when", "id: minutes", "11:9: the id `minutes` is already used in line 6, by"),
        (
            "      - minutes\n",
            "      - minutes\n  - {id: when, question: q, answer: a, sources: [minutes]}\n",
            "16:10: the id `when` is already used in line 11, by",
        ),
    ],
)
def test_an_id_is_used_once_in_a_file(old: str, new: str, expected: str) -> None:
    (told,) = whats_of(changed((old, new)))
    assert told.startswith(expected)
    assert told.endswith("— give this one an id of its own")


def test_an_answered_question_has_an_answer() -> None:
    what = "`open_questions` item 1 is answered, but has no `answer`"
    remedy = "add its answer, or set the status to `partly_answered`"
    assert whats_of(changed(("faq:", QUESTION))) == [f"13:13: {what} — {remedy}"]
    answered = QUESTION.replace("opened:", "answer: The mayor.\n    opened:")
    assert whats_of(changed(("faq:", answered))) == []


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("as_of: 2026-11-20", "as_of: 2026-11-24", "3:8: `as_of`"),
        ("as_of: 2026-11-20", "as_of: 2026-11-22T12:00:01+00:00", "3:8: `as_of`"),
        ("as_of: 2026-11-20", "as_of: 2026-11-22T13:30+01:00", "3:8: `as_of`"),
        (
            "kind: official",
            "kind: official\n    published: 2027-01-01",
            "10:16: `published` of `sources` item 1",
        ),
        (
            "kind: official",
            "kind: official\n    accessed: 2027-01-01T00:00Z",
            "10:15: `accessed` of `sources` item 1",
        ),
        (
            "faq:",
            QUESTION.replace("answered", "open").replace("2026-11-01", "2026-12-01"),
            "14:13: `opened` of `open_questions` item 1",
        ),
        (
            "faq:",
            "changes:\n  - {date: 2026-12-01, kind: new, note: n}\nfaq:",
            "11:12: `date` of `changes` item 1",
        ),
        (
            "faq:",
            QUESTION.replace("answered", "open").replace(
                "sources:", "history:\n      - {date: 2026-12-01, note: n}\n    sources:"
            ),
            "16:16: `date` of `history` item 1 of `open_questions` item 1",
        ),
    ],
)
def test_what_has_happened_does_not_lie_in_the_future(old: str, new: str, expected: str) -> None:
    assert whats_of(changed((old, new))) == [f"{expected} lies in the future — {FUTURE}"]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("as_of: 2026-11-20", "as_of: 2026-11-20\nreview_by: 2030-01-01"),
        ("faq:", "timeline: [{id: t, date: 2027-03, text: x, sources: [minutes]}]\nfaq:"),
        ("as_of: 2026-11-20", "as_of: 2026-11-23"),  # it has begun in Kiribati
        ("as_of: 2026-11-20", "as_of: 2026-11-22T13:59+02:00"),
    ],
)
def test_what_lies_ahead_may_lie_in_the_future(old: str, new: str) -> None:
    assert whats_of(changed((old, new))) == []


@pytest.mark.parametrize(
    ("date", "is_fine"),
    [
        ("0001-01-01", True),
        ("1999-12-31T23:59:59.5-11:00", True),
        ("2026-01-31 09:30Z", True),
        ("0001-01-01T00:00+14:00", False),
        ("9999-12-31T23:59-14:00", False),
        ("2026-01-31T24:00Z", False),
        ("20260131T0930Z", False),
        ("2026-W05-6T09:30Z", False),
        ("٢٠٢٦-٠١-٣١", False),
    ],
)
def test_only_moments_that_every_reader_can_be_shown_are_taken(date: str, is_fine: bool) -> None:
    reading = check(changed(("2026-11-20", f'"{date}"')), "toll", "toll.yaml", "r", NOW)
    assert (reading.story is not None) is is_fine
    if reading.story:
        assert Stories([reading.story]).latest()


def test_a_review_may_be_due_on_the_last_day_there_is() -> None:
    text = changed(("status:", "review_by: 9999-12-31\nstatus:"))
    assert check(text, "toll", "toll.yaml", "r", NOW).holds(NOW + timedelta(days=9999))


def test_a_date_in_the_future_is_looked_at_again_and_mended_by_time() -> None:
    text = changed(("as_of: 2026-11-20", "as_of: 2026-11-25"))
    early = check(text, "toll", "toll.yaml", "r", NOW)
    assert early.story is None
    assert not early.holds(NOW)
    late = check(text, "toll", "toll.yaml", "r", NOW + timedelta(days=3))
    assert late.story
    assert late.holds(NOW + timedelta(days=300))


def test_an_item_that_no_message_holds_is_refused() -> None:
    (told,) = whats_of(changed(("In March.", "In March... " * 200)))
    assert told.startswith(
        "11:5: `faq` item 1 is too long for one chat message: 3,036 of at most 2,500"
    )
    assert told.endswith("with markup and links — shorten it, or make two items of it")


def test_a_heavy_item_is_found_in_a_file_that_has_other_problems() -> None:
    told = whats_of(changed(("In March.", "In March... " * 200), ("The harbour toll", "1.10")))
    assert [line.split(":")[0] for line in told] == ["1", "11"]


MARKUP = st.sampled_from(
    ["*.* ", "`.` ", "**a** ", "_b_ ", "a\n\n", "- x\n", "[l](https://a.example/é%) ", "\\*", "😀 "]
)
REPEATED = st.tuples(st.lists(MARKUP, min_size=1, max_size=3).map("".join), st.integers(1, 900))
MIXED = st.lists(st.one_of(MARKUP, texts(80, lines=True)), min_size=1, max_size=60).map("".join)


@given(st.one_of(MIXED, REPEATED.map(lambda drawn: drawn[0] * drawn[1])))
@example("*.* " * 255)
@example("- x\n" * 220)
@example("[l](https://a.example/é%) " * 30)
def test_what_passes_the_quick_look_fits_a_message(answer: str) -> None:
    answer = f"x {answer[:2595]} x"
    raw: dict[str, Any] = {"id": "a", "question": "q", "answer": answer, "sources": ["s"]}
    item = TypeAdapter(Faq).validate_python(raw)
    assert not is_surely_light(raw) or entry_weight(item.entry("")) <= ENTRY_WEIGHT


def test_ids_that_are_no_text_break_nothing() -> None:
    text = changed(("id: minutes", "id: 5"), ("id: when", "id: [x]"))
    assert [line.partition(" ")[0] for line in whats_of(text)] == ["6:9:", "11:9:"]
