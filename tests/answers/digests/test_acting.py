from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import update

from bot.domain.occurrence import OccurrenceState
from bot.domain.plain import to_text
from bot.domain.problem import Problem
from bot.domain.request import Channel
from bot.domain.schedule import Schedule, ScheduleState
from bot.store.moderating import MOST_REFUSALS
from bot.store.tables import occurrence
from tests.answers.digests.house import ELSEWHERE, WISH, House
from tests.stories import CHANNEL

GONE = Problem("the channel is archived", "bring it back")
THEIRS = Channel("slack", "T2", "C1")


async def suspend(house: House, schedule: Schedule) -> None:
    stopped = replace(schedule, state=ScheduleState.SUSPENDED, reason="The channel is archived.")
    assert await house.store.save_schedule(stopped, None, house.at)


async def become(house: House, state: OccurrenceState) -> int:
    """Let the channel's only run be in this state; its number."""
    (run,) = await house.store.history(CHANNEL)
    values = {"state": state.value, "visible_at": None, "done_at": 0}
    async with house.store._writing() as connection:
        await connection.execute(update(occurrence).values(values))
    return run.id


async def test_only_moderators_may_and_all_others_are_told_the_same(house: House) -> None:
    await house.scheduled()
    tried = (WISH, "digest", "digest delete 1 confirm", "use land-strikes", "digest xyzzy")
    said = {to_text(await house.ask(words, moderator=False, user="U2")) for words in tried}
    assert len(said) == 1
    assert said.pop().startswith("For moderators")
    assert len(await house.saved()) == 1
    refused = [act for act, outcome in await house.acts() if outcome == "refused: not a moderator"]
    assert refused == ["digest add", "digest list", "digest delete", "use", "digest"]


async def test_who_tries_again_and_again_does_not_fill_the_trail(house: House) -> None:
    tries = [f"digest {'x' * 5000} {number}" for number in range(3 * MOST_REFUSALS)]
    await asyncio.gather(*(house.ask(words, moderator=False) for words in tries))
    assert len(await house.acts()) == MOST_REFUSALS
    assert all(len(act) + len(outcome) < 100 for act, outcome in await house.acts())
    house.at += timedelta(minutes=2)
    await house.ask("digest", moderator=False)
    assert len(await house.acts()) == MOST_REFUSALS + 1


async def test_another_workspace_sees_no_digest_of_ours(house: House) -> None:
    await house.scheduled()
    await house.ask("digest now 1 confirm")
    verbs = ("show", "pause", "delete", "now", "preview", "history", "edit", "why next", "stories")
    for verb in (*verbs, "why", "arrived", "again", "seen", "confirm", "resume"):
        reply = await house.ask(f"digest {verb} 1 confirm", THEIRS)
        assert reply.title in {
            *("No such digest", "No such run", "Nothing to save", "Please look")
        }, verb
    assert "0 digests" in to_text(await house.ask("digest list everywhere", THEIRS))
    assert (await house.saved())[0].state is ScheduleState.ACTIVE


async def test_pausing_and_resuming(house: House) -> None:
    await house.scheduled()
    assert "State: Paused" in to_text(await house.ask("digest pause 1"))
    assert "It is paused already." in to_text(await house.ask("digest pause 1"))
    assert await house.store.next_at(1) is None
    assert "State: Running" in to_text(await house.ask("digest resume 1"))
    assert "It is running already." in to_text(await house.ask("digest resume 1"))
    assert await house.store.next_at(1)


async def test_deleting_is_asked_first(house: House) -> None:
    await house.scheduled()
    asked = await house.ask("digest delete 1")
    assert len(await house.saved()) == 1
    assert (await house.click(asked, "Delete")).title == "Deleted"
    assert (await house.click(asked, "Delete")).title == "No such digest"
    assert await house.saved() == []


async def test_a_stopped_digest_says_why_and_what_to_do(house: House) -> None:
    await suspend(house, await house.scheduled())
    house.problems[CHANNEL] = GONE
    text = to_text(await house.ask("digest show 1"))
    assert "The bot stopped this digest: The channel is archived." in text
    assert "That is still so: the channel is archived — bring it back. Then press Resume." in text
    house.problems.clear()
    assert "it could post there now: press Resume" in to_text(await house.ask("digest show 1"))


async def test_a_digest_is_not_resumed_while_its_channel_is_dead(house: House) -> None:
    await suspend(house, await house.scheduled())
    await house.leave_notice("A digest could not be posted.", schedule_id=1)
    house.problems[CHANNEL] = GONE
    refused = await house.ask("digest resume 1")
    assert refused.title == "The bot cannot post there"
    assert "the channel is archived — bring it back" in to_text(refused)
    assert (await house.saved())[0].state is ScheduleState.SUSPENDED
    house.problems.clear()
    assert "State: Running" in to_text(await house.ask("digest resume 1"))
    assert await house.store.open_notices(CHANNEL) == []


async def test_posting_by_hand_is_shown_first_and_not_repeated_at_once(house: House) -> None:
    await house.scheduled()
    asked = await house.ask("digest now 1")
    assert await house.store.history(CHANNEL) == []
    replies = await asyncio.gather(*(house.click(asked, "Post It Now") for _ in range(4)))
    assert sorted(reply.title for reply in replies) == [*["Not so fast"] * 3, "On its way"]
    soon = to_text(await house.click(asked, "Post It Now"))
    assert "by hand it can be posted to once in 5 minutes. Wait 5 minutes" in soon
    (waiting,) = await house.store.history(CHANNEL)
    assert waiting.state is OccurrenceState.PENDING
    house.at += timedelta(minutes=5)
    assert (await house.click(asked, "Post It Now")).title == "On its way already"
    await become(house, OccurrenceState.SENT)
    house.at += timedelta(minutes=5)
    assert (await house.click(asked, "Post It Now")).title == "On its way"


async def test_nothing_is_posted_by_hand_where_the_bot_cannot_post(house: House) -> None:
    await house.scheduled()
    house.problems[CHANNEL] = GONE
    assert (await house.ask("digest now 1 confirm")).title == "The bot cannot post there"
    assert await house.store.history(CHANNEL) == []


@pytest.mark.parametrize(("label", "act"), [("It Arrived", "arrived"), ("Post Again", "again")])
async def test_a_doubt_is_settled_once(label: str, act: str, house: House) -> None:
    await house.scheduled()
    await house.ask("digest now 1 confirm")
    number = await become(house, OccurrenceState.UNDETERMINED)
    await house.leave_notice("Nobody knows.", schedule_id=1, occurrence_id=number)
    shown = await house.ask(f"digest why {number}")
    assert "Look in the channel: if it is there, press It Arrived" in to_text(shown)
    first = await house.click(shown, label)
    assert "now." in to_text(first) or "again" in to_text(first)
    assert "Somebody has decided this already" in to_text(await house.click(shown, label))
    assert await house.store.open_notices(CHANNEL) == []
    assert (await house.acts())[-2:] == [
        (f"digest {act}", "done"),
        (f"digest {act}", "refused: decided already"),
    ]


async def test_every_act_is_put_down(house: House) -> None:
    await house.scheduled()
    await house.click(await house.ask("digest edit 1 full"), "Save")
    for words in ("pause 1", "resume 1", "now 1 confirm", "delete 1 confirm", "pause 1"):
        await house.ask("digest " + words)
    await house.ask("use land-strikes")
    await house.ask("use nothing")
    assert await house.acts() == [
        *((f"digest {verb}", "done") for verb in ("add", "edit", "pause", "resume", "now")),
        ("digest delete", "done"),
        ("digest pause", "refused: no such digest"),
        *[("use", "done")] * 2,
    ]


async def test_a_digest_of_another_channel_is_managed_from_here(house: House) -> None:
    await house.click(await house.ask(f"{WISH} in slack:T1/C2"), "Save")
    assert "Channel: C2" in to_text(await house.ask("digest show 1"))
    assert "No digest is scheduled here." in to_text(await house.ask("digest"))
    assert "In channel C2." in to_text(await house.ask("digest list everywhere"))
    await house.ask("digest pause 1")
    assert (await house.saved(ELSEWHERE))[0].state is ScheduleState.PAUSED
