from __future__ import annotations

import pytest

from bot.domain.plain import to_text
from bot.domain.problem import Problem
from tests.answers.digests.house import ELSEWHERE, WISH, House
from tests.stories import CHANNEL

HIDDEN = Problem("the bot sees no such channel", "check that it exists")


async def test_a_channel_that_a_moderator_may_not_see_gets_no_digest_of_theirs(
    house: House,
) -> None:
    wish = f"{WISH} in slack:T1/C2"
    shown = await house.ask(wish)
    house.forbidden[ELSEWHERE, "U1"] = HIDDEN
    for refused in (await house.ask(wish), await house.click(shown, "Save")):
        assert refused.title == "The bot cannot post there"
        assert str(HIDDEN.what) in to_text(refused)
    assert await house.saved(ELSEWHERE) == []
    assert (await house.ask(wish, user="U2")).title != "The bot cannot post there"
    # Whoever asks in a channel sees it.
    assert (await house.ask(WISH, ELSEWHERE)).title != "The bot cannot post there"


async def test_what_is_not_for_everybody_is_not_planned_to_be_published(house: House) -> None:
    house.publishes = True
    for stories, refused in (("all", True), ("secret", True), ("land-strikes", False)):
        said = await house.ask(f"{WISH.replace('all', stories)} publish", ELSEWHERE)
        assert ("whoever follows a channel reads" in to_text(said)) is refused
        assert bool(said.refusal) is refused
    assert not (await house.ask(WISH, ELSEWHERE)).refusal


@pytest.mark.parametrize(
    ("wish", "forbidden"),
    [
        (WISH, True),
        (WISH.replace("all", "secret"), True),
        (WISH.replace("all", "land-strikes"), False),
    ],
)
async def test_only_stories_that_are_for_everybody_go_where_others_read(
    house: House, wish: str, forbidden: bool
) -> None:
    house.forbidden[ELSEWHERE, "internal"] = Problem("others read there", "choose another")
    said = to_text(await house.ask(wish, ELSEWHERE))
    assert ("others read there" in said) is forbidden
    assert "others read there" not in to_text(await house.ask(WISH, CHANNEL))
