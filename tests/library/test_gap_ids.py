from __future__ import annotations

import pytest

from bot.domain.sections.faq import Faq
from bot.library.check import check
from tests.library.texts import changed, problems_of
from tests.stories import NOW


def with_answers(written: str) -> str:
    return changed(("    answer: In", f"    answers: {written}\n    answer: In"))


def test_an_entry_may_name_the_gaps_that_it_closes() -> None:
    text = with_answers("[gap-1, gap-12]")
    assert problems_of(text) == []
    story = check(text, "toll", "toll.yaml", "r1", NOW).story
    assert story
    (item,) = story.briefing.items(Faq.section)
    assert isinstance(item, Faq)
    assert item.answers == ("gap-1", "gap-12")


@pytest.mark.parametrize("written", ["gap12", "gap-0", "gap-", "Gap-1", "gap-01", "12", "why-now"])
def test_what_is_no_id_of_a_gap_is_refused_with_its_place_and_a_remedy(written: str) -> None:
    (problem,) = problems_of(with_answers(f"[gap-1, '{written}']"))
    assert problem.startswith("toll.yaml:13:22: ")
    assert f"is `{written}`, which names no gap" in problem
    assert "write its id as `python -m bot gaps` shows it, as in `gap-12`" in problem


def test_a_number_alone_is_refused() -> None:
    (problem,) = problems_of(with_answers("[12]"))
    assert "is a number, not text" in problem
