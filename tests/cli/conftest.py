from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from bot.cli import cli
from bot.errors import BotError

ROOT = Path(__file__).parents[2]

Run = Callable[..., Result]


@pytest.fixture
def house(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder in which a bot could run: with briefings, and no database yet."""
    shutil.copytree(ROOT / "briefings", tmp_path / "briefings")
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def run(house: Path) -> Run:
    """Run a command there. An error raised on purpose is exit code 2, as in a process."""

    def invoke(*words: str, stdin: str | bytes | None = None) -> Result:
        result = CliRunner().invoke(cli, words, input=stdin)
        if isinstance(result.exception, BotError):
            result.exit_code = 2
        elif result.exception and not isinstance(result.exception, SystemExit):
            raise result.exception
        return result

    return invoke
