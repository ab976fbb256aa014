from __future__ import annotations

import asyncio
import inspect
import io
import json
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from types import ModuleType
from urllib.parse import urlencode

import aiohttp
import pytest
from _pytest.mark.structures import ParameterSet

from bot import clock
from bot.errors import PlatformError
from bot.platforms.slack.events import MOST
from tests.loopback import slack_payloads as payloads
from tests.loopback.slack import SlackServer
from tests.loopback.slack_http import SIGNING_SECRET, Caller, to_http
from tests.platforms.slack import test_checking, test_clicks, test_commands, test_posting
from tests.platforms.slack.conftest import QUICK, House, listening_over_http

FORM = "application/x-www-form-urlencoded"
SLASH = payloads.slash_command("faq", "U1", "C1", "https://hooks.slack.com/commands/x")

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


@asynccontextmanager
async def called(house: House) -> AsyncIterator[Caller]:
    """The bot over HTTP, and who calls it."""
    async with SlackServer() as slack, listening_over_http(slack, house):
        assert slack.caller
        yield slack.caller


async def test_a_command_with_the_word_payload_is_answered(house: House) -> None:
    async with SlackServer() as slack, listening_over_http(slack, house):
        ack = await slack.slash("ask what is the payload limit")
        assert ack.message is not None
        assert house.asked[0].words == "ask what is the payload limit"


async def test_the_address_is_verified_and_checked_as_slack_does_it(house: House) -> None:
    async with called(house) as caller:
        asked = json.dumps({"type": "url_verification", "challenge": "3eZb", "token": "t"}).encode()
        for _ in range(2):  # Slack may ask again within the second
            status, text = await caller.send(asked, caller.headers(asked, "application/json"))
            assert (status, json.loads(text)) == (200, {"challenge": "3eZb"})
        check = b"ssl_check=1&token=t"
        assert await caller.send(check, caller.headers(check, FORM)) == (200, "")


def unsigned(headers: dict[str, str]) -> None:
    del headers["X-Slack-Signature"]


def undated(headers: dict[str, str]) -> None:
    del headers["X-Slack-Request-Timestamp"]


def non_ascii(headers: dict[str, str]) -> None:
    headers["X-Slack-Signature"] = "v0=é\u2603"


def wrong(headers: dict[str, str]) -> None:
    headers["X-Slack-Signature"] = "v0=" + "0" * 64


def dated(text: str) -> Callable[[dict[str, str]], None]:
    def change(headers: dict[str, str]) -> None:
        headers["X-Slack-Request-Timestamp"] = text

    return change


def compressed(headers: dict[str, str]) -> None:
    headers["Content-Encoding"] = "gzip"


BREAKS = [
    unsigned,
    undated,
    non_ascii,
    wrong,
    dated("soon"),
    dated(""),
    dated("9" * 400),
    dated("-1"),
    compressed,
]


@pytest.mark.parametrize("spoil", BREAKS)
async def test_what_slack_did_not_sign_is_refused_without_a_word(
    house: House, spoil: Callable[[dict[str, str]], None], caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    async with called(house) as caller:
        body, kind = to_http({"type": "slash_commands", "payload": SLASH})
        headers = caller.headers(body, kind)
        spoil(headers)
        status, text = await caller.send(body, headers)
        assert (status, text) in {(401, "Unauthorized\n"), (400, text)}
        assert status == 401 or spoil is compressed
        assert house.asked == []
    assert "faq" not in caplog.text


@pytest.mark.parametrize("seconds", [-310, 310])
async def test_an_old_request_is_refused_though_it_is_signed(house: House, seconds: int) -> None:
    async with called(house) as caller:
        body, kind = to_http({"type": "slash_commands", "payload": SLASH})
        at = clock.now().timestamp() + seconds
        status, _ = await caller.send(body, caller.headers(body, kind, at))
        assert (status, house.asked) == (401, [])


async def test_a_request_that_is_sent_again_as_it_was_is_answered_once(house: House) -> None:
    async with called(house) as caller:
        # Without what else would tell that it was told before.
        once = {name: value for name, value in SLASH.items() if name != "trigger_id"}
        body, kind = to_http({"type": "slash_commands", "payload": once})
        headers = caller.headers(body, kind)
        first, *others = [await caller.send(body, headers) for _ in range(4)]
        assert (first[0], others) == (200, [(200, "")] * 3)
        assert "Questions" in first[1]
        assert len(house.asked) == 1


@pytest.mark.parametrize("chunked", [False, True])
async def test_a_body_of_ten_megabytes_is_refused_unread(house: House, chunked: bool) -> None:
    async with called(house) as caller, aiohttp.ClientSession() as session:

        async def pieces() -> AsyncIterator[bytes]:
            for _ in range(160):
                yield b"x" * 65_536

        body = b"x" * (10 * MOST)
        sent = pieces() if chunked else io.BytesIO(body)
        headers = caller.headers(body, FORM)
        try:
            async with session.post(caller.url, data=sent, headers=headers) as response:
                assert response.status == 413
        except aiohttp.ClientError:
            assert chunked  # it hangs up on who does not stop
        ack = await caller.deliver({"type": "slash_commands", "payload": SLASH})
        assert ack.payload


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("application/json", b"[1]"),
        ("application/json", b"\xff"),
        (FORM, b"payload=no"),
        ("no/such;;kind", b"\x00"),
        (FORM, b""),
        ("application/json", b'{"team": {"id": []}, "user": 7, "authorizations": 1}'),
        ("application/json", b'{"type": "event_callback", "event": "odd", "team_id": {}}'),
        ("application/json", b'{"type": "block_actions", "actions": [], "user": {"id": "U1"}}'),
        ("application/json", b'{"type": "view_submission", "view": {}, "user": {"id": "U1"}}'),
    ],
)
async def test_signed_nonsense_is_no_failure_of_ours(house: House, kind: str, body: bytes) -> None:
    async with called(house) as caller:
        status, _ = await caller.send(body, caller.headers(body, kind))
        assert status in {200, 400}
        assert house.asked == []


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


async def test_a_body_that_is_announced_too_long_is_refused_before_it_comes(house: House) -> None:
    async with SlackServer() as slack, listening_over_http(slack, house) as running:
        host, _, port = running.url.removeprefix("http://").rpartition(":")
        reader, writer = await asyncio.open_connection(host, int(port))
        head = f"POST /slack/events HTTP/1.1\r\nHost: x\r\nContent-Length: {MOST + 1}\r\n\r\n"
        writer.write(head.encode())
        assert b"413" in await reader.readline()
        writer.close()


async def test_a_slow_body_is_not_waited_for(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.platforms.slack.events._READ", 0.1)
    async with SlackServer() as slack, listening_over_http(slack, house) as running:
        host, _, port = running.url.removeprefix("http://").rpartition(":")
        reader, writer = await asyncio.open_connection(host, int(port))
        writer.write(b"POST /slack/events HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\nab")
        assert b"408" in await reader.readline()
        writer.close()


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
