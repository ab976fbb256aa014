from __future__ import annotations

from hypothesis import given, strategies as st

from bot.domain.names import Names, fold
from tests.stories import make_story

STORIES = [
    make_story("land-strikes", title="Announced land strikes on cartels", aliases=["cartels"]),
    make_story("venezuela-link", title="The Venezuela link"),
    make_story("agua", title="Água e eleição", aliases=["land"]),
]
NAMES = Names(STORIES)


def test_accents_case_and_punctuation_do_not_matter() -> None:
    assert NAMES.exact("AGUA  e eleicao!") == "agua"


def test_an_alias_wins_over_a_part_of_another_name() -> None:
    assert NAMES.named("land") == ("agua",)


def test_an_alias_that_two_stories_share_names_both() -> None:
    names = Names([make_story("a", aliases=["same"]), make_story("b", aliases=["same"])])
    assert (names.exact("same"), names.named("same")) == (None, ("a", "b"))


def test_words_of_a_name_may_come_in_any_order() -> None:
    assert NAMES.named("cartels strikes") == ("land-strikes",)


def test_one_letter_names_nothing() -> None:
    assert NAMES.named("v") == ()


def test_a_mistyped_name_is_offered() -> None:
    assert NAMES.nearest("venezula link") == ["venezuela-link"]


def test_nothing_alike_offers_nothing() -> None:
    assert NAMES.nearest("zzzzqqqq") == []


def test_completion_puts_names_that_start_so_first() -> None:
    names = Names([make_story("a-strike"), make_story("strike-b")])
    assert names.complete("stri", 5) == ["strike-b", "a-strike"]


def test_a_word_of_very_many_names_does_not_narrow_what_others_name() -> None:
    names = Names(
        make_story(f"story-{number}", aliases=[f"river {number}"]) for number in range(500)
    )
    assert names.named("river 77") == ("story-77",)
    assert names.named("story 499") == ("story-499",)


@given(st.data())
def test_replacing_gives_the_same_index_as_building_anew(data: st.DataObject) -> None:
    pool = [
        make_story(f"story-{number}", aliases=[data.draw(st.sampled_from(["x y", "y z", "q"]))])
        for number in range(6)
    ]
    kept = data.draw(st.sets(st.sampled_from(range(6))))
    put = data.draw(st.sets(st.sampled_from(range(6))))
    start = Names(pool[number] for number in kept)
    drop = [pool[number] for number in kept if data.draw(st.booleans()) or number in put]
    made = start.replaced([pool[number] for number in put], drop)
    left = [pool[number] for number in kept if pool[number] not in drop]
    anew = Names(left + [pool[number] for number in put])
    assert made._keys == anew._keys
    assert {k: set(v) for k, v in made._whole.items()} == {
        k: set(v) for k, v in anew._whole.items()
    }


@given(st.text(max_size=80))
def test_folding_twice_is_folding_once(text: str) -> None:
    assert fold(fold(text)) == fold(text)


@given(st.text(max_size=80))
def test_any_text_can_be_looked_up(text: str) -> None:
    NAMES.exact(text)
    NAMES.named(text)
    NAMES.complete(text, 25)
    NAMES.nearest(text)


def test_every_prefix_of_a_name_completes_to_it() -> None:
    for story in STORIES:
        for name in story.names():
            for end in range(1, len(name) + 1):
                if fold(name[:end]):
                    assert story.slug in NAMES.complete(name[:end], 25)
