from __future__ import annotations

from importlib.resources import files
from typing import Any

import pytest
from hypothesis import given, strategies as st

from bot.domain.search import Index
from bot.domain.search.near import near
from bot.domain.search.text import english, keywords, stems
from tests.stories import make_faq, make_story

GROUPS = [
    line
    for line in files("bot.domain.search").joinpath("near.txt").read_text("utf-8").splitlines()
    if not line.startswith("#")
]
SEVERAL_FORMS = [
    "strike strikes striking",
    "agree agrees agreed agreeing agreement agreements",
    "legal legally",
    "illegal illegally",
    "operation operations operate operated operational",
    "announce announces announced announcement announcements",
    "locate location located",
    "elect election elections elected",
    "invade invades invaded invading",
    "deport deported deportation deportations",
    "nation nations national nationally",
    "constitution constitutional constitutionally",
    "politics political politically",
    "industry industries industrial",
    "propose proposes proposal proposals",
    "remove removed removal",
    "deny denies denied denying",
    "supply supplies supplied",
    "statement statements",
    "state states stated stating",
    "care cares cared caring",
    "type types typed typing",
    "vote votes voted voting",
    "plan plans planned planning",
    "worker workers work works worked working",
    "official officials officially",
    "attack attacks attacked attacker attackers",
    "tax taxes taxed taxing",
    "virus viruses",
    "bus buses",
    "house houses housing",
    "violate violation violations",
    "mission missions",
    "rule rules ruled",
    "ruling rulings",
]
UNRELATED = [
    "state statement station",
    "miss missing mission missile",
    "public publication",
    "party partial part",
    "aid aide",
    "severe several",
    "pass passion",
    "rule ruling",
    "come coming",
    "office officer official",
    "accord according",
    "apart apartment depart department",
    "form former formal formation format",
    "fact faction",
    "sect section",
    "edit edition",
    "count counter",
    "let letter",
    "app appeal",
    "general generate",
    "federal federation",
    "convert conversation converse",
    "special species",
    "new news",
    "mill mile million",
    "bill billion",
    "plan plane",
    "car care",
    "bit bite",
    "war ware",
    "like likely",
    "short shortly",
    "even evening",
    "hear hearing",
    "custom customer",
    "process procession",
    "recess recession",
    "access accession",
    "internal international",
    "legal illegal",
]
OPPOSITES = [
    ("refuse", "agree"),
    ("beat", "lose"),
    ("defeat", "lost"),
    ("stable", "unstable"),
    ("stability", "instability"),
    ("legal", "illegal"),
    ("lawful", "unlawful"),
    ("known", "unclear"),
    ("known", "unknown"),
    ("constitutional", "unconstitutional"),
    ("avoid", "stop"),
]
OTHER_THINGS = [
    ("civilian", "people"),
    ("house", "congress"),
    ("house", "senate"),
    ("state", "country"),
    ("event", "accident"),
    ("day", "hour"),
    ("time", "hour"),
    ("release", "publish"),
    ("opposition", "dissident"),
    ("cabinet", "minister"),
    ("nato", "alliance"),
    ("liberal", "leftist"),
    ("militant", "extremist"),
    ("radical", "extremist"),
    ("trade", "smuggling"),
    ("gaza", "palestinian"),
    ("houthi", "yemen"),
    ("taliban", "afghanistan"),
    ("viral", "virus"),
    ("terminate", "abortion"),
    ("attacker", "hacker"),
    ("left", "leave"),
    ("resolution", "solve"),
    ("work", "effective"),
    ("right", "freedom"),
    ("power", "authority"),
    ("power", "electricity"),
    ("break", "violate"),
    ("decline", "refuse"),
    ("back", "support"),
    ("call", "demand"),
    ("row", "dispute"),
    ("held", "jail"),
    ("justice", "judge"),
    ("fine", "penalty"),
    ("toll", "fee"),
    ("charge", "fee"),
    ("duty", "tariff"),
    ("executive", "ceo"),
    ("fire", "dismiss"),
    ("strike", "walkout"),
    ("site", "website"),
    ("cold", "frost"),
    ("network", "television"),
    ("x", "twitter"),
    ("wed", "wednesday"),
    ("sat", "saturday"),
    ("statement", "state"),
    ("mission", "disappear"),
]
SAME = [
    ("agree", "consent"),
    ("refuse", "reject"),
    ("stable", "stability"),
    ("beat", "defeat"),
    ("lost", "lose"),
    ("illegal", "unlawful"),
    ("unclear", "unknown"),
    ("missing", "vanish"),
    ("boots", "troops"),
    ("ground", "land"),
    ("aide", "adviser"),
    ("killed", "slain"),
    ("ceasefire", "truce"),
    ("Mexico", "Mexican"),
]


def stem(word: str) -> str:
    return stems("en").stem(word.lower())


def is_near(one: str, other: str) -> bool:
    return stem(other) in near(stem(one), "en")


@pytest.mark.parametrize("forms", SEVERAL_FORMS)
def test_the_forms_of_a_word_have_one_stem(forms: str) -> None:
    assert len(set(map(english, forms.split()))) == 1


@pytest.mark.parametrize("alike", UNRELATED)
def test_unrelated_words_have_stems_of_their_own(alike: str) -> None:
    words = alike.split()
    assert len(set(map(english, words))) == len(words)


@given(st.text(max_size=50))
def test_any_word_has_a_stem_no_longer_than_itself_but_for_a_lost_e(word: str) -> None:
    assert len(english(word)) <= len(word)
    assert bool(english(word)) == bool(word)


def test_according_is_a_small_word() -> None:
    assert keywords("according to whom, according to Mexico") == ["mexico"]


@pytest.mark.parametrize(
    ("region", "language"), [("pt-BR", "pt"), ("en-GB", "en"), ("EN", "en"), ("de-AT", "de")]
)
def test_a_language_has_the_stems_of_its_base(region: str, language: str) -> None:
    assert stems(region) is stems(language)


@pytest.mark.parametrize(
    ("region", "singular", "plural"), [("pt-BR", "governo", "governos"), ("en-GB", "raid", "raids")]
)
def test_a_language_with_a_region_joins_forms(region: str, singular: str, plural: str) -> None:
    assert stems(region).stem(plural) == stems(region).stem(singular)


def test_small_words_are_those_of_the_base() -> None:
    assert keywords("o que é a operação", "pt-BR") == ["operação"]


def test_words_of_an_unknown_language_are_as_they_stand() -> None:
    assert stems("tlh-XX").stem("raids") == "raids"


def test_a_group_of_near_words_has_words_of_different_stems() -> None:
    stems_of = {group: [stem(word) for word in group.split()] for group in GROUPS}
    alike = [group for group, found in stems_of.items() if not 1 < len(found) == len(set(found))]
    assert alike == []


def test_no_near_word_is_a_small_one() -> None:
    small = stems("en").small
    assert [group for group in GROUPS if not small.isdisjoint(group.split())] == []


def test_no_group_of_near_words_stands_in_another() -> None:
    sets = [frozenset(map(stem, group.split())) for group in GROUPS]
    within = [
        group
        for number, (group, words) in enumerate(zip(GROUPS, sets, strict=True))
        if any(words <= other for at, other in enumerate(sets) if at != number)
    ]
    assert within == []


@pytest.mark.parametrize(("one", "other"), OPPOSITES + OTHER_THINGS)
def test_words_that_mean_something_else_are_not_near(one: str, other: str) -> None:
    assert not is_near(one, other)
    assert not is_near(other, one)


@pytest.mark.parametrize(("one", "other"), SAME)
def test_words_that_readers_put_for_one_another_are_near(one: str, other: str) -> None:
    assert is_near(one, other)
    assert is_near(other, one)


def test_near_words_are_english() -> None:
    assert near(stem("ceasefire"), "de") == ()


@pytest.mark.parametrize(
    ("question", "asked", "opposite"),
    [
        (
            "Which countries agree with the plan?",
            "which countries accept the plan",
            "which countries refused the plan",
        ),
        ("Who defeated Brazil?", "who beat Brazil", "who lost to Brazil"),
        ("Where are people in danger?", "where are ppl in danger", "where are civilians in danger"),
    ],
)
def test_another_word_for_the_same_is_surer_than_one_for_something_else(
    question: str, asked: str, opposite: str
) -> None:
    index = Index([make_story("plan", faq=[make_faq("one", question), *others()])])
    same, other = (index.search(words).hits[0].confidence for words in (asked, opposite))
    assert same > other


@pytest.mark.parametrize(
    ("question", "asked"),
    [
        ("Are the strikes illegal?", "are the strikes legal"),
        ("Are the strikes legal?", "are the strikes illegal"),
        ("Are the strikes unlawful?", "are the strikes lawful"),
    ],
)
def test_legality_is_asked_both_ways(question: str, asked: str) -> None:
    story = make_story("plan", faq=[make_faq("one", question, "Lawyers differ."), *others()])
    found = Index([story]).search(asked)
    assert found.hits[0].entry.key == "faq/one"


def others() -> list[dict[str, Any]]:
    """Some other questions, so that words are rare as in a briefing."""
    asked = ("How much does it cost?", "When does the ferry run?", "What did the mayor say?")
    return [
        make_faq(f"other-{at}", one, "The council gives no figure.") for at, one in enumerate(asked)
    ]
