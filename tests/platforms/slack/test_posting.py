from __future__ import annotations

from datetime import timedelta

import pytest

from bot.domain.reply import Reply
from bot.domain.request import Channel
from bot.errors import PostError, PostOutcome
from tests.loopback.slack import Fault, SlackServer
from tests.platforms.slack.conftest import (
    CHANNEL,
    House,
    listening,
    make_platform,
)
from tests.platforms.slack.reading import LONG_AGO, READING
from tests.stories import NOW


async def test_a_post_is_one_message_with_its_key(house: House) -> None:
    async with SlackServer() as slack, listening(slack, house) as running:
        posted = await running.platform.post(CHANNEL, Reply("Digest", private=False), key="k1")
        (message,) = slack.seen_by("U2")
        assert (message.id, message.payload["text"]) == (posted, "Digest")
        assert message.payload["metadata"]["event_payload"] == {"key": "k1"}
        assert "response_type" not in message.payload


@pytest.mark.parametrize(
    ("fault", "outcome", "retry_after"),
    [
        (Fault(error="is_archived"), PostOutcome.REFUSED, None),
        (Fault(error="invalid_blocks"), PostOutcome.REFUSED, None),
        (Fault(error="token_revoked"), PostOutcome.REFUSED, None),
        (Fault(status=429, retry_after=30), PostOutcome.RETRY, timedelta(seconds=30)),
        (Fault(error="rate_limited"), PostOutcome.RETRY, timedelta(minutes=1)),
        (Fault(error="service_unavailable"), PostOutcome.UNKNOWN, None),
        (Fault(error="internal_error"), PostOutcome.UNKNOWN, None),
        (Fault(status=502), PostOutcome.UNKNOWN, None),
        (Fault(status=500), PostOutcome.UNKNOWN, None),
        (Fault(garbled=True), PostOutcome.UNKNOWN, None),
        (Fault(cut_short=True), PostOutcome.UNKNOWN, None),
        (Fault(body="<html>ok</html>", kind="text/html"), PostOutcome.UNKNOWN, None),
        (Fault(body="ok", kind="text/plain"), PostOutcome.UNKNOWN, None),
        (Fault(body="x", kind="application/gzip"), PostOutcome.UNKNOWN, None),
        (Fault(body="[]"), PostOutcome.UNKNOWN, None),
        (Fault(body="[1]"), PostOutcome.UNKNOWN, None),
        (Fault(body="null"), PostOutcome.UNKNOWN, None),
        (Fault(body='{"ok": true}'), PostOutcome.UNKNOWN, None),
        (Fault(body='{"ok": false}'), PostOutcome.UNKNOWN, None),
        (Fault(drop="before"), PostOutcome.UNKNOWN, None),
        (Fault(drop="after"), PostOutcome.UNKNOWN, None),
        (Fault(delay=2.5), PostOutcome.UNKNOWN, None),
    ],
)
async def test_a_post_that_is_not_confirmed_says_what_is_known(
    house: House, fault: Fault, outcome: PostOutcome, retry_after: timedelta | None
) -> None:
    async with SlackServer() as slack, listening(slack, house) as running:
        slack.fail("chat.postMessage", fault)
        with pytest.raises(PostError) as failed:
            await running.platform.post(CHANNEL, Reply("Digest"), key="k")
        known = failed.value
        assert (known.outcome, known.retry_after) == (outcome, retry_after)
        assert len(slack.called("chat.postMessage")) == 1


async def test_a_post_without_a_connection_may_be_tried_again(house: House) -> None:
    async with SlackServer() as slack:
        platform = make_platform(slack)
        with pytest.raises(PostError, match="not connected") as failed:
            await platform.post(CHANNEL, Reply("Digest"), key="k")
        assert failed.value.outcome is PostOutcome.RETRY
        problem = await platform.check(CHANNEL)
        assert problem is not None
        assert problem.what == "Slack is not connected"


async def test_another_workspaces_channel_is_refused(house: House) -> None:
    elsewhere = Channel("slack", "T2", "C1")
    async with SlackServer() as slack, listening(slack, house) as running:
        with pytest.raises(PostError, match="slack:T2/C1") as failed:
            await running.platform.post(elsewhere, Reply("Digest"), key="k")
        assert (failed.value.outcome, failed.value.dead_channel) == (PostOutcome.REFUSED, True)
        with pytest.raises(PostError, match="slack:T2/C1"):
            await running.platform.find(elsewhere, "k", since=NOW)
        assert await running.platform.check(elsewhere) is not None
        assert slack.called("chat.postMessage") == []


async def test_a_connection_that_is_kept_open_and_then_reset_carries_a_post_once(
    house: House,
) -> None:
    async with SlackServer() as slack, listening(slack, house) as running:
        for number in range(5):
            slack.fail("chat.postMessage", Fault(drop="after"), Fault(drop="before"))
            for _ in range(2):
                with pytest.raises(PostError):
                    await running.platform.post(CHANNEL, Reply("Digest"), key=f"k{number}")
            await running.platform.post(CHANNEL, Reply("Digest"), key=f"k{number}")
        assert len(slack.called("chat.postMessage")) == 15
        assert len(slack.seen_by("U2")) == 10


async def test_a_key_survives_exactly(house: House) -> None:
    keys = ["d2k7", "a/b:c d", "é\u2028\U0001f642", '"<&amp;>\\', "0" * 200]
    async with SlackServer(scopes=READING) as slack, listening(slack, house) as running:
        posted = [await running.platform.post(CHANNEL, Reply("D"), key=key) for key in keys]
        found = [await running.platform.find(CHANNEL, key, since=LONG_AGO) for key in keys]
        assert found == posted
