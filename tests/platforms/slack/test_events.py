from __future__ import annotations

import asyncio
import io
import json
import logging
from collections.abc import AsyncIterator, Callable

import aiohttp
import pytest

from bot import clock
from bot.platforms.slack.events import MOST
from tests.loopback.slack import SlackServer
from tests.loopback.slack_http import to_http
from tests.platforms.slack.calling import FORM, JSON, SLASH, called
from tests.platforms.slack.conftest import House, listening_over_http


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
    ("kind", "body", "status", "said"),
    [
        (JSON, b"[1]", 400, "its body cannot be read"),
        (JSON, b'{"type": ', 400, "its body cannot be read"),
        (JSON, b"\xff", 400, "its body cannot be read"),
        (FORM, b"payload=no", 400, "its body cannot be read"),
        (JSON, b"{}", 400, "neither a command nor of any type"),
        (FORM, b"", 400, "neither a command nor of any type"),
        (FORM, b"command=%2Fbrief&text=faq&user_id=U1", 400, "team_id of the command is missing"),
        (JSON, b'{"type": "event_callback"}', 400, "event of event_callback is missing"),
        (JSON, b'{"type": "event_callback", "event": {}}', 400, "the event is of no type"),
        (JSON, b'{"type": "block_actions", "user": {"id": "U1"}}', 400, "actions of block_actions"),
        (JSON, b'{"type": "shortcut", "user": {"id": 7}}', 400, "id of user of shortcut"),
        ("text/plain", b"command=%2Fbrief&text=faq", 415, "content type"),
        ("multipart/form-data", b"command=%2Fbrief&text=faq", 415, "content type"),
        ("no/such;;kind", b"\x00", 415, "content type"),
    ],
)
async def test_signed_nonsense_is_refused_with_one_line_in_the_log(
    house: House,
    caplog: pytest.LogCaptureFixture,
    kind: str,
    body: bytes,
    status: int,
    said: str,
) -> None:
    async with called(house) as caller, aiohttp.ClientSession() as session:
        headers = caller.headers(body, kind)
        async with session.post(caller.url, data=body, headers=headers) as response:
            assert response.status == status
            assert response.headers["X-Slack-No-Retry"] == "1"
        assert house.asked == []
        (record,) = [record for record in caplog.records if record.name.startswith("bot.")]
        assert (record.levelname, record.exc_info) == ("WARNING", None)
        assert said in record.message
        assert "\n" not in record.message
        assert (await caller.deliver({"type": "slash_commands", "payload": SLASH})).payload


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


async def test_the_address_is_verified_and_checked_as_slack_does_it(house: House) -> None:
    async with called(house) as caller:
        asked = json.dumps({"type": "url_verification", "challenge": "3eZb", "token": "t"}).encode()
        for _ in range(2):  # Slack may ask again within the second
            status, text = await caller.send(asked, caller.headers(asked, "application/json"))
            assert (status, json.loads(text)) == (200, {"challenge": "3eZb"})
        check = b"ssl_check=1&token=t"
        assert await caller.send(check, caller.headers(check, FORM)) == (200, "")
