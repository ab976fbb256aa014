from __future__ import annotations

import time
from datetime import date, timedelta

import pytest

from bot.library.advice import advice
from bot.library.check import check
from bot.library.shape import Leaf
from tests.library.texts import changed, problems_of
from tests.stories import NOW

ONLY = "use bold, italic, inline code, https links and lists only"


def warnings(answer: str) -> list[str]:
    return problems_of(changed(("In March.", answer)))


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        ('"![map](https://a.example/m.png)"', "an image in {}: `![map](https://a.example/m.png)`"),
        ("|-\n      # When\n      In March.", "a heading in {}: `# When`"),
        ("|-\n      ~~~\n      x\n      ~~~", "a fenced block in {}: `~~~`"),
        ("|-\n      | a | b |\n      |---|---|", "a table in {}: `| a | b |`"),
    ],
)
def test_markup_that_is_shown_as_typed_is_pointed_out(answer: str, expected: str) -> None:
    what = expected.replace("in {}", "in `answer` of `faq` item 1 is shown as typed")
    assert warnings(answer) == [f"toll.yaml:13:13: warning: {what} — {ONLY}"]


@pytest.mark.parametrize("address", ["http://a.example", "mailto:a@a.example", "/path", ""])
def test_a_link_that_is_not_https_is_pointed_out(address: str) -> None:
    (told,) = warnings(f"See [this]({address}) page.")
    what = f"the link to `{address}` in `answer` of `faq` item 1 is shown as typed"
    remedy = "only https links become links: write its https address"
    assert told == f"toll.yaml:13:13: warning: {what} — {remedy}"


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("status:", "why_it_matters: '{}'\nstatus:", "4:17"),
        ("kind: official", "kind: official\n    note: '{}'", "10:11"),
        ("faq:", "changes: [{{date: 2026-11-01, kind: new, note: '{}'}}]\nfaq:", "10:47"),
    ],
)
def test_every_text_that_is_shown_with_its_markup_is_looked_at(
    old: str, new: str, expected: str
) -> None:
    (told,) = problems_of(changed((old, new.format("[x](http://a.example)"))))
    assert told.startswith(f"toll.yaml:{expected}: warning: the link to `http://a.example` in")


@pytest.mark.parametrize(
    "answer",
    [
        "**Bold**, *italic*, `code | code`, [a link](https://a.example/#x), issue #5",
        "|-\n      - a list\n      - of two\n\n      1. and another",
    ],
)
def test_markup_that_is_shown_is_not(answer: str) -> None:
    quoted = answer if answer.startswith("|") else f'"{answer}"'
    assert warnings(quoted) == []


def test_a_warning_does_not_keep_a_story_from_being_served() -> None:
    text = changed(("In March.", "See [this](http://a.example)."))
    assert check(text, "toll", "toll.yaml", "r", NOW).story


def test_a_faq_entry_without_other_wordings_is_fine() -> None:
    assert "also_asked" not in changed()
    assert problems_of(changed()) == []


def test_a_review_that_is_overdue_is_pointed_out_from_the_next_day_on() -> None:
    text = changed(("as_of: 2026-11-20", "as_of: 2026-11-20\nreview_by: 2026-11-22"))
    on_time = check(text, "toll", "toll.yaml", "r", NOW)
    assert on_time.problems == ()
    assert on_time.holds(NOW)
    tomorrow = NOW + timedelta(days=1)
    assert not on_time.holds(tomorrow)
    overdue = check(text, "toll", "toll.yaml", "r", tomorrow)
    assert overdue.story
    (told,) = map(str, overdue.problems)
    what = "this was to be reviewed by 2026-11-22, and answers say so"
    remedy = "review it, then set `as_of` and `review_by` anew"
    assert told == f"toll.yaml:4:12: warning: {what} — {remedy}"
    assert overdue.holds(tomorrow + timedelta(days=30))


@pytest.mark.parametrize("alias", ["faq", "Open", "'?!'"])
def test_an_alias_that_nobody_can_use_is_pointed_out(alias: str) -> None:
    name = alias.strip("'")
    (told,) = problems_of(changed(("status:", f"aliases: [toll, {alias}]\nstatus:")))
    what = f"nobody can ask for a story as `{name}`: that is a command or no word"
    assert told == f"toll.yaml:4:17: warning: {what} — write another alias, or remove it"


@pytest.mark.parametrize("text", ["![" * 100_000 + "](", "[" * 200_000, "[x](" * 50_000])
def test_a_text_made_to_be_slow_costs_in_proportion_to_its_length(text: str) -> None:
    def look(size: int) -> float:
        began = time.process_time()
        list(advice({}, [Leaf(("faq", 0, "answer"), text[:size])], date(2026, 11, 22)))
        return time.process_time() - began

    look(1000)
    assert look(len(text)) < 100 * max(look(len(text) // 10), 0.001)
