from __future__ import annotations

import os
import re
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path

import pytest
from hatchling.builders.wheel import WheelBuilder
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.conftest import is_scrubbed

ROOT = Path(__file__).parents[1]
LOCKS = ("runtime.lock", "dev.lock")
TOP_LEVEL = set(
    """
    .ci .env.example .gitignore CHANGELOG.md CONTRIBUTING.md LICENSE README.md bench bot briefings
    deploy dev.lock dev.py docs pyproject.toml runtime.lock tests
    """.split()
)
PYPROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())


def locked(lock: str) -> dict[str, str]:
    text = (ROOT / lock).read_text()
    return dict(re.findall(r"^([\w.-]+)==([\w.]+)", text, re.MULTILINE))


def tracked(*under: str) -> set[str]:
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--", *under],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    if listed.returncode:
        pytest.skip("not a git checkout")
    return {name for name in listed.stdout.split("\0") if (ROOT / name).is_file()}


@pytest.mark.parametrize("lock", LOCKS)
def test_a_lock_names_no_host(lock: str) -> None:
    text = (ROOT / lock).read_text()
    assert "//" not in text
    assert not re.search(r"index|find-links|\w\.(com|org|io|net)\b", text)


@pytest.mark.parametrize("lock", LOCKS)
def test_every_package_in_a_lock_has_hashes(lock: str) -> None:
    entries = re.split(r"\n(?=\w)", (ROOT / lock).read_text().rstrip())
    assert [entry for entry in entries if "--hash=sha256:" not in entry] == []


def test_every_dependency_is_locked_within_its_range() -> None:
    groups = PYPROJECT["dependency-groups"]
    tools = [need for need in groups["boot"] + groups["dev"] if isinstance(need, str)]
    for lock, needs in (
        ("runtime.lock", PYPROJECT["project"]["dependencies"]),
        ("dev.lock", tools),
    ):
        versions = locked(lock)
        for need in map(Requirement, needs):
            assert need.specifier.contains(versions[canonicalize_name(need.name)]), need


def test_both_locks_agree() -> None:
    runtime, tools = (locked(lock).items() for lock in LOCKS)
    shared = dict(runtime).keys() & dict(tools).keys()
    assert {(n, v) for n, v in runtime if n in shared} == {(n, v) for n, v in tools if n in shared}


def test_the_top_of_the_repository_stays_tidy() -> None:
    assert {name.split("/")[0] for name in tracked()} - TOP_LEVEL == set()


def test_the_package_holds_every_file_of_bot(tmp_path: Path) -> None:
    wheel = next(WheelBuilder(str(ROOT)).build(directory=str(tmp_path), versions=["standard"]))
    held = {name for name in zipfile.ZipFile(wheel).namelist() if name.startswith("bot/")}
    assert tracked("bot") - held == set()


def test_tests_see_no_settings_and_no_proxy_of_the_machine() -> None:
    assert list(filter(is_scrubbed, os.environ)) == []


@pytest.mark.parametrize(
    ("event", "args"),
    [
        ("socket.connect", (None, ("192.0.2.1", 443))),
        ("socket.connect", (None, ("2001:db8::1", 443, 0, 0))),
        ("socket.getaddrinfo", ("chat.example", 443, 0, 0, 0)),
        ("socket.getaddrinfo", (b"chat.example", 443, 0, 0, 0)),
    ],
)
def test_tests_cannot_leave_this_machine(event: str, args: tuple[object, ...]) -> None:
    with pytest.raises(RuntimeError, match="this machine only"):
        sys.audit(event, *args)


@pytest.mark.parametrize("host", ["127.0.0.1", "127.9.9.9", "::1", "localhost"])
def test_tests_can_reach_this_machine(host: str) -> None:
    sys.audit("socket.connect", None, (host, 80))
    sys.audit("socket.getaddrinfo", host, 80, 0, 0, 0)


def test_a_test_finds_no_env_file_of_the_developer() -> None:
    assert list(Path.cwd().iterdir()) == []


def test_the_readme_has_no_gap_left_to_fill() -> None:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    assert re.findall(r"\b[A-Z]{3,}_TABLE\b|TODO|TBD", text) == []
