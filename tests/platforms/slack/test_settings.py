from __future__ import annotations

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
