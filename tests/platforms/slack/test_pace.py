from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.domain.occurrence import OccurrenceState as State
from bot.domain.platform import Answer, Complete, Report
from bot.domain.problem import Problem
from bot.domain.reply import Reply
from bot.domain.request import Channel
from bot.domain.schedule import ScheduleState
from bot.outbox import Limits, Outbox
from bot.platforms.slack.platform import SlackPlatform
from bot.store import Store
from tests.loopback.slack import Fault, SlackServer
from tests.platforms.slack.conftest import House, listening
from tests.platforms.slack.reading import READING
from tests.schedules import add, make_schedule, plain
from tests.stories import NOW

SECOND = timedelta(seconds=1)
LIMITS = Limits(http=timedelta(seconds=5), turn=2 * SECOND)
#: When the loopback Slack's messages are written.
THEN = datetime.fromtimestamp(1_700_000_000, UTC)


class Workspaces:
    """One Slack with several workspaces."""

    name, pace, repeat_window = SlackPlatform.name, SlackPlatform.pace, timedelta(0)

    def __init__(self, platforms: Mapping[str, SlackPlatform]) -> None:
        self._platforms = platforms

    async def listen(self, answer: Answer, complete: Complete, report: Report) -> None:
        raise NotImplementedError

    async def post(self, channel: Channel, reply: Reply, *, key: str) -> str:
        return await self._platforms[channel.workspace].post(channel, reply, key=key)

    async def check(self, channel: Channel) -> Problem | None:
        return await self._platforms[channel.workspace].check(channel)

    async def find(self, channel: Channel, key: str, *, since: datetime) -> str | None:
        return await self._platforms[channel.workspace].find(channel, key, since=since)


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[Store]:
    async with await Store.open(f"sqlite:///{tmp_path}/bot.db") as opened:
        yield opened


async def due_in(store: Store, *places: str, now: datetime = NOW) -> None:
    at = f"at {now:%H:%M} daily"
    for place in places:
        await add(store, make_schedule(Channel.parse(place), at), now)
    await store.take_due(now, 500, plain)


def posted(slack: SlackServer) -> list[str]:
    return [message.channel for message in slack.workspace.messages]


async def test_a_busy_channel_holds_its_workspace_and_no_other(house: House, store: Store) -> None:
    outbox = Outbox(store, LIMITS)
    async with SlackServer() as one, SlackServer() as other:
        other.workspace.team = "T2"
        async with listening(one, house) as first, listening(other, house) as second:
            slack = {"slack": Workspaces({"T1": first.platform, "T2": second.platform})}
            one.fail("chat.postMessage", Fault(status=429, retry_after=30))
            await due_in(store, "slack:T1/C1")
            await outbox.deliver_due(slack, NOW)
            await due_in(store, "slack:T1/C2", "slack:T2/C1")
            await outbox.deliver_due(slack, NOW + SECOND)
            assert (posted(one), posted(other)) == ([], ["C1"])
            await outbox.deliver_due(slack, NOW + 28 * SECOND)
            assert posted(one) == []
            await outbox.deliver_due(slack, NOW + 32 * SECOND)
            assert sorted(posted(one)) == ["C1", "C2"]
            assert len(one.called("chat.postMessage")) == 3


@pytest.mark.parametrize(
    ("fault", "arrived"),
    [
        (Fault(drop="after"), True),
        (Fault(cut_short=True), True),
        (Fault(body="<html>"), True),
        (Fault(drop="before"), False),
        (Fault(status=500), False),
    ],
)
async def test_a_digest_in_doubt_is_looked_for_and_posted_once(
    house: House, store: Store, fault: Fault, arrived: bool
) -> None:
    outbox = Outbox(store, LIMITS)
    settled = THEN.replace(second=0) + LIMITS.settle + SECOND
    async with SlackServer(scopes=READING) as slack, listening(slack, house) as running:
        platforms = {"slack": running.platform}
        slack.fail("chat.postMessage", fault)
        await due_in(store, "slack:T1/C1", now=THEN.replace(second=0))
        await outbox.deliver_due(platforms, THEN.replace(second=0))
        assert [each.state for each in await store.history()] == [State.UNKNOWN]
        for seconds in (0, 2, 4):
            await outbox.deliver_due(platforms, settled + seconds * SECOND)
        assert [each.state for each in await store.history()] == [State.SENT]
        assert posted(slack) == ["C1"]
        assert len(slack.called("chat.postMessage")) == (1 if arrived else 2)


async def test_a_digest_in_doubt_that_nobody_may_look_for_is_shown_to_moderators(
    house: House, store: Store
) -> None:
    outbox = Outbox(store, LIMITS)
    async with SlackServer() as slack, listening(slack, house) as running:
        platforms = {"slack": running.platform}
        slack.fail("chat.postMessage", Fault(drop="after"))
        await due_in(store, "slack:T1/C1")
        for wait in (timedelta(0), LIMITS.settle + SECOND, timedelta(hours=1)):
            await outbox.deliver_due(platforms, NOW + wait)
        assert [each.state for each in await store.history()] == [State.UNDETERMINED]
        assert len(slack.called("chat.postMessage")) == 1


@pytest.mark.parametrize(
    ("code", "state"),
    [("is_archived", ScheduleState.SUSPENDED), ("msg_too_long", ScheduleState.ACTIVE)],
)
async def test_a_dead_channel_stops_its_digests_and_a_bad_message_does_not(
    house: House, store: Store, code: str, state: ScheduleState
) -> None:
    async with SlackServer() as slack, listening(slack, house) as running:
        slack.fail("chat.postMessage", Fault(error=code))
        await due_in(store, "slack:T1/C1")
        await Outbox(store, LIMITS).deliver_due({"slack": running.platform}, NOW)
        (failed,) = await store.history()
        (schedule,) = await store.schedules_of(Channel.parse("slack:T1/C1"))
        assert (failed.state, schedule.state) == (State.FAILED, state)
        assert code in (failed.reason or "")
