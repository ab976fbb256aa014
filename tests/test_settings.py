from __future__ import annotations

import re
from importlib import import_module
from pathlib import Path

import pytest
from pydantic_settings import BaseSettings

from bot.app.platforms import chosen_platforms, known_platforms, read_settings
from bot.errors import ConfigurationError
from bot.settings import Settings
from tests.library.rights import as_nobody

EXAMPLE = (Path(__file__).parents[1] / ".env.example").read_text(encoding="utf-8")
LINES = dict(re.findall(r"^([A-Z_]+)=(.*)$", EXAMPLE, re.MULTILINE))


def kinds() -> list[type[BaseSettings]]:
    platforms = [import_module(f"bot.platforms.{name}").Settings for name in known_platforms()]
    return [Settings, *platforms]


def variables() -> set[str]:
    return {
        f"{kind.model_config.get('env_prefix', '')}{name}".upper()
        for kind in kinds()
        for name in kind.model_fields
    }


def test_the_example_lists_every_setting_and_no_other() -> None:
    assert set(LINES) == variables()


def test_every_setting_of_the_example_is_explained() -> None:
    for name in LINES:
        above = EXAMPLE[: EXAMPLE.index(f"\n{name}=")].rsplit("\n\n", 1)[-1]
        assert "#" in above, name


def test_the_example_shows_the_defaults(monkeypatch: pytest.MonkeyPatch) -> None:
    for kind in kinds():
        plain = kind()
        prefix = str(kind.model_config.get("env_prefix", ""))
        for name in kind.model_fields:
            monkeypatch.setenv(f"{prefix}{name}".upper(), LINES[f"{prefix}{name}".upper()])
        assert kind() == plain, kind


def test_platforms_may_be_named_in_any_case_and_spacing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BOT_PLATFORMS", " Slack, web ,")
    assert chosen_platforms(Settings().platforms) == ("slack", "web")


def test_without_names_the_platforms_with_tokens_run(monkeypatch: pytest.MonkeyPatch) -> None:
    assert chosen_platforms(()) == ("web",)
    monkeypatch.setenv("DISCORD_TOKEN", "a.b.c")
    assert chosen_platforms(()) == ("discord",)


def test_an_unknown_platform_is_refused_with_the_known_ones() -> None:
    with pytest.raises(ConfigurationError, match="'irc', which is none of: discord, slack, web"):
        chosen_platforms(("irc",))


@pytest.mark.parametrize(
    ("name", "value"),
    [("WEB_PORT", "99999"), ("BOT_LOG_FORMAT", "xml"), ("BOT_HTTP_TIMEOUT", "-1")],
)
def test_a_wrong_setting_is_named(name: str, value: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(name, value)
    kind = next(kind for kind in kinds() if name.startswith(str(kind.model_config["env_prefix"])))
    with pytest.raises(ConfigurationError, match=name):
        read_settings(kind)


def test_an_env_file_that_is_not_utf_8_is_refused_in_a_sentence() -> None:
    Path(".env").write_bytes(b"SLACK_BOT_TOKEN=xoxb-caf\xe9\n")
    for kind in kinds():
        with pytest.raises(ConfigurationError) as refused:
            read_settings(kind)
        assert str(refused.value) == ".env is not UTF-8 text — save it as UTF-8"


def test_an_env_file_that_is_a_folder_is_refused_in_a_sentence() -> None:
    Path(".env").mkdir()
    with pytest.raises(
        ConfigurationError, match=r"^\.env cannot be read: Is a directory — make it"
    ):
        read_settings(Settings)


def test_an_env_file_that_may_not_be_read_is_refused_in_a_sentence(tmp_path: Path) -> None:
    Path(".env").touch(0o000)
    with (
        as_nobody(tmp_path),
        pytest.raises(ConfigurationError, match=r"^\.env cannot be read: Perm"),
    ):
        read_settings(Settings)


def test_no_platform_named_between_commas_is_none_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BOT_PLATFORMS", " , ,")
    assert chosen_platforms(read_settings(Settings).platforms) == ("web",)


def test_a_secret_is_never_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    secret = "xoxb-this-is-the-secret"
    for name in ("SLACK_BOT_TOKEN", "SLACK_APP_TOKEN", "DISCORD_TOKEN", "WEB_TOKEN"):
        monkeypatch.setenv(name, secret)
    assert secret not in "".join(repr(kind()) + str(kind()) for kind in kinds())
