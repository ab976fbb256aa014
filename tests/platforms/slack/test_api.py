from __future__ import annotations

import logging
import subprocess
import sys

import aiohttp
import pytest
from pydantic import SecretStr

from bot.errors import PostOutcome
from bot.platforms.slack.api import Api, proxy_for, quiet_logger
from bot.platforms.slack.errors import to_post_error
from bot.platforms.slack.settings import Settings
from tests.loopback.slack import SlackServer
from tests.loopback.slack_payloads import Json


def test_a_proxy_is_used_where_the_environment_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("https_proxy", "http://proxy.example:3128")
    monkeypatch.setenv("no_proxy", "hooks.slack.com")
    assert proxy_for("https://slack.com/api/") == "http://proxy.example:3128"
    assert proxy_for("https://hooks.slack.com/x") is None
    assert proxy_for("http://127.0.0.1:8000/api/") is None


async def test_answers_go_to_slack_alone(caplog: pytest.LogCaptureFixture) -> None:
    message: Json = {"text": "Hi", "unfurl_links": False, "unfurl_media": False}
    async with SlackServer() as slack, aiohttp.ClientSession() as session:
        settings = Settings(bot_token=SecretStr("xoxb-1"), api_url=slack.api_url)
        api = Api(settings, session)
        for origin in ("evil.example", f"{slack.address}@evil.example", "127.0.0.1.evil"):
            await api.respond(f"http://{origin}/commands/hook", message)
        await api.respond(f"https://{slack.address}/commands/hook", message)
        assert slack.calls == []
        assert caplog.text.count("is not Slack's") == 4


async def test_a_post_that_never_left_may_be_tried_again() -> None:
    async with SlackServer() as slack:
        settings = Settings(bot_token=SecretStr(slack.bot_token), api_url=slack.api_url)
    async with aiohttp.ClientSession() as session:
        with pytest.raises(aiohttp.ClientConnectorError) as failed:
            await Api(settings, session).post("C1", {"text": "Hi"}, {})
    assert to_post_error(failed.value, "briefing").outcome is PostOutcome.RETRY


def test_the_sdk_logs_no_payloads_and_no_traces(caplog: pytest.LogCaptureFixture) -> None:
    logger = quiet_logger()
    try:
        raise OSError("down")
    except OSError:
        logger.warning("a payload")
        logger.exception("failed")
    assert [(record.message, record.exc_info) for record in caplog.records] == [("failed", None)]
    assert logger.level == logging.ERROR


def test_the_sdk_is_imported_only_where_slack_is_run() -> None:
    look = (
        "import sys, bot.platforms.slack; print(sorted({'slack_bolt', 'aiohttp'} & {*sys.modules}))"
    )
    run = subprocess.run([sys.executable, "-c", look], check=True, capture_output=True, text=True)
    assert run.stdout == "[]\n"
