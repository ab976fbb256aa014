"""Calling the bot by hand, as Slack does it over HTTP."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from tests.loopback import slack_payloads as payloads
from tests.loopback.slack import SlackServer
from tests.loopback.slack_http import Caller
from tests.platforms.slack.conftest import House, listening_over_http

JSON = "application/json"
FORM = "application/x-www-form-urlencoded"
SLASH = payloads.slash_command("faq", "U1", "C1", "https://hooks.slack.com/commands/x")


@asynccontextmanager
async def called(house: House) -> AsyncIterator[Caller]:
    """The bot over HTTP, and who calls it."""
    async with SlackServer() as slack, listening_over_http(slack, house):
        assert slack.caller
        yield slack.caller
