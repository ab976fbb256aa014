from __future__ import annotations

import asyncio
from collections import Counter
from datetime import timedelta
from tempfile import TemporaryDirectory

from hypothesis import given, strategies as st

from bot.domain.gap import Votes, wording
from bot.store import Store
from bot.store.feedback import Question
from tests.stories import NOW

COUNTED, FULL = True, False
DAY = timedelta(days=1)


def asked(text: str = "Why?", story: str = "", tenant: str = "slack:T1") -> Question:
    return Question(tenant, story, text)


async def tell(store: Store, question: Question, **more: object) -> bool:
    rest = {"closed": (), "most": 100, "now": NOW} | more
    return await store.tell(question, **rest)  # type: ignore[arg-type]


async def test_asking_the_same_again_counts_up_one_gap(store: Store) -> None:
    assert await tell(store, asked("Why now?")) is COUNTED
    assert await tell(store, asked("why NOW"), now=NOW + DAY) is COUNTED
    (gap,) = await store.gaps()
    assert (gap.id, gap.tenant, gap.story, gap.text) == ("gap-1", "slack:T1", "", "Why now?")
    assert (gap.count, gap.first_at, gap.last_at) == (2, NOW, NOW + DAY)


async def test_what_is_told_at_the_same_time_makes_one_gap(store: Store) -> None:
    await asyncio.gather(*(tell(store, asked()) for _ in range(12)))
    assert [gap.count for gap in await store.gaps()] == [12]


async def test_stories_and_tenants_have_gaps_of_their_own(store: Store) -> None:
    places = [("", "slack:T1"), ("a", "slack:T1"), ("a", "slack:T2")]
    for story, tenant in places:
        await tell(store, asked(story=story, tenant=tenant))
    assert [gap.count for gap in await store.gaps()] == [1, 1, 1]
    assert [gap.number for gap in await store.gaps(tenant="slack:T1", story="a")] == [2]


async def test_a_gap_that_is_like_it_counts_the_question(store: Store) -> None:
    await tell(store, asked("Will there be a draft?"))
    await tell(store, Question("slack:T1", "", "a draft?", like=1))
    assert [(gap.text, gap.count) for gap in await store.gaps()] == [("Will there be a draft?", 2)]


async def test_a_likeness_of_another_tenant_counts_nothing_there(store: Store) -> None:
    await tell(store, asked("Will there be a draft?", tenant="slack:T2"))
    await tell(store, Question("slack:T1", "", "a draft?", like=1))
    assert [(gap.tenant, gap.count) for gap in await store.gaps()] == [
        ("slack:T2", 1),
        ("slack:T1", 1),
    ]


async def test_a_closed_gap_is_not_counted_up(store: Store) -> None:
    await tell(store, asked())
    await tell(store, asked(), closed={1})
    assert [(gap.number, gap.count) for gap in await store.gaps()] == [(1, 1), (2, 1)]


async def test_a_full_list_takes_what_it_has_and_nothing_new(store: Store) -> None:
    await tell(store, asked("one"), most=1)
    assert await tell(store, asked("two"), most=1) is FULL
    assert await tell(store, asked("one"), most=1) is COUNTED
    assert await tell(store, asked("two", tenant="slack:T2"), most=1) is COUNTED
    assert await tell(store, asked("two"), most=1, closed={1}) is COUNTED


async def test_votes_are_counted_by_entry_and_the_least_helpful_comes_first(store: Store) -> None:
    votes = [("a", "faq/x", True), ("a", "faq/y", False), ("a", "faq/y", True)]
    for story, entry, yes in votes:
        await store.vote(story, entry, yes=yes, now=NOW)
    assert await store.votes() == [Votes("a", "faq/y", 1, 1), Votes("a", "faq/x", 1, 0)]


async def test_what_is_forgotten_is_gone_and_its_number_is_not_used_again(store: Store) -> None:
    for number in range(3):
        await tell(store, asked(f"word{number}"))
    assert await store.forget_gaps([2, 3, 99]) == [2, 3]
    await tell(store, asked("new"))
    assert [gap.number for gap in await store.gaps()] == [1, 4]


async def test_forgetting_everything_leaves_nothing(store: Store) -> None:
    await tell(store, asked())
    await store.vote("a", "faq/x", yes=True, now=NOW)
    assert await store.forget_gaps() == [1]
    assert (await store.gaps(), await store.votes()) == ([], [])


async def test_what_nobody_says_again_leaves_in_time(store: Store) -> None:
    await tell(store, asked("old"))
    await tell(store, asked("asked again"))
    await tell(store, asked("asked again"), now=NOW + DAY)
    await store.vote("a", "faq/x", yes=True, now=NOW)
    await store.forget_feedback(NOW + DAY)
    assert [gap.text for gap in await store.gaps()] == ["asked again"]
    assert await store.votes() == []


async def test_gaps_can_be_looked_at_since_a_time(store: Store) -> None:
    await tell(store, asked("old"))
    await tell(store, asked("new"), now=NOW + DAY)
    assert [gap.text for gap in await store.gaps(since=NOW + DAY)] == ["new"]


@given(st.lists(st.sampled_from(["Why?", "why", "how", "¿How?", "日本"]), max_size=12))
def test_whatever_is_told_in_whatever_order_every_wording_has_one_row(told: list[str]) -> None:
    async def check(folder: str) -> None:
        async with await Store.open(f"sqlite:///{folder}/bot.db") as store:
            for text in told:
                assert await tell(store, asked(text))
            found = [(wording(gap.text), gap.count) for gap in await store.gaps()]
            assert sorted(found) == sorted(Counter(map(wording, told)).items())

    with TemporaryDirectory() as folder:
        asyncio.run(check(folder))
