from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from hypothesis import given, strategies as st
from sqlalchemy.exc import OperationalError

from bot.answers import Answers
from bot.answers.asked import Asked
from bot.answers.feedback import Feedback, tell_button
from bot.answers.marks import Marks, mark_of
from bot.domain.gap import Gap, Votes
from bot.domain.measure import fits
from bot.domain.plain import to_text
from bot.domain.reply import WORDS_LIMIT, Reply
from bot.domain.request import Channel, Request, parse
from bot.domain.stories import Stories
from bot.domain.verbs import TELL
from bot.store import Store
from tests.stories import CHANNEL, NOW, make_faq, make_story

STRIKES = make_story(
    "land-strikes",
    faq=[make_faq("consent", "Has Mexico agreed?", "No, it refuses."), make_faq("when", "When?")],
)
SECRET = make_story("secret", visible_to=["slack:T2"], faq=[make_faq("plan", "What is the plan?")])
OTHERS = Channel("slack", "T2", "C9")
TELLS = "Tell the maintainers"


class House:
    def __init__(self, store: Store, stories: Stories, most: int = 100) -> None:
        self.store = store
        self.stories = stories
        self.bound: dict[Channel, str] = {}
        self.feedback = Feedback(store, lambda: NOW, most)
        self.restart()

    def restart(self) -> None:
        self.answers = Answers(
            lambda: self.stories, lambda: NOW, self.bound.get, feedback=self.feedback
        )

    async def ask(self, words: str, channel: Channel = CHANNEL, user: str = "U1") -> Reply:
        reply = await self.answers(Request(words, channel, user, "Ann"))
        assert fits(reply)
        return reply

    async def click(self, reply: Reply, label: str, channel: Channel = CHANNEL) -> Reply:
        return await self.ask(words_of(reply, label), channel)

    async def tell(self, words: str, channel: Channel = CHANNEL) -> Reply:
        return await self.click(await self.ask(f"ask {words}", channel), TELLS, channel)

    async def gaps(self) -> list[Gap]:
        return list(await self.store.gaps())


def words_of(reply: Reply, label: str) -> str:
    (found,) = (action.words for action in reply.actions if action.label == label)
    assert len(found) <= WORDS_LIMIT
    return found


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    async with await Store.open(f"sqlite:///{tmp_path}/bot.db") as store:
        yield House(store, Stories([STRIKES, SECRET]))


async def test_a_question_is_put_down_by_a_click_and_not_before(house: House) -> None:
    reply = await house.ask("ask will there be zebras")
    assert "The briefing does not cover this." in to_text(reply)
    assert await house.gaps() == []
    thanks = await house.click(reply, TELLS)
    assert (thanks.title, thanks.private) == ("Thank you", True)
    assert "Your question is on the maintainers’ list, without your name." in to_text(thanks)
    (gap,) = await house.gaps()
    assert (gap.text, gap.story, gap.tenant, gap.count) == (
        "will there be zebras",
        "",
        "slack:T1",
        1,
    )


async def test_asking_twice_counts_two_and_clicking_twice_counts_one(house: House) -> None:
    first, second = [await house.ask("ask will there be zebras") for _ in range(2)]
    for reply in (first, first, second, first):
        assert (await house.click(reply, TELLS)).title == "Thank you"
    assert [gap.count for gap in await house.gaps()] == [2]


async def test_another_reader_of_an_answer_counts_as_another(house: House) -> None:
    words = words_of(await house.ask("ask will there be zebras"), TELLS)
    for user in ("U1", "U2", "U2"):
        await house.ask(words, user=user)
    assert [gap.count for gap in await house.gaps()] == [2]


async def test_the_same_question_has_the_same_answer_to_the_letter(house: House) -> None:
    for words in ("ask will there be zebras", "ask has mexico agreed"):
        first, second = [await house.ask(words) for _ in range(2)]
        assert (first.blocks, first.actions) == (second.blocks, second.actions)


async def test_the_like_ones_are_one_gap(house: House) -> None:
    await house.tell("will there be zebras")
    await house.tell("are there going to be zebras?")
    await house.tell("will there be giraffes")
    assert [(gap.text, gap.count) for gap in await house.gaps()] == [
        ("will there be zebras", 2),
        ("will there be giraffes", 1),
    ]


async def test_a_gap_has_the_story_that_was_named_or_is_the_channels_own(house: House) -> None:
    await house.tell("land-strikes will there be zebras")
    house.bound[CHANNEL] = "land-strikes"
    house.restart()
    await house.tell("will there be zebras")
    assert [(gap.story, gap.count) for gap in await house.gaps()] == [("land-strikes", 2)]


@pytest.mark.parametrize("length", [60, 75, 90, 150, 300])
async def test_a_long_question_is_put_down_whole(house: House, length: int) -> None:
    question = ("will zebras " * 40)[:length].strip()
    await house.tell(question)
    assert [gap.text for gap in await house.gaps()] == [question]


async def test_after_a_restart_a_long_question_is_put_down_as_far_as_the_button_holds_it(
    house: House,
) -> None:
    reply = await house.ask("ask " + "will zebras " * 20)
    house.restart()
    await house.click(reply, TELLS)
    (gap,) = await house.gaps()
    assert gap.text.startswith("will zebras will zebras")
    assert gap.text.endswith("…")


async def test_a_pasted_page_is_put_down_as_far_as_it_was_read(house: House) -> None:
    await house.tell("zebras " * 200)
    assert [len(gap.text) for gap in await house.gaps()] == [len("zebras " * 43) - 1]


async def test_nobody_who_is_mentioned_is_put_down(house: House) -> None:
    thanks = await house.tell("does @ann.lee or <@123456> ride zebras, ann@example.org?")
    (gap,) = await house.gaps()
    assert gap.text == "does @someone or @someone ride zebras, @someone"
    assert "ann" not in to_text(thanks)


async def test_what_an_entry_closed_makes_a_new_gap_when_it_is_told_again(house: House) -> None:
    await house.tell("will there be zebras")
    entry = make_faq("animals", "Which animals will come?", answers=["gap-1"])
    house.stories = Stories([make_story("land-strikes", faq=[entry])])
    await house.tell("will there be zebras")
    assert [(gap.number, gap.count) for gap in await house.gaps()] == [(1, 1), (2, 1)]


async def test_a_question_that_is_answered_by_now_is_answered_instead(house: House) -> None:
    unanswered = await house.ask("ask will there be zebras")
    entry = make_faq("animals", "Will there be zebras?", "Two of them.")
    house.stories = Stories([make_story("land-strikes", faq=[entry])])
    told = to_text(await house.click(unanswered, TELLS))
    assert "Two of them." in told
    assert "By now there is an answer" in told
    assert await house.gaps() == []


async def test_two_tenants_never_meet_in_one_gap(house: House) -> None:
    mine = await house.tell("secret will there be zebras", OTHERS)
    theirs = await house.tell("secret will there be zebras")
    found = [(gap.tenant, gap.story, gap.text, gap.count) for gap in await house.gaps()]
    assert found == [
        ("slack:T2", "secret", "will there be zebras", 1),
        ("slack:T1", "", "secret will there be zebras", 1),
    ]
    assert (mine.title, theirs.title) == ("Thank you", "Thank you")


async def test_a_hidden_story_is_not_named_in_a_gap_of_who_may_not_see_it(house: House) -> None:
    words = words_of(await house.ask("ask secret zebras yes", OTHERS), TELLS)
    assert words.split()[2] == "secret"
    await house.ask(words)
    assert [(gap.tenant, gap.story) for gap in await house.gaps()] == [("slack:T1", "")]


async def test_no_question_and_no_answer_shows_what_others_told(house: House) -> None:
    await house.tell("will there be purple zebras", OTHERS)
    for words in ("ask purple zebras", "search zebras", "stories", "help", "faq zebras"):
        reply = await house.ask(words)
        assert "gap-" not in to_text(reply)
        assert "will there be" not in to_text(reply)


async def test_a_full_list_says_so_kindly(house: House) -> None:
    house.feedback = Feedback(house.store, lambda: NOW, 1)
    house.restart()
    await house.tell("will there be zebras")
    reply = await house.tell("who pays for giraffes")
    assert "The maintainers’ list is full for now." in to_text(reply)
    assert (await house.tell("will there be zebras")).title == "Thank you"
    assert [gap.count for gap in await house.gaps()] == [2]


async def test_while_the_database_is_away_a_click_is_answered_kindly(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def away(*_: object, **__: object) -> None:
        raise OperationalError("", {}, Exception())

    monkeypatch.setattr(Store, "gaps", away)
    monkeypatch.setattr(Store, "vote", away)
    assert "out of reach just now" in to_text(await house.tell("will there be zebras"))
    answer = await house.ask("ask has mexico agreed")
    assert "out of reach just now" in to_text(await house.click(answer, "Yes"))


async def test_where_nobody_takes_it_down_a_click_says_so() -> None:
    answers = Answers(lambda: Stories([STRIKES]), lambda: NOW)
    reply = await answers(Request("tell ~abcdefgh - will there be zebras", CHANNEL))
    assert reply.title == "Not taken down"


@pytest.mark.parametrize("words", ["tell ~abcdefgh", "tell ~abcdefgh -", "tell ~abcdefgh - 🦓"])
async def test_a_button_without_a_question_tells_nothing(house: House, words: str) -> None:
    assert (await house.ask(words)).title == "Not taken down"
    assert await house.gaps() == []


async def test_typing_tell_without_a_mark_only_asks(house: House) -> None:
    assert (await house.ask("tell has mexico agreed")).title == "Has Mexico agreed?"
    assert (await house.ask("tell will there be zebras")).title == "Not covered"
    assert await house.gaps() == []


@pytest.mark.parametrize(("label", "counted"), [("Yes", (1, 0)), ("No", (0, 1))])
async def test_whether_an_answer_helped_is_counted_once_and_the_answer_stays(
    house: House, label: str, counted: tuple[int, int]
) -> None:
    answer = await house.ask("ask has mexico agreed")
    assert "Was this helpful?" in to_text(answer)
    thanks = await house.click(answer, label)
    assert "No, it refuses." in to_text(thanks)
    assert "Thank you. This is counted, without your name." in to_text(thanks)
    again = await house.click(answer, "No")
    assert "Thank you. This was counted already." in to_text(again)
    assert await house.store.votes() == [Votes("land-strikes", "faq/consent", *counted)]


@pytest.mark.parametrize(
    "words",
    [
        "yes gone faq/consent",
        "yes land-strikes faq/gone",
        "yes secret faq/plan",
    ],
)
async def test_a_vote_on_what_the_asker_cannot_see_is_not_counted(house: House, words: str) -> None:
    assert (await house.ask(f"helpful {words}")).title == "Not counted"
    assert await house.store.votes() == []


async def test_sections_do_not_ask_whether_they_helped(house: House) -> None:
    for words in ("faq land-strikes consent", "land-strikes", "search mexico"):
        assert "Was this helpful?" not in to_text(await house.ask(words))


async def test_an_answer_that_fills_its_message_does_not_ask(house: House) -> None:
    long = make_faq("consent", "Has Mexico agreed?", "No. " * 620)
    sources = [
        {"id": f"s{n}", "title": "*" * 100, "publisher": "unknown", "kind": "news"}
        for n in range(8)
    ]
    story = make_story(faq=[{**long, "sources": [each["id"] for each in sources]}], sources=sources)
    house.stories = Stories([story])
    reply = await house.ask("ask has mexico agreed")
    assert reply.title == "Has Mexico agreed?"
    assert "Was this helpful?" not in to_text(reply)
    assert {action.label for action in reply.actions}.isdisjoint({"Yes", "No"})


@given(st.text(min_size=1, max_size=300).map(lambda text: " ".join(text.split())), st.booleans())
def test_the_words_of_any_question_fit_a_button_and_are_understood(
    question: str, named: bool
) -> None:
    stories = Stories([STRIKES])
    command = parse("ask", stories.names)
    marks = Marks()
    asked = Asked(command, stories, STRIKES if named else None, NOW.date(), "", marks)
    words = tell_button(asked, question).words
    assert len(words) <= WORDS_LIMIT
    understood = parse(words, stories.names)
    assert understood.verb is TELL
    mark, slug, *carried = understood.words.split(" ", 2)
    assert slug == ("land-strikes" if named else "-")
    assert marks.question(mark) == question or " ".join(carried) == question


def test_only_so_much_is_kept() -> None:
    marks = Marks()
    for number in range(5000):
        marks.keep(f"q{number}")
        request = Request(f"tell {mark_of(str(number))} - q", CHANNEL, "U1")
        assert marks.spend(request)
        assert not marks.spend(request)
    assert marks.question(mark_of("q0")) is None
    assert marks.question(mark_of("q4999")) == "q4999"
    assert (len(marks._questions), len(marks._left)) == (4096, 4096)
