from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from bot import clock
from bot.digests import queue_due
from bot.domain.occurrence import Event
from bot.domain.pace import Pace
from bot.domain.request import Channel
from bot.domain.stories import Stories
from bot.store import Store
from bot.store.closing import Verdict
from tests.cli.conftest import Run
from tests.postgres import Postgres, postgres
from tests.schedules import add_all, make_schedule
from tests.stories import CHANNEL, NOW, make_story

OTHER = Channel("slack", "T1", "C22")
STORIES = Stories([make_story()])


@pytest.fixture(scope="module")
def server() -> Iterator[Postgres]:
    with postgres() as running:
        yield running


@pytest.fixture(params=["sqlite", "postgresql"])
def address(
    request: pytest.FixtureRequest, house: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[str]:
    if request.param == "sqlite":
        yield f"sqlite:///{house}/state/bot.db"
        return
    with request.getfixturevalue("server").database() as made:
        monkeypatch.setenv("BOT_DATABASE_URL", made)
        yield made


def live(address: str, channels: tuple[Channel, ...], days: int = 2) -> None:
    """Let some days pass, each with a digest at noon."""

    async def pass_time() -> None:
        async with await Store.open(address, own_clock=False) as store:
            wishes = [(make_schedule(channel), NOW) for channel in channels]
            await add_all(store, wishes, NOW)
            for day in range(days):
                now = NOW + timedelta(days=day)
                await queue_due(store, STORIES, now)
                taken = await store.claim(now, {"slack": Pace()}, 100, timedelta(minutes=1))
                sent = [
                    Verdict(one.id, one.token, Event.CONFIRMED, remote_id="m1") for one in taken
                ]
                await store.finish(sent, now)

    asyncio.run(pass_time())


def listed(run: Run, *words: str) -> list[dict[str, Any]]:
    result = run("occurrences", "--json", *words)
    assert result.exit_code == 0, result.output
    found: list[dict[str, Any]] = json.loads(result.stdout)
    return found


def test_a_run_is_told_with_all_that_is_known_of_it(run: Run, address: str) -> None:
    live(address, (CHANNEL,))
    silent, sent = listed(run)
    assert {name: silent[name] for name in ("due", "state", "reason", "message")} == {
        "due": "2026-11-23T12:00:00Z",
        "state": "skipped",
        "reason": "nothing new",
        "message": None,
    }
    assert {**sent, "key": ""} == {
        "id": 1,
        "schedule": 1,
        "platform": "slack",
        "workspace": "T1",
        "channel": "C1",
        "due": "2026-11-22T12:00:00Z",
        "state": "sent",
        "reason": "",
        "late": False,
        "recorded": "2026-11-22T12:00:00Z",
        "done": "2026-11-22T12:00:00Z",
        "attempts": 1,
        "key": "",
        "message": "m1",
    }


def test_people_get_a_line_each_and_a_count(run: Run, address: str) -> None:
    live(address, (CHANNEL, OTHER), days=1)
    result = run("occurrences")
    assert result.stdout == (
        "2  2026-11-22 12:00 UTC  slack:T1/C22  Posted\n"
        "1  2026-11-22 12:00 UTC  slack:T1/C1   Posted\n"
    )
    assert result.stderr == "2 sent\n"


def test_they_can_be_picked_by_channel_and_by_time(run: Run, address: str) -> None:
    live(address, (CHANNEL, OTHER))
    assert len(listed(run)) == 4
    assert {each["channel"] for each in listed(run, "--channel", "slack:T1/C22")} == {"C22"}
    days = [each["due"][:10] for each in listed(run, "--since", "2026-11-23")]
    assert days == ["2026-11-23"] * 2
    assert len(listed(run, "--since", "2026-11-23T13:00+01:00")) == 2
    assert listed(run, "--since", "2026-11-23T12:01") == []


def test_a_span_counts_back_from_now(
    run: Run, address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    live(address, (CHANNEL,))
    monkeypatch.setattr(clock, "now", lambda: datetime(2026, 11, 23, 13, tzinfo=UTC))
    assert [len(listed(run, "--since", span)) for span in ("30m", "2h", "2d")] == [0, 1, 2]


def test_a_limit_says_that_there_are_more(run: Run, address: str) -> None:
    live(address, (CHANNEL, OTHER))
    result = run("occurrences", "--limit", "3")
    assert len(result.stdout.splitlines()) == 3
    assert result.stderr.endswith("These are the latest 3; for more: --limit 30\n")
    assert "more" not in run("occurrences", "--limit", "4").stderr
    assert len(listed(run, "--limit", "1")) == 1


def test_without_a_database_there_are_none_and_none_is_made(run: Run, house: Path) -> None:
    result = run("occurrences", "--json")
    assert (result.exit_code, result.stdout) == (0, "[]\n")
    assert "there is no database at state/bot.db yet" in result.stderr
    assert run("occurrences").stdout == "No run was due.\n"
    assert not (house / "state").exists()


def test_it_works_beside_a_process_that_delivers(run: Run, house: Path) -> None:
    live(f"sqlite:///{house}/state/bot.db", (CHANNEL,))

    async def meanwhile() -> int:
        async with await Store.open(f"sqlite:///{house}/state/bot.db"):
            return await asyncio.to_thread(lambda: len(listed(run)))

    assert asyncio.run(meanwhile()) == 2


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("postgresql://me:hunter2@127.0.0.1:1/bot", "cannot open the database"),
        ("sqlite:///briefings/land-strikes.yaml", "file is not a database"),
        ("oracle://me:hunter2@host/bot", "write sqlite:///state/bot.db or postgresql://"),
    ],
)
def test_a_database_that_cannot_be_used_is_said_without_its_password(
    run: Run, monkeypatch: pytest.MonkeyPatch, url: str, said: str
) -> None:
    monkeypatch.setenv("BOT_DATABASE_URL", url)
    result = run("occurrences")
    assert result.exit_code == 2
    assert said in str(result.exception)
    assert "hunter2" not in result.output + str(result.exception)
