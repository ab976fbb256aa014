from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot import digests
from bot.digests import _Composer, digest_of, first_run, queue_due, queue_now
from bot.domain.occurrence import Event, Occurrence, OccurrenceState as State
from bot.domain.pace import Pace
from bot.domain.reply_json import reply_from_json
from bot.domain.request import Channel
from bot.domain.schedule import Quiet, Schedule
from bot.domain.stories import Stories
from bot.store import Store
from bot.store.closing import Verdict
from bot.store.composing import Blank, Record
from tests.schedules import add_due, make_schedule, take_notices
from tests.stories import CHANNEL, NOW, make_faq, make_story

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
MINUTE = timedelta(minutes=1)
STORIES = Stories([make_story()])
MORE = Stories([make_story(faq=[make_faq("why", "Why now?")])])


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[Store]:
    async with await Store.open(f"sqlite:///{tmp_path}/bot.db") as opened:
        yield opened


async def add(store: Store, wish: Schedule, now: datetime) -> Schedule:
    saved = await store.schedule(await add_due(store, wish, first_run(wish, now), now))
    assert saved
    return saved


async def send(store: Store, now: datetime, event: Event = Event.CONFIRMED) -> None:
    for each in await store.claim(now, {"slack": Pace()}, 100, timedelta(minutes=1)):
        await store.finish([Verdict(each.id, each.token, event, remote_id="1")], now)


async def story_of(store: Store) -> list[tuple[timedelta, State, str]]:
    found = reversed(await store.history(limit=None))
    return [(each.at - NOW, each.state, each.reason) for each in found]


def text_of(occurrence: Occurrence) -> str:
    assert occurrence.reply
    return occurrence.reply


async def test_a_due_digest_is_recorded_with_its_message(store: Store) -> None:
    await add(store, make_schedule(), NOW - HOUR)
    assert await queue_due(store, STORIES, NOW - timedelta(seconds=1)) == 0
    assert await queue_due(store, STORIES, NOW) == 1
    assert await queue_due(store, STORIES, NOW) == 0
    (found,) = await store.history()
    assert (found.at, found.state, found.late) == (NOW, State.PENDING, False)
    assert "What matters about land-strikes." in text_of(found)
    assert not reply_from_json(text_of(found)).private


async def test_a_digest_that_was_missed_within_its_grace_is_late_but_welcome(store: Store) -> None:
    await add(store, make_schedule(), NOW - HOUR)
    assert await queue_due(store, STORIES, NOW + 2 * HOUR) == 1
    (found,) = await store.history()
    assert (found.state, found.late) == (State.PENDING, True)


async def test_a_digest_that_was_missed_for_longer_is_skipped_with_the_reason(store: Store) -> None:
    wish = await add(store, make_schedule(), NOW - HOUR)
    await queue_due(store, STORIES, NOW + 2 * HOUR + timedelta(seconds=1))
    assert await story_of(store) == [(timedelta(0), State.SKIPPED, "misfire")]
    assert await store.next_at(wish.id) == NOW + DAY


async def test_several_missed_digests_fold_into_the_newest(store: Store) -> None:
    await add(store, make_schedule(), NOW - HOUR)
    await queue_due(store, STORIES, NOW + 3 * DAY + HOUR)
    assert await story_of(store) == [
        (0 * DAY, State.SKIPPED, "coalesced"),
        (1 * DAY, State.SKIPPED, "coalesced"),
        (2 * DAY, State.SKIPPED, "coalesced"),
        (3 * DAY, State.PENDING, ""),
    ]


async def test_a_long_outage_leaves_at_most_fifty_one_records(store: Store) -> None:
    await add(store, make_schedule(), NOW - HOUR)
    await queue_due(store, STORIES, NOW + 200 * DAY)
    found = await story_of(store)
    assert len(found) == 51
    assert found[-1] == (200 * DAY, State.PENDING, "")


async def test_a_clock_that_is_set_back_makes_nothing_due_twice(store: Store) -> None:
    wish = await add(store, make_schedule(), NOW - HOUR)
    await queue_due(store, STORIES, NOW)
    for minutes in range(-90, 61, 10):
        assert await queue_due(store, STORIES, NOW + timedelta(minutes=minutes)) == 0
    again = await store.schedule(wish.id)
    assert again
    assert first_run(again, NOW - HOUR) == NOW + DAY


async def test_a_clock_that_ran_a_year_ahead_for_a_while_leaves_no_digest_stuck(
    store: Store,
) -> None:
    wish = await add(store, make_schedule(), NOW - HOUR)
    await queue_due(store, STORIES, NOW + 365 * DAY)
    stuck = await store.schedule(wish.id)
    assert stuck
    assert first_run(stuck, NOW) == NOW + DAY
    await store.save_schedule(stuck, first_run(stuck, NOW), NOW)
    assert await queue_due(store, STORIES, NOW + DAY) == 1
    assert (DAY, State.PENDING, "") in await story_of(store)


async def test_a_clock_that_is_set_forward_folds_what_it_jumped_over(store: Store) -> None:
    await add(store, make_schedule(cadence="at 12:00, 12:15, 12:30 and 12:45 daily"), NOW - HOUR)
    await queue_due(store, STORIES, NOW)
    await queue_due(store, STORIES, NOW + HOUR)
    states = [state for _, state, _ in await story_of(store)]
    assert states == [State.PENDING, State.SKIPPED, State.SKIPPED, State.PENDING]


async def test_a_time_that_comes_twice_is_one_digest(store: Store) -> None:
    before = datetime(2026, 10, 24, 12, tzinfo=UTC)
    await add(store, make_schedule(cadence="at 01:30 daily", zone="Europe/Lisbon"), before)
    for minutes in range(0, 24 * 60, 10):
        await queue_due(store, STORIES, before + timedelta(minutes=minutes))
    (found,) = await store.history()
    assert found.at == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)


async def test_nothing_new_is_a_record_and_no_message(store: Store) -> None:
    await add(store, make_schedule(), NOW - HOUR)
    await queue_due(store, STORIES, NOW)
    await send(store, NOW)
    await queue_due(store, STORIES, NOW + DAY)
    assert await story_of(store) == [
        (0 * DAY, State.SENT, ""),
        (1 * DAY, State.SKIPPED, "nothing new"),
    ]


async def test_nothing_new_may_be_said_in_a_line(store: Store) -> None:
    await add(store, make_schedule(quiet=Quiet.LINE), NOW - HOUR)
    for day in range(2):
        await queue_due(store, STORIES, NOW + day * DAY)
        await send(store, NOW + day * DAY)
    assert [state for _, state, _ in await story_of(store)] == [State.SENT, State.SENT]


async def test_news_of_a_digest_that_failed_is_in_the_next(store: Store) -> None:
    await add(store, make_schedule(), NOW - HOUR)
    await queue_due(store, STORIES, NOW)
    await send(store, NOW)
    for day in (1, 2):
        await queue_due(store, MORE, NOW + day * DAY)
        (latest, *_) = await store.history()
        assert "Why now?" in text_of(latest)
        await send(store, NOW + day * DAY, Event.REFUSED)
    await queue_due(store, MORE, NOW + 3 * DAY)
    await send(store, NOW + 3 * DAY)
    await queue_due(store, MORE, NOW + 4 * DAY)
    assert (await story_of(store))[-1] == (4 * DAY, State.SKIPPED, "nothing new")


async def test_two_digests_that_are_due_together_say_no_news_twice(store: Store) -> None:
    for stories in ((), ("land-strikes",)):
        await add(store, make_schedule(stories=stories), NOW - HOUR)
    assert await queue_due(store, STORIES, NOW) == 2
    await send(store, NOW)
    assert await queue_due(store, STORIES, NOW + MINUTE) == 0
    await send(store, NOW + MINUTE)
    outcomes = {(state, reason) for _, state, reason in await story_of(store)}
    assert outcomes == {(State.SENT, ""), (State.SKIPPED, "nothing new")}


async def test_waiting_for_another_digest_is_not_being_late(store: Store) -> None:
    await add(store, make_schedule(), NOW - HOUR)
    await add(store, make_schedule(cadence="at 12:30 daily"), NOW - HOUR)
    for minutes in range(0, 300, 30):  # all the while the platform takes nothing
        await queue_due(store, STORIES, NOW + minutes * MINUTE)
        await send(store, NOW + minutes * MINUTE, Event.NOT_TAKEN)
    for step in range(2):
        await send(store, NOW + 5 * HOUR + step * MINUTE)
        await queue_due(store, MORE, NOW + 5 * HOUR + step * MINUTE)
    found = await store.history()
    assert [(each.state, each.late) for each in found] == [(State.SENT, False)] * 2
    assert "Why now?" in text_of(found[0])


async def test_what_is_due_is_frozen_while_the_story_goes_on(store: Store) -> None:
    await add(store, make_schedule(), NOW - HOUR)
    await queue_due(store, STORIES, NOW)
    await queue_due(store, MORE, NOW)
    (found,) = await store.history()
    assert "Why now?" not in text_of(found)


async def test_channels_that_were_told_the_same_get_the_same_words(store: Store) -> None:
    for number in range(30):
        await add(store, make_schedule(Channel("slack", "T1", f"C{number}")), NOW - HOUR)
    assert await queue_due(store, STORIES, NOW) == 30
    assert len({each.reply for each in await store.history(limit=None)}) == 1


async def test_a_digest_names_no_story_that_its_channel_may_not_see(store: Store) -> None:
    hidden = Stories([make_story("secret", visible_to=["slack:T2"]), make_story()])
    for stories in ((), ("secret", "land-strikes")):
        await add(store, make_schedule(stories=stories), NOW - HOUR)
    for step in range(2):
        await queue_due(store, hidden, NOW + step * MINUTE)
        await send(store, NOW + step * MINUTE, Event.REFUSED)
    texts = [text_of(each) for each in await store.history()]
    assert len(texts) == 2
    assert not any("secret" in text.casefold() for text in texts)


async def test_a_schedule_whose_times_cannot_be_computed_holds_up_no_other(store: Store) -> None:
    wish = make_schedule()
    await add_due(store, replace(wish, zone="Nowhere/Land"), NOW, NOW)
    await add_due(store, wish, NOW, NOW)
    assert await queue_due(store, STORIES, NOW) == 2
    assert [state for _, state, _ in await story_of(store)] == [State.PENDING]
    (notice,) = await take_notices(store, "slack:T1")
    assert "cannot compute" in notice.text


async def test_an_unreadable_cadence_suspends_its_schedule_alone(store: Store) -> None:
    wish = make_schedule()
    broken = replace(wish.cadence, text="whenever the moon is full")
    await add_due(store, replace(wish, cadence=broken), NOW, NOW)
    await add_due(store, wish, NOW, NOW)
    assert await queue_due(store, STORIES, NOW) == 2
    assert [state for _, state, _ in await story_of(store)] == [State.PENDING]


async def test_a_digest_can_be_asked_for_now_beside_the_cadence(store: Store) -> None:
    wish = await add(store, make_schedule(), NOW)
    assert await queue_now(store, STORIES, wish, NOW + HOUR)
    assert not await queue_now(store, STORIES, wish, NOW + HOUR + MINUTE)
    await send(store, NOW + HOUR)
    assert not await queue_now(store, STORIES, wish, NOW + 2 * HOUR)
    assert await store.next_at(wish.id) == NOW + DAY


async def test_a_preview_is_what_would_be_posted(store: Store) -> None:
    wish = await add(store, make_schedule(), NOW - HOUR)
    shown = digest_of(wish, STORIES, await store.told_to(CHANNEL), NOW).reply
    await queue_due(store, STORIES, NOW)
    (found,) = await store.history()
    posted = reply_from_json(text_of(found))
    assert shown
    assert (shown.title, shown.blocks, shown.actions) == (
        posted.title,
        posted.blocks,
        posted.actions,
    )


@pytest.mark.parametrize("left", [Stories((), unreadable=["land-strikes"]), Stories()])
async def test_a_story_that_cannot_be_read_is_not_withdrawn(store: Store, left: Stories) -> None:
    await add(store, make_schedule(), NOW - HOUR)
    await queue_due(store, STORIES, NOW)
    await send(store, NOW)
    await queue_due(store, left, NOW + DAY)
    assert (await story_of(store))[-1] == (DAY, State.SKIPPED, "no story")
    await queue_due(store, STORIES, NOW + 2 * DAY)
    assert (await story_of(store))[-1] == (2 * DAY, State.SKIPPED, "nothing new")
    other = Stories([make_story("other")])
    await queue_due(store, other, NOW + 3 * DAY)
    assert "No longer among the briefings here" in text_of((await store.history())[0])


async def test_news_is_told_once_though_the_clock_was_set_back_since(store: Store) -> None:
    wish = await add(store, make_schedule(), NOW - HOUR)
    await queue_due(store, STORIES, NOW)
    await send(store, NOW)
    assert await queue_now(store, MORE, wish, NOW - 20 * MINUTE)
    await send(store, NOW + MINUTE)
    assert not await queue_now(store, MORE, wish, NOW + 2 * MINUTE)


@pytest.mark.parametrize(("planned", "late"), [(HOUR, True), (-HOUR, False)])
async def test_a_zone_whose_rules_have_changed_loses_no_digest(
    store: Store, planned: timedelta, *, late: bool
) -> None:
    await add_due(store, make_schedule(), NOW + planned, NOW - DAY)
    for hours in (-1, 0, 1, 2):
        await queue_due(store, STORIES, NOW + hours * HOUR)
    (found,) = await store.history()
    assert (found.at, found.state, found.late) == (NOW, State.PENDING, late)


async def test_others_get_their_turn_while_many_different_digests_are_composed(
    store: Store,
) -> None:
    for number in range(8):
        wish = make_schedule(Channel("slack", "T1", f"C{number}"), stories=(f"s{number}",))
        await add(store, wish, NOW - HOUR)
    stories = Stories(make_story(f"s{number}") for number in range(8))
    turns = 0

    async def count() -> None:
        nonlocal turns
        while True:
            await asyncio.sleep(0)
            turns += 1

    counting = asyncio.create_task(count())
    composer = _Composer(stories, NOW)
    for each in await store.all_schedules():
        record = Record(NOW, State.PENDING, NOW + HOUR)
        await composer.compose(Blank(each, record, {}))
    counting.cancel()
    assert turns >= 8


async def test_a_digest_that_cannot_be_composed_is_told_of_once_until_that_is_read(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object, **__: object) -> None:
        raise RuntimeError

    monkeypatch.setattr(digests, "compose", broken)
    wish = await add(store, make_schedule(), NOW - HOUR)
    await queue_due(store, STORIES, NOW)
    await queue_due(store, STORIES, NOW + DAY)
    assert {state for _, state, _ in await story_of(store)} == {State.FAILED}
    (notice,) = await take_notices(store, "slack:T1")
    assert notice.schedule_id == wish.id
    assert notice.text.startswith(f"Digest {wish.id} failed: it could not be composed")


async def test_a_digest_that_cannot_be_composed_in_its_turn_is_told_of(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    for _ in range(2):
        await add(store, make_schedule(), NOW - HOUR)
    await queue_due(store, STORIES, NOW)
    await send(store, NOW)
    monkeypatch.setattr(digests, "_covered", lambda *_: 1 / 0)
    await queue_due(store, MORE, NOW + MINUTE)
    assert [state for _, state, _ in await story_of(store)] == [State.SENT, State.FAILED]
    assert len(await take_notices(store, "slack:T1")) == 1
