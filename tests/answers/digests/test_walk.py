from __future__ import annotations

from bot.domain.measure import fits
from bot.domain.problem import Problem
from bot.domain.reply import Reply
from bot.domain.schedule import ScheduleState
from bot.domain.stories import Stories
from tests.answers.digests.house import ELSEWHERE, WISH, House
from tests.answers.test_walk import assert_lawful, controls
from tests.stories import CHANNEL, make_faq, make_story

HOSTILE = "<@U1> <!channel> @everyone *_~`[x](https://x.example) & more"
STORIES = Stories(
    [
        make_story(
            f"s{number}",
            title=f"{HOSTILE[:60]} {number}",
            bottom_line=HOSTILE,
            faq=[make_faq(f"f{each}", f"What of {each}?") for each in range(5)],
        )
        for number in range(12)
    ]
)
TYPED = (
    *(
        "digest",
        "digest add",
        "digest help",
        "digest history",
        "digest why",
        "digest list everywhere",
    ),
    *("use", f"use {HOSTILE}", "use s1", f"digest {HOSTILE}", f"digest add {HOSTILE}"),
    f"digest add all at 09:00 daily in {HOSTILE}",
    f"digest add {HOSTILE} at 09:00 daily",
    "digest add s1, s2, s3, s4, s5, s6, s7 at 09:00 daily full",
    f"{WISH} in slack:T1/C2",
    "digest edit 1 in Tokyo say so",
)


async def walk(house: House) -> dict[str, Reply]:
    """Every reply that is reached by typing these words and clicking on, each words asked once."""
    found: dict[str, Reply] = {}
    left = [*reversed(TYPED)]
    while left:
        words = left.pop()
        if words not in found:
            found[words] = await house.ask(words, user_name=HOSTILE)
            left += [each for each in controls(found[words]) if each.startswith(("digest", "use"))]
    return found


async def test_every_page_that_a_moderator_can_click_to_is_whole_and_lawful(house: House) -> None:
    house = House(house.store, STORIES)
    await house.scheduled()
    await house.click(await house.ask(f"{WISH} in slack:T1/C2"), "Save")
    await house.ask("digest now 1 confirm")
    await house.leave_notice(HOSTILE * 20, schedule_id=1, occurrence_id=1)
    await house.leave_notice(HOSTILE, schedule_id=2)
    (elsewhere,) = await house.saved(ELSEWHERE)
    assert elsewhere.state is ScheduleState.ACTIVE
    for problem in (None, Problem(HOSTILE, HOSTILE)):
        if problem:
            house.problems = dict.fromkeys((CHANNEL, ELSEWHERE), problem)
        for words, reply in (await walk(house)).items():
            assert fits(reply), words
            assert_lawful(words, reply)
            assert all(len(each) <= 92 for each in controls(reply)), words
