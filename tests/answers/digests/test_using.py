from __future__ import annotations

import pytest

from bot.domain.plain import to_text
from bot.domain.reply import Row
from bot.domain.request import Channel
from bot.domain.stories import Stories
from tests.answers.digests.house import House
from tests.stories import CHANNEL, make_story


async def test_a_channel_gets_a_story_of_its_own_and_loses_it(house: House) -> None:
    done = await house.ask("use land-strikes")
    assert (await house.ask("")).title == "Land Strikes"
    await house.click(done, "Use None")
    assert (await house.ask("")).title == "Briefings"


@pytest.mark.parametrize("words", ["use cartels", "use the wall", "cartels use", "use CARTELS"])
async def test_a_story_is_named_as_everywhere(words: str, house: House) -> None:
    known = [make_story("a", aliases=["cartels"]), make_story("b", title="Nothing but the wall")]
    house = House(house.store, Stories(known))
    assert (await house.ask(words)).title == "Done"
    await house.ask("use nothing")
    assert house.bound[CHANNEL] is None


async def test_a_mistyped_story_is_offered_and_nothing_is_bound(house: House) -> None:
    reply = await house.ask("use lnad-strikes")
    assert "No story is called lnad-strikes. Type /brief use " in to_text(reply)
    assert house.bound == {}
    assert (await house.click(reply, "Did you mean Land Strikes?")).title == "Done"
    assert house.bound == {CHANNEL: "land-strikes"}


async def test_a_name_of_several_stories_is_asked_back(house: House) -> None:
    house = House(house.store, Stories([make_story("wall-a"), make_story("wall-b")]))
    for words in ("use wall", "use"):
        reply = await house.ask(words)
        rows = [block.action.words for block in reply.blocks if isinstance(block, Row)]
        assert sorted(rows) == ["use wall-a", "use wall-b"]
    assert house.bound == {}


async def test_a_hidden_story_is_not_bound(house: House) -> None:
    hidden = to_text(await house.ask("use secret"))
    assert hidden.replace("secret", "X") == to_text(await house.ask("use nosuch")).replace(
        "nosuch", "X"
    )
    assert house.bound == {}


async def test_discord_is_told_its_own_words(house: House) -> None:
    reply = await house.ask("use nosuch", Channel("discord", "1", "2"))
    assert "/brief use story:" in to_text(reply)


async def test_a_card_offers_moderators_nothing_more(house: House) -> None:
    mine, theirs = [await house.ask("land-strikes", moderator=who) for who in (True, False)]
    assert (mine.actions, mine.blocks) == (theirs.actions, theirs.blocks)
