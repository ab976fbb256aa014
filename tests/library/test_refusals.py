from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, strategies as st

from bot.library.refusals import explain
from tests.library.texts import changed, problems_of

TITLE = "title: The harbour toll"
AS_OF = "as_of: 2026-11-20"
SOURCES = """sources:
  - id: minutes
    title: Council minutes
    publisher: The council
    kind: official"""
KIND = "kind: official"
FAQ_SOURCES = "    sources:\n      - minutes\n"
NEEDS_DATE = "write 2026-01-31, or with a time and its UTC offset 2026-01-31T09:30+00:00"
KINDS = "`primary`, `official`, `news` or `other`"
SOURCE_KEYS = "`id`, `title`, `publisher`, `url`, `published`, `accessed`, `kind` and `note`"

REFUSALS = [
    (TITLE, "title: 1.10", "1:8: `title` is a number, not text", "put it in quotes"),
    (TITLE, "title: true", "1:8: `title` is the truth value true, not text", "put it in quotes"),
    (TITLE, "title:", "1:7: `title` is empty", "write its value"),
    (TITLE, "title: ~", "1:8: `title` is empty", "write its value"),
    (TITLE, "title: '  '", "1:8: `title` is empty", "write its value"),
    (
        TITLE,
        "title: [a, b]",
        "1:8: `title` is a list, not one text",
        "write one text, without `- ` and brackets",
    ),
    (
        TITLE,
        "title:\n  a: b",
        "2:3: `title` holds keys of its own, not text",
        "put text with a colon in quotes",
    ),
    (TITLE, f"title: {'x' * 81}", "1:8: `title` has 81 characters, 75 at most", "shorten it by 6"),
    (
        TITLE,
        "title: |\n  two\n  lines",
        "1:8: `title`: the text has more than one line",
        "write it as one line",
    ),
    (TITLE, 'title: "a\\x07b"', "1:8: `title`: the text has a control character", "remove it"),
    (f"{TITLE}\n", "", "1:1: the file has no `title`", "add a line `title: …`"),
    (
        "status: developing",
        "status: developping",
        "4:9: `status` is `developping`, not one of `developing`, `watching` or `closed`",
        "did you mean `developing`?",
    ),
    (
        "status: developing",
        "status: 3",
        "4:9: `status` is not one of `developing`, `watching` or `closed`",
        "write one of them",
    ),
    ("status: developing", "status:", "4:8: `status` is empty", "write its value"),
    (
        AS_OF,
        "as_of: 20 November",
        "3:8: `as_of`: this is neither a date nor a date-time",
        NEEDS_DATE,
    ),
    (AS_OF, "as_of: 2026", "3:8: `as_of`: this is neither a date nor a date-time", NEEDS_DATE),
    (AS_OF, "as_of:", "3:7: `as_of` is empty", "write its value"),
    (
        AS_OF,
        "as_of: 2026-11-31",
        "3:8: `as_of`: there is no day 2026-11-31",
        "write a day that the calendar has",
    ),
    (
        AS_OF,
        "as_of: 2026-11-20T10:00",
        "3:8: `as_of`: the date-time has no UTC offset",
        "add it, as in 2026-01-31T09:30+00:00, or give only the date",
    ),
    (
        AS_OF,
        f"{AS_OF}\nreview_by: soon",
        "4:12: `review_by`: this is not a date",
        "write it as YYYY-MM-DD, as in 2026-01-31",
    ),
    (
        AS_OF,
        f"{AS_OF}\naliases: toll",
        "4:10: `aliases` is one value, not a list",
        "write each value on a line of its own, after `- `",
    ),
    (AS_OF, f"{AS_OF}\naliases:", "4:9: `aliases` is empty", "write its value, or remove the line"),
    (
        AS_OF,
        f"{AS_OF}\naliases:\n  a: b",
        "5:3: `aliases` holds keys, not a list",
        "begin each of its items with `- `",
    ),
    (
        AS_OF,
        f"{AS_OF}\naliases: [x, 3]",
        "4:14: `aliases` item 2 is a number, not text",
        "put it in quotes",
    ),
    (
        AS_OF,
        f"{AS_OF}\nowners: [{', '.join('abcdefghijklmnopqrstu')}]",
        "4:9: `owners` has 21 items, 20 at most",
        "keep 20 of them",
    ),
    (
        AS_OF,
        f"{AS_OF}\nvisible_to: [slack]",
        "4:14: `visible_to` item 1 is `slack`, which is neither a tenant nor a channel",
        "write a tenant, as in `slack:T1`, or a channel, as in `slack:T1/C1`",
    ),
    (
        AS_OF,
        f"{AS_OF}\nlanguage: english!",
        "4:11: `language` is `english!`, which is not a language code",
        "write one such as en or pt-BR",
    ),
    (
        KIND,
        f"{KIND}\n    url: http://a.example",
        "10:10: `url` of `sources` item 1: this is not an https address",
        "write it from https:// on, without spaces",
    ),
    (
        KIND,
        "kind: gossip",
        f"9:11: `kind` of `sources` item 1 is `gossip`, not one of {KINDS}",
        "write one of them",
    ),
    (SOURCES, "sources: []", "5:10: `sources` has no item", "add at least 1"),
    (SOURCES, "sources:", "5:9: `sources` is empty", "write its value"),
    (
        SOURCES,
        "sources:\n  - article",
        "6:5: `sources` item 1 is one value, not keys with their values",
        "write `id`, `title`, `publisher` and `kind`, each with its value",
    ),
    (SOURCES, "sources:\n  -", "6:4: `sources` item 1 is empty", "write its value"),
    (
        "faq:\n",
        "faq:\n  - [x]\n",
        "11:5: `faq` item 1 is a list, not keys with their values",
        "write `id`, `sources`, `question` and `answer`, each with its value",
    ),
    (
        "    question: When is the vote?\n",
        "",
        "11:5: `faq` item 1 has no `question`",
        "add a line `question: …`",
    ),
    (FAQ_SOURCES, "", "11:5: `faq` item 1 has no `sources`", "add a line `sources: …`"),
    (
        FAQ_SOURCES,
        "    sources: []\n",
        "14:14: `sources` of `faq` item 1 has no item",
        "add at least 1",
    ),
    (
        FAQ_SOURCES,
        f"{FAQ_SOURCES}    minor: yes\n",
        "16:12: `minor` of `faq` item 1 is neither true nor false",
        "write `true`, without quotes, or remove the line",
    ),
    (
        "      - minutes\n",
        "      - Minutes, page 3\n",
        "15:9: `sources` item 1 of `faq` item 1 is `Minutes, page 3`, which names no source",
        "write a source's id, and its place after ` § ` if you like: `article § Context`",
    ),
    (
        "answer: In March.",
        f"answer: {'In March ' * 400}",
        "13:13: `answer` of `faq` item 1 has 3,599 characters, 2,600 at most",
        "shorten it by 999",
    ),
    (
        "faq:",
        "timeline:\n  - id: t\n    date: 2026-13\n    text: x\n    sources: [minutes]\nfaq:",
        "12:11: `date` of `timeline` item 1: there is no day 2026-13",
        "write a day that the calendar has",
    ),
    (
        KIND,
        f"{KIND}\n    colour: red",
        "10:5: there is no key `colour` in `sources` item 1",
        f"remove it; the keys are {SOURCE_KEYS}",
    ),
    (
        KIND,
        f"{KIND}\n    ? ''\n    : x",
        "10:7: the key before this colon is missing",
        "write it, or remove the line",
    ),
]


@pytest.mark.parametrize(("old", "new", "what", "remedy"), REFUSALS)
def test_a_wrong_value_is_refused_with_its_place_and_a_remedy(
    old: str, new: str, what: str, remedy: str
) -> None:
    assert problems_of(changed((old, new))) == [f"toll.yaml:{what} — {remedy}"]


def test_a_mistyped_key_is_missed_under_its_right_name_and_met_under_its_wrong_one() -> None:
    assert problems_of(changed(("question: When", "quesTion: When"))) == [
        "toll.yaml:11:5: `faq` item 1 has no `question` — add a line `question: …`",
        "toll.yaml:12:5: there is no key `quesTion` in `faq` item 1 — did you mean `question`?",
    ]


def test_a_refused_id_counts_as_what_it_should_be() -> None:
    told = problems_of(changed(("id: minutes", "id: The Minutes"), ("- minutes", "- the-minutes")))
    rules = "use small letters, digits and hyphens, 32 at most, as in `the-minutes`"
    what = "`id` of `sources` item 1 is `The Minutes`, which is not an id"
    assert told == [f"toll.yaml:6:9: {what} — {rules}"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("- a\n- b\n", "1:1: the file is a list, not keys with their values"),
        ("just text\n", "1:1: the file is one value, not keys with their values"),
        ("12\n", "1:1: the file is one value, not keys with their values"),
    ],
)
def test_a_file_that_is_no_mapping_is_told_which_keys_it_needs(text: str, expected: str) -> None:
    remedy = "write `title`, `bottom_line`, `as_of`, `status` and `sources`, each with its value"
    assert problems_of(text) == [f"toll.yaml:{expected} — {remedy}"]


JARGON = ("Input should", "valid", "tuple", "dataclass", "pydantic", "str_", "None", "Field req")


@given(
    st.recursive(
        st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text()),
        lambda inner: st.one_of(
            st.lists(inner, max_size=3), st.dictionaries(st.text(), inner, max_size=3)
        ),
        max_leaves=6,
    ),
    st.sampled_from([TITLE, AS_OF, "status: developing", "minutes\n", KIND, "In March.", SOURCES]),
)
def test_no_value_makes_a_message_that_speaks_of_our_models(value: Any, instead_of: str) -> None:
    key = instead_of.partition(": ")[0] if ": " in instead_of.partition("\n")[0] else ""
    key = "sources" if instead_of is SOURCES else key
    written = f"{key}: {json.dumps(value)}" if key else json.dumps(value)
    for line in problems_of(
        changed((instead_of, f"{written}\n" if "\n" in instead_of else written))
    ):
        said = line.replace(json.dumps(value), "")
        quoted = "".join(part for part in said.split("`")[::2])
        assert not any(word in quoted for word in JARGON), line


def test_an_unforeseen_refusal_still_names_the_field_and_a_remedy() -> None:
    found = explain(
        {
            "type": "from_the_future",
            "loc": ("faq", 2, "answer"),
            "msg": "Input should be better",
            "input": 1,
        }
    )
    assert (found.what, found.remedy) == (
        "`answer` of `faq` item 3 is not what belongs here",
        "compare it with a briefing that works, or with the schema",
    )


def test_all_problems_of_a_file_are_told_at_once_in_the_order_of_its_lines() -> None:
    text = changed(
        (TITLE, "title: 1.10\ntitle: again"),
        (AS_OF, "as_of: 2027-11-20"),
        ("status: developing", "state: developing"),
        ("publisher: The council", "publisher: 7"),
        ("id: when", "id: minutes"),
        ("In March.", "&x In March."),
        ("      - minutes\n", "      - minuets\n      - 7\n"),
    )
    assert [line.removeprefix("toll.yaml:").partition(" — ")[0] for line in problems_of(text)] == [
        "1:1: the file has no `status`",
        "1:8: `title` is a number, not text",
        "2:1: the key `title` is here twice, first in line 1",
        "4:8: `as_of` lies in the future",
        "5:1: there is no key `state`",
        "9:16: `publisher` of `sources` item 1 is a number, not text",
        "12:9: the id `minutes` is already used in line 7, by `sources` item 1",
        "14:13: a text cannot begin with `&`, and anchors are not allowed",
        "16:9: no source of this file has the id `minuets`",
        "17:9: `sources` item 2 of `faq` item 1 is a number, not text",
    ]


def test_a_value_that_is_a_mistake_of_yaml_is_not_judged_as_well() -> None:
    text = changed((TITLE, "title: *again"), ("developing", "!important no"))
    text = text.replace("sources:\n  - id", "sources: !list\n  - uid", 1)
    assert [line.removeprefix("toll.yaml:").partition(",")[0] for line in problems_of(text)] == [
        "1:8: a text cannot begin with `*`",
        "4:9: a text cannot begin with `!`",
        "5:10: a text cannot begin with `!`",
    ]


def test_what_stands_after_a_mistake_of_yaml_is_not_called_missing() -> None:
    for text in (changed((AS_OF, "as_of: @now")), changed((AS_OF, f"{AS_OF}\n---"))):
        assert len(problems_of(text)) == 1


def test_more_problems_than_one_can_read_are_counted() -> None:
    extra = "".join(f"key{number}: x\n" for number in range(150))
    problems = problems_of(changed() + extra)
    assert len(problems) == 101
    assert problems[-1] == (
        "toll.yaml:165:1: there are 50 more problems in this file — mend these first"
    )
