from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import insert

from bot.digests import queue_due
from bot.domain.occurrence import OccurrenceState
from bot.domain.plain import to_text
from bot.domain.reply import Reply, Row
from bot.domain.request import Channel
from bot.domain.schedule import Schedule
from bot.domain.stories import Stories
from bot.domain.verbs import DIGEST_VERBS
from bot.store import Store
from bot.store.epoch import to_ms
from bot.store.rows import place
from bot.store.tables import attempt, occurrence
from tests.answers.digests.house import ELSEWHERE, House
from tests.stories import CHANNEL, NOW, make_story

DISCORD = Channel("discord", "1", "2")
MINUTE = timedelta(minutes=1)


async def put(store: Store, schedule: Schedule, count: int, **fields: Any) -> None:
    """Runs of a schedule, a minute apart, that were skipped unless said otherwise."""
    moments = [to_ms(NOW - number * MINUTE) for number in range(count)]
    rows = [
        place(schedule.channel)
        | {"schedule_id": schedule.id, "at": at, "key": f"{schedule.id} {at}"}
        | {"state": OccurrenceState.SKIPPED.value, "recorded_at": at, "deadline_at": at}
        | {"done_at": at, "reason": "nothing new", **fields}
        for at in moments
    ]
    async with store._writing() as connection:
        await connection.execute(insert(occurrence), rows)


def whys(reply: Reply) -> list[str]:
    return [block.action.words for block in reply.blocks if isinstance(block, Row)]


async def pages(house: House, words: str) -> list[Reply]:
    """Every page from here on, by its button."""
    found = [await house.ask(words)]
    while any(action.label == "Next" for action in found[-1].actions):
        found.append(await house.click(found[-1], "Next"))
    return found


async def test_history_goes_back_as_far_as_there_is_any(house: House) -> None:
    first, second = await house.scheduled(), await house.scheduled()
    await put(house.store, first, 40)
    await put(house.store, second, 3)
    shown = [words for page in await pages(house, "digest history") for words in whys(page)]
    assert len(shown) == len(set(shown)) == 43
    one = [
        words for page in await pages(house, f"digest history {second.id}") for words in whys(page)
    ]
    assert len(one) == 3


async def test_the_history_of_a_deleted_digest_stays(house: House) -> None:
    await put(house.store, await house.scheduled(), 3)
    await house.ask("digest delete 1 confirm")
    assert len(whys(await house.ask("digest history 1"))) == 3
    assert (await house.ask("digest history 2")).title == "No such digest"


async def test_why_without_a_number_explains_the_latest_run(house: House) -> None:
    assert "No digest has been due here yet." in to_text(await house.ask("digest why"))
    await put(house.store, await house.scheduled(), 2)
    text = to_text(await house.ask("digest why"))
    assert "Outcome: Skipped: there was nothing new to say." in text
    assert "Due: 22 November 2026, 13:00 Europe/Madrid" in text


async def test_why_shows_every_try(house: House) -> None:
    await put(house.store, await house.scheduled(), 1)
    (run,) = await house.store.history(CHANNEL)
    rows = [
        {"occurrence_id": run.id, "token": 1, "at": 0, "event": "not taken", "detail": detail}
        for detail in (f"try {number}: {'busy ' * 90}" for number in range(30))
    ]
    async with house.store._writing() as connection:
        await connection.execute(insert(attempt), rows)
    text = "".join(map(to_text, await pages(house, f"digest why {run.id}")))
    assert all(f"try {number}:" in text for number in range(30))


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"state": "sent"}, "Posted."),
        (
            {"state": "sent", "done_at": to_ms(NOW + 5 * MINUTE)},
            "Posted, 5 minutes late, as it had",
        ),
        (
            {"state": "sent", "recorded_at": to_ms(NOW + 60 * MINUTE)},
            "Posted, 1 hour late, as the bot was away when it was due.",
        ),
        ({"state": "sent", "reason": "a moderator: arrived"}, "Posted, as a moderator says."),
        ({"reason": "misfire"}, "Skipped: the bot came back too late for it"),
        ({"state": "failed", "reason": "The channel is gone."}, "Failed: The channel is gone."),
        ({"state": "undetermined"}, "Nobody knows whether it arrived"),
    ],
)
async def test_what_became_of_a_run_is_said(
    fields: dict[str, Any], said: str, house: House
) -> None:
    await put(house.store, await house.scheduled(), 1, **fields)
    assert f"Outcome: {said}" in to_text(await house.ask("digest why"))


async def test_after_a_step_back_the_next_run_is_still_the_one_after_the_last(house: House) -> None:
    schedule = await house.scheduled()
    house.at = NOW + timedelta(days=1)
    await queue_due(house.store, house.stories, house.at)
    house.at = NOW
    for words in ("list", "show 1", "why next 1"):
        coming = to_text(await house.ask(f"digest {words}")).partition("Last")[0]
        assert "24 November 2026" in coming
        assert "23 November 2026" not in coming
    assert await house.store.next_at(schedule.id) == NOW + timedelta(days=1, hours=21)


async def test_why_the_next_run_comes_when_it_does(house: House) -> None:
    await house.scheduled()
    text = to_text(await house.ask("digest why next 1"))
    assert "the next such time is Monday, 23 November 2026" in text
    await house.ask("digest pause 1")
    assert "It posts nothing until it is resumed." in to_text(await house.ask("digest why next 1"))


async def test_notices_stay_until_they_are_seen(house: House) -> None:
    await house.scheduled()
    for number in range(7):
        fields = {"schedule_id": 1, "occurrence_id": number + 1}
        await house.leave_notice(f"Trouble number {number}.", **fields)
    for _ in range(2):
        listed = await house.ask("digest list")
        assert "Please look (1 of 7): Trouble number 0." in to_text(listed)
    labels = {action.label for action in listed.actions}
    assert {"Why", "Show Digest 1", "Delete Digest 1", "Seen", "Next Notice"} <= labels
    last = await house.ask("digest notices page 7")
    assert "(7 of 7): Trouble number 6." in to_text(last)
    seen = listed
    for number in range(1, 7):
        seen = await house.click(seen, "Seen")
        assert f"Trouble number {number}." in to_text(seen)
    assert "There is nothing that needs a look." in to_text(await house.click(seen, "Seen"))
    assert "Please look" not in to_text(await house.ask("digest list"))
    assert (await house.acts()).count(("digest seen", "done")) == 7


async def test_a_notice_about_a_digest_goes_with_it(house: House) -> None:
    await house.scheduled()
    await house.leave_notice("Trouble.", schedule_id=1)
    assert "In channel C1." in to_text(await house.ask("digest", ELSEWHERE))
    await house.ask("digest delete 1 confirm")
    assert "Please look" not in to_text(await house.ask("digest", ELSEWHERE))


async def test_a_notice_of_any_length_leaves_room_for_the_digests(house: House) -> None:
    for _ in range(3):
        await house.scheduled()
    await house.leave_notice("*_[x](" * 2000)
    shown = [words for page in await pages(house, "digest list") for words in whys(page)]
    assert shown == ["digest show 1", "digest show 2", "digest show 3"]


async def test_every_story_of_a_digest_is_within_reach(house: House) -> None:
    titles = [f"Story {number} {'long ' * 12}" for number in range(50)]
    many = [make_story(f"s{number}", title=title) for number, title in enumerate(titles)]
    house = House(house.store, Stories(many))
    slugs = ", ".join(f"s{number}" for number in range(50))
    await house.scheduled(f"digest add {slugs} at 09:00 daily")
    shown = await house.ask("digest show 1")
    assert "and 45 more" in to_text(shown)
    text = to_text(await house.click(shown, "Stories"))
    text += "".join(map(to_text, await pages(house, "digest stories 1")))
    assert all(title.strip() in text for title in titles)


@pytest.mark.parametrize(
    ("words", "title"),
    [
        ("digest show", "Which digest?"),
        ("digest show x", "No such digest"),
        ("digest why 9", "No such run"),
        ("digest arrived 9", "No such run"),
        ("digest zzz", "I did not understand that"),
        ("digest history 99999999999999999999", "No such digest"),
        ("digest confirm 9", "Nothing to save"),
        ("digest confirm", "Which digest?"),
        ("digest seen 9", "Please look"),
        ("digest stories 9", "No such digest"),
    ],
)
async def test_what_does_not_exist_is_said_kindly(words: str, title: str, house: House) -> None:
    assert (await house.ask(words)).title == title


@pytest.mark.parametrize(
    ("words", "offered"),
    [
        ("digest pasue 3", "digest pause 3"),
        ("digest new all at 09:00 daily", "digest add all at 09:00 daily"),
        ("digest all at 09:00 daily", "digest add all at 09:00 daily"),
        ("digest remove 3", "digest delete 3"),
        ("digest 3", "digest show 3"),
        ("digest cancel #3", "digest delete #3"),
        ("digest send now", "digest now"),
        ("digest status", "digest list"),
        ("digest ?", "digest help"),
    ],
)
async def test_what_was_perhaps_meant_is_offered(words: str, offered: str, house: House) -> None:
    reply = await house.ask(words)
    assert offered in [action.words for action in reply.actions]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("digest pause all", "“all” is not the number of a digest. Say its number, as the list"),
        ("digest show 7", "There is no digest 7 here"),
        ("digest why not", "“not” is not the number of a run."),
        ("digest why 7", "There is no such run here."),
        ("digest every day at 9", "For example: /brief digest add all at 09:00 on weekdays"),
        ("digest zzz", "For example: /brief digest help"),
    ],
)
async def test_what_to_type_is_said(words: str, said: str, house: House) -> None:
    assert said in to_text(await house.ask(words))


async def test_a_number_may_be_written_with_its_sign(house: House) -> None:
    schedule = await house.scheduled()
    assert (await house.ask(f"digest show #{schedule.id}")).title == f"Digest {schedule.id}"
    assert (await house.ask("digest show ##1")).title == "No such digest"


@pytest.mark.parametrize(
    ("channel", "typed"),
    [
        (CHANNEL, "/brief digest"),
        (Channel("web", "local", "playground"), "/brief digest"),
        (DISCORD, "/digest"),
    ],
)
async def test_one_is_told_to_type_what_works_there(
    channel: Channel, typed: str, house: House
) -> None:
    help_text = to_text(await house.ask("digest help", channel))
    assert all(f"{typed} {verb.name}" in help_text for verb in DIGEST_VERBS)
    assert f"Type {typed} add or press New." in to_text(await house.ask("digest", channel))
    assert typed in to_text(await house.ask("help", channel))
    texts = [to_text(await house.ask(f"digest {verb}", channel)) for verb in ("add", "zzz", "show")]
    assert all(typed in text for text in texts)
    if channel is DISCORD:
        assert not any("/brief digest" in text for text in (*texts, help_text))


async def test_help_shows_moderators_their_verbs_and_nobody_else(house: House) -> None:
    for words in ("help", "dig", "usee"):
        shown = await house.ask(words, moderator=False)
        everything = to_text(shown) + str([action.words for action in shown.actions])
        assert "digest" not in everything
    mine = to_text(await house.ask("help"))
    assert "add, list, show, preview, now, pause, resume, edit, delete, history, why, help" in mine
