from __future__ import annotations

from pathlib import Path

import pytest

from bot.answers.silence import is_silent
from bot.domain.entry import Entry
from bot.domain.sections.faq import Faq
from bot.library import Library
from tests.stories import NOW

BRIEFINGS = Path(__file__).parents[2] / "briefings"


def silent(answer: str, language: str = "en") -> bool:
    return is_silent(Entry("bridge", Faq.section, "one", "Who?", answer, "Who?", ()), language)


@pytest.mark.parametrize(
    "answer",
    [
        "The article does not say.",
        "The source doesn’t say. It may later.",
        "**The article** does not say who paid.",
        "The article itself does not define it.",
        "The notice gives no numbers.",
        "The article reports none. It says that strikes are planned.",
        "The sources name nobody.",
        "None that the article reports: it calls them suspects.",
        "Not that the report mentions.",
    ],
)
def test_an_answer_may_begin_by_saying_that_the_source_does_not_say(answer: str) -> None:
    assert silent(answer)


@pytest.mark.parametrize(
    "answer",
    [
        "The council has no plans to close it.",
        "Mexico did not say yes, and did not say no.",
        "The US has no troops there.",
        "Congress gave no approval.",
        "The president did not name a country.",
        "The senator gave no reason, the article says.",
        "The minister does not mention it.",
        "None. The bridge stays open.",
        "Nobody knows.",
        "No.",
        "The notice does not apply to ferries.",
        "The article names three countries.",
        "The article says that the council did not say when.",
        "The article does not name the yard, but the notice does: North Yard.",
        "The bridge closes on Monday. The article does not say why.",
        "He said: The article does not say.",
        "",
    ],
)
def test_what_somebody_does_not_say_or_have_is_an_answer(answer: str) -> None:
    assert not silent(answer)


@pytest.mark.parametrize(
    ("language", "says_nothing", "answers"),
    [
        ("de", "Der Artikel nennt keine Zahlen.", "Der Rat nennt keine Zahlen."),
        ("de-AT", "Dazu sagt die Quelle nichts.", "Dazu sagt der Rat nichts."),
        ("es", "El artículo no lo dice.", "México no lo dice."),
        ("fr", "L’article ne dit pas quand.", "Le maire ne dit pas quand."),
        ("it", "L’articolo non dice quando.", "Il sindaco non dice quando."),
        ("nl", "Het artikel noemt geen datum.", "De raad noemt geen datum."),
        ("pt-BR", "O artigo não diz.", "O México não diz."),
    ],
)
def test_other_languages_have_their_own_words_for_it(
    language: str, says_nothing: str, answers: str
) -> None:
    assert silent(says_nothing, language)
    assert not silent(answers, language)
    assert not silent(says_nothing)


def test_of_a_language_without_such_words_nothing_is_claimed() -> None:
    assert not silent("The article does not say.", "fi")


def test_the_shipped_briefings_say_where_their_article_is_silent() -> None:
    library = Library(BRIEFINGS, lambda: NOW)
    library.load()
    found = {
        entry.key
        for story in library.stories
        for entry in story.entries()
        if is_silent(entry, story.language)
    }
    assert {"faq/targets", "faq/numbers", "faq/plans", "faq/other-countries"} <= found
    assert not {"faq/mexico-consent", "points/no-details", "faq/dates-and-numbers"} & found
