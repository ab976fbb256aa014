from __future__ import annotations

import asyncio
import logging
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest
from hypothesis import given, strategies as st

from bot.domain.reply import Reply
from bot.errors import PlatformError, PostError
from bot.platforms.slack.socket import pause
from tests.loopback.slack import Fault, SlackServer
from tests.platforms.slack.conftest import (
    CHANNEL,
    QUICK,
    House,
    listening,
    make_platform,
    message_of,
)


def opened(slack: SlackServer, times: int) -> bool:
    """Whether both sockets are open, and so many were opened by now."""
    return slack.sockets.opened == times and len(slack.sockets.links) == 2


async def test_a_dropped_socket_is_opened_again(house: House) -> None:
    async with SlackServer() as slack, listening(slack, house):
        slack.sockets.cut()
        await slack.until(lambda: slack.sockets.opened >= 4)
        assert message_of(await slack.slash("faq")).text


async def test_sockets_that_are_cut_together_are_opened_again_at_once(house: House) -> None:
    # Whoever looks for lost sockets between two pings is too late here.
    timing = replace(QUICK, ping=60, reopen=60, watch=60)
    async with SlackServer() as slack, listening(slack, house, timing):
        for times in (2, 3, 4):
            slack.sockets.cut()
            await slack.until(partial(opened, slack, 2 * times))
            assert message_of(await slack.slash("faq")).text


async def test_a_farewell_of_slack_is_followed_by_another_socket_at_once(house: House) -> None:
    timing = replace(QUICK, ping=60, reopen=60, watch=60)
    async with SlackServer() as slack, listening(slack, house, timing):
        await slack.sockets.links[0].socket.close()
        await slack.until(partial(opened, slack, 3))
        assert message_of(await slack.slash("faq")).text


@pytest.mark.parametrize("method", ["link", "apps.connections.open"])
async def test_while_slack_opens_no_socket_it_is_tried_again(house: House, method: str) -> None:
    async with SlackServer() as slack, listening(slack, house) as running:
        tried = len(slack.called("apps.connections.open"))
        slack.fail(method, *[Fault(status=503)] * 6)
        slack.sockets.cut()
        await slack.until(partial(opened, slack, 4))
        assert len(slack.called("apps.connections.open")) == tried + 6 + 2  # a ticket for each try
        assert message_of(await slack.slash("faq")).text
        assert not running.listening.done()


async def test_sockets_that_are_closed_without_a_word_are_tried_again_slowly(
    house: House,
) -> None:
    async with SlackServer() as slack, listening(slack, house, replace(QUICK, reopen=1e6)):
        slack.sockets.mute = True
        slack.sockets.cut()
        await slack.until(lambda: slack.sockets.opened == 4 and not slack.sockets.links)
        await asyncio.sleep(0.2)
        assert slack.sockets.opened == 4


async def test_a_slack_that_answers_no_pings_is_left_for_another_socket(house: House) -> None:
    async with SlackServer() as slack, listening(slack, house, replace(QUICK, ping=0.1)):
        slack.sockets.deaf = True
        await slack.until(lambda: slack.sockets.opened >= 4)
        slack.sockets.deaf = False
        await slack.until(lambda: len(slack.sockets.links) == 2)
        assert message_of(await slack.slash("faq")).text


@given(tries=st.integers(1, 2_000), first=st.floats(0, 60))
def test_pauses_get_longer_up_to_a_bound(tries: int, first: float) -> None:
    assert 0 <= pause(tries, first) <= min(first * 2.0 ** min(tries - 1, 99), first * 32)


async def test_a_socket_dropped_before_its_ack_takes_nobody_down(house: House) -> None:
    house.delay = 0.2
    async with SlackServer() as slack, listening(slack, house):
        slack.sockets.ack_limit = 0.5
        lost = await slack.slash("faq", drop="before")
        assert lost.error == "operation_timeout"
        slack.sockets.ack_limit = 3.0
        await slack.until(lambda: slack.sockets.opened >= 3)
        assert message_of(await slack.slash("faq")).text


@pytest.mark.parametrize("reason", ["warning", "refresh_requested"])
async def test_a_socket_about_to_close_is_replaced_without_a_gap(house: House, reason: str) -> None:
    async with SlackServer() as slack, listening(slack, house) as running:
        await slack.sockets.warn(reason)
        for _ in range(5):
            assert message_of(await slack.slash("faq")).text
        await slack.until(lambda: slack.sockets.opened == 3 and len(slack.sockets.links) == 2)
        assert running.reports == [True]


@pytest.mark.parametrize(
    ("bot_token", "app_token", "named"),
    [("xoxb-wrong", None, "SLACK_BOT_TOKEN"), (None, "xapp-wrong", "SLACK_APP_TOKEN")],
)
async def test_a_bad_token_is_permanent(
    house: House, bot_token: str | None, app_token: str | None, named: str
) -> None:
    async with SlackServer() as slack:
        platform = make_platform(slack, bot_token=bot_token, app_token=app_token)
        with pytest.raises(PlatformError, match=f"{named} .invalid_auth.") as refused:
            await platform.listen(house.answer, house.complete, lambda _: None)
        assert refused.value.permanent
        assert "wrong" not in str(refused.value)


async def test_a_token_of_the_wrong_kind_is_permanent(house: House) -> None:
    async with SlackServer() as slack:
        platform = make_platform(slack, bot_token="xapp-wrong")
        with pytest.raises(PlatformError, match="does not begin with xoxb-") as refused:
            await platform.listen(house.answer, house.complete, lambda _: None)
        assert refused.value.permanent
        assert slack.calls == []


@pytest.mark.parametrize(
    ("method", "fault"),
    [
        ("auth.test", Fault(status=503)),
        ("auth.test", Fault(drop="before")),
        ("auth.test", Fault(delay=3)),
        ("apps.connections.open", Fault(error="internal_error")),
        ("apps.connections.open", Fault(status=500)),
    ],
)
async def test_an_outage_at_the_start_is_not_permanent(
    house: House, method: str, fault: Fault
) -> None:
    async with SlackServer() as slack:
        slack.fail(method, fault)
        with pytest.raises(PlatformError, match="cannot be reached") as failed:
            await make_platform(slack).listen(house.answer, house.complete, lambda _: None)
        assert not failed.value.permanent


async def test_an_unreachable_slack_is_not_permanent(house: House) -> None:
    async with SlackServer() as slack:
        platform = make_platform(slack)
    with pytest.raises(PlatformError, match="cannot be reached") as failed:
        await platform.listen(house.answer, house.complete, lambda _: None)
    assert not failed.value.permanent


async def test_a_lost_connection_is_reported_and_at_last_given_up(house: House) -> None:
    timing = replace(QUICK, patience=0.6)
    async with SlackServer() as slack, listening(slack, house, timing) as running:
        slack.keep_failing("link", Fault(status=503))
        slack.sockets.cut()
        with pytest.raises(PlatformError, match="has been lost") as lost:
            await running.listening
        assert not lost.value.permanent
        assert running.reports[:2] == [True, False]


async def test_sockets_that_do_not_open_are_given_up(house: House) -> None:
    async with SlackServer() as slack:
        slack.keep_failing("link", Fault(status=503))
        platform = make_platform(slack, timing=replace(QUICK, connect=0.5))
        with pytest.raises(PlatformError, match="opened no socket") as failed:
            await platform.listen(house.answer, house.complete, lambda _: None)
        assert not failed.value.permanent


async def test_listening_stops_cleanly_when_cancelled(house: House) -> None:
    async with SlackServer() as slack:
        async with listening(slack, house) as running:
            pass
        assert running.listening.cancelled()
        assert running.reports == [True, False]
        await slack.until(lambda: not slack.sockets.links)


async def test_what_is_under_way_is_finished_before_listening_stops(house: House) -> None:
    async with SlackServer() as slack:
        async with listening(slack, house):
            message = message_of(await slack.slash("faq"))
            house.delay = 0.2
            await slack.click(message, "Background")
        assert message.edits == 1


async def test_no_secret_is_logged(house: House, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    house.known["boom"] = RuntimeError("boom")
    async with SlackServer() as slack, listening(slack, house) as running:
        message = message_of(await slack.slash("faq private words"))
        slack.fail("response_url", Fault(status=500), Fault(status=404), Fault(drop="before"))
        for _ in range(4):
            await slack.click(message_of(await slack.slash("faq")), "Background")
        await slack.slash("boom")
        slack.fail("chat.postMessage", Fault(error="not_in_channel"))
        with pytest.raises(PostError):
            await running.platform.post(CHANNEL, Reply("Hi"), key="k")
        await slack.until(lambda: len(slack.called("response_url")) == 4)
        assert message.only_for == "U1"
    ours = [record for record in caplog.records if not record.name.startswith("asyncio")]
    logged = "\n".join(logging.Formatter().format(record) for record in ours)
    assert "boom" in logged
    for secret in (slack.bot_token, slack.app_token, "ticket", "/commands/", "private words"):
        assert secret not in logged


async def test_the_environment_of_the_sdk_changes_nothing(
    house: House, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    for name in ("BOT_TOKEN", "APP_TOKEN", "CLIENT_ID", "CLIENT_SECRET", "SIGNING_SECRET"):
        monkeypatch.setenv(f"SLACK_{name}", "other")
    for name in ("HTTPS_PROXY", "HTTP_PROXY", "https_proxy", "http_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    async with SlackServer() as slack, listening(slack, house):
        message = message_of(await slack.slash("faq"))
        await slack.click(message, "Background")
        await slack.until(lambda: message.edits == 1)
    assert list(tmp_path.iterdir()) == []  # noqa: ASYNC240
