from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings, strategies as st

from bot.library.files import SIZE_LIMIT, read_file, scan
from tests.library.rights import as_nobody
from tests.library.texts import VALID
from tests.stories import NOW

NOT_UTF8 = "is not UTF-8 — save it as UTF-8"
SHORTER = "shorten it, or make two stories of it"


def told(path: Path, content: bytes | str | None = None) -> list[str]:
    """What is said about a file, its folder left out."""
    if isinstance(content, str):
        path.write_text(content, encoding="utf-8")
    elif content is not None:
        path.write_bytes(content)
    problems = read_file(path, path.parent, NOW).problems
    return [str(each).replace(f"{path.parent}/", "") for each in problems]


def test_a_valid_file_is_a_story_called_like_the_file(tmp_path: Path) -> None:
    path = tmp_path / "toll.yaml"
    path.write_text(VALID)
    story = read_file(path, tmp_path, NOW).story
    assert story
    assert story.slug == "toll"


@pytest.mark.parametrize(
    "content", [VALID.encode("utf-8-sig"), VALID.replace("\n", "\r\n").encode()]
)
def test_a_byte_order_mark_and_the_line_ends_of_windows_are_fine(
    tmp_path: Path, content: bytes
) -> None:
    assert told(tmp_path / "toll.yaml", content) == []


def test_columns_are_counted_from_after_the_byte_order_mark(tmp_path: Path) -> None:
    content = VALID.replace("title: The", "title: @").encode("utf-8-sig")
    (what,) = told(tmp_path / "toll.yaml", content)
    assert what == "toll.yaml:1:8: a text cannot begin with `@` — put it in quotes"


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b"", "1:1: there is nothing in this file — write a briefing, or delete the file"),
        (VALID.encode("utf-16"), "1:1: the file is in UTF-16 — save it as UTF-8"),
        (b"a: x\nb: \xc3\xa9\xff", f"2:5: byte 11 of the file, 0xff, {NOT_UTF8}"),
        (b"\xef\xbb\xbfa: x\n\xff", f"2:1: byte 9 of the file, 0xff, {NOT_UTF8}"),
        (VALID.encode() + b"\xe2\x82", f"16:1: byte 302 of the file, 0xe2, {NOT_UTF8}"),
        (b"#" * (SIZE_LIMIT + 1), f"1:1: the file has more than 256 kB — {SHORTER}"),
    ],
    ids=range(6),
)
def test_what_is_no_text_of_ours_is_refused(tmp_path: Path, content: bytes, expected: str) -> None:
    assert told(tmp_path / "toll.yaml", content) == [f"toll.yaml:{expected}"]


def test_a_file_of_just_the_size_limit_is_read(tmp_path: Path) -> None:
    filled = VALID + "#" * (SIZE_LIMIT - len(VALID))
    assert told(tmp_path / "toll.yaml", filled) == []


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("Toll.yaml", "rename it to toll.yaml"),
        ("harbour_toll.yaml", "rename it to harbour-toll.yaml"),
        ("Häfen & Zölle.yaml", "rename it to hafen-zolle.yaml"),
        ("-toll.yaml", "rename it to toll.yaml"),
        (f"{'a' * 41}.yaml", f"rename it to {'a' * 40}.yaml"),
        ("税.yaml", "rename it"),
    ],
)
def test_a_name_that_cannot_be_a_slug_is_refused(tmp_path: Path, name: str, expected: str) -> None:
    rules = "a file's name has small letters, digits and hyphens only, 40 at most"
    assert told(tmp_path / name, VALID) == [f"{name}:1:1: {rules} — {expected}"]


@pytest.mark.parametrize("slug", ["faq", "help", "open", "share", "digest", "use", "page"])
def test_a_slug_that_is_a_command_is_refused(tmp_path: Path, slug: str) -> None:
    what = f"`{slug}` is a command, so no story can be called so"
    expected = [f"{slug}.yaml:1:1: {what} — give the file another name"]
    assert told(tmp_path / f"{slug}.yaml", VALID) == expected


@pytest.mark.parametrize("suffix", [".yml", ".YAML", ".YML"])
def test_another_ending_is_refused(tmp_path: Path, suffix: str) -> None:
    (what,) = told(tmp_path / f"toll{suffix}", VALID)
    remedy = f"rename it to {tmp_path}/toll.yaml"
    assert what == f"toll{suffix}:1:1: a briefing file ends in .yaml — {remedy}".replace(
        f"{tmp_path}/", ""
    )


def test_name_and_content_are_judged_together(tmp_path: Path) -> None:
    problems = told(tmp_path / "Toll.yml", VALID.replace("title: The harbour toll", "title: 1.10"))
    assert [each.partition(": ")[0] for each in problems] == [
        "Toll.yml:1:1",
        "Toll.yml:1:1",
        "Toll.yml:1:8",
    ]


def test_a_folder_is_no_file(tmp_path: Path) -> None:
    (tmp_path / "toll.yaml").mkdir()
    what = "this is a folder — a briefing is one file: put the file here instead"
    assert told(tmp_path / "toll.yaml") == [f"toll.yaml:1:1: {what}"]


def test_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "toll.yaml")
    what = "this is not a file that can be read — put a text file here"
    assert told(tmp_path / "toll.yaml") == [f"toll.yaml:1:1: {what}"]


def test_a_file_that_is_not_there_is_missed(tmp_path: Path) -> None:
    what = "there is no file of this name — make it, or remove what leads to it"
    assert told(tmp_path / "toll.yaml") == [f"toll.yaml:1:1: {what}"]
    (tmp_path / "toll.yaml").symlink_to("nowhere.yaml")
    assert told(tmp_path / "toll.yaml") == [f"toll.yaml:1:1: {what}"]


def test_links_in_a_circle_are_refused(tmp_path: Path) -> None:
    (tmp_path / "toll.yaml").symlink_to("fee.yaml")
    (tmp_path / "fee.yaml").symlink_to("toll.yaml")
    (what,) = told(tmp_path / "toll.yaml")
    assert what.startswith("toll.yaml:1:1: the file cannot be read: ")


def test_a_file_that_may_not_be_read_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "toll.yaml"
    path.write_text(VALID)
    path.chmod(0)
    what = "the file may not be read — let the user that runs the bot read it"
    with as_nobody(tmp_path):
        assert told(path) == [f"toll.yaml:1:1: {what}"]


def test_a_link_may_not_lead_out_of_the_folder(tmp_path: Path) -> None:
    folder, beside = tmp_path / "briefings", tmp_path / "briefings-private"
    folder.mkdir()
    beside.mkdir()
    (beside / "toll.yaml").write_text(VALID)
    what = "this link leads out of the folder — put the file itself there"
    (folder / "toll.yaml").symlink_to("../briefings-private/toll.yaml")
    assert told(folder / "toll.yaml") == [f"toll.yaml:1:1: {what}"]
    (folder / "fee.yaml").symlink_to("/etc/hostname")
    assert told(folder / "fee.yaml") == [f"fee.yaml:1:1: {what}"]


def test_a_link_inside_the_folder_is_followed_as_mounted_configuration_needs(
    tmp_path: Path,
) -> None:
    folder = tmp_path / "mounted"
    (folder / "..2026_11_22").mkdir(parents=True)
    (folder / "..2026_11_22" / "toll.yaml").write_text(VALID)
    (folder / "..data").symlink_to("..2026_11_22")
    (folder / "toll.yaml").symlink_to("..data/toll.yaml")
    (tmp_path / "root").symlink_to("mounted")
    for root in (folder, tmp_path / "root"):
        assert told(root / "toll.yaml") == []
        assert list(scan(root)) == ["toll.yaml"]


def test_only_briefing_files_are_looked_for(tmp_path: Path) -> None:
    for name in ("a.yaml", "b.yml", "c.YAML"):
        (tmp_path / name).touch()
    for name in (".a.yaml.swp", ".hidden.yaml", "a.yaml~", "notes.md", "briefing.schema.json"):
        (tmp_path / name).touch()
    (tmp_path / "drafts").mkdir()
    (tmp_path / "drafts" / "d.yaml").touch()
    assert list(scan(tmp_path)) == ["a.yaml", "b.yml", "c.YAML"]


def test_a_stamp_tells_any_change_of_a_file(tmp_path: Path) -> None:
    path = tmp_path / "a.yaml"
    path.write_text("1")
    stamps = {scan(tmp_path)["a.yaml"]}
    path.write_text("12")
    stamps.add(scan(tmp_path)["a.yaml"])
    os.utime(path, ns=(1, 1))
    stamps.add(scan(tmp_path)["a.yaml"])
    (tmp_path / "new").write_text("12")
    os.utime(tmp_path / "new", ns=(1, 1))
    (tmp_path / "new").replace(path)
    stamps.add(scan(tmp_path)["a.yaml"])
    path.unlink()
    path.symlink_to("nowhere")
    stamps.add(scan(tmp_path)["a.yaml"])
    assert len(stamps) == 5


def test_content_that_was_read_before_is_not_judged_again(tmp_path: Path) -> None:
    path = tmp_path / "toll.yaml"
    path.write_text(VALID)
    first = read_file(path, tmp_path, NOW)
    path.touch()
    assert read_file(path, tmp_path, NOW, first) is first
    path.write_text(VALID.replace("March", "April"))
    assert read_file(path, tmp_path, NOW, first).story is not first.story


def test_a_name_that_cannot_be_printed_is_shown_all_the_same(tmp_path: Path) -> None:
    path = Path(os.fsdecode(os.fsencode(tmp_path) + b"/\xff\n.yaml"))
    path.write_text(VALID)
    (problem,) = read_file(path, tmp_path, NOW).problems
    assert str(problem).startswith(f"{tmp_path}/??.yaml:1:1: a file's name has small letters")


@given(st.binary(max_size=300))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_no_bytes_make_the_reader_raise(tmp_path: Path, content: bytes) -> None:
    assert told(tmp_path / "toll.yaml", content)
