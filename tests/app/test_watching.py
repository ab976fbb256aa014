from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from pathlib import Path

import pytest

from bot.app import watching
from bot.app.watching import Told, keep_watching
from bot.library.library import Library
from tests.stories import NOW

GOOD = """\
title: The bridge closure
bottom_line: The old bridge is closed.
as_of: 2026-11-20
status: developing
sources:
  - {id: notice, title: Notice, publisher: City, kind: official}
"""


@pytest.fixture
def library(tmp_path: Path) -> Library:
    (tmp_path / "bridge.yaml").write_text(GOOD, encoding="utf-8")
    library = Library(tmp_path, lambda: NOW)
    library.load()
    return library


async def until(holds: Callable[[], bool]) -> None:
    async with asyncio.timeout(30):
        while not holds():  # noqa: ASYNC110 (there is no event to wait for)
            await asyncio.sleep(0.01)


async def test_watching_that_fails_is_told_at_once_and_begins_again(
    library: Library, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    watched = 0

    async def watch() -> None:
        nonlocal watched
        watched += 1
        if watched < 3:
            raise OSError("the disk is odd")
        await asyncio.Event().wait()

    monkeypatch.setattr(library, "watch", watch)
    monkeypatch.setattr(watching, "_PAUSE", 0)
    task = asyncio.create_task(keep_watching(library))
    await until(lambda: watched == 3)
    task.cancel()
    await asyncio.wait([task])
    assert task.cancelled()
    assert caplog.text.count("OSError: the disk is odd") == 2


async def test_a_listener_that_fails_ends_neither_the_watching_nor_the_others(
    library: Library, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    told: list[int] = []

    def fail() -> None:
        raise ValueError("an odd listener")

    library.on_change(fail)
    library.on_change(lambda: told.append(library.revision))
    task = asyncio.create_task(keep_watching(library))
    for day in ("2026-11-19", "2026-11-18"):
        changed = GOOD.replace("2026-11-20", day)
        (tmp_path / "bridge.yaml").write_text(changed, encoding="utf-8")
        count = len(told)
        await until(lambda count=count: len(told) > count)  # type: ignore[misc]
    task.cancel()
    await asyncio.wait([task])
    assert "ValueError: an odd listener" in caplog.text
    assert "beginning again" not in caplog.text


async def test_the_log_says_of_each_problem_once_that_it_came_and_that_it_went(
    library: Library, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    told = Told(library)
    library.on_change(told.tell)

    async def save(name: str, text: str) -> list[str]:
        caplog.clear()
        (tmp_path / name).write_text(text, encoding="utf-8")
        await library.reload()
        return [record.getMessage() for record in caplog.records]

    (first, kept) = await save("bridge.yaml", GOOD + "oddity: 1\n")
    assert "there is no key `oddity`" in first
    assert kept == "bridge is served from its last good version"
    (other, *_) = await save("other.yaml", GOOD + "quirk: 1\n")
    assert "other.yaml" in other
    (added,) = await save("bridge.yaml", GOOD + "oddity: 1\nwhim: 2\n")
    assert "there is no key `whim`" in added
    assert await save("bridge.yaml", GOOD) == [f"{tmp_path}/bridge.yaml: no problems any more"]
