from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given, strategies as st

from bot.domain.gap import Gap, Votes, gap_number, like, without_names, wording
from bot.domain.gap_report import report
from bot.domain.search import Index
from bot.domain.stories import Stories
from bot.library.library import Library
from tests.stories import NOW, make_faq, make_story

BRIEFINGS = Path(__file__).parents[2] / "briefings"


@pytest.fixture(scope="module")
def index() -> Index:
    library = Library(BRIEFINGS, lambda: datetime(2026, 11, 22, 12, tzinfo=UTC))
    library.load()
    return library.stories.index


def gap(number: int, text: str, story: str = "", count: int = 1) -> Gap:
    return Gap(number, "slack:T1", story, text, count, NOW, NOW)


@pytest.mark.parametrize(
    ("asked", "again"),
    [
        ("Will there be a draft?", "is there going to be a military draft"),
        ("How much do the strikes cost?", "what do the strikes cost"),
        ("What does Canada think?", "what does canada think about it"),
        ("Which weapons are used?", "what weapons would they use"),
        ("Is it safe to travel to Mexico?", "can i travel safely to mexico"),
        ("Who is the commander of the operation?", "who comands the operation"),
        ("What do polls say about the strikes?", "what do polls say on strikes"),
        ("¿Por qué?", "por que"),
        ("why", "Why?!"),
    ],
)
def test_the_same_asked_in_other_words_is_one_gap(asked: str, again: str, index: Index) -> None:
    others = [gap(1, "Are there any maps?"), gap(2, asked), gap(3, "Who won the election?")]
    assert like(again, others, index) == others[1]
    assert like(again, others, index, "en-GB") == others[1]


@pytest.mark.parametrize(
    ("asked", "other"),
    [
        ("What does Canada think?", "What does Brazil think?"),
        ("How much do the strikes cost?", "What do polls say about the strikes?"),
        ("why", "why now"),
        ("Who wrote the draft?", "Will there be a draft?"),
        ("Is Iran involved?", "is iraq involved"),
        ("will gas prices go up", "will oil prices go up"),
        ("What did Senator Kaine say?", "What did Senator Paul say?"),
        ("when did the war in Iraq start", "when did the war in Vietnam start"),
        ("Will there be a draft?", "will there be an election"),
        ("Is it safe to travel to Mexico?", "Is it safe to travel to Colombia?"),
    ],
)
def test_what_differs_in_its_point_is_another_gap(asked: str, other: str, index: Index) -> None:
    assert like(other, [gap(1, asked)], index) is None
    assert like(asked, [gap(1, other)], index) is None


@pytest.fixture(scope="module")
def german() -> Index:
    asked = ["Wer zahlt die Maut?", "Wann öffnet der Tunnel?", "Was sagt der Stadtrat dazu?"]
    entries = [make_faq(f"q{number}", one, "Ja.") for number, one in enumerate(asked)]
    return Stories([make_story("maut", language="de-AT", faq=entries)]).index


@pytest.mark.parametrize("language", ["de", "de-AT"])
@pytest.mark.parametrize(
    ("asked", "again"),
    [
        ("Wird die Fähre gestrichen?", "werden die fähren gestrichen"),
        ("Wie lange dauern die Bauarbeiten?", "wie lange wird die bauarbeit dauern"),
        ("Kommt eine neue Brücke?", "kommen neue brucken"),
    ],
)
def test_the_same_in_other_words_of_its_language_is_one_gap(
    asked: str, again: str, language: str, german: Index
) -> None:
    others = [gap(1, "Gibt es Zebras?"), gap(2, asked), gap(3, "Wer ist der Bürgermeister?")]
    assert like(again, others, german, language) == others[1]


def test_what_differs_in_its_point_is_another_gap_in_its_language(german: Index) -> None:
    for asked, other in (
        ("Wird die Fähre gestrichen?", "Wird der Bus gestrichen?"),
        ("Kommt eine neue Brücke?", "Wer baut die neue Brücke?"),
    ):
        assert like(other, [gap(1, asked)], german, "de") is None


def test_among_very_many_gaps_the_one_that_asks_the_same_is_found(index: Index) -> None:
    many = [gap(number, f"Was fishing boat {number} sunk?") for number in range(10, 300)]
    meant = gap(400, "How many fishing boats were sunk near Trinidad?")
    asked = "how many fishing boats have been sunk near trinidad"
    assert like(asked, [*many, meant, *many], index) == meant


@given(st.text(min_size=1, max_size=300))
def test_the_very_same_is_always_like_itself(text: str) -> None:
    same = gap(1, text)
    assert like(text, [gap(2, "Will there be a draft?"), same], Index()) in {
        same,
        *([gap(2, "Will there be a draft?")] if wording(text) == wording("will there be a draft")
          else []),
    }  # fmt: skip


@given(st.text(max_size=300), st.text("abc123", min_size=1), st.text(max_size=300))
def test_no_mention_and_no_address_is_left_in_a_question(
    before: str, name: str, after: str
) -> None:
    asked = f"{before} @{name} <@{name}> {name}@{name}.org {after}"
    left = without_names(asked)
    assert f"@{name} " not in f"{left} ".replace("@someone ", "")
    assert f"<@{name}>" not in left
    assert f"{name}@" not in left
    assert "\n" not in left


def test_what_stands_around_names_is_kept() -> None:
    assert without_names("what did @ann  tell\n<@U123> @ noon?") == (
        "what did @someone tell @someone @ noon?"
    )


@given(st.integers(1, 10**14))
def test_an_id_is_read_back_as_its_number(number: int) -> None:
    assert gap_number(gap(number, "x").id) == number
    assert gap_number(f" GAP-{number}") == number
    assert gap_number(str(number)) == number


@given(st.text())
def test_any_other_text_is_no_id(text: str) -> None:
    number = gap_number(text)
    assert number is None or str(number) == text.strip().casefold().removeprefix("gap-").lstrip("0")


def test_an_entry_closes_the_gaps_that_it_names_and_no_others() -> None:
    entry = make_faq("draft", "Will there be a draft?", answers=["gap-2"])
    stories = Stories([make_story(faq=[entry, make_faq("cost", "What is the cost?")])])
    found = report(
        [gap(1, "what is the cost"), gap(2, "a draft?"), gap(3, "zebras", count=4)], [], stories
    )
    assert [(each.gap.number, bool(each.nearest)) for each in found.open] == [(3, False), (1, True)]
    assert [(each.gap.number, each.by.id) for each in found.closed] == [(2, "draft")]
    (_, answered) = found.open
    assert answered.nearest
    assert (answered.nearest.entry.id, answered.nearest.sure) == ("cost", True)


def test_the_first_of_two_entries_that_close_a_gap_is_named() -> None:
    entries = [make_faq(name, f"What of {name}?", answers=["gap-1"]) for name in ("one", "two")]
    found = report([gap(1, "x")], [], Stories([make_story(faq=entries)]))
    assert [each.by.id for each in found.closed] == ["one"]


def test_the_first_of_two_stories_that_close_a_gap_is_named() -> None:
    stories = Stories(
        make_story(slug, faq=[make_faq("why", "Why now?", answers=["gap-1"])])
        for slug in ("one", "two")
    )
    found = report([gap(1, "x")], [], stories)
    assert [each.by.story for each in found.closed] == ["one"]


def test_votes_name_the_entry_that_they_are_for_if_it_is_still_there() -> None:
    stories = Stories(
        [
            make_story(
                faq=[make_faq("cost", "What is the cost?"), make_faq("why", "Why now?")],
                background=[
                    {"id": "why", "title": "Why", "text": "It began.", "sources": ["article"]}
                ],
            )
        ]
    )
    names = ["faq/why", "background/why", "faq/gone", "zebra/why", "faq"]
    votes = [Votes("land-strikes", name, 1, 0) for name in names]
    found = report([], [*votes, Votes("gone", "faq/why", 0, 1)], stories).rated
    keys = [each.entry.key if each.entry else None for each in found]
    assert keys == ["faq/why", "background/why", None, None, None, None]


def test_a_gap_of_a_story_that_is_gone_is_looked_for_everywhere() -> None:
    stories = Stories([make_story(faq=[make_faq("cost", "What is the cost?")])])
    found = report([gap(1, "what is the cost", story="gone")], [], stories)
    assert found.open[0].nearest
