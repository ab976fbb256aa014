from __future__ import annotations

from datetime import timedelta

import pytest

from bot.domain.reply import Reply
from bot.domain.request import Channel
from bot.errors import PostError, PostOutcome, UnsupportedError
from bot.platforms.slack.reading import to_metadata
from tests.loopback.slack import Fault, SlackServer
from tests.loopback.slack_payloads import Json
from tests.loopback.slack_scopes import SCOPES
from tests.platforms.slack.conftest import CHANNEL, House, Running, listening, make_platform
from tests.platforms.slack.reading import LONG_AGO, READING
from tests.stories import NOW


async def find(running: Running, key: str = "k", channel: Channel = CHANNEL) -> str | None:
    return await running.platform.find(channel, key, since=LONG_AGO)


def written(slack: SlackServer, metadata: Json | None = None, **author: str) -> str:
    """Something that somebody else has written; its id."""
    said: Json = {"text": "Hi", "author": author or {"user": "U9", "bot_id": ""}}
    return slack.workspace.show(said | ({"metadata": metadata} if metadata else {}), "C1").id


async def test_a_posted_message_is_found_by_its_key(house: House) -> None:
    async with SlackServer(scopes=READING) as slack, listening(slack, house) as running:
        await running.platform.post(CHANNEL, Reply("Other"), key="k0")
        posted = await running.platform.post(CHANNEL, Reply("Digest"), key="k")
        written(slack)
        assert await find(running) == posted
        assert await find(running, "k1") is None
        (asked, _) = slack.called("conversations.history")
        assert asked["include_all_metadata"] == "1"


async def test_a_message_whose_answer_was_lost_is_found(house: House) -> None:
    async with SlackServer(scopes=READING) as slack, listening(slack, house) as running:
        slack.fail("chat.postMessage", Fault(drop="after"))
        with pytest.raises(PostError):
            await running.platform.post(CHANNEL, Reply("Digest"), key="k")
        assert await find(running) == slack.seen_by("U1")[0].id


async def test_every_page_is_looked_through(house: House) -> None:
    async with SlackServer(scopes=READING) as slack, listening(slack, house) as running:
        slack.workspace.page = 15
        posted = await running.platform.post(CHANNEL, Reply("Digest"), key="k")
        for _ in range(100):
            written(slack)
        assert await find(running) == posted
        assert len(slack.called("conversations.history")) == 7
        assert await find(running, "other") is None
        assert len(slack.called("conversations.history")) == 14


async def test_nothing_older_than_the_first_try_is_read(house: House) -> None:
    async with SlackServer(scopes=READING) as slack, listening(slack, house) as running:
        await running.platform.post(CHANNEL, Reply("Digest"), key="k")
        assert await running.platform.find(CHANNEL, "k", since=NOW) is None
        (asked,) = slack.called("conversations.history")
        early = timedelta(seconds=NOW.timestamp() - float(asked["oldest"]))
        assert timedelta(0) < early <= timedelta(minutes=10)


@pytest.mark.parametrize(
    "author", [{"user": "U9", "bot_id": "BOTHER"}, {"user": "U9"}, {"bot_id": "BOTHER", "user": ""}]
)
async def test_another_bots_message_with_the_same_key_is_not_ours(
    house: House, author: Json
) -> None:
    author = {"bot_id": "", **author}
    async with SlackServer(scopes=READING) as slack, listening(slack, house) as running:
        written(slack, to_metadata("k"), **author)
        assert await find(running) is None
        ours = await running.platform.post(CHANNEL, Reply("Digest"), key="k")
        written(slack, to_metadata("k"), **author)
        assert await find(running) == ours


@pytest.mark.parametrize(
    "metadata",
    [
        {"event_type": "other", "event_payload": {"key": "k"}},
        {"event_type": "briefing", "event_payload": {"key": ["k"]}},
        {"event_type": "briefing", "event_payload": None},
        {"event_type": "briefing"},
        {"event_type": None, "event_payload": {"key": "k"}},
    ],
)
async def test_other_metadata_of_ours_is_no_key(house: House, metadata: Json) -> None:
    async with SlackServer(scopes=READING) as slack, listening(slack, house) as running:
        written(slack, metadata, user="UBOT", bot_id="BBOT")
        assert await find(running) is None


async def test_without_a_scope_to_read_nothing_is_asked(house: House) -> None:
    async with SlackServer() as slack, listening(slack, house) as running:
        with pytest.raises(UnsupportedError, match=r"channels:history.*whoever runs the bot"):
            await find(running)
        assert slack.called("conversations.history") == []


async def test_a_scope_that_is_granted_later_is_noticed_with_the_next_post(house: House) -> None:
    async with SlackServer() as slack, listening(slack, house) as running:
        slack.scopes = READING
        posted = await running.platform.post(CHANNEL, Reply("Digest"), key="k")
        assert await find(running) == posted


async def test_a_scope_that_turns_out_to_be_missing_cannot_be_used(house: House) -> None:
    scopes = f"{SCOPES},im:history"
    async with SlackServer(scopes=scopes) as slack, listening(slack, house) as running:
        with pytest.raises(UnsupportedError, match="channels:history"):
            await find(running)
        assert len(slack.called("conversations.history")) == 1


@pytest.mark.parametrize(
    ("fault", "outcome", "wait", "dead"),
    [
        (Fault(status=429, retry_after=60), PostOutcome.RETRY, 60, False),
        (Fault(status=502), PostOutcome.UNKNOWN, None, False),
        (Fault(garbled=True), PostOutcome.UNKNOWN, None, False),
        (Fault(cut_short=True), PostOutcome.UNKNOWN, None, False),
        (Fault(body='{"ok": true}'), PostOutcome.UNKNOWN, None, False),
        (Fault(body='{"ok": true, "messages": [3]}'), PostOutcome.UNKNOWN, None, False),
        (Fault(error="internal_error"), PostOutcome.UNKNOWN, None, False),
        (Fault(error="is_archived"), PostOutcome.REFUSED, None, True),
        (Fault(error="not_in_channel"), PostOutcome.REFUSED, None, True),
        (Fault(error="channel_not_found"), PostOutcome.REFUSED, None, True),
        (Fault(error="token_revoked"), PostOutcome.REFUSED, None, True),
    ],
)
async def test_a_search_without_an_answer_never_says_that_nothing_is_there(
    house: House, fault: Fault, outcome: PostOutcome, wait: int | None, dead: bool
) -> None:
    async with SlackServer(scopes=READING) as slack, listening(slack, house) as running:
        await running.platform.post(CHANNEL, Reply("Digest"), key="k")
        slack.workspace.page = 1
        written(slack)
        for faults in ([fault], [Fault(), fault]):  # of the first page, and of the second
            slack.fail("conversations.history", *faults)
            with pytest.raises(PostError) as failed:
                await find(running)
            error = failed.value
            assert (error.outcome, error.dead_channel) == (outcome, dead)
            assert error.retry_after == (timedelta(seconds=wait) if wait else None)
        assert len(slack.called("conversations.history")) == 3


async def test_a_search_over_a_broken_connection_says_nothing(house: House) -> None:
    async with SlackServer(scopes=READING) as slack, listening(slack, house) as running:
        slack.keep_failing("conversations.history", Fault(drop="before"))
        with pytest.raises(PostError, match="broke") as failed:
            await find(running)
        assert failed.value.outcome is PostOutcome.UNKNOWN


async def test_more_than_can_be_looked_through_is_said_so(house: House) -> None:
    async with SlackServer(scopes=READING) as slack, listening(slack, house) as running:
        await running.platform.post(CHANNEL, Reply("Digest"), key="k")
        slack.workspace.page = 1
        for _ in range(60):
            written(slack)
        with pytest.raises(UnsupportedError, match="too many messages"):
            await find(running)


async def test_without_a_connection_nobody_knows(house: House) -> None:
    async with SlackServer() as slack:
        with pytest.raises(PostError, match="not connected") as failed:
            await make_platform(slack).find(CHANNEL, "k", since=NOW)
        assert failed.value.outcome is PostOutcome.RETRY
