from __future__ import annotations

import asyncio
import json
from datetime import timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from bot import clock
from bot.domain.occurrence import Event
from bot.domain.pace import Pace
from bot.store import Store
from bot.store.closing import Verdict
from tests.cli.conftest import Run
from tests.postgres import postgres

DAILY: dict[str, Any] = {
    "platform": "slack",
    "workspace": "T1",
    "channel": "C1",
    "cadence": "at 01:30 daily",
    "tz": "Europe/Lisbon",
    "stories": ["land-strikes"],
}


def write(*items: Any) -> str:
    Path("in.json").write_text(json.dumps(items), encoding="utf-8")
    return "in.json"


def test_every_run_is_shown_with_its_text_and_where_the_clocks_change(run: Run) -> None:
    file = write(DAILY)
    result = run("simulate", "--from", "2027-03-27", "--to", "2027-03-29", "--schedules", file)
    assert (result.exit_code, result.stderr) == (0, "")
    lines = result.stdout.splitlines()
    assert result.stdout.split("\n\n")[0] == (
        "From 27 March 2027, 00:00 UTC to 29 March 2027, 23:59 UTC, with 2 briefings as they are "
        "now.\n1 schedule. No channel has been told anything before."
    )
    runs = [line for line in lines if "slack:T1/C1" in line]
    assert runs == [
        f"{when} · slack:T1/C1 · schedule 1, at 01:30 daily"
        for when in (
            "Saturday 27 March 2027, 01:30 Europe/Lisbon (01:30 UTC)",
            "Sunday 28 March 2027, 02:00 Europe/Lisbon (01:00 UTC)",
            "Monday 29 March 2027, 01:30 Europe/Lisbon (00:30 UTC)",
        )
    ]
    assert lines[lines.index(runs[0]) + 1] == "| Announced US land strikes on drug cartels"
    assert any(line.startswith("| [FAQ (") for line in lines)
    assert lines[lines.index(runs[1]) + 1 :][:3] == [
        "01:30 does not exist that day: the clocks go forward, and it runs right after the gap.",
        "By then the clocks in Europe/Lisbon have gone forward by 1 hour.",
        "Nothing new: nothing would be posted.",
    ]
    assert lines[-1] == "3 runs: 1 to be posted, 2 with nothing new."
    assert "\x1b" not in result.stdout


def test_a_time_that_comes_twice_is_named(run: Run) -> None:
    words = ("--from", "2027-10-31", "--to", "2027-11-01", "--schedules", write(DAILY))
    said = run("simulate", *words).stdout
    assert (
        "01:30 comes twice that day: the clocks go back, and it runs the first time only." in said
    )
    assert said.count("gone back by 1 hour") == 1


def test_a_schedule_that_says_so_posts_a_line_each_time(run: Run) -> None:
    file = write({**DAILY, "quiet": "line"})
    said = run("simulate", "--from", "2026-11-23", "--to", "2026-11-24", "--schedules", file).stdout
    assert "No changes since 23 November 2026" in said
    assert said.endswith("2 runs: 2 to be posted.\n")


def test_as_json_it_is_a_list_with_an_object_for_each_run(run: Run) -> None:
    words = ("--from", "2027-03-27", "--to", "2027-03-28", "--schedules", write(DAILY), "--json")
    one, two = json.loads(run("simulate", *words).stdout)
    assert one["text"].startswith("Announced US land strikes on drug cartels\n\nPresident Trump ")
    assert one | {"text": "", "title": ""} == {
        "schedule": 1,
        "platform": "slack",
        "workspace": "T1",
        "channel": "C1",
        "due": "2027-03-27T01:30:00Z",
        "local": "2027-03-27T01:30:00+00:00",
        "tz": "Europe/Lisbon",
        "moved": None,
        "state": "sent",
        "reason": "",
        "title": "",
        "text": "",
    }
    assert (two["moved"], two["state"], two["reason"], two["text"]) == (
        *("gap", "skipped", "nothing new"),
        None,
    )


def test_days_may_be_those_of_a_zone(run: Run) -> None:
    file = write({**DAILY, "tz": "Asia/Tokyo"})
    words = ("--from", "2026-11-23", "--to", "2026-11-23", "--schedules", file, "--json")
    (in_utc,) = json.loads(run("simulate", *words).stdout)
    (in_tokyo,) = json.loads(run("simulate", *words, "--zone", "tokyo").stdout)
    assert (in_utc["due"], in_tokyo["due"]) == ("2026-11-23T16:30:00Z", "2026-11-22T16:30:00Z")


def test_one_channel_can_be_picked(run: Run) -> None:
    file = write(DAILY, {**DAILY, "channel": "C2"})
    words = ("--to", "3d", "--schedules", file, "--json")
    assert len(json.loads(run("simulate", *words).stdout)) == 6
    picked = json.loads(run("simulate", *words, "--channel", "slack:T1/C2").stdout)
    assert {each["channel"] for each in picked} == {"C2"}


def test_a_limit_says_that_there_is_more(run: Run) -> None:
    file = write({**DAILY, "cron": "* * * * *", "cadence": None})
    words = ("--to", "30d", "--schedules", file, "--json")
    result = run("simulate", *words, "--limit", "2")
    assert (result.exit_code, len(json.loads(result.stdout))) == (0, 2)
    assert (
        result.stderr
        == "only the first 2 runs are shown; more follow in that time: raise --limit\n"
    )
    refused = run("simulate", *words)
    assert refused.exit_code == 2
    assert "more than 10,000 runs fall into that time; name a shorter one" in refused.stderr
    exact = ("--from", "2026-11-23T00:00", "--to", "2026-11-23T00:04", "--schedules", file)
    assert run("simulate", *exact, "--limit", "5").stderr == ""


def test_where_no_run_falls_into_the_time_the_next_is_named(run: Run) -> None:
    words = ("--from", "2026-11-23T02:00", "--to", "12h", "--schedules", write(DAILY))
    last = run("simulate", *words).stdout.splitlines()[-1]
    assert last == (
        "No run falls into that time; the first after it is on 24 November 2026, 01:30 UTC."
    )
    resting = ("--to", "12h", "--schedules", write({**DAILY, "state": "paused"}))
    said = run("simulate", *resting).stdout
    assert "1 schedule, 1 of them paused or stopped." in said
    assert said.endswith("No run falls into that time; no schedule is active.\n")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--from", "2026-11-23", "--to", "2026-11-22"], "--to: it is before --from (2026-11-23"),
        (["--from", "soon"], "'soon' is no time"),
        (["--zone", "Lisbn"], "did you mean Europe/Lisbon"),
        (["--schedules", "nope.json"], "nope.json"),
        (["--channel", "slack:T1/C9"], "there are no schedules of slack:T1/C9 in that file"),
    ],
)
def test_what_cannot_be_simulated_is_refused_with_the_reason(
    run: Run, words: list[str], said: str
) -> None:
    file = [] if "--schedules" in words else ["--schedules", write(DAILY)]
    result = run("simulate", *file, *words)
    assert (result.exit_code, result.stdout) == (2, "")
    assert said in result.stderr


def test_a_file_with_mistakes_is_not_simulated(run: Run) -> None:
    result = run("simulate", "--schedules", write({**DAILY, "tz": "Nowhere"}, 7))
    assert (result.exit_code, result.stdout) == (2, "")
    assert "in.json:1:2: item 1, tz: " in result.stderr
    assert "item 2: this is no object" in result.stderr
    empty = run("simulate", "--schedules", write())
    assert empty.exit_code == 2
    assert "there are no schedules in that file; make one in chat" in empty.stderr


def test_without_a_database_nothing_is_made(run: Run, house: Path) -> None:
    result = run("simulate")
    assert result.exit_code == 2
    assert "there is no database at state/bot.db yet" in result.stderr
    assert "there are no schedules in the database; make one in chat" in result.stderr
    run("simulate", "--schedules", write(DAILY))
    assert not (house / "state").exists()


def test_a_story_that_the_channel_cannot_see_is_a_warning(run: Run) -> None:
    result = run(
        "simulate", "--schedules", write({**DAILY, "stories": ["land-strike"]}), "--to", "1d"
    )
    assert result.exit_code == 0
    assert result.stderr == (
        "warning: schedule 1 of slack:T1/C1: the channel sees no story `land-strike` — "
        "did you mean `land-strikes`?\n"
    )


def test_the_database_is_read_and_left_as_it_is(run: Run, house: Path) -> None:
    run("schedules", "import", write(DAILY))
    act = ("--channel", "slack:T1/C1", "--moderator")
    run("answer", "digest now 1 confirm", *act)
    database = house / "state/bot.db"
    before = sha256(database.read_bytes()).digest()
    result = run("simulate", "--to", "2d")
    assert "Channels know what the bot has told them so far." in result.stdout
    assert "2 runs: 1 to be posted, 1 with nothing new." in result.stdout
    assert sha256(database.read_bytes()).digest() == before
    assert sorted(path.name for path in database.parent.iterdir()) == ["bot.db"]


def test_what_channels_were_told_is_taken_from_the_database(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    with postgres() as server, server.database() as address:
        monkeypatch.setenv("BOT_DATABASE_URL", address)
        run("schedules", "import", write(DAILY))
        run("answer", "digest now 1 confirm", "--channel", "slack:T1/C1", "--moderator")
        asyncio.run(confirm_all(address))
        result = run("simulate", "--to", "2d")
        assert result.stdout.endswith("2 runs: 0 to be posted, 2 with nothing new.\n")


async def confirm_all(address: str) -> None:
    async with await Store.open(address, alone=False) as store:
        now = clock.now()
        taken = await store.claim(now, {"slack": Pace()}, 10, timedelta(minutes=1))
        assert taken
        await store.finish([Verdict(each.id, each.token, Event.CONFIRMED) for each in taken], now)


def test_on_a_terminal_messages_stand_in_frames(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setenv("COLUMNS", "80")
    result = run("simulate", "--to", "2d", "--schedules", write(DAILY))
    assert "╭─" in result.stdout
    assert all(len(line) < 200 for line in result.stdout.splitlines())
