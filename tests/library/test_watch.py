from __future__ import annotations

import asyncio
import os
import shutil
import subprocess
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import NoReturn

import pytest
import watchfiles

from bot.library import Library
from tests.library.test_library import BROKEN, titled, titles, write
from tests.stories import NOW

#: Long enough for the slowest machine; what is waited for comes within a second.
PATIENCE = 30


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return write(tmp_path / "briefings", "toll", titled("First")).parent


@pytest.fixture
async def library(folder: Path) -> AsyncIterator[Library]:
    async with watched(folder) as library:
        yield library


@asynccontextmanager
async def watched(folder: Path) -> AsyncIterator[Library]:
    """A library that is loaded and watched."""
    library = Library(folder, lambda: NOW)
    library.load()
    watching = asyncio.create_task(library.watch())
    await asyncio.sleep(0.7)  # let the system's hints begin, so that they are what is tested
    yield library
    assert not watching.done()
    watching.cancel()
    with suppress(asyncio.CancelledError):
        await watching


async def until(is_so: Callable[[], bool]) -> None:
    async with asyncio.timeout(PATIENCE):
        while not is_so():  # noqa: ASYNC110 (a library tells of its changes, not of their absence)
            await asyncio.sleep(0.01)


async def title_is(library: Library, title: str) -> None:
    await until(lambda: titles(library) == {"toll": title})


async def test_a_file_saved_in_place_is_live(library: Library, folder: Path) -> None:
    write(folder, "toll", titled("Second"))
    await title_is(library, "Second")


async def test_a_file_saved_by_renaming_is_live(library: Library, folder: Path) -> None:
    for title in ("Second", "Third"):
        fresh = folder / ".toll.yaml.tmp"
        fresh.write_text(titled(title))
        fresh.replace(folder / "toll.yaml")
        await title_is(library, title)


async def test_a_file_saved_with_a_backup_is_live(library: Library, folder: Path) -> None:
    path = folder / "toll.yaml"
    path.rename(folder / "toll.yaml~")
    path.write_text(titled("Second"))
    await title_is(library, "Second")


async def test_new_and_deleted_files_are_seen(library: Library, folder: Path) -> None:
    write(folder, "fee", titled("The fee"))
    await until(lambda: titles(library) == {"toll": "First", "fee": "The fee"})
    (folder / "fee.yaml").unlink()
    await title_is(library, "First")


async def test_a_broken_file_is_reported_and_its_good_version_stays_until_it_is_mended(
    library: Library, folder: Path
) -> None:
    write(folder, "toll", BROKEN)
    await until(lambda: len(library.problems) == 1)
    assert titles(library) == {"toll": "First"}
    write(folder, "toll", titled("Mended"))
    await title_is(library, "Mended")
    assert library.problems == {}


async def test_a_file_that_is_written_slowly_never_takes_its_story_away(
    library: Library, folder: Path
) -> None:
    text = titled("Second")
    with (folder / "toll.yaml").open("w") as file:
        for start in range(0, len(text), 40):
            file.write(text[start : start + 40])
            file.flush()
            assert titles(library)["toll"] in ("First", "Second")
            await asyncio.sleep(0.12)
    await title_is(library, "Second")
    await until(lambda: library.problems == {})


async def test_a_checkout_of_many_files_is_live_and_no_story_is_missing_meanwhile(
    tmp_path: Path,
) -> None:
    repository = tmp_path / "repository"
    folder = repository / "briefings"
    folder.mkdir(parents=True)
    git(repository, "init", "-q", "-b", "main")
    for version in ("First", "Second"):
        for number in range(200):
            write(folder, f"story-{number}", titled(version))
        git(repository, "add", ".")
        git(repository, "-c", "user.name=t", "-c", "user.email=t@t", "commit", "-qm", version)
    async with watched(folder) as library:
        counts = set()
        library.on_change(lambda: counts.add(len(library.stories)))
        await asyncio.to_thread(git, repository, "checkout", "-q", "HEAD~1")
        await until(lambda: set(titles(library).values()) == {"First"})
        assert counts == {200}


def git(folder: Path, *words: str) -> None:
    clean = {"PATH": os.defpath, "HOME": str(folder), "GIT_CONFIG_NOSYSTEM": "1"}
    subprocess.run(["git", *words], cwd=folder, env=clean, check=True, timeout=60)


async def test_mounted_configuration_that_is_swapped_by_its_link_is_live(tmp_path: Path) -> None:
    folder = tmp_path / "mounted"
    folder.mkdir()
    mount(folder, "..1", "First")
    (folder / "toll.yaml").symlink_to("..data/toll.yaml")
    async with watched(folder) as library:
        assert titles(library) == {"toll": "First"}
        for number, title in ((2, "Second"), (3, "Third")):
            mount(folder, f"..{number}", title)
            shutil.rmtree(folder / f"..{number - 1}")
            await title_is(library, title)
            assert library.problems == {}


def mount(folder: Path, version: str, title: str) -> None:
    """Put a new version of the files behind `..data`, as Kubernetes does."""
    (folder / version).mkdir()
    write(folder / version, "toll", titled(title))
    (folder / "..data_tmp").symlink_to(version)
    (folder / "..data_tmp").replace(folder / "..data")


async def test_a_folder_that_is_itself_a_link_may_be_swapped(tmp_path: Path) -> None:
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        write(tmp_path / name, "toll", titled(name))
    (tmp_path / "now").symlink_to("one")
    async with watched(tmp_path / "now") as library:
        for name in ("two", "one"):
            (tmp_path / "next").symlink_to(name)
            (tmp_path / "next").replace(tmp_path / "now")
            await title_is(library, name)
        write(tmp_path / "one", "toll", titled("Edited after the swap"))
        await title_is(library, "Edited after the swap")


async def test_a_folder_may_go_and_come_back(library: Library, folder: Path) -> None:
    shutil.rmtree(folder)
    await until(lambda: len(library.problems) == 1)
    assert titles(library) == {"toll": "First"}
    write(folder, "toll", titled("Back"))
    await title_is(library, "Back")
    write(folder, "toll", titled("Edited"))
    await title_is(library, "Edited")
    assert library.problems == {}


async def test_without_hints_of_the_system_files_are_live_all_the_same(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object, **__: object) -> NoReturn:
        raise OSError(28, "inotify watch limit reached")

    monkeypatch.setattr(watchfiles, "awatch", fail)
    async with watched(folder) as library:
        for title in ("Second", "Third"):
            write(folder, "toll", titled(title))
            await title_is(library, title)


async def test_what_changed_before_the_watch_began_is_seen(folder: Path) -> None:
    library = Library(folder, lambda: NOW)
    library.load()
    write(folder, "toll", titled("In between"))
    watching = asyncio.create_task(library.watch())
    await title_is(library, "In between")
    watching.cancel()
    with suppress(asyncio.CancelledError):
        await watching
    assert watching.cancelled()
