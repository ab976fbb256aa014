from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import aiohttp
import pytest
from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncApp
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from tests.loopback.slack import Fault, SlackServer
from tests.loopback.slack_payloads import Json
from tests.loopback.slack_sockets import Sockets

HELLO: Json = {
    "text": "Hello",
    "response_type": "ephemeral",
    "unfurl_links": False,
    "unfurl_media": False,
    "blocks": [
        {
            "type": "actions",
            "elements": [
                {
                    "type": "button",
                    "action_id": "b1:0",
                    "text": {"type": "plain_text", "text": "Again", "emoji": False},
                    "value": "again",
                }
            ],
        }
    ],
}

Ack = Callable[..., Awaitable[object]]


@asynccontextmanager
async def bolt(slack: SlackServer) -> AsyncIterator[AsyncApp]:
    client = AsyncWebClient(slack.bot_token, base_url=slack.api_url, retry_handlers=[])
    app = AsyncApp(client=client, process_before_response=True)
    handler = AsyncSocketModeHandler(app, slack.app_token, ping_interval=0.2)
    await handler.connect_async()
    try:
        yield app
    finally:
        await handler.close_async()


async def test_a_slash_command_is_acked_with_a_message() -> None:
    async with SlackServer() as slack, bolt(slack) as app:

        @app.command("/brief")
        async def brief(ack: Ack, command: Json) -> None:
            assert command["text"] == "a &lt;b&gt;"
            await ack(HELLO)

        answer = await slack.slash("a <b>")
        assert answer.payload == HELLO
        assert [message.text for message in slack.seen_by("U1")] == ["Hello"]
        assert slack.seen_by("U2") == []
        await slack.until(lambda: slack.sockets.pongs)


async def test_a_button_is_answered_by_its_response_url_five_times() -> None:
    async with SlackServer() as slack, bolt(slack) as app:
        statuses = []

        @app.command("/brief")
        async def brief(ack: Ack) -> None:
            await ack(HELLO)

        @app.action("b1:0")
        async def again(ack: Ack, body: Json) -> None:
            await ack()
            async with aiohttp.ClientSession() as session:
                for _ in range(6):
                    edit = HELLO | {"replace_original": True}
                    async with session.post(body["response_url"], json=edit) as response:
                        statuses.append(response.status)

        first = await slack.slash()
        assert first.message is not None
        await slack.click(first.message, "Again")
        assert statuses == [200] * 5 + [404]
        assert first.message.edits == 5


async def test_an_ack_after_the_limit_is_a_timeout() -> None:
    async with SlackServer(sockets=Sockets(ack_limit=0.1)) as slack, bolt(slack) as app:

        @app.command("/brief")
        async def brief(ack: Ack) -> None:
            await asyncio.sleep(0.3)
            await ack(HELLO)

        answer = await slack.slash()
        assert (answer.error, answer.payload) == ("operation_timeout", None)
        await slack.until(lambda: slack.sockets.late)
        assert slack.seen_by("U1") == []


async def test_a_cut_socket_is_opened_again_with_another_ticket() -> None:
    async with SlackServer() as slack, bolt(slack) as app:

        @app.command("/brief")
        async def brief(ack: Ack) -> None:
            await ack(HELLO)

        slack.sockets.cut()
        await slack.until(lambda: slack.sockets.opened == 2)
        assert (await slack.slash()).payload == HELLO


async def test_a_deaf_socket_is_given_up(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.CRITICAL)
    async with SlackServer(sockets=Sockets(deaf=True)) as slack, bolt(slack):
        await slack.until(lambda: slack.sockets.opened > 1)


async def test_a_mention_reaches_the_app() -> None:
    async with SlackServer() as slack, bolt(slack) as app:
        texts = []

        @app.event("app_mention")
        async def mentioned(event: Json) -> None:
            texts.append(event["text"])

        ack = await slack.mention("faq")
        await slack.again(ack)
        assert (ack.error, texts) == (None, ["<@UBOT> faq"] * 2)


async def test_faults_are_what_was_asked_for() -> None:
    async with SlackServer() as slack, aiohttp.ClientSession() as session:
        client = AsyncWebClient("xoxb-wrong", slack.api_url, session=session, retry_handlers=[])
        with pytest.raises(SlackApiError, match="invalid_auth"):
            await client.auth_test()
        client.token = slack.bot_token
        slack.fail("auth.test", Fault(status=429, retry_after=7), Fault(status=503))
        with pytest.raises(SlackApiError, match="ratelimited") as limited:
            await client.auth_test()
        assert limited.value.response.headers["Retry-After"] == "7"
        with pytest.raises(SlackApiError):
            await client.auth_test()
        slack.fail("auth.test", Fault(drop="before"))
        with pytest.raises(aiohttp.ClientError):
            await client.auth_test()
        assert (await client.auth_test())["team_id"] == "T1"


async def test_a_message_that_slack_refuses_fails_the_test() -> None:
    with pytest.raises(AssertionError, match="mrkdwn without verbatim"):
        await _post_without_verbatim()


async def _post_without_verbatim() -> None:
    async with SlackServer() as slack, aiohttp.ClientSession() as session:
        client = AsyncWebClient(slack.bot_token, slack.api_url, session=session)
        block = {"type": "section", "text": {"type": "mrkdwn", "text": "@here"}}
        with pytest.raises(SlackApiError, match="invalid_blocks"):
            await client.chat_postMessage(channel="C1", text="Hi", blocks=[block])


def _form(text: str) -> Json:
    entry = {"type": "plain_text_input", "action_id": "a", "initial_value": text}
    words = {"type": "plain_text", "text": "Words", "emoji": False}
    block = {"type": "input", "block_id": "b", "label": words, "element": entry}
    return {"type": "modal", "title": words, "submit": words, "blocks": [block]}


async def test_a_modal_is_opened_once_by_a_trigger_and_updated_by_its_hash() -> None:
    async with SlackServer() as slack, bolt(slack) as app:
        submitted: list[Json] = []

        @app.command("/brief")
        async def brief(ack: Ack, body: Json) -> None:
            await ack()
            await app.client.views_open(trigger_id=body["trigger_id"], view=_form("hello"))
            with pytest.raises(SlackApiError, match="exchanged_trigger_id"):
                await app.client.views_open(trigger_id=body["trigger_id"], view=_form("hello"))
            with pytest.raises(SlackApiError, match="invalid_trigger_id"):
                await app.client.views_open(trigger_id="made up", view=_form("hello"))

        @app.view("")
        async def words(ack: Ack, body: Json) -> None:
            submitted.append(body["view"]["state"]["values"])
            with pytest.raises(SlackApiError, match="hash_conflict"):
                await app.client.views_update(view=_form(""), view_id=body["view"]["id"], hash="x")
            await ack()

        await slack.slash()
        modal = slack.modal()
        await slack.submit(modal, Words="goodbye")
        with pytest.raises(SlackApiError, match="not_found"):
            await app.client.views_update(view=_form(""), view_id=modal.id)
        typed = {"type": "plain_text_input", "value": "goodbye"}
        assert (submitted, modal.closed) == ([{"b": {"a": typed}}], True)


async def test_a_modal_that_lacks_an_answer_is_not_submitted() -> None:
    async with SlackServer() as slack, bolt(slack) as app:

        @app.command("/brief")
        async def brief(ack: Ack, body: Json) -> None:
            await ack()
            await app.client.views_open(trigger_id=body["trigger_id"], view=_form(""))

        await slack.slash()
        with pytest.raises(AssertionError, match="Words"):
            await slack.submit(slack.modal())
