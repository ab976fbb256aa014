from __future__ import annotations

from bot.answers import Answers
from bot.domain.measure import fits
from bot.domain.plain import to_text
from bot.domain.reply import Reply, Row
from bot.domain.request import Request
from bot.domain.stories import Stories
from tests.stories import CHANNEL, NOW, make_story


def change(day: int, note: str) -> dict[str, object]:
    return {"date": f"2026-11-{day:02}", "kind": "update", "items": [], "note": note}


async def lately(stories: Stories, words: str = "changes lately") -> Reply:
    answers = Answers(lambda: stories, lambda: NOW)
    reply = await answers(Request(words, CHANNEL))
    assert fits(reply)
    return reply


async def test_the_latest_changes_of_all_stories_come_first() -> None:
    stories = Stories(
        (
            make_story("trains", changes=[change(3, "Old news."), change(9, "They run again.")]),
            make_story("harbour", changes=[change(5, "It is open.")]),
            make_story("kept", changes=[change(8, "Secret.")], visible_to=["slack:T2"]),
        )
    )
    reply = await lately(stories)
    rows = [block for block in reply.blocks if isinstance(block, Row)]
    assert [row.action.words for row in rows] == [
        "changes trains",
        "changes harbour",
        "changes trains",
    ]
    assert "They run again." in to_text(reply)
    assert "Secret" not in to_text(reply)


async def test_very_many_changes_come_page_by_page() -> None:
    changes = [change(1 + n % 20, f"{'Long ' * 50}{n}") for n in range(50)]
    stories = Stories(make_story(f"s{n}", changes=changes) for n in range(3))
    first = await lately(stories)
    assert "Page 1 of 10." in to_text(first)
    last = await lately(stories, "changes lately page 99")
    assert "Page 10 of 10." in to_text(last)
    assert len([block for block in last.blocks if isinstance(block, Row)]) == 5


async def test_where_nothing_was_noted_that_is_said() -> None:
    assert "No change has been noted" in to_text(await lately(Stories((make_story(),))))


async def test_a_story_of_that_name_is_still_found() -> None:
    stories = Stories((make_story("lately", changes=[change(3, "Old.")]), make_story("other")))
    assert (await lately(stories)).title == "Changes: Lately"
