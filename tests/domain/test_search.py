from __future__ import annotations

import pytest
from hypothesis import given, strategies as st

from bot.domain.search import keywords, search
from bot.domain.sections import SECTIONS
from tests.stories import make_faq, make_story

STORY = make_story(
    "bridge",
    faq=[
        make_faq("agree", "Has the council agreed to the closures?", "No, it refuses."),
        make_faq(
            "ferry", "When does the ferry run?", "Every half hour.", also_asked=["boat times"]
        ),
        make_faq("cost", "What will it cost?", "The council gives no figure."),
    ],
)
OTHER = make_story("other", faq=[make_faq("ferry", "Is there a ferry strike?", "Not yet.")])


def found(words: str) -> list[str]:
    return [f"{hit.entry.story}/{hit.entry.id}" for hit in search([STORY, OTHER], words).hits]


@pytest.mark.parametrize("words", ["agree", "agrees", "AGREED", "agreeing", "closure"])
def test_other_forms_of_a_word_are_found(words: str) -> None:
    assert found(words)[0] == "bridge/agree"


def test_other_wordings_count_as_the_question() -> None:
    assert found("boat times") == ["bridge/ferry"]


def test_words_in_the_question_weigh_more_than_words_in_the_answer() -> None:
    assert found("council") == ["bridge/agree", "bridge/cost"]


def test_a_rare_word_weighs_more_than_a_common_one() -> None:
    assert found("ferry strike")[0] == "other/ferry"


def test_words_that_stand_nowhere_find_nothing() -> None:
    assert found("zebra") == []


def test_a_question_of_small_words_keeps_them() -> None:
    assert keywords("who is it") == ["who", "is", "it"]


def test_the_channels_own_story_comes_first() -> None:
    found = search([STORY, OTHER], "ferry strike", first=STORY)
    assert [hit.entry.story for hit in found.hits] == ["bridge", "other"]


def test_all_that_fit_are_counted_however_few_are_wanted() -> None:
    story = make_story("many", faq=[make_faq(f"q{n}", f"Ferry {n}?") for n in range(40)])
    found = search([story], "ferry", limit=3)
    assert (len(found.hits), found.total) == (3, 40)


def test_a_section_is_searched_alone() -> None:
    story = make_story(
        "both",
        background=[{"id": "b", "title": "Ferry", "text": "Old.", "sources": ["article"]}],
        faq=[make_faq("f", "Ferry?")],
        positions=[{"id": "p", "who": "Ferry", "view": "Yes.", "sources": ["article"]}],
    )
    for kind in SECTIONS:
        entries = [hit.entry for hit in search([STORY, story], "ferry", section=kind).hits]
        assert all(entry.section is kind for entry in entries)
    assert len(search([story], "ferry").hits) == 3


@given(st.text(max_size=400))
def test_any_words_can_be_looked_for(words: str) -> None:
    hits = search([STORY, OTHER], words, limit=3).hits
    assert [hit.score for hit in hits] == sorted((hit.score for hit in hits), reverse=True)
    assert len(hits) <= 3
