from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings, strategies as st

from bot.app.simulation import DueRun, Simulated, due_runs, simulate
from bot.digests import first_run, queue_due
from bot.domain.occurrence import Event, OccurrenceState as State
from bot.domain.pace import Pace
from bot.domain.reply_json import reply_to_json
from bot.domain.request import Channel
from bot.domain.schedule import Content, Moved, Quiet, Schedule, ScheduleState
from bot.domain.stories import Stories
from bot.errors import ConfigurationError
from bot.store import Store
from bot.store.closing import Verdict
from bot.store.composing import Told
from tests.cadences import ZONES, monthly, weekly
from tests.schedules import add_due, make_schedule
from tests.stories import CHANNEL, NOW, make_faq, make_story

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
STORIES = Stories(
    [
        make_story(faq=[make_faq("why", "Why now?")]),
        make_story("kept", visible_to=["slack:T2"]),
        make_story("posture"),
    ]
)
CHANNELS = (CHANNEL, Channel("slack", "T1", "C2"), Channel("slack", "T2", "C3"))
FAST = {"slack": Pace(channel=timedelta(0), workspace=1000, platform=1000)}


def run_of(
    schedules: list[Schedule],
    days: int = 3,
    told: Mapping[Channel, Mapping[str, Told]] | None = None,
) -> list[Simulated]:
    runs = due_runs(schedules, NOW, NOW + days * DAY, 1000)
    return list(simulate(runs, STORIES, told or {}))


def said(made: list[Simulated]) -> list[str]:
    return [one.reply.title if one.reply else "" for one in made]


def test_the_first_digest_tells_and_the_next_has_nothing_new() -> None:
    assert said(run_of([make_schedule(stories=("posture",))])) == ["Posture", "", "", ""]


def test_a_line_says_each_time_that_nothing_is_new() -> None:
    assert all(said(run_of([make_schedule(quiet=Quiet.LINE)])))


def test_a_full_digest_comes_each_time() -> None:
    assert all(said(run_of([make_schedule(content=Content.FULL)])))


def test_two_schedules_of_a_channel_do_not_tell_the_same_twice() -> None:
    wish = make_schedule(stories=("posture",))
    assert said(run_of([replace(wish, id=1), replace(wish, id=2)], 0)) == ["Posture", ""]
    elsewhere = replace(wish, id=2, channel=CHANNELS[1])
    assert said(run_of([replace(wish, id=1), elsewhere], 0)) == ["Posture", "Posture"]


def test_what_a_channel_was_told_before_is_not_news() -> None:
    wish = make_schedule(stories=("posture",))
    ledger: dict[str, Told] = {}
    told: dict[Channel, dict[str, Told]] = {CHANNEL: ledger}
    assert said(run_of([wish], 0, told)) == ["Posture"]
    assert ledger == {}  # it is simulated, not moved


def test_runs_of_schedules_that_do_not_run_are_left_out() -> None:
    resting = make_schedule(state=ScheduleState.PAUSED)
    assert due_runs([resting], NOW, NOW + DAY, 10) == []


def test_both_ends_of_the_time_are_in_it() -> None:
    found = due_runs([make_schedule()], NOW, NOW + DAY, 10)
    assert [due.run.at for due in found] == [NOW, NOW + DAY]
    inside = due_runs([make_schedule()], NOW + timedelta(seconds=1), NOW + DAY - HOUR, 10)
    assert inside == []


def test_runs_that_the_clocks_move_are_marked() -> None:
    start = datetime(2026, 3, 28, tzinfo=UTC)
    wish = make_schedule(cadence="at 01:30 daily", zone="Europe/Lisbon")
    found = due_runs([wish], start, start + 2 * DAY, 10)
    assert [due.run.moved for due in found] == [None, Moved.GAP]


@given(
    st.lists(st.tuples(weekly(), st.sampled_from(ZONES)), min_size=1, max_size=12),
    st.integers(1, 40),
)
def test_the_first_runs_are_found_however_many_there_are(
    wishes: list[tuple[object, str]], most: int
) -> None:
    schedules = [
        make_schedule(cadence=getattr(told, "text"), zone=zone, id=number)  # noqa: B009
        for number, (told, zone) in enumerate(wishes)
    ]
    everything = due_runs(schedules, NOW, NOW + 20 * DAY, 10_000)
    assert due_runs(schedules, NOW, NOW + 20 * DAY, most) == everything[: most + 1]


def test_a_zone_that_is_not_there_is_named_with_its_schedule() -> None:
    with pytest.raises(ConfigurationError, match=r"digest 7 of slack:T1/C1.*Nowhere/Land"):
        due_runs([make_schedule(zone="Nowhere/Land", id=7)], NOW, NOW + DAY, 10)


@st.composite
def schedules(draw: st.DrawFn) -> Schedule:
    told = draw(st.one_of(weekly(), monthly()))
    some = st.sampled_from(((), ("land-strikes",), ("posture", "kept"), ("gone",)))
    return make_schedule(
        draw(st.sampled_from(CHANNELS)),
        told.text,
        zone=draw(st.sampled_from(ZONES)),
        stories=draw(some),
        content=draw(st.sampled_from(Content)),
        quiet=draw(st.sampled_from(Quiet)),
    )


#: What came of a run: its schedule, its instant, whether it was posted, and the very message.
Outcome = tuple[int, datetime, bool, str | None]


async def walked(store: Store, runs: list[DueRun]) -> list[Outcome]:
    """What the bot makes of the same time, let pass tick by tick."""
    for at in sorted({due.run.at for due in runs}):
        for now in (at - timedelta(seconds=1), at, at + timedelta(seconds=1)):
            await queue_due(store, STORIES, now)
            while taken := await store.claim(now, FAST, 100, timedelta(minutes=1)):
                sent = [Verdict(each.id, each.token, Event.CONFIRMED) for each in taken]
                await store.finish(sent, now)
                await queue_due(store, STORIES, now)
    found = await store.history(limit=None)
    assert {each.state for each in found} <= {State.SENT, State.SKIPPED}
    reasons = {"nothing new", "no story"}
    assert all(each.reason in reasons for each in found if each.state is State.SKIPPED)
    return sorted(
        (each.schedule_id, each.at, each.state is State.SENT, each.reply) for each in found
    )


@settings(max_examples=20)
@given(st.lists(schedules(), min_size=1, max_size=4), st.integers(0, 300))
async def test_a_simulation_tells_what_the_bot_does_as_time_goes_by(
    wishes: list[Schedule], day: int
) -> None:
    start = NOW + day * DAY
    with TemporaryDirectory() as folder:
        async with await Store.open(f"sqlite:///{Path(folder)}/bot.db") as store:
            for wish in wishes:
                await add_due(store, wish, first_run(wish, start), start)
            saved = await store.all_schedules()
            coming = due_runs(saved, start + timedelta(seconds=1), start + 8 * DAY, 1000)
            runs = [due for due in coming if due.run.at <= coming[:20][-1].run.at]
            bot_did = await walked(store, runs)
    told = [
        (
            one.due.schedule.id,
            one.due.run.at,
            one.reply is not None,
            reply_to_json(one.reply) if one.reply else None,
        )
        for one in simulate(runs, STORIES, {})
    ]
    assert sorted(told) == bot_did
