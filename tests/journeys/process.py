"""The whole bot as its users run it: a process of its own, stopped by a signal."""

from __future__ import annotations

import asyncio
import os
import re
import shutil
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

import aiohttp

ROOT = Path(__file__).parents[2]
_ADDRESS = re.compile(r"http://[\w.:\[\]]+")


@dataclass(slots=True)
class Bot:
    """A running bot: what it said, where it serves, and its folder of briefings."""

    process: asyncio.subprocess.Process
    briefings: Path
    lines: list[str] = field(default_factory=list)
    _said: asyncio.Condition = field(default_factory=asyncio.Condition)

    @property
    def output(self) -> str:
        """Everything it has said so far."""
        return "".join(self.lines)

    async def listen(self) -> None:
        """Collect its lines until it ends."""
        assert self.process.stderr
        async for raw in self.process.stderr:
            async with self._said:
                self.lines.append(raw.decode())
                self._said.notify_all()
        async with self._said:
            self.lines.append("")
            self._said.notify_all()

    async def says(self, text: str) -> None:
        """Wait until it has said this."""
        async with self._said:
            await asyncio.wait_for(
                self._said.wait_for(lambda: text in self.output or self.lines[-1:] == [""]), 30
            )
        assert text in self.output, self.output

    async def address(self) -> str:
        """Where it serves pages and health."""
        await self.says("http://127.0.0.1:")
        found = _ADDRESS.search(self.output[self.output.index("http://127.0.0.1:") :])
        assert found
        return found[0].removesuffix("/readyz")

    async def stop(self, number: signal.Signals = signal.SIGTERM) -> int:
        """Tell it to stop, and give its exit code."""
        self.process.send_signal(number)
        return await asyncio.wait_for(self.process.wait(), 9)

    async def ended(self) -> int:
        """Wait until it ends by itself."""
        return await asyncio.wait_for(self.process.wait(), 30)

    async def get(self, path: str) -> tuple[int, str]:
        """Ask its server for a page."""
        url = f"{await self.address()}{path}"
        async with aiohttp.ClientSession() as session, session.get(url) as response:
            return response.status, await response.text()

    async def brief(self, words: str) -> str:
        """Ask in the playground."""
        url = f"{await self.address()}/api/brief"
        async with (
            aiohttp.ClientSession() as session,
            session.post(url, json={"words": words}) as response,
        ):
            text: str = (await response.json())["text"]
            return text


@asynccontextmanager
async def running(folder: Path, **settings: str) -> AsyncIterator[Bot]:
    """A bot with these settings and a copy of the shipped briefings; killed on leaving."""
    briefings = folder / "briefings"
    shutil.copytree(ROOT / "briefings", briefings, dirs_exist_ok=True)
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "bot",
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(ROOT), "WEB_PORT": "0", **settings},
        stderr=asyncio.subprocess.PIPE,
    )
    bot = Bot(process, briefings)
    listening = asyncio.create_task(bot.listen())
    try:
        yield bot
    finally:
        with suppress(ProcessLookupError):
            process.kill()
        await process.wait()
        await listening
