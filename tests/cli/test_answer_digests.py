from __future__ import annotations

import asyncio
import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from bot.domain.request import Channel
from bot.store import Store
from bot.store.records import Act
from tests.cli.conftest import ROOT, Run

HERE = ("--channel", "slack:T1/C1")
MODERATOR = (*HERE, "--moderator")
WISH = "digest add land-strikes at 09:00 on weekdays in Europe/Lisbon"


def acts(house: Path) -> list[Act]:
    async def read() -> list[Act]:
        async with await Store.open(f"sqlite:///{house}/state/bot.db", alone=False) as store:
            return await store.acts(Channel("slack", "T1", "C1"))

    return asyncio.run(read())


def scheduled(run: Run) -> str:
    """Schedule a digest, and give its number."""
    planned = run("answer", WISH, *MODERATOR).stdout
    found = re.search(r"/brief (digest confirm (\d+))", planned)
    assert found, planned
    assert run("answer", found[1], *MODERATOR).exit_code == 0
    return found[2]


@pytest.mark.parametrize("words", ["", "help", "faq consent", "stories", "search digest"])
def test_what_readers_ask_makes_no_database(run: Run, house: Path, words: str) -> None:
    assert run("answer", words, *HERE).exit_code == 0
    assert run("answer", words, *MODERATOR).exit_code == 0
    assert not (house / "state").exists()


def test_what_readers_ask_needs_no_database(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BOT_DATABASE_URL", "postgresql://me:hunter2@127.0.0.1:1/bot")
    result = run("answer", "faq consent", *HERE)
    assert result.exit_code == 0
    assert result.stdout.startswith("Has Mexico agreed to the strikes?")
    assert result.stderr.startswith("warning: which story the channel has is not known: cannot")
    assert run("answer", "digest list", *MODERATOR).exit_code == 2


def test_a_digest_is_planned_confirmed_and_listed_as_in_chat(run: Run) -> None:
    planned = run("answer", WISH, *MODERATOR)
    assert "Nothing is saved yet." in planned.stdout
    assert "No digest is scheduled here." in run("answer", "digest list", *MODERATOR).stdout
    number = scheduled(run)
    assert "1 digest here." in run("answer", "digest", "list", *MODERATOR).stdout
    assert "at 09:00 on weekdays" in run("answer", f"digest show {number}", *MODERATOR).stdout
    message = run("answer", f"digest preview {number}", *MODERATOR).stdout
    assert message.startswith("Announced US land strikes on drug cartels")


def test_a_digest_is_paused_and_resumed_for_the_running_bot(run: Run) -> None:
    number = scheduled(run)

    def state() -> str:
        return str(json.loads(run("schedules", "export", "-").stdout)[0]["state"])

    assert "Paused" in run("answer", f"digest pause {number}", *MODERATOR).stdout
    assert state() == "paused"
    run("answer", f"digest resume {number}", *MODERATOR)
    assert state() == "active"


def test_a_story_given_to_a_channel_is_the_one_it_is_asked_about(run: Run) -> None:
    assert run("answer", "use us-hemisphere-posture", *MODERATOR).exit_code == 0
    title = "Positions: The widening US security posture"
    assert run("answer", "positions", *HERE).stdout.startswith(title)
    other = run("answer", "positions", "--channel", "slack:T1/C2").stdout
    assert not other.startswith(title)
    named = run("answer", "positions", *HERE, "--story", "land-strikes").stdout
    assert named.startswith("Positions: Announced")


def test_nobody_but_a_moderator_may_and_the_attempt_is_put_down(run: Run, house: Path) -> None:
    scheduled(run)
    for words in (WISH, "digest pause 1", "use land-strikes"):
        refused = run("answer", words, *HERE, "--user", "U7")
        assert refused.stdout.startswith("For moderators\n")
    assert json.loads(run("schedules", "export", "-").stdout)[0]["state"] == "active"
    tried = [act for act in acts(house) if act.actor == "U7"]
    assert tried
    assert all(act.outcome.startswith("refused") for act in tried)


def test_the_audit_trail_says_who_did_it(run: Run, house: Path) -> None:
    scheduled(run)
    run("answer", "digest pause 1", *MODERATOR, "--user", "U1")
    assert {(act.actor, act.act) for act in acts(house)} >= {
        ("command line", "digest add"),
        ("U1", "digest pause"),
    }


def test_times_are_shown_in_the_zone_of_who_asks(run: Run) -> None:
    number = scheduled(run)
    here = run("answer", f"digest show {number}", *MODERATOR, "--zone", "tokyo").stdout
    assert re.search(r"09:00 Europe/Lisbon · for you: \d+ \w+ \d{4}, 1[78]:00 Asia/Tokyo", here)
    assert "UTC" not in here
    assert " UTC" in run("answer", f"digest show {number}", *MODERATOR).stdout


def test_the_askers_zone_is_that_of_a_wish_without_one(run: Run) -> None:
    wish = "digest add all at 09:00 daily"
    assert "Asia/Tokyo" in run("answer", wish, *MODERATOR, "--zone", "Asia/Tokyo").stdout
    assert "time zone" in run("answer", wish, *MODERATOR).stdout


def test_a_form_is_told_in_words_that_can_be_typed(run: Run) -> None:
    said = run("answer", "digest add", *MODERATOR, "--zone", "Europe/Lisbon").stdout
    assert "A form in chat asks for:\n" in said
    words = said.rpartition("As it stands, it says:\n  /brief ")[2].strip()
    assert "Next runs" in run("answer", words, *MODERATOR).stdout


def test_a_form_as_json_has_its_fields(run: Run) -> None:
    form = json.loads(run("answer", "digest add", *MODERATOR, "--json").stdout)["form"]
    assert form["words"] == "digest add"
    assert {"label", "lead", "value", "hint", "options"} == set(form["fields"][0])


@pytest.mark.parametrize("platform", ["slack", "discord"])
def test_what_a_moderator_asks_can_be_seen_as_a_platform_gets_it(run: Run, platform: str) -> None:
    scheduled(run)
    payload = json.loads(run("answer", "digest list", *MODERATOR, "--as", platform).stdout)
    assert "1 digest here" in json.dumps(payload)


def test_a_wish_that_is_not_clear_is_answered_and_fine(run: Run) -> None:
    result = run("answer", "digest add all whenever", *MODERATOR)
    assert result.exit_code == 0
    assert "For example: /brief digest add " in result.stdout


def test_as_a_process_it_acts_in_the_database_that_is_set(house: Path) -> None:
    env = {"PYTHONPATH": str(ROOT), "BOT_DATABASE_URL": f"sqlite:///{house}/here.db"}
    done = subprocess.run(
        [sys.executable, "-m", "bot", "answer", WISH, *MODERATOR],
        cwd=house,
        env=env,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert "Next runs" in done.stdout
    assert (house / "here.db").exists()
    assert not (house / "state").exists()
