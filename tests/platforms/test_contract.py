from __future__ import annotations

import inspect
import json
import socket
import subprocess
import sys
from contextlib import suppress
from datetime import timedelta
from importlib import import_module
from types import ModuleType

import pytest
from hypothesis import assume, given, strategies as st
from pydantic_settings import BaseSettings

from bot.app.platforms import known_platforms, previews
from bot.domain.measure import fits
from bot.domain.platform import House, Platform, Preview
from bot.domain.problem import Problem
from bot.domain.reply import Menu, Paragraph, Reply, Row, line
from bot.domain.request import Channel, Request
from bot.errors import PlatformError, PostError, PostOutcome, UnsupportedError
from tests.stories import NOW
from tests.strategies import replies

#: A channel of no platform, and channels of each that the others must not take for theirs.
FOREIGN = [
    Channel("irc", "1", "2"),
    Channel("slack", "T0", "C0"),
    Channel("web", "1", "playground"),
]
SDKS = {"aiohttp", "discord", "slack_bolt", "slack_sdk"}
NAME = st.from_regex(r"[a-z]{3,8}[0-9]{4}", fullmatch=True)


@pytest.fixture(params=known_platforms())
def folder(request: pytest.FixtureRequest) -> str:
    name: str = request.param
    return name


@pytest.fixture
def package(folder: str) -> ModuleType:
    return import_module(f"bot.platforms.{folder}")


@pytest.fixture
def platform(package: ModuleType, monkeypatch: pytest.MonkeyPatch) -> Platform:
    """The platform, made with no account and no network."""

    def connect(*_: object) -> None:
        raise AssertionError("a platform connects only once it listens")

    with monkeypatch.context() as context:
        context.setattr(socket.socket, "connect", connect)
        house = House(10, "state", {}, list, lambda: 0, lambda _: None, now=lambda: NOW)
        made: Platform = package.create(package.Settings(), house)
    return made


def test_there_are_the_three_platforms() -> None:
    assert set(known_platforms()) >= {"discord", "slack", "web"}


def test_a_folder_exports_its_settings_how_it_shows_a_reply_and_how_it_is_made(
    folder: str, package: ModuleType
) -> None:
    assert set(package.__all__) - {"doctor"} == {"Settings", "create", "preview"}
    assert isinstance(package.preview, Preview | None)
    assert issubclass(package.Settings, BaseSettings)
    assert package.Settings.model_config["env_prefix"] == f"{folder}_".upper()
    assert list(inspect.signature(package.create).parameters) == ["settings", "house"]


def test_settings_say_whether_there_is_an_account_and_what_is_wrong_with_it(
    package: ModuleType,
) -> None:
    settings = package.Settings()
    assert settings.configured is False
    assert callable(settings.check)


def test_importing_a_folder_imports_no_sdk(folder: str) -> None:
    look = f"import sys, bot.platforms.{folder}; print(sorted({SDKS} & {{*sys.modules}}))"
    run = subprocess.run([sys.executable, "-c", look], check=True, capture_output=True, text=True)
    assert run.stdout == "[]\n"


def test_a_platform_has_its_folders_name_and_a_time_for_repeats(
    folder: str, platform: Platform
) -> None:
    assert platform.name == folder
    assert platform.repeat_window >= timedelta(0)


@pytest.mark.parametrize("channel", FOREIGN, ids=str)
async def test_a_foreign_channel_is_never_posted_to(platform: Platform, channel: Channel) -> None:
    with pytest.raises(PostError) as refused:
        await platform.post(channel, Reply("Digest", (Paragraph(line("News.")),)), key="k")
    assert refused.value.outcome in {PostOutcome.REFUSED, PostOutcome.RETRY}


@pytest.mark.parametrize("channel", FOREIGN, ids=str)
async def test_a_foreign_channel_is_a_problem_in_words(
    platform: Platform, channel: Channel
) -> None:
    problem = await platform.check(channel)
    assert isinstance(problem, Problem)
    assert problem.what
    assert problem.remedy


@pytest.mark.parametrize("channel", FOREIGN, ids=str)
async def test_nothing_is_found_in_a_foreign_channel(platform: Platform, channel: Channel) -> None:
    found = None
    with suppress(UnsupportedError, PostError):
        found = await platform.find(channel, "k", since=NOW)
    assert found is None


@pytest.mark.parametrize("folder", previews(), indirect=True)
async def test_without_an_account_a_chat_platform_gives_up_for_good(
    folder: str, platform: Platform
) -> None:
    async def answer(request: Request) -> Reply:
        return Reply(request.words)

    with pytest.raises(PlatformError, match=f"{folder.upper()}_") as stopped:
        await platform.listen(answer, lambda _: (), lambda _: None)
    assert stopped.value.permanent


@pytest.mark.parametrize("preview", previews().values(), ids=previews())
@given(reply=replies(NAME, NAME, most=8))
def test_a_reply_that_fits_is_shown_with_every_control(preview: Preview, reply: Reply) -> None:
    assume(fits(reply))
    shown = json.dumps(preview.render(reply))
    assert "not fit this message" not in shown
    for words in controls(reply):
        assert words in shown


def controls(reply: Reply) -> list[str]:
    """The words of every control of a reply."""
    rows = [block.action.words for block in reply.blocks if isinstance(block, Row)]
    menus = [block for block in reply.blocks if isinstance(block, Menu)]
    options = [option.words for menu in menus for option in menu.options]
    return rows + options + [action.words for action in reply.actions]
