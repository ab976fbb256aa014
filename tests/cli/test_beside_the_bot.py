from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.journeys.process import ROOT, Bot, running
from tests.postgres import postgres

HERE = ("--channel", "web:local/playground")
WISH = {
    "platform": "web",
    "workspace": "local",
    "channel": "playground",
    "cron": "0 9 1 1 *",
    "tz": "UTC",
    "stories": ["land-strikes"],
}


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path}/bot.db"
        return
    with postgres() as server, server.database() as address:
        yield address


@pytest.fixture
async def bot(url: str, tmp_path: Path) -> AsyncIterator[Bot]:
    async with running(tmp_path, BOT_DATABASE_URL=url, BOT_PLATFORMS="web") as started:
        await started.says("playground is open")
        yield started


async def command(url: str, folder: Path, *words: str) -> str:
    """Run a command as an operator would, beside the bot, and give what it printed."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "bot", *words),
        cwd=folder,
        env={"PYTHONPATH": str(ROOT), "BOT_DATABASE_URL": url},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    out, err = await process.communicate()
    assert process.returncode == 0, err.decode()
    return out.decode()


async def test_operators_work_beside_a_running_bot(bot: Bot, url: str, tmp_path: Path) -> None:
    (tmp_path / "in.json").write_text(json.dumps([WISH]))
    said = await command(url, tmp_path, "schedules", "import", "in.json")
    assert said.startswith("1 schedule imported into ")
    await command(url, tmp_path, "answer", "digest now 1 confirm", *HERE, "--moderator")
    found: list[dict[str, Any]] = []
    for _ in range(60):
        found = json.loads(await command(url, tmp_path, "occurrences", "--json", "--since", "1h"))
        if found and found[0]["state"] == "sent":
            break
        await asyncio.sleep(0.2)
    assert [(each["channel"], each["state"]) for each in found] == [("playground", "sent")]
    simulated = await command(url, tmp_path, "simulate", "--to", "400d")
    assert "Nothing new: nothing would be posted." in simulated
    assert await bot.stop() == 0
