from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings, strategies as st

from bot.domain.briefing import Story
from bot.domain.search import Entries, Found, Index, keywords, searchable
from bot.domain.search.text import words
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
BOTH = Index([STORY, OTHER])


def names(found: Found) -> list[str]:
    return [f"{hit.entry.story}/{hit.entry.id}" for hit in found.hits]


def found(question: str) -> list[str]:
    return names(BOTH.search(question))


def scored(found: Found) -> list[tuple[str, str, float, float]]:
    return [(hit.entry.story, hit.entry.key, hit.score, hit.confidence) for hit in found.hits]


@pytest.mark.parametrize("question", ["agree", "agrees", "AGREED", "agreeing", "closure"])
def test_other_forms_of_a_word_are_found(question: str) -> None:
    assert found(question)[0] == "bridge/agree"


def test_other_wordings_count_as_the_question() -> None:
    assert found("boat times") == ["bridge/ferry"]


def test_words_in_the_question_weigh_more_than_words_in_the_answer() -> None:
    assert found("council") == ["bridge/agree", "bridge/cost"]


def test_a_rare_word_weighs_more_than_a_common_one() -> None:
    assert found("ferry strike")[0] == "other/ferry"


@pytest.mark.parametrize(
    "mention", ["<!channel>", "@everyone", "<@U123>", "<#C1|boat>", "<a:boat:12>", "@here"]
)
def test_a_mention_is_no_word_of_a_question(mention: str) -> None:
    assert words(f"{mention} boat times") == ["boat", "times"]


@pytest.mark.parametrize("question", ["whens the ferry", "thats the ferry, isnt it", "pls, ferry"])
def test_short_forms_without_an_apostrophe_are_small_words(question: str) -> None:
    assert keywords(question) == ["ferry"]


def test_a_slip_in_a_word_is_found_when_only_its_singular_is_near() -> None:
    details = make_story("plan", faq=[make_faq("plan", "Are there any details?", "None.")])
    assert names(Index([details]).search("any detials")) == ["plan/plan"]


def test_words_that_stand_nowhere_find_nothing() -> None:
    assert found("zebra") == []


def test_a_question_of_small_words_keeps_them() -> None:
    assert keywords("who is it") == ["who", "is", "it"]


def test_the_own_wording_is_sure_and_is_told() -> None:
    hit = BOTH.search("has the COUNCIL agreed to closures").hits[0]
    assert (hit.entry.id, hit.sure, hit.worded) == ("agree", True, True)


def test_a_question_with_a_word_more_is_no_wording_of_the_entry() -> None:
    assert not BOTH.search("has the council agreed to closures every hour").hits[0].worded


def test_a_question_about_something_else_is_not_sure() -> None:
    result = BOTH.search("what does the council think of the new airport in Lisbon")
    assert result.hits
    assert not result.sure


@pytest.mark.parametrize("typed", ["ferri srtike", "fery strike", "ferry strkie"])
def test_slips_are_corrected(typed: str) -> None:
    assert found(typed)[0] == "other/ferry"


def test_the_given_story_comes_first() -> None:
    first = BOTH.search("ferry strike", first="bridge")
    assert [hit.entry.story for hit in first.hits] == ["bridge", "other"]


def test_all_that_fit_are_counted_however_few_are_wanted() -> None:
    story = make_story("many", faq=[make_faq(f"q{n}", f"Ferry {n}?") for n in range(150)])
    result = Index([story]).search("ferry", limit=3)
    assert (len(result.hits), result.total) == (3, 150)
    assert len(Index([story]).search("ferry", limit=200).hits) == 150


def test_a_section_is_searched_alone() -> None:
    story = make_story(
        "both",
        background=[{"id": "b", "title": "Ferry", "text": "Old.", "sources": ["article"]}],
        faq=[make_faq("f", "Ferry?")],
        positions=[{"id": "p", "who": "Ferry", "view": "Yes.", "sources": ["article"]}],
    )
    index = Index([STORY, story])
    for kind in SECTIONS:
        entries = [hit.entry for hit in index.search("ferry", section=kind).hits]
        assert all(entry.section is kind for entry in entries)
    assert len(Index([story]).search("ferry").hits) == 3


def test_one_story_in_another_language_changes_nothing_for_english_questions() -> None:
    german = make_story("fremd", language="de", faq=[make_faq("a", "Was kostet die Fähre?")])
    asked = "what does the ferry cost, who runs it and when"
    alone, both = Index([STORY, OTHER]), Index([STORY, OTHER, german])
    mine = [one for one in scored(both.search(asked)) if one[0] != "fremd"]
    assert mine == scored(alone.search(asked))


def test_the_answer_of_another_story_is_found_however_much_the_first_one_says() -> None:
    talkative = make_story("talk", faq=[make_faq(f"q{n}", f"Ferry matter {n}?") for n in range(60)])
    found = Index([talkative, OTHER]).search("is there a ferry strike", first="talk", limit=3)
    assert [hit.entry.story for hit in found.hits] == ["talk"] * 3
    assert found.answer
    assert found.answer.entry.story == "other"


def test_questions_not_covered_crowd_no_entry_out() -> None:
    questions = [f"what does ferry number {n} cost to run" for n in range(60)]
    story = make_story("ferry", faq=FERRY, not_covered=questions)
    hit = Index([story]).search("when does the ferry run today").hits[0]
    assert (hit.entry.id, hit.confidence > 0) == ("run", True)


@pytest.mark.parametrize("asked", ["Has Spain agreed to it", "have the Spanish agreed to it"])
def test_a_question_about_another_country_is_not_answered(asked: str) -> None:
    faq = [make_faq("agree", "Has France agreed to it?", also_asked=["have the French agreed"])]
    index = Index([make_story("deal", faq=faq)])
    assert index.search(asked.replace("Spain", "France").replace("Spanish", "French")).sure
    assert not index.search(asked).sure


@pytest.mark.parametrize("asked", ["hi there", "what is it", "and you?"])
def test_a_question_of_small_words_alone_is_answered_by_the_same_words_only(asked: str) -> None:
    faq = [make_faq("what", "What is it about the ferry and you?"), make_faq("so", "How so?")]
    index = Index([make_story("small", faq=faq)])
    assert not index.search(asked).sure
    assert index.search("how so").sure


def test_a_wording_is_found_among_any_number_of_like_ones() -> None:
    asked = [f"will the ferry run on day {n} to the pier" for n in range(300)]
    faq = [make_faq("when", "When?", also_asked=asked[:100]), make_faq("which", "What ferry run?")]
    more = [make_faq(f"q{n}", f"The ferry run to pier {n} on a day?") for n in range(190)]
    hit = Index([make_story("many", faq=[*more, *faq])]).search("what ferry run").hits[0]
    assert (hit.entry.id, hit.worded) == ("which", True)


def test_entries_alone_can_be_searched() -> None:
    index = Index.of([*STORY.entries(), *OTHER.entries()])
    assert scored(index.search("ferry strike")) == scored(BOTH.search("ferry strike"))


def test_what_is_typed_is_completed_by_its_beginning_then_by_its_words() -> None:
    assert [entry.id for entry in BOTH.suggest("when does")] == ["ferry"]
    assert BOTH.suggest("council agr")[0].id == "agree"
    assert [entry.id for entry in BOTH.suggest("boat ti")] == ["ferry"]
    assert BOTH.suggest("") == []


def test_a_wording_can_be_left_out() -> None:
    story = make_story("bells", faq=[make_faq("ring", "Why now?", also_asked=["odd chimes"])])
    index = Index([story])
    assert names(index.search("odd chimes")) == ["bells/ring"]
    assert names(index.search("odd chimes", leave_out=("bells", 1))) == []


@pytest.mark.parametrize(
    ("field", "fields"),
    [
        ("key_points", {"text": "It is shut."}),
        ("background", {"title": "The pier", "text": "It is old."}),
        ("faq", {"question": "Why?", "answer": "Nobody says."}),
        ("open_questions", {"question": "Who?", "status": "open", "opened": "2026-01-01"}),
        ("timeline", {"date": "2026-01", "text": "It shut."}),
        ("positions", {"who": "The mayor", "view": "It must go."}),
    ],
)
def test_an_entry_of_any_kind_is_found_by_its_other_wordings(
    field: str, fields: dict[str, str]
) -> None:
    item = {"id": "one", "sources": ["article"], "also_asked": ["odd chimes at dusk"], **fields}
    story = make_story("bells", **{field: [item]})
    hit = Index([STORY, story]).search("odd chimes at dusk").hits[0]
    assert (hit.entry.story, hit.sure, hit.worded) == ("bells", True, True)


FERRY = [make_faq("run", "When does the ferry run?"), make_faq("close", "When does the pier shut?")]
PLAIN = make_story("ferry", faq=FERRY)
LIMITED = make_story("ferry", faq=FERRY, not_covered=["what does the ferry cost", "ferry food"])


def test_an_entry_is_not_sure_for_a_question_like_one_that_is_not_covered() -> None:
    asked = "what does it cost when the ferry runs"
    assert Index([PLAIN]).search(asked).sure
    found = Index([LIMITED]).search(asked)
    assert names(found)[0] == "ferry/run"
    assert not found.sure


def test_an_entry_stays_sure_for_a_question_more_like_its_own_wording() -> None:
    assert Index([LIMITED]).search("when does the ferry run").sure


def test_what_is_not_covered_is_nothing_to_find_count_or_complete() -> None:
    index = Index([LIMITED])
    assert [hit.entry.id for hit in index.search("ferry").hits] == ["run"]
    assert index.search("ferry").total == 1
    assert index.search("food") == Found()
    assert index.suggest("ferry fo") == index.suggest("what does the fer")
    assert [entry.id for entry in index.suggest("ferry fo")] == ["run"]


def test_what_a_story_does_not_cover_says_nothing_of_another_story() -> None:
    fares = make_story("fares", faq=[make_faq("price", "What does the ferry cost?")])
    assert Index([LIMITED, fares]).search("what does the ferry cost").hits[0].sure


def test_a_question_that_is_not_covered_can_be_left_out() -> None:
    asked = "what does the ferry cost"
    with_all, without = (
        Index([LIMITED]).search(asked, leave_out=left) for left in (None, ("ferry", 2))
    )
    assert with_all.hits[0].confidence < without.hits[0].confidence


@pytest.mark.parametrize(
    ("language", "question", "asked"),
    [
        ("de", "Wann fahren die Fähren wieder?", "fähre gefahren"),
        ("de", "Wann fahren die Fähren wieder?", "fahren fahre"),
        ("fr", "Quand la grève se termine-t-elle ?", "greve terminee"),
        ("es", "¿Cuándo termina la huelga de maestros?", "huelgas maestro"),
        ("ru", "Когда закончится забастовка учителей?", "забастовки учителя"),
        ("ja", "橋はいつ閉鎖されますか？", "橋の閉鎖"),
        ("zh", "大桥什么时候关闭？", "大桥关闭"),
        ("th", "สะพานจะปิดเมื่อไหร่", "ปิดสะพาน"),
        ("hi", "पुल कब बंद होगा?", "पुल बंद"),
        ("tlh", "qaStaH nuq jay'?", "qaStaH"),
    ],
)
def test_other_languages_and_scripts_are_found(language: str, question: str, asked: str) -> None:
    story = make_story(
        "fremd",
        language=language,
        faq=[make_faq("right", question, "—"), make_faq("wrong", "Xyz?", "—")],
    )
    assert names(Index([STORY, story]).search(asked))[0] == "fremd/right"


def test_english_endings_are_left_alone_in_another_language() -> None:
    story = make_story("x", language="de", faq=[make_faq("a", "Bed?"), make_faq("b", "Being?")])
    assert names(Index([story]).search("be")) == []


def test_initials_are_one_word_and_addresses_none() -> None:
    assert words("The U.S. [link](https://example.org/path) says") == ["the", "us", "link", "says"]


@pytest.mark.parametrize("text", ["", "???", "🙂", "\u202e", "-"])
def test_text_without_words_is_not_searchable(text: str) -> None:
    assert not searchable(text)
    assert BOTH.search(text) == Found()


WORDS = "ferry bridge council strike agree mexico mexican när 橋は how what does".split()
TEXTS = st.lists(
    st.sampled_from(WORDS) | st.text(st.characters(categories=["L", "N"]), min_size=1, max_size=9),
    max_size=8,
).map(" ".join)
WORDED = TEXTS.map(lambda text: f"{text} ferry"[:75].strip())
AUDIENCES = ("slack:T1", "slack:T1/C1", "discord:G1")


@st.composite
def drawn(draw: st.DrawFn) -> list[Story]:
    """Stories with entries about much the same."""
    made = []
    for number in range(draw(st.integers(0, 5))):
        fields: dict[str, Any] = {
            "faq": [
                make_faq(f"q{n}", draw(WORDED) + "?", also_asked=draw(st.lists(WORDED, max_size=2)))
                for n in range(draw(st.integers(0, 3)))
            ]
        }
        audience = draw(st.lists(st.sampled_from(AUDIENCES), unique=True, max_size=2))
        fields |= {"visible_to": audience} if audience else {}
        fields |= {"not_covered": draw(st.lists(WORDED, max_size=2))}
        language = draw(st.sampled_from(["en", "de", "xx"]))
        made.append(make_story(f"s{number}", language=language, **fields))
    return made


@given(st.text(max_size=400) | TEXTS)
def test_any_words_can_be_looked_for_and_completed(typed: str) -> None:
    hits = BOTH.search(typed, limit=3).hits
    assert [hit.score for hit in hits] == sorted((hit.score for hit in hits), reverse=True)
    assert len(hits) <= 3
    assert all(hit.confidence >= 0 for hit in hits)
    assert len(BOTH.suggest(typed)) <= 25


@settings(deadline=None)
@given(drawn(), TEXTS, st.sets(st.sampled_from(AUDIENCES)))
def test_what_may_not_be_seen_changes_nothing(
    stories: list[Story], question: str, audiences: set[str]
) -> None:
    seen = [
        story for story in stories if not story.audience or audiences.intersection(story.audience)
    ]
    whole, alone = Index(stories), Index(seen)
    expected = scored(alone.search(question))
    assert scored(whole.seen_by(audiences).search(question)) == expected
    assert scored(whole.search(question, within=[story.slug for story in seen])) == expected
    assert whole.seen_by(audiences).suggest(question) == alone.suggest(question)


def test_the_language_of_other_stories_changes_nothing() -> None:
    german = make_story("fremd", language="de", faq=[make_faq("a", "Wann?")])
    within = Index([STORY, german]).search("how does the ferry run", within=["bridge"])
    assert scored(within) == scored(Index([STORY]).search("how does the ferry run"))


@settings(deadline=None)
@given(drawn(), drawn(), TEXTS)
def test_a_changed_index_is_the_one_that_is_built_anew(
    before: list[Story], after: list[Story], question: str
) -> None:
    changed = Index(before)
    for story in before:
        changed = changed.replaced([one for one in after if one.slug == story.slug], [story])
    known = {story.slug for story in before}
    changed = changed.replaced([story for story in after if story.slug not in known])
    anew = Index(after)
    assert scored(changed.search(question)) == scored(anew.search(question))
    assert changed.search(question).total == anew.search(question).total
    assert changed.suggest(question) == anew.suggest(question)


def test_a_change_leaves_the_old_index_as_it_was() -> None:
    index = Index([STORY])
    index.replaced([OTHER], [STORY])
    assert names(index.search("ferry")) == ["bridge/ferry"]


def test_numbers_that_are_used_up_begin_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.domain.search.part._SPARE", 2)
    monkeypatch.setattr("bot.domain.search.part._MANY", 1)
    index = Index([STORY, OTHER])
    for _ in range(20):
        index = index.replaced([OTHER], [OTHER])
    (part,) = index._parts.values()
    assert len(part.titles) < 3 * len(Index([STORY, OTHER])) + 10
    assert scored(index.search("ferry strike")) == scored(BOTH.search("ferry strike"))


def test_stories_need_only_be_something_with_entries() -> None:
    source = Entries("loose", tuple(STORY.entries()))
    assert Index([source]).search("boat times").hits[0].entry.id == "ferry"
