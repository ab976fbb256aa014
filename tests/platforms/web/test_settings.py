from __future__ import annotations

import pytest
from pydantic import SecretStr, ValidationError

from bot.errors import ConfigurationError
from bot.platforms.web.settings import Settings, is_loopback


def test_the_playground_is_served_to_this_machine_alone_unless_told_otherwise() -> None:
    settings = Settings(_env_file=None)
    assert (settings.host, settings.port, settings.token) == ("127.0.0.1", 8000, None)
    settings.check()


def test_settings_come_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WEB_HOST", "0.0.0.0")
    monkeypatch.setenv("WEB_PORT", "9000")
    monkeypatch.setenv("WEB_TOKEN", "correct horse battery")
    settings = Settings(_env_file=None)
    assert (settings.host, settings.port) == ("0.0.0.0", 9000)
    assert "horse" not in repr(settings)
    settings.check()


def test_it_runs_only_where_nothing_else_is_configured() -> None:
    assert not Settings(_env_file=None, token=SecretStr("a secret of some length")).configured


def test_an_empty_token_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WEB_TOKEN", "")
    assert Settings(_env_file=None).token is None


@pytest.mark.parametrize(
    "host", ["127.0.0.1", "127.8.9.1", "::1", "[::1]", "localhost", "LocalHost"]
)
def test_loopback_is_known_by_its_names(host: str) -> None:
    assert is_loopback(host)


@pytest.mark.parametrize(
    "host", ["0.0.0.0", "::", "192.168.1.4", "example.com", "localhost.evil.com", ""]
)
def test_everything_else_is_a_network(host: str) -> None:
    assert not is_loopback(host)


@pytest.mark.parametrize("token", [None, "", "fifteen letters"])
def test_a_network_needs_a_long_token_and_the_error_says_what_to_do(token: str | None) -> None:
    settings = Settings(_env_file=None, host="0.0.0.0", token=SecretStr(token) if token else None)
    with pytest.raises(ConfigurationError) as caught:
        settings.check()
    said = str(caught.value)
    assert "WEB_HOST=0.0.0.0" in said
    assert "at least 16 characters" in said
    assert "fifteen letters" not in said


def test_a_short_token_is_refused_on_loopback_too() -> None:
    settings = Settings(_env_file=None, token=SecretStr("short"))
    with pytest.raises(ConfigurationError, match="WEB_TOKEN has 5 characters"):
        settings.check()


def test_a_port_is_a_port() -> None:
    with pytest.raises(ValidationError):
        Settings(_env_file=None, port=70000)
