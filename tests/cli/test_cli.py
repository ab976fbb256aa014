from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from bot import clock
from bot.cli import cli
from bot.errors import ConfigurationError
from tests.stories import NOW

ROOT = Path(__file__).parents[2]
SHIPPED = ROOT / "briefings"
#: After the first four of a list of wordings, the others.
MORE_WORDINGS = re.compile(
    r"^(( *)(?:also_asked|not_covered):\n(?:\2  - .*\n){4})(?:\2  [-#] .*\n)+", re.MULTILINE
)


def few_wordings(path: Path) -> str:
    """A shipped briefing with few wordings: to ask them all takes its time."""
    return MORE_WORDINGS.sub(r"\1", path.read_text(encoding="utf-8"))


GOOD = few_wordings(SHIPPED / "land-strikes.yaml")


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of briefings that the commands serve."""
    shutil.copytree(SHIPPED, tmp_path / "briefings")
    for path in (tmp_path / "briefings").glob("*.yaml"):
        path.write_text(few_wordings(path), encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path / "briefings"


def run(*words: str) -> Result:
    return CliRunner().invoke(cli, words)


def test_answer_says_that_files_are_broken(folder: Path) -> None:
    assert run("answer", "help").stderr == ""
    (folder / "broken.yaml").write_text("title: [", encoding="utf-8")
    result = run("answer", "help")
    assert (result.exit_code, result.stderr) == (0, "1 file has problems: python -m bot check\n")
    (folder / "empty.yaml").touch()
    assert run("answer", "help").stderr == "2 files have problems: python -m bot check\n"


def test_answer_prints_plain_text_in_a_pipe() -> None:
    result = run("answer", "faq consent")
    assert result.exit_code == 0
    assert result.stdout.startswith("Has Mexico agreed to the strikes?\n\nNo. ")
    assert "Share here: /brief share faq land-strikes mexico-consent" in result.stdout
    assert "\x1b" not in result.stdout


def test_answer_takes_words_quoted_or_not() -> None:
    assert run("answer", "faq consent").stdout == run("answer", "faq", "consent").stdout


def test_answer_prints_the_payload_that_slack_would_get() -> None:
    payload = json.loads(run("answer", "faq consent", "--as", "slack").stdout)
    assert payload["response_type"] == "ephemeral"
    assert payload["blocks"][0]["text"]["text"] == "Has Mexico agreed to the strikes?"


def test_answer_prints_the_payload_that_discord_would_get() -> None:
    payload = json.loads(
        run("answer", "share faq consent", "--user", "Ana", "--as", "discord").stdout
    )
    assert payload["flags"] == 1 << 15
    assert "Shared by **Ana**" in json.dumps(payload)


def test_answer_as_json_is_one_line() -> None:
    result = run("answer", "faq consent", "--json")
    said = json.loads(result.stdout)
    assert result.stdout.count("\n") == 1
    assert said["private"] is True
    assert {"label": "Story", "words": "story land-strikes"} in said["actions"]


def test_answer_in_a_channel_with_a_story_needs_no_story() -> None:
    result = run("answer", "positions", "--story", "us-hemisphere-posture")
    assert result.stdout.startswith("Positions: The widening US security posture")


def test_answer_refuses_a_story_that_is_not_there_and_names_those_that_are() -> None:
    result = run("answer", "faq", "--story", "nope")
    assert result.exit_code == 2
    assert "land-strikes, us-hemisphere-posture" in result.stderr


def test_answer_refuses_a_channel_of_another_form_with_an_example() -> None:
    result = run("answer", "faq", "--channel", "slack")
    assert (result.exit_code, "slack:T1/C1" in result.stderr) == (2, True)


def test_a_channel_sees_what_is_kept_for_it_only(folder: Path) -> None:
    kept = GOOD.replace("status: developing", "status: developing\nvisible_to: ['slack:T1']")
    (folder / "kept.yaml").write_text(kept.replace("aliases:", "aliases:\n  - kept one"), "utf-8")
    ours = run("answer", "story kept", "--channel", "slack:T1/C1").stdout
    theirs = run("answer", "story kept", "--channel", "slack:T2/C1").stdout
    unknown = run("answer", "story kpet", "--channel", "slack:T2/C1").stdout
    assert ours.startswith("Announced US land strikes")
    assert theirs.replace("kept", "kpet") == unknown


def test_a_question_cannot_steer_the_terminal() -> None:
    assert "\x1b" not in run("answer", "search \x1b[31mred\x1b[0m strikes").stdout


def test_check_says_all_is_well(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "now", lambda: NOW)  # before their reviews are due
    result = run("check")
    assert (result.exit_code, result.stderr) == (0, "2 files checked: no problems\n")


def test_check_ends_with_1_and_names_file_line_column_and_remedy(folder: Path) -> None:
    (folder / "bad.yaml").write_text("titel: x\n", encoding="utf-8")
    result = run("check")
    assert result.exit_code == 1
    assert (
        "briefings/bad.yaml:1:1: there is no key `titel` — did you mean `title`?" in result.stdout
    )


def test_check_takes_files_and_folders(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "now", lambda: NOW)
    assert run("check", str(folder / "land-strikes.yaml")).stderr == "1 file checked: no problems\n"
    assert run("check", str(folder)).exit_code == 0


def test_check_as_json_is_a_list_of_problems(folder: Path) -> None:
    (folder / "bad.yaml").write_text("titel: x\n", encoding="utf-8")
    problems = json.loads(run("check", "--format", "json").stdout)
    assert {"file": "briefings/bad.yaml", "line": 1, "column": 1}.items() <= problems[0].items()


def test_check_of_nothing_is_a_mistake_of_use() -> None:
    assert run("check", "nope.yaml").exit_code == 2


def test_a_missing_folder_is_said_with_the_remedy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BOT_BRIEFINGS", "nowhere")
    result = run("answer", "faq")
    assert isinstance(result.exception, ConfigurationError)
    assert "BOT_BRIEFINGS" in str(result.exception)


def test_schema_prints_what_is_committed() -> None:
    assert run("schema").stdout == (ROOT / "briefings" / "briefing.schema.json").read_text("utf-8")


def test_help_imports_no_sdk_and_no_web_server() -> None:
    script = (
        "import sys\nfrom bot.cli import cli\n"
        "cli(['--help'], standalone_mode=False)\n"
        "print([name for name in ('slack_bolt', 'discord', 'aiohttp') if name in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert done.stdout.endswith("[]\n")


@pytest.mark.parametrize(
    ("words", "line"),
    [
        (["answer"], "  python -m bot answer faq consent"),
        (["simulate"], "  python -m bot simulate --from 2026-11-23 --to 2026-12-01"),
        (["schedules", "import"], '   "cron": "0 9 * * 1-5", "tz": "Europe/Lisbon",'),
    ],
)
def test_examples_in_the_help_stand_on_lines_of_their_own(words: list[str], line: str) -> None:
    assert line in run(*words, "--help").stdout.splitlines()


def test_every_command_says_in_a_line_what_it_is_for() -> None:
    commands = run("--help").stdout.partition("Commands:\n")[2].partition("\n\n")[0].splitlines()
    assert len(commands) >= 7
    assert all(line.endswith((".", ")")) and "..." not in line for line in commands)


@pytest.mark.parametrize(
    "words",
    [
        ["check"],
        ["answer", "faq", "--as", "slack"],
        ["answer", "digest list", "--moderator"],
        ["occurrences"],
        ["schedules", "export", "-"],
    ],
)
def test_commands_that_need_no_sdk_import_none(words: list[str]) -> None:
    script = (
        "import sys\nfrom bot.cli import cli\n"
        f"try: cli({words!r}, standalone_mode=False)\n"
        "except SystemExit: pass\n"
        "print([name for name in ('slack_bolt', 'discord') if name in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", script],
        env={"PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.endswith("[]\n")


def test_a_mistake_ends_in_one_sentence_and_exit_code_2(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "bot"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
        env={"PYTHONPATH": str(ROOT), "BOT_PLATFORMS": "irc"},
    )
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == (
        "briefing-bot: BOT_PLATFORMS names 'irc', which is none of: discord, slack, web\n"
    )


def test_calibrate_asks_every_wording_and_unrelated_questions() -> None:
    result = run("calibrate")
    assert result.exit_code == 0
    assert "Own wordings, each left out and asked: " in result.stdout
    assert "Not covered, each left out and asked: " in result.stdout
    assert "Unrelated questions: " in result.stdout
    report = json.loads(run("calibrate", "--format", "json").stdout)
    counts = report["wordings"]
    assert counts["right"] + counts["wrong"] + counts["refused"] == len(counts["questions"])
    assert counts["right"] > 0.2 * len(counts["questions"])
    assert report["unrelated"]["refused"] >= 0.95 * len(report["unrelated"]["questions"])
    assert report["not_covered"]["refused"] > 0.5 * len(report["not_covered"]["questions"])


def test_check_warns_of_a_wording_that_does_not_find_its_entry(folder: Path) -> None:
    path = folder / "land-strikes.yaml"
    doubled = "    also_asked:\n      - is this legal\n      - "
    path.write_text(GOOD.replace("    also_asked:\n      - ", doubled, 1), encoding="utf-8")
    lines = path.read_text(encoding="utf-8").split("\n")
    line = 1 + lines.index("      - is this legal")
    result = run("check", str(path))
    assert result.exit_code == 0
    what = "asking `is this legal` does not find `announcement`, but `faq/international-law`"
    said = f"land-strikes.yaml:{line}:9: warning: {what}"
    assert said in result.stdout


def test_check_warns_of_a_question_that_is_both_answered_and_not_covered(folder: Path) -> None:
    path = folder / "land-strikes.yaml"
    text = GOOD.replace("\nnot_covered:\n", "\nnot_covered:\n  - is this legal\n", 1)
    path.write_text(text, encoding="utf-8")
    line = 1 + text[: text.index("\n  - is this legal") + 1].count("\n")
    result = run("check", str(path))
    assert result.exit_code == 0
    what = "`is this legal` is listed as not covered, and asking it finds `faq/international-law`"
    assert f"land-strikes.yaml:{line}:5: warning: {what}" in result.stdout
