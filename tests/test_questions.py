from __future__ import annotations

from bench.questions import judge, questions, shipped
from bot.domain.search.text import words


def test_the_shipped_briefings_answer_readers_and_refuse_the_rest() -> None:
    outcome = judge()
    assert outcome.asked + outcome.others >= 120
    assert outcome.others * 3 >= outcome.asked + outcome.others
    assert outcome.right >= 0.95
    assert outcome.refused >= 0.95


def test_no_question_of_the_set_stands_in_a_briefing() -> None:
    covered, others = questions()
    asked = {tuple(words(question.words)) for question in (*covered, *others)}
    told = {
        tuple(words(wording))
        for story in shipped().stories
        for entry in story.entries()
        for wording in (entry.title, *entry.also_asked, *story.not_covered)
    }
    assert asked.isdisjoint(told)


def test_every_entry_that_a_question_names_is_there() -> None:
    known = {
        f"{entry.story} {entry.key}" for story in shipped().stories for entry in story.entries()
    }
    covered, _ = questions()
    assert {one for question in covered for one in question.wanted} <= known
