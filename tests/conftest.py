"""What every test stands on: a clean environment, this machine only, a browser or a reason."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from dev import browser_lacks, find_chromium

SCRUBBED = ("BOT_", "SLACK_", "DISCORD_", "WEB_")
LOOPBACK = {None, "", "localhost", "::1", "0.0.0.0", "::"}


def is_scrubbed(name: str) -> bool:
    """Tell whether a variable would change what the bot or its HTTP clients do."""
    return name.upper().startswith(SCRUBBED) or name.upper().endswith("_PROXY")


def stay_here(event: str, args: tuple[object, ...]) -> None:
    """Refuse, as an audit hook, to look up or connect to anything but this machine."""
    if event == "socket.connect" and isinstance(args[1], tuple):
        host = args[1][0]
    elif event == "socket.getaddrinfo":
        host = args[0].decode() if isinstance(args[0], bytes) else args[0]
    else:
        return
    if host not in LOOPBACK and not str(host).startswith("127."):
        message = f"a test tried to reach {host}; tests talk to this machine only"
        raise RuntimeError(message)


def pytest_runtest_setup(item: pytest.Item) -> None:
    """Skip a browser test where there is no browser, except in CI, where there must be one."""
    if item.get_closest_marker("browser") and (lacks := browser_lacks()):
        reason = f"no {lacks} on this machine; dev.py test says how to get it"
        (pytest.fail if "CI" in os.environ else pytest.skip)(reason)


@pytest.fixture(autouse=True)
def away_from_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Run each test in an empty folder, where no `.env` with somebody's tokens is found."""
    monkeypatch.chdir(tmp_path)


@pytest.fixture(scope="session")
def chromium() -> str:
    """Give the path of the browser, for tests marked `browser`."""
    path = find_chromium()
    assert path, "mark tests that use this fixture with pytest.mark.browser"
    return path


# Once and for the whole process, so that session fixtures and child processes see it, too.
for _name in filter(is_scrubbed, list(os.environ)):
    del os.environ[_name]
sys.addaudithook(stay_here)

settings.register_profile("fast", max_examples=25, deadline=None)
settings.register_profile(
    "ci",
    max_examples=40,
    deadline=None,
    derandomize=True,
    print_blob=True,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.register_profile("long", max_examples=5000, deadline=None)
settings.load_profile("ci" if "CI" in os.environ else "fast")
