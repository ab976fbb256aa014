from __future__ import annotations

import asyncio
import inspect
import logging
from collections.abc import Awaitable, Callable
from dataclasses import replace
from types import ModuleType
from urllib.parse import urlencode

import aiohttp
import pytest
from _pytest.mark.structures import ParameterSet

from bot import clock
from bot.errors import PlatformError
from tests.loopback import slack_payloads as payloads
from tests.loopback.slack import SlackServer
from tests.loopback.slack_http import SIGNING_SECRET, to_http
from tests.platforms.slack import test_checking, test_clicks, test_commands, test_posting
from tests.platforms.slack.calling import FORM, SLASH
from tests.platforms.slack.conftest import QUICK, House, listening_over_http

#: Where what holds over sockets is tested; it must hold over HTTP, too.
MODULES = (test_checking, test_clicks, test_commands, test_posting)


def shared() -> list[ParameterSet]:
    """Their tests that take a house and nothing else."""
    return [
        pytest.param(module, test, id=name)
        for module in MODULES
        for name, test in vars(module).items()
        if name.startswith("test_") and [*inspect.signature(test).parameters] == ["house"]
    ]


@pytest.mark.parametrize(("module", "test"), shared())
async def test_it_is_so_over_http_as_over_sockets(
    module: ModuleType,
    test: Callable[[House], Awaitable[None]],
    house: House,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(module, "listening", listening_over_http)
    await test(house)


async def test_a_command_with_the_word_payload_is_answered(house: House) -> None:
    async with SlackServer() as slack, listening_over_http(slack, house):
        ack = await slack.slash("ask what is the payload limit")
        assert ack.message is not None
        assert house.asked[0].words == "ask what is the payload limit"


async def test_other_methods_and_pages_are_not_there(house: House) -> None:
    async with (
        SlackServer() as slack,
        listening_over_http(slack, house) as running,
        aiohttp.ClientSession() as session,
    ):
        for method, path, status in (
            ("GET", "/slack/events", 405),
            ("PUT", "/slack/events", 405),
            ("GET", "/slack/install", 404),
            ("GET", "/slack/oauth_redirect", 404),
        ):
            async with session.request(method, running.url + path) as response:
                assert response.status == status


async def test_who_hangs_up_before_the_ack_takes_nobody_down(house: House) -> None:
    house.delay = 0.2
    async with SlackServer() as slack, listening_over_http(slack, house):
        lost = await slack.slash("faq", drop="before")
        assert lost.error == "operation_timeout"
        ack = await slack.slash("faq")
        assert ack.message


async def test_while_it_is_not_connected_it_asks_slack_to_come_again(house: House) -> None:
    async with SlackServer() as slack, listening_over_http(slack, house) as running:
        running.listening.cancel()
        await asyncio.wait((running.listening,))
        ack = await slack.slash("faq")
        assert ack.error == "http_error 503"
        assert slack.caller
        body = urlencode(SLASH).encode()
        headers = slack.caller.headers(body, FORM) | {"X-Slack-Signature": "v0=1"}
        assert (await slack.caller.send(body, headers))[0] == 401
        assert running.reports == [True, False]


async def test_a_wrong_bot_token_is_permanent_over_http_too(house: House) -> None:
    async with SlackServer() as slack:
        with pytest.raises(PlatformError, match="SLACK_BOT_TOKEN") as refused:
            async with listening_over_http(slack, house, bot_token="xoxb-wrong"):
                pass
        assert refused.value.permanent


async def test_a_retry_of_an_event_is_answered_once(house: House) -> None:
    async with SlackServer() as slack, listening_over_http(slack, house):
        assert slack.caller
        event = payloads.app_mention(f"<@{payloads.BOT_USER}> faq", "U1", "C1")
        body, kind = to_http({"type": "events_api", "payload": event})
        for number in range(3):
            at = clock.now().timestamp() + number
            retry = {"X-Slack-Retry-Num": str(number), "X-Slack-Retry-Reason": "http_timeout"}
            headers = slack.caller.headers(body, kind, at) | (retry if number else {})
            assert await slack.caller.send(body, headers) == (200, "")
        await slack.until(lambda: slack.seen_by("U1"))
        assert len(house.asked) == 1


async def test_no_secret_is_logged_over_http(
    house: House, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    async with SlackServer() as slack, listening_over_http(slack, house, replace(QUICK, ack=0.01)):
        house.delay = 0.1
        await slack.slash("faq private words")
        await slack.until(lambda: slack.called("response_url"))
        assert slack.caller
        await slack.caller.send(b"x", slack.caller.headers(b"y", FORM))
    ours = [record for record in caplog.records if not record.name.startswith("asyncio")]
    logged = "\n".join(logging.Formatter().format(record) for record in ours)
    for secret in (slack.bot_token, SIGNING_SECRET, "/commands/", "private words"):
        assert secret not in logged
