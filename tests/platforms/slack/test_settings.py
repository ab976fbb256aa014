from __future__ import annotations

from typing import Any

import pytest

from bot.errors import ConfigurationError
from bot.platforms.slack.settings import Settings


@pytest.fixture(autouse=True)
def nowhere(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path_factory.mktemp("empty"))


def set_tokens(monkeypatch: pytest.MonkeyPatch, bot: str | None, app: str | None) -> None:
    for name, value in (("SLACK_BOT_TOKEN", bot), ("SLACK_APP_TOKEN", app)):
        if value is not None:
            monkeypatch.setenv(name, value)


def test_without_tokens_slack_is_not_wanted() -> None:
    assert not Settings().configured


def test_two_tokens_are_enough(monkeypatch: pytest.MonkeyPatch) -> None:
    set_tokens(monkeypatch, "xoxb-1", "xapp-1")
    settings = Settings()
    settings.check()
    assert settings.configured
    assert settings.api_url == "https://slack.com/api/"


@pytest.mark.parametrize(
    ("bot", "app", "said"),
    [
        ("xoxb-hush", None, "SLACK_APP_TOKEN is not set"),
        (None, "xapp-hush", "SLACK_BOT_TOKEN is not set"),
        ("xapp-hush", "xapp-hush", "SLACK_BOT_TOKEN does not begin with xoxb-"),
        ("xoxb-hush", "xoxb-hush", "SLACK_APP_TOKEN does not begin with xapp-"),
    ],
)
def test_a_wrong_token_is_named_but_not_repeated(
    monkeypatch: pytest.MonkeyPatch, bot: str | None, app: str | None, said: str
) -> None:
    set_tokens(monkeypatch, bot, app)
    settings = Settings()
    assert settings.configured
    with pytest.raises(ConfigurationError, match=said) as wrong:
        settings.check()
    assert "hush" not in str(wrong.value)
    assert "hush" not in repr(settings)


SECRETS = {"signing_secret": "hush", "client_id": "1.2", "client_secret": "hush"}


@pytest.mark.parametrize(
    ("given", "over_http", "many"),
    [
        ({"bot_token": "xoxb-1", "app_token": "xapp-1"}, False, False),
        ({"bot_token": "xoxb-1", "signing_secret": "s"}, True, False),
        ({"bot_token": "xoxb-1", "app_token": "xapp-1", "signing_secret": "s"}, False, False),
        ({"bot_token": "xoxb-1", **SECRETS, "app_token": "xapp-1"}, False, False),
        ({"bot_token": "xoxb-1", **SECRETS, "transport": "http"}, True, False),
        (SECRETS, True, True),
        ({**SECRETS, "app_token": "xapp-1"}, False, True),
        ({**SECRETS, "app_token": "xapp-1", "transport": "http"}, True, True),
    ],
)
def test_the_settings_choose_the_transport_and_one_workspace_or_many(
    given: dict[str, Any], over_http: bool, many: bool
) -> None:
    settings = Settings(**given)
    settings.check()
    assert (settings.configured, settings.over_http, settings.many) == (True, over_http, many)


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"signing_secret": "hush"}, "SLACK_BOT_TOKEN is not set"),
        ({"bot_token": "xoxb-hush", "transport": "http"}, "SLACK_SIGNING_SECRET is not set"),
        (
            {"bot_token": "xoxb-hush", "signing_secret": "hush", "transport": "socket"},
            "SLACK_APP_TOKEN is not set",
        ),
        ({"client_secret": "hush", "signing_secret": "hush"}, "SLACK_CLIENT_ID is not set"),
        ({"client_id": "1.2", "signing_secret": "hush"}, "SLACK_CLIENT_SECRET is not set"),
        ({**SECRETS, "public_url": "brief.example.com"}, "SLACK_PUBLIC_URL is no web address"),
    ],
)
def test_what_is_missing_for_http_or_for_many_workspaces_is_named(
    given: dict[str, Any], said: str
) -> None:
    settings = Settings(**given)
    with pytest.raises(ConfigurationError, match=said) as wrong:
        settings.check()
    assert "hush" not in str(wrong.value) + repr(settings)


def test_an_address_that_is_none_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    set_tokens(monkeypatch, "xoxb-1", "xapp-1")
    monkeypatch.setenv("SLACK_API_URL", "slack.com/api")
    with pytest.raises(ConfigurationError, match="SLACK_API_URL"):
        Settings().check()


def test_space_around_a_pasted_token_is_taken_off(monkeypatch: pytest.MonkeyPatch) -> None:
    set_tokens(monkeypatch, " xoxb-1\n", "xapp-1 ")
    settings = Settings()
    settings.check()
    assert settings.bot_token is not None
    assert settings.bot_token.get_secret_value() == "xoxb-1"


def test_moderators_are_named_with_commas_between(monkeypatch: pytest.MonkeyPatch) -> None:
    set_tokens(monkeypatch, "xoxb-1", "xapp-1")
    assert Settings().moderators == ()
    monkeypatch.setenv("SLACK_MODERATORS", " U0123ABCD, S0123ABCD ,,W1 ")
    settings = Settings()
    settings.check()
    assert settings.moderators == ("U0123ABCD", "S0123ABCD", "W1")


@pytest.mark.parametrize("named", ["ada", "@ada", "U1 U2", "C0123ABCD", "<@U1>", "u1", "U"])
def test_a_moderator_without_an_id_is_refused_with_what_to_write(
    monkeypatch: pytest.MonkeyPatch, named: str
) -> None:
    set_tokens(monkeypatch, "xoxb-1", "xapp-1")
    monkeypatch.setenv("SLACK_MODERATORS", f"U1,{named}")
    with pytest.raises(ConfigurationError, match="SLACK_MODERATORS") as wrong:
        Settings().check()
    assert repr(named) in str(wrong.value)
    assert "Copy member ID" in str(wrong.value)
