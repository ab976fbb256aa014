from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given

from bot.domain.briefing import Story
from bot.domain.changes import Changes, News, compare
from bot.domain.sections.faq import Faq
from bot.domain.snapshot import snapshot, snapshot_from_json, snapshot_to_json
from tests.domain.test_snapshot import FIELDS, QUESTION, changed
from tests.stories import make_faq, make_story
from tests.strategies import stories, story_versions

TOLD = snapshot(make_story(**FIELDS))
TWO = [make_faq("why", "Why now?", "Because."), make_faq("who", "Who says so?", "The mayor.")]


def correction(*items: str, day: str = "2026-11-20", note: str = "A slip.") -> dict[str, Any]:
    return {"date": day, "kind": "correction", "items": list(items), "note": note}


def with_changes(*changes: dict[str, Any], **fields: Any) -> Story:
    return make_story(**{**FIELDS, "faq": TWO, **fields}, changes=list(changes))


def said(found: Changes) -> list[tuple[str, str, str]]:
    return [(news.lead, news.label, news.text) for news in found]


@given(stories())
def test_a_story_does_not_differ_from_its_own_snapshot(story: Story) -> None:
    assert not compare(snapshot(story), story)
    assert not compare(snapshot_from_json(snapshot_to_json(snapshot(story))), story)


@given(story_versions())
def test_each_entry_that_differs_is_told_once(versions: tuple[Story, Story]) -> None:
    earlier, later = versions
    before, now = snapshot(earlier), snapshot(later)
    found = compare(before, later)
    minor = {
        item.entry(later.slug).key
        for entry in later.entries()
        for item in later.briefing.items(entry.section)
        if item.minor
    }
    new = [entry.key for news in found.new for entry in news.entries]
    changed = [entry.key for news in found.changed for entry in news.entries]
    answered = [entry.key for news in found.answered for entry in news.entries]
    corrected = {entry.key for news in found.corrected for entry in news.entries}
    items = {entry.key for entry in later.entries()}

    assert sorted(new) == sorted(items - before.keys() - minor)
    assert len(found.withdrawn) == len(before.keys() - now.keys())
    differ = {key for key in items & before.keys() if before[key].mark != now[key].mark}
    assert differ - minor <= {*changed, *answered, *corrected}
    assert {*changed} <= differ - minor
    assert len(changed) + len(answered) == len({*changed, *answered})
    assert not corrected & {*new, *changed}


def test_a_new_item_is_told_with_what_it_says() -> None:
    story = with_changes()
    entry = story.entry(Faq.section, "who")
    assert entry
    assert list(compare(TOLD, story)) == [News("New", "Who says so?", "The mayor.", (entry,))]


def test_a_changed_item_is_told_with_what_it_says_now() -> None:
    assert said(compare(TOLD, changed("faq", answer="Ask again."))) == [
        ("Changed", "Why now?", "Ask again.")
    ]


def test_what_was_noted_of_a_change_is_what_is_told_of_it() -> None:
    noted = {
        "date": "2026-11-20",
        "kind": "update",
        "items": ["why"],
        "note": "A reason was added.",
    }
    story = make_story(**{**FIELDS, "faq": [make_faq("why", "Why now?", "Else.")]}, changes=[noted])
    assert said(compare(TOLD, story)) == [("Changed", "Why now?", "A reason was added.")]


def test_an_old_note_is_not_told_of_a_later_change() -> None:
    noted = {
        "date": "2026-11-20",
        "kind": "update",
        "items": ["why"],
        "note": "A reason was added.",
    }
    told = snapshot(make_story(**FIELDS, changes=[noted]))
    story = make_story(**{**FIELDS, "faq": [make_faq("why", "Why now?", "Else.")]}, changes=[noted])
    assert said(compare(told, story)) == [("Changed", "Why now?", "Else.")]


def test_a_withdrawn_item_is_named_as_it_was_told() -> None:
    story = make_story(**{**FIELDS, "faq": []})
    assert said(compare(TOLD, story)) == [("No longer in the briefing", "Why now?", "")]


def test_another_id_is_one_item_withdrawn_and_one_new() -> None:
    assert said(compare(TOLD, changed("faq", id="why-now"))) == [
        ("New", "Why now?", "Because."),
        ("No longer in the briefing", "Why now?", ""),
    ]


@pytest.mark.parametrize(
    ("status", "lead"), [("answered", "Answered"), ("moot", "No longer matters")]
)
def test_a_settled_question_is_answered(status: str, lead: str) -> None:
    story = changed("open_questions", status=status, answer="They will.", history=[])
    found = compare(TOLD, story)
    assert (said(found), found.changed) == ([(lead, "Will they agree?", "They will.")], ())


def test_a_question_may_be_answered_and_corrected_at_once() -> None:
    settled = {**QUESTION, "status": "answered", "answer": "Yes.", "history": []}
    after = with_changes(correction("agree"), open_questions=[settled])
    assert said(compare(snapshot(with_changes()), after)) == [
        ("Corrected", "Will they agree?", "A slip."),
        ("Answered", "Will they agree?", "Yes."),
    ]


@pytest.mark.parametrize(
    ("before", "after"), [("answered", "open"), ("answered", "moot"), ("open", "partly_answered")]
)
def test_other_turns_of_a_question_are_changes(before: str, after: str) -> None:
    told = snapshot(changed("open_questions", status=before, answer="They will."))
    found = compare(told, changed("open_questions", status=after, answer="They will."))
    assert [news.lead for news in found] == ["Changed"]


def test_of_an_open_question_the_latest_event_is_told() -> None:
    history = [
        {"date": "2026-11-02", "note": "They met."},
        {"date": "2026-11-09", "note": "Again."},
    ]
    found = compare(TOLD, changed("open_questions", history=history))
    assert said(found) == [("Changed", "Will they agree?", "9 November 2026: Again.")]
    asked = {**QUESTION, "id": "other", "history": []}
    found = compare(TOLD, make_story(**{**FIELDS, "open_questions": [QUESTION, asked]}))
    assert said(found) == [("New", "Will they agree?", "Open, asked since 1 November 2026")]


def test_the_story_and_its_bottom_line_are_news() -> None:
    story = make_story(
        **{**FIELDS, "status": "closed", "bottom_line": "It is over.", "why_it_matters": "It cost."}
    )
    assert said(compare(TOLD, story)) == [
        ("Now closed", "it was developing", ""),
        ("Changed", "the bottom line, as it stands above", ""),
        ("Changed", "why it matters", "It cost."),
    ]


def test_why_it_matters_may_come_and_go() -> None:
    without = make_story(**{**FIELDS, "why_it_matters": None})
    assert said(compare(TOLD, without)) == [("No longer in the briefing", "Why it matters", "")]
    assert said(compare(snapshot(without), make_story(**FIELDS))) == [
        ("New", "why it matters", "It costs money.")
    ]


def test_a_correction_is_told_once_with_its_note() -> None:
    before, after = with_changes(), with_changes(correction("why"))
    assert said(compare(snapshot(before), after)) == [("Corrected", "Why now?", "A slip.")]
    assert not compare(snapshot(after), after)


def test_a_correction_stands_for_the_change_that_it_is() -> None:
    mended = [make_faq("why", "Why now?", "Else."), TWO[1]]
    found = compare(snapshot(with_changes()), with_changes(correction("why"), faq=mended))
    assert said(found) == [("Corrected", "Why now?", "A slip.")]


def test_a_correction_names_three_of_its_items_and_counts_the_rest() -> None:
    many = [make_faq(f"q{number}", f"Question {number}?") for number in range(5)]
    after = with_changes(correction(*(item["id"] for item in many)), faq=many)
    (news,) = compare(snapshot(with_changes(faq=many)), after)
    assert news.label == "Question 0?; Question 1?; Question 2?; and 2 more"
    assert len(news.entries) == 5


def test_a_correction_of_what_the_channel_never_heard_is_just_new() -> None:
    found = compare(TOLD, with_changes(correction("who")))
    assert said(found) == [("New", "Who says so?", "The mayor.")]


@pytest.mark.parametrize("items", [(), ("article",)])
def test_a_correction_of_no_item_is_one_of_the_story(items: tuple[str, ...]) -> None:
    before, after = with_changes(), with_changes(correction(*items))
    assert said(compare(snapshot(before), after)) == [("Corrected", "", "A slip.")]
    assert not compare(snapshot(after), after)


def test_a_second_correction_on_the_same_day_is_told_by_its_own_note() -> None:
    first, second = correction("why"), correction("why", note="Another slip.")
    for changes in ((first, second), (second, first)):
        found = compare(snapshot(with_changes(first)), with_changes(*changes))
        assert said(found) == [("Corrected", "Why now?", "Another slip.")]


def test_a_reworded_note_is_not_told_again() -> None:
    told = snapshot(with_changes(correction("why")))
    assert not compare(told, with_changes(correction("why", note="A small slip.")))


def test_a_correction_is_not_told_again_when_its_item_is_withdrawn() -> None:
    told = snapshot(with_changes(correction("why")))
    found = compare(told, with_changes(correction(), faq=TWO[1:]))
    assert [news.lead for news in found] == ["No longer in the briefing"]


def test_a_correction_is_not_told_again_when_its_item_is_named_later() -> None:
    assert not compare(snapshot(with_changes(correction())), with_changes(correction("why")))
    (news,) = compare(
        snapshot(with_changes(correction("why"))), with_changes(correction("why", "who"))
    )
    assert (news.lead, news.label) == ("Corrected", "Who says so?")


def test_a_correction_dated_back_is_told_all_the_same() -> None:
    late, early = correction("why"), correction("why", day="2026-10-01", note="An old slip.")
    found = compare(snapshot(with_changes(late)), with_changes(late, early))
    assert said(found) == [("Corrected", "Why now?", "An old slip.")]


def test_only_a_correction_is_news_of_itself() -> None:
    noted = [{**correction("why"), "kind": kind} for kind in ("new", "update", "clarification")]
    assert not compare(snapshot(with_changes()), with_changes(*noted))


def test_a_minor_change_is_no_news_and_is_told_with_the_next_post() -> None:
    minor = changed("faq", answer="Because!", minor=True)
    assert not compare(TOLD, minor)
    assert not compare(snapshot(minor), changed("faq", answer="Because!"))


def test_a_minor_item_is_no_news_when_it_is_new() -> None:
    assert not compare(TOLD, make_story(**{**FIELDS, "faq": [TWO[0], {**TWO[1], "minor": True}]}))


def test_a_minor_item_is_told_of_when_it_is_corrected_answered_or_withdrawn() -> None:
    told = snapshot(with_changes())
    minor = [{**TWO[0], "minor": True}, TWO[1]]
    corrected = compare(told, with_changes(correction("why"), faq=minor))
    answered = compare(
        TOLD, changed("open_questions", status="answered", answer="Yes.", minor=True)
    )
    withdrawn = compare(snapshot(with_changes(faq=minor)), with_changes(faq=TWO[1:]))
    leads = [news.lead for found in (corrected, answered, withdrawn) for news in found]
    assert leads == ["Corrected", "Answered", "No longer in the briefing"]


def test_the_most_important_comes_first() -> None:
    before = with_changes(open_questions=[QUESTION])
    after = with_changes(
        correction("why"),
        status="closed",
        faq=[TWO[0]],
        open_questions=[{**QUESTION, "status": "moot"}],
        background=[{**FIELDS["background"][0], "text": "Else."}],
        key_points=[*FIELDS["key_points"], {**FIELDS["key_points"][0], "id": "second"}],
        positions=[*FIELDS["positions"], {**FIELDS["positions"][0], "id": "second"}],
    )
    assert [news.lead for news in compare(snapshot(before), after)] == [
        "Corrected",
        "Now closed",
        "No longer matters",
        "New",
        "New",
        "Changed",
        "No longer in the briefing",
    ]
    new = compare(snapshot(before), after).new
    assert [news.label for news in new] == ["According to the mayor", "The mayor"]


def test_all_is_new_to_a_channel_that_was_told_nothing() -> None:
    story = make_story(**FIELDS)
    assert len(compare(None, story).new) == len(compare({}, story)) == 6
