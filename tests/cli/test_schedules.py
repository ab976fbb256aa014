from __future__ import annotations

import asyncio
import json
import stat
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from bot.cli import schedules
from bot.domain.schedule import Schedule, ScheduleState
from bot.store import Store
from tests.cli.conftest import ROOT, Run
from tests.postgres import Postgres, postgres
from tests.schedules import add_all, make_schedule
from tests.stories import NOW

GOOD: dict[str, Any] = {
    "platform": "slack",
    "workspace": "T1",
    "channel": "C1",
    "cron": "0 9 * * 1-5",
    "tz": "Europe/Lisbon",
    "stories": ["land-strikes"],
}
OTHER = {**GOOD, "channel": "C2", "state": "paused"}


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


def saved(address: str) -> list[Schedule]:
    async def read() -> list[Schedule]:
        async with await Store.open(address, alone=False) as store:
            return await store.all_schedules()

    return asyncio.run(read())


def put(address: str, *wishes: Schedule) -> None:
    async def write() -> None:
        async with await Store.open(address, alone=False) as store:
            await add_all(store, [(wish, NOW) for wish in wishes], NOW)

    asyncio.run(write())


def write(items: list[Any], name: str = "in.json") -> str:
    Path(name).write_text(json.dumps(items), encoding="utf-8")
    return name


def test_what_is_imported_runs_and_can_be_exported_again(run: Run, address: str) -> None:
    result = run("schedules", "import", write([GOOD, OTHER]))
    assert result.exit_code == 0, result.output
    assert result.stdout.startswith("2 schedules imported into ")
    assert "; 1 of them not running\nThe first run is on " in result.stdout
    one, two = saved(address)
    assert (str(one.channel), one.state) == ("slack:T1/C1", ScheduleState.ACTIVE)
    assert two.state is ScheduleState.PAUSED

    async def due() -> list[bool]:
        async with await Store.open(address, alone=False) as store:
            return [await store.next_at(each.id) is not None for each in (one, two)]

    assert asyncio.run(due()) == [True, False]
    exported = json.loads(run("schedules", "export", "-").stdout)
    assert [{key: each[key] for key in OTHER} for each in exported] == [
        {**GOOD, "state": "active"},
        OTHER,
    ]


def test_the_same_file_twice_changes_nothing(run: Run, address: str) -> None:
    run("schedules", "import", write([GOOD]))
    result = run("schedules", "import", write([GOOD, OTHER]))
    assert result.stdout.startswith("1 schedule imported into ")
    assert "; 1 already there, left as it is" in result.stdout
    result = run("schedules", "import", write([GOOD, OTHER]))
    assert result.stdout.startswith("0 schedules imported into ")
    assert result.stdout.endswith("; 2 already there, left as they are\n")
    assert len(saved(address)) == 2


def test_a_schedule_that_was_paused_since_is_not_brought_back(run: Run, address: str) -> None:
    run("schedules", "import", write([OTHER]))
    run("schedules", "import", write([{**OTHER, "state": "active"}]))
    assert [each.state for each in saved(address)] == [ScheduleState.PAUSED]


def test_one_that_is_in_the_file_twice_is_taken_once(run: Run, address: str) -> None:
    result = run("schedules", "import", write([GOOD, GOOD]))
    assert "1 schedule imported" in result.stdout
    assert "1 left out, the same as another in the file" in result.stdout
    assert len(saved(address)) == 1


def test_a_change_in_any_field_makes_another_schedule(run: Run, address: str) -> None:
    run("schedules", "import", write([GOOD]))
    changes = (
        {"tz": "UTC"},
        {"cron": "0 8 * * 1-5"},
        {"stories": ["all"]},
        {"content": "full"},
        {"quiet": "line"},
        {"grace_s": 60},
        {"channel": "C9"},
    )
    result = run("schedules", "import", write([GOOD | change for change in changes]))
    assert result.stdout.startswith("7 schedules imported")
    assert len(saved(address)) == 8


def test_an_export_moves_everything_to_another_database(
    run: Run, address: str, house: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run("schedules", "import", write([GOOD, OTHER, {**GOOD, "quiet": "line", "grace_s": 61}]))
    assert run("schedules", "export", "out.json").stdout == "3 schedules written to out.json\n"
    first = (house / "out.json").read_text("utf-8")
    monkeypatch.setenv("BOT_DATABASE_URL", f"sqlite:///{house}/other.db")
    assert run("schedules", "import", "out.json").exit_code == 0
    assert run("schedules", "export", "-").stdout == first


def test_drafts_are_neither_exported_nor_taken_for_schedules(run: Run, address: str) -> None:
    put(address, make_schedule(cadence='cron "0 9 * * *"', state=ScheduleState.DRAFT))
    assert run("schedules", "export", "-").stdout == "[]\n"
    item = {**GOOD, "cron": "0 9 * * *", "tz": "UTC", "stories": []}
    assert "1 schedule imported" in run("schedules", "import", write([item])).stdout


def test_one_mistake_keeps_everything_out(run: Run, address: str) -> None:
    result = run("schedules", "import", write([GOOD, {**OTHER, "tz": "Nowhere"}, 7]))
    assert result.exit_code == 1
    assert "item 2, tz: " in result.stdout
    assert "item 3: this is no object" in result.stdout
    assert result.stderr == "2 problems in in.json: nothing was imported\n"
    assert saved(address) == []


def test_ten_thousand_are_imported_in_batches(run: Run, address: str) -> None:
    items = [{**GOOD, "channel": f"C{number}"} for number in range(10_000)]
    assert "10000 schedules imported" in run("schedules", "import", write(items)).stdout
    assert len(saved(address)) == 10_000


async def test_two_imports_at_once_add_a_file_once(run: Run, address: str, house: Path) -> None:
    write([{**GOOD, "channel": f"C{number}"} for number in range(500)])
    env = {"PYTHONPATH": str(ROOT), "BOT_DATABASE_URL": address}
    command = (sys.executable, "-m", "bot", "schedules", "import", "in.json")
    quiet = asyncio.subprocess.DEVNULL
    both = [
        await asyncio.create_subprocess_exec(*command, cwd=house, env=env, stdout=quiet)
        for _ in range(2)
    ]
    assert [await each.wait() for each in both] == [0, 0]
    assert len(await asyncio.to_thread(saved, address)) == 500


def test_an_import_compares_again_when_others_add_schedules_meanwhile(
    run: Run, address: str, monkeypatch: pytest.MonkeyPatch
) -> None:

    first = schedules._new
    looked: list[bool] = []

    def slow(*given: Any) -> Any:
        if not looked:
            looked.append(True)
            with ThreadPoolExecutor() as beside:
                beside.submit(put, address, make_schedule(cadence='cron "0 9 * * 1-5"')).result()
        return first(*given)

    monkeypatch.setattr(schedules, "_new", slow)
    result = run("schedules", "import", write([{**GOOD, "tz": "UTC", "stories": []}]))
    assert "0 schedules imported" in result.stdout
    assert len(saved(address)) == 1


def test_a_file_can_come_from_standard_input(run: Run) -> None:
    assert run("schedules", "import", "-", stdin=json.dumps([GOOD])).exit_code == 0
    bad = run("schedules", "import", "-", stdin="[1")
    assert (bad.exit_code, bad.stdout[:19]) == (1, "standard input:1:2:")


def test_a_file_with_a_byte_order_mark_is_read(run: Run) -> None:
    result = run("schedules", "import", "-", stdin=b"\xef\xbb\xbf" + json.dumps([GOOD]).encode())
    assert result.exit_code == 0, result.output


def test_stories_that_a_channel_cannot_see_are_a_warning(run: Run, house: Path) -> None:
    kept = (house / "briefings/land-strikes.yaml").read_text("utf-8")
    kept = kept.replace("status: developing", "status: developing\nvisible_to: ['slack:T2']")
    (house / "briefings/land-strikes.yaml").write_text(kept, "utf-8")
    result = run("schedules", "import", write([GOOD, {**GOOD, "stories": ["land-strike"]}]))
    assert (result.exit_code, result.stdout[:11]) == (0, "2 schedules")
    assert "in.json:1:2: warning: item 1, stories: the channel sees no story" in result.stderr
    assert "no story `land-strike` — " in result.stderr
    theirs = run("schedules", "import", write([{**GOOD, "workspace": "T2"}]))
    assert theirs.stderr == ""


def test_without_a_database_an_export_is_empty_and_none_is_made(run: Run, house: Path) -> None:
    result = run("schedules", "export", "-")
    assert (result.exit_code, result.stdout) == (0, "[]\n")
    assert "there is no database at state/bot.db yet" in result.stderr
    assert not (house / "state").exists()


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["import", "nope.json"], "nope.json"),
        (["import", "briefings"], "is a directory"),
        (["export", "nowhere/out.json"], "nowhere/out.json cannot be written"),
        (["export"], "Missing argument"),
        (["import"], "Missing argument"),
    ],
)
def test_a_file_that_cannot_be_used_is_a_mistake_of_use(
    run: Run, words: list[str], said: str
) -> None:
    result = run("schedules", *words)
    assert result.exit_code == 2
    assert said in result.stderr + str(result.exception)


def test_a_file_that_is_no_text_is_said_so(run: Run) -> None:
    result = run("schedules", "import", "-", stdin=b"\xff\xfe")
    assert result.exit_code == 2
    assert "standard input is not UTF-8 text; save it as UTF-8" in str(result.exception)


def test_an_export_replaces_its_file_as_a_whole(run: Run, house: Path) -> None:
    run("schedules", "import", write([GOOD]))
    folder = house / "kept"
    folder.mkdir()
    (folder / "out.json").write_text("[]")
    run("schedules", "export", "kept/out.json")
    assert "T1" in (folder / "out.json").read_text()
    assert stat.S_ISREG((folder / "out.json").stat().st_mode)
    assert [path.name for path in folder.iterdir()] == ["out.json"]


def test_a_database_that_is_away_is_said_without_its_password(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BOT_DATABASE_URL", "postgresql://me:hunter2@127.0.0.1:1/bot")
    for words in (["export", "-"], ["import", write([GOOD])]):
        result = run("schedules", *words)
        assert result.exit_code == 2
        assert "cannot open the database (PostgreSQL at 127.0.0.1" in str(result.exception)
        assert "hunter2" not in result.output + str(result.exception)


def test_a_place_where_no_database_can_be_is_said(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BOT_DATABASE_URL", f"sqlite:///{write([GOOD])}/bot.db")
    result = run("schedules", "import", "in.json")
    assert result.exit_code == 2
    assert "cannot open the database (in.json/bot.db): " in str(result.exception)
    assert "Check BOT_DATABASE_URL." in str(result.exception)
