from __future__ import annotations

import asyncio
import gc
import shutil
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path

import pytest

from bot.errors import ConfigurationError
from bot.library import Library
from bot.library.files import Stamp
from bot.library.library import _MANY
from tests.library.rights import as_nobody
from tests.library.texts import VALID, changed
from tests.stories import NOW

BROKEN = VALID.replace("status: developing", "status: unheard-of")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return write(tmp_path / "briefings", "toll").parent


def write(folder: Path, slug: str, text: str = VALID) -> Path:
    folder.mkdir(exist_ok=True)
    path = folder / f"{slug}.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def titled(title: str) -> str:
    return changed(("The harbour toll", title))


def opened(folder: Path) -> Library:
    library = Library(folder, lambda: NOW)
    library.load()
    return library


def titles(library: Library) -> dict[str, str]:
    return {story.slug: story.briefing.title for story in library.stories}


def told(library: Library) -> list[str]:
    return [str(problem) for problems in library.problems.values() for problem in problems]


def test_a_folder_is_loaded_whole_and_the_progress_is_told(folder: Path) -> None:
    write(folder, "fee", titled("The fee"))
    library, progress = Library(folder, lambda: NOW), []
    assert (len(library.stories), library.revision) == (0, 0)
    library.load(lambda done, of: progress.append((done, of)))
    assert titles(library) == {"fee": "The fee", "toll": "The harbour toll"}
    assert progress == [(1, 2), (2, 2)]
    assert library.revision == 1
    assert library.problems == {}


def test_a_bad_file_leaves_the_others_unharmed(folder: Path) -> None:
    write(folder, "fee", BROKEN)
    (folder / "Odd Name.yml").write_text(VALID)
    library = opened(folder)
    assert titles(library) == {"toll": "The harbour toll"}
    assert list(library.problems) == [f"{folder}/Odd Name.yml", f"{folder}/fee.yaml"]
    assert told(library)[-1].startswith(f"{folder}/fee.yaml:4:9: `status` is `unheard-of`")
    assert library.kept == frozenset()


@pytest.mark.parametrize(
    ("made", "expected"),
    [
        ("nothing", "there is no folder {}"),
        ("file", "{} is a file, not a folder"),
        ("secret", "the folder {} may not be read"),
    ],
)
def test_without_a_folder_nothing_can_start(tmp_path: Path, made: str, expected: str) -> None:
    folder = tmp_path / "briefings"
    if made == "file":
        folder.touch()
    elif made == "secret":
        folder.mkdir(mode=0)
    with as_nobody(tmp_path), pytest.raises(ConfigurationError) as caught:
        opened(folder)
    remedy = "make it, or set BOT_BRIEFINGS to the folder that holds your briefing files"
    assert str(caught.value) == f"{expected.format(folder)} — {remedy}"


def test_an_empty_folder_is_pointed_out(tmp_path: Path) -> None:
    what = "there is no briefing in this folder — add one"
    assert told(opened(tmp_path)) == [f"{tmp_path}:1:1: warning: {what}"]


async def test_only_what_changed_is_read_again(folder: Path) -> None:
    fee = write(folder, "fee", titled("The fee"))
    library = opened(folder)
    before = library.stories
    fee.write_text(titled("The fee, raised"))
    await library.reload()
    assert titles(library) == {"toll": "The harbour toll", "fee": "The fee, raised"}
    assert library.stories.get("toll") is before.get("toll")
    assert library.stories.get("fee") is not before.get("fee")
    assert [story.briefing.title for story in before] == ["The fee", "The harbour toll"]


async def test_a_file_that_was_only_touched_changes_nothing(folder: Path) -> None:
    library = opened(folder)
    before, calls = library.stories, []
    library.on_change(lambda: calls.append(library.revision))
    (folder / "toll.yaml").touch()
    write(folder, "toll")
    await library.reload()
    assert library.stories is before
    assert (library.revision, calls) == (1, [])


async def test_a_bad_file_keeps_its_last_good_version_until_it_is_mended(folder: Path) -> None:
    library = opened(folder)
    good, calls = library.stories, []
    library.on_change(lambda: calls.append(library.revision))
    write(folder, "toll", BROKEN)
    await library.reload()
    assert library.stories is good
    assert library.kept == {"toll"}
    assert told(library)[0].startswith(f"{folder}/toll.yaml:4:9: `status` is `unheard-of`")
    write(folder, "toll", BROKEN.replace("as_of:", "asof:"))
    await library.reload()
    assert titles(library) == {"toll": "The harbour toll"}
    assert len(told(library)) == 3
    write(folder, "toll", titled("The toll again"))
    await library.reload()
    assert titles(library) == {"toll": "The toll again"}
    assert (told(library), library.kept) == ([], frozenset())
    assert calls == [2, 3, 4]


async def test_a_file_back_to_its_last_good_version_is_the_same_story(folder: Path) -> None:
    library = opened(folder)
    good = library.stories
    write(folder, "toll", BROKEN)
    await library.reload()
    write(folder, "toll")
    await library.reload()
    assert library.stories is good
    assert library.problems == {}


async def test_a_deleted_file_is_no_longer_served(folder: Path) -> None:
    write(folder, "fee", BROKEN)
    library = opened(folder)
    (folder / "toll.yaml").unlink()
    (folder / "fee.yaml").unlink()
    await library.reload()
    assert titles(library) == {}
    assert len(told(library)) == 1


async def test_a_renamed_file_is_another_story(folder: Path) -> None:
    library = opened(folder)
    (folder / "toll.yaml").rename(folder / "harbour-toll.yaml")
    await library.reload()
    assert titles(library) == {"harbour-toll": "The harbour toll"}


async def test_stories_stay_while_the_folder_is_away(folder: Path) -> None:
    library = opened(folder)
    shutil.rmtree(folder)
    await library.reload()
    assert titles(library) == {"toll": "The harbour toll"}
    remedy = "put it back; until then, its briefings stay as they were"
    assert told(library) == [f"there is no folder {folder} — {remedy}"]
    revision = library.revision
    await library.reload()
    assert library.revision == revision
    write(folder, "fee", titled("The fee"))
    await library.reload()
    assert titles(library) == {"fee": "The fee"}
    assert told(library) == []


async def test_time_alone_mends_a_date_that_lay_in_the_future(folder: Path) -> None:
    now = NOW
    library = Library(folder, lambda: now)
    write(folder, "fee", changed(("The harbour", "A"), ("as_of: 2026-11-20", "as_of: 2026-11-25")))
    library.load()
    assert titles(library) == {"toll": "The harbour toll"}
    now += timedelta(days=3)
    await library.reload()
    assert sorted(titles(library)) == ["fee", "toll"]
    assert library.problems == {}


async def test_time_alone_makes_a_review_overdue(folder: Path) -> None:
    now = NOW
    library = Library(folder, lambda: now)
    write(folder, "toll", changed(("status:", "review_by: 2026-11-22\nstatus:")))
    library.load()
    story = library.stories.get("toll")
    assert library.problems == {}
    now += timedelta(days=1)
    await library.reload()
    assert "was to be reviewed by 2026-11-22" in told(library)[0]
    assert library.stories.get("toll") is story


async def test_a_name_that_two_stories_share_is_pointed_out_in_both(folder: Path) -> None:
    write(folder, "fee", changed(("status:", "aliases: [Harbour  FEE, Toll]\nstatus:")))
    library = opened(folder)
    said = [each.removeprefix(f"{folder}/").partition(" — ")[0] for each in told(library)]
    assert sorted(said) == [
        f"{slug}.yaml:1:1: warning: the name `{name}` also means the story `{other}`"
        for slug, other in (("fee", "toll"), ("toll", "fee"))
        for name in ("the harbour toll", "toll")
    ]


async def test_a_request_sees_all_of_a_change_or_none_of_it(folder: Path) -> None:
    slugs = [f"story-{number}" for number in range(_MANY + 20)]
    for slug in slugs:
        write(folder, slug, titled("First version"))
    (folder / "toll.yaml").unlink()
    library = opened(folder)
    for slug in slugs:
        write(folder, slug, titled("Second version"))
    reloading = asyncio.create_task(library.reload())
    seen = []
    while not reloading.done():
        seen.append(set(titles(library).values()))
        await asyncio.sleep(0)
    await reloading
    assert len(seen) > len(slugs)
    assert all(versions == {"First version"} for versions in seen)
    assert set(titles(library).values()) == {"Second version"}


async def test_a_file_that_is_away_for_a_moment_only_is_not_missed(folder: Path) -> None:
    write(folder, "fee", titled("The fee"))
    library = opened(folder)
    counts = set()
    library.on_change(lambda: counts.add(len(library.stories)))
    path = folder / "toll.yaml"
    for number in range(4):
        path.unlink()
        reloading = asyncio.create_task(library.reload())
        await asyncio.sleep(0.03)  # it has seen that the file is gone, and looks once more
        write(folder, "toll", titled(f"Toll {number}"))
        await reloading
    assert counts == {2}
    assert titles(library)["toll"] == "Toll 3"


async def test_a_folder_that_never_rests_is_read_all_the_same(folder: Path) -> None:
    library = opened(folder)
    reloading = asyncio.create_task(library.reload())
    number = 0
    while not reloading.done():
        number += 1
        write(folder / "drafts", "toll", titled(f"Toll {number}")).replace(folder / "toll.yaml")
        await asyncio.sleep(0.01)
    assert titles(library)["toll"].startswith("Toll ")
    assert library.problems == {}


async def test_in_a_folder_that_never_rests_one_look_does_not_tell_that_a_file_is_gone(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    library = opened(folder)
    looks = count()

    def restless(folder: Path) -> dict[str, Stamp]:
        look = next(looks)
        return {} if look % 2 == 0 else {"toll.yaml": Stamp(look, 0, 0, 0, 0)}

    monkeypatch.setattr("bot.library.library.scan", restless)
    await library.reload()
    assert next(looks) % 2 == 1  # at the last look it was gone
    assert titles(library) == {"toll": "The harbour toll"}


async def test_two_reloads_at_once_follow_each_other(folder: Path) -> None:
    library = opened(folder)
    write(folder, "toll", titled("One"))
    first = asyncio.create_task(library.reload())
    second = asyncio.create_task(library.reload())
    await asyncio.gather(first, second)
    assert (titles(library), library.revision) == ({"toll": "One"}, 2)


async def test_garbage_is_collected_again_after_many_files_were_read(folder: Path) -> None:
    for number in range(_MANY):
        write(folder, f"story-{number}")
    library = opened(folder)
    assert gc.isenabled()
    for number in range(_MANY):
        write(folder, f"story-{number}", titled("New"))
    await library.reload()
    assert gc.isenabled()
    gc.unfreeze()


async def test_a_file_that_vanishes_while_it_is_read_is_dropped_the_next_time(
    folder: Path,
) -> None:
    library = opened(folder)
    (folder / "fee.yaml").symlink_to("nowhere.yaml")
    await library.reload()
    assert told(library)[0].startswith(f"{folder}/fee.yaml:1:1: there is no file of this name")
    (folder / "fee.yaml").unlink()
    await library.reload()
    assert library.problems == {}


def test_the_clock_is_asked_only_when_files_are_read(folder: Path) -> None:
    asked = []

    def clock() -> datetime:
        asked.append(1)
        return datetime(2026, 11, 22, tzinfo=UTC)

    library = Library(folder, clock)
    assert not asked
    library.load()
    assert library.problems == {}
    assert len(asked) == 1


async def test_a_file_that_was_never_good_is_known_as_unreadable_until_it_is_mended_or_gone(
    folder: Path,
) -> None:
    path = write(folder, "fee", BROKEN)
    time = NOW
    library = Library(folder, lambda: time)
    library.load()
    assert library.stories.unreadable == {"fee"}
    write(folder, "toll", BROKEN)
    await library.reload()
    assert library.stories.unreadable == {"fee"}
    assert library.kept == {"toll"}
    path.unlink()
    await library.reload()
    time += timedelta(minutes=11)
    await library.reload()
    assert library.stories.unreadable == set()
    write(folder, "fee", BROKEN)
    await library.reload()
    assert library.stories.unreadable == {"fee"}
    write(folder, "fee")
    await library.reload()
    assert library.stories.unreadable == set()


async def test_a_story_whose_file_went_away_a_moment_ago_is_not_known_to_be_gone(
    folder: Path,
) -> None:
    time = NOW
    fee = write(folder, "fee", titled("The fee"))
    library = Library(folder, lambda: time)
    library.load()
    fee.unlink()
    for minutes, expected in ((0, {"fee"}), (9, {"fee"}), (2, set())):
        time += timedelta(minutes=minutes)
        await library.reload()
        assert library.stories.unreadable == expected
        assert titles(library).keys() == {"toll"}
    assert opened(folder).stories.unreadable == set()


async def test_a_story_whose_file_is_back_is_missing_no_more(folder: Path) -> None:
    write(folder, "fee", titled("The fee")).unlink()
    library = opened(folder)
    for _ in range(2):
        fee = write(folder, "fee", titled("The fee"))
        await library.reload()
        assert library.stories.unreadable == set()
        fee.unlink()
        await library.reload()
        assert library.stories.unreadable == {"fee"}
