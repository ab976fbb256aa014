from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

import pytest

from bot.answers import Answers
from bot.domain.reply import Reply
from bot.domain.request import Request
from bot.domain.stories import Stories
from tests.loopback import slack_payloads as payloads
from tests.loopback.slack import Ack, Fault, SlackServer
from tests.loopback.slack_gestures import ask_from_anywhere, check, open_home, use_home, write
from tests.platforms.slack.conftest import CHANNEL, House, listening, message_of, shown
from tests.platforms.slack.test_manifest import methods_called
from tests.stories import NOW, make_faq, make_story

LOUD = "<!channel> & @here <@U1> <https://evil.example|x>"


class LoudHouse(House):
    """The bot's own answers, of a story whose every text would ping everybody."""

    answers = Answers(
        lambda: Stories(
            [
                make_story(
                    "loud",
                    title=LOUD[:60],
                    bottom_line=LOUD,
                    why_it_matters=LOUD,
                    faq=[make_faq("q", LOUD, LOUD)],
                    changes=[{"date": "2026-11-01", "kind": "new", "items": ["q"], "note": LOUD}],
                )
            ]
        ),
        lambda: NOW,
    )

    async def answer(self, request: Request) -> Reply:
        self.asked.append(request)
        return await self.answers(request)


async def test_a_story_named_like_a_mention_pings_nobody_anywhere() -> None:
    house = LoudHouse()
    # The loopback Slack refuses whatever would be a mention, in blocks and in plain text.
    async with SlackServer() as slack, listening(slack, house) as running:
        slack.workspace.add_user("U1", real_name=LOUD)
        for words in ("", "stories", "faq loud", "changes lately", f"ask {LOUD}", LOUD):
            message = message_of(await slack.slash(words))
            assert "<!channel>" not in message.text
        await slack.click(message_of(await slack.slash("story loud")), "Share here")
        assert "<!channel>" not in (await shown(slack, 1, "U2")).text
        await check(slack, LOUD)
        await write(slack, LOUD)
        await open_home(slack)
        await slack.until(lambda: slack.workspace.homes and slack.seen_by("U1", "D1"))
        card = await house.answers(Request("story loud", CHANNEL))
        await running.platform.post(CHANNEL, card, key=LOUD)


@pytest.mark.parametrize("code", ["token_revoked", "account_inactive", "invalid_auth"])
async def test_a_token_that_is_revoked_while_somebody_asks_takes_nobody_down(
    house: House, code: str
) -> None:
    async with SlackServer() as slack, listening(slack, house) as running:
        gone = Fault(error=code)
        methods = ("users.info", "views.open", "chat.postEphemeral", "chat.postMessage")
        for method in (*methods, "views.publish", "conversations.info"):
            slack.keep_failing(method, gone)
        assert message_of(await slack.slash("faq")).text.startswith("Questions")
        assert "did not say just now" in message_of(await slack.slash("digest list")).text
        for told in (slack.mention("faq"), write(slack, "faq"), open_home(slack)):
            assert (await told).error is None
        assert (await ask_from_anywhere(slack)).error is None
        await slack.until(lambda: all(slack.called(method) for method in methods))
        problem = await running.platform.check(CHANNEL)
        assert code in str(problem)
        assert message_of(await slack.slash("faq")).text.startswith("Questions")


async def click(slack: SlackServer) -> Ack:
    return await slack.click(message_of(await slack.slash("faq")), "Share here")


async def from_home(slack: SlackServer) -> Ack:
    await open_home(slack)
    await slack.until(lambda: slack.workspace.homes)
    return await use_home(slack, "Ask a Briefing")


@pytest.mark.parametrize(
    ("gesture", "method"),
    [
        (lambda slack: slack.slash("faq"), ""),
        (lambda slack: slack.mention("share faq"), "chat.postMessage"),
        (lambda slack: write(slack, "faq"), "chat.postMessage"),
        (lambda slack: check(slack, "faq"), "response_url"),
        (ask_from_anywhere, "views.open"),
        (from_home, "views.open"),
        (click, "response_url"),
    ],
)
async def test_the_same_envelope_told_twice_is_answered_once(
    house: House, gesture: Callable[[SlackServer], Awaitable[Ack]], method: str
) -> None:
    async with SlackServer() as slack, listening(slack, house):
        first = await gesture(slack)
        again = await slack.again(first)
        assert (again.error, again.payload) == (None, first.payload)
        assert (first.payload is None) is bool(method)
        if method:
            await slack.until(lambda: slack.called(method))
        await asyncio.sleep(0.1)
        assert len(slack.called(method)) == bool(method)


async def test_an_ack_that_is_lost_on_the_way_answers_nothing_twice(house: House) -> None:
    async with SlackServer() as slack, listening(slack, house):
        slack.sockets.ack_limit = 0.5
        house.delay = 0.2
        lost = await slack.slash("share faq", drop="before")
        assert lost.error == "operation_timeout"
        slack.sockets.ack_limit = 3.0
        await slack.until(lambda: len(slack.sockets.links) == 2)
        again = await slack.again(lost)
        assert again.payload  # instead of the one that was lost
        assert [request.words for request in house.asked].count("share faq") == 1


@pytest.mark.parametrize(
    "change",
    [
        {"actions": []},
        {"actions": [{}]},
        {"container": None},
        {"channel": None, "container": None},
        {"response_url": None},
        {"message": None, "state": None},
    ],
)
async def test_a_click_that_lacks_what_slack_sends_takes_nobody_down(
    house: House, change: dict[str, object]
) -> None:
    async with SlackServer() as slack, listening(slack, house):
        message_of(await slack.slash("faq"))
        url = next(iter(slack.workspace.hooks))
        action = {"type": "button", "action_id": "b1:1", "value": "faq"}
        container = {"type": "message", "channel_id": "C1", "message_ts": "1.1"}
        address = f"http://{slack.address}/commands/{url}"
        body = payloads.block_actions(action, "U1", container, address)
        slack.workspace.views.note(body)
        assert (await slack.sockets.deliver(envelope(body | change))).error is None
        assert message_of(await slack.slash("faq")).text


async def test_a_command_over_a_socket_that_lacks_what_slack_sends_is_acked_with_a_sentence(
    house: House,
) -> None:
    async with SlackServer() as slack, listening(slack, house):
        broken = {"command": "/brief", "text": "faq"}
        told = await slack.deliver("slash_commands", broken, accepts_payload=True)
        assert "went wrong" in str(told.payload)


def envelope(body: payloads.Json) -> payloads.Json:
    name = f"envelope-{payloads.number()}"
    return {
        "envelope_id": name,
        "type": "interactive",
        "payload": body,
        "accepts_response_payload": False,
    }


def test_no_method_that_opens_local_files_is_called() -> None:
    assert [name for name in methods_called() if "file" in name] == []
