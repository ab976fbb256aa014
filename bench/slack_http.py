"""Slack over HTTP, for `bench.sdk`: a bare bot of the SDK, and ours, each at a port of its own."""

from __future__ import annotations

import asyncio
import json
import tempfile
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from aiohttp import web
from pydantic import SecretStr
from slack_bolt.async_app import AsyncAck, AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

from bot import clock
from bot.app.server import serving
from bot.domain.platform import House
from bot.platforms import slack as on_slack
from tests.loopback.slack import BOT_TOKEN
from tests.loopback.slack_http import SIGNING_SECRET

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from bot.answers import Answers
    from bot.domain.request import Request


async def bare(address: str, answers: Answers, request: Request) -> None:
    """The SDK's own way over HTTP, with a message of the same size made beforehand."""
    api_url, port = address.split()
    message = json.dumps(on_slack.preview.render(await answers(request)))
    app = AsyncApp(
        client=AsyncWebClient(token=BOT_TOKEN, base_url=api_url),
        signing_secret=SIGNING_SECRET,
        process_before_response=True,
    )

    async def brief(ack: AsyncAck) -> None:
        await ack(json.loads(message))

    app.command("/brief")(brief)
    async with _running(app.web_app("/slack/events"), int(port)):
        await asyncio.Event().wait()


async def ours(address: str, answers: Answers) -> None:
    """The bot as it runs over HTTP."""
    api_url, port = address.split()
    settings = on_slack.Settings(
        api_url=api_url,
        bot_token=SecretStr(BOT_TOKEN),
        signing_secret=SecretStr(SIGNING_SECRET),
    )
    house = House(10, tempfile.mkdtemp(), {}, list, lambda: 1, lambda _: None, now=clock.now)
    platform = on_slack.create(settings, house)
    async with serving(platform.routes(), "127.0.0.1", int(port)):
        await platform.listen(answers, answers.complete, lambda _: None)


@asynccontextmanager
async def _running(app: web.Application, port: int) -> AsyncIterator[None]:
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", port).start()
        yield
    finally:
        await runner.cleanup()
