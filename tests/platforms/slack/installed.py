"""The bot on a loopback Slack in many workspaces, which have installed it."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

from pydantic import SecretStr

from bot import clock
from bot.platforms.slack.installation import Installation
from bot.platforms.slack.timing import Timing
from tests.loopback import slack_payloads as payloads
from tests.loopback.slack import Ack, SlackServer
from tests.loopback.slack_accounts import CLIENT_ID, CLIENT_SECRET, Team
from tests.loopback.slack_workspace import Hook
from tests.platforms.slack.conftest import QUICK, House, Running, listening_over_http
from tests.platforms.slack.keeping import Kept

A, B = Team("TA", "Ants"), Team("TB", "Bees")
ORG = Team(None, "Grid", "E1", org_wide=True)
OAUTH: dict[str, Any] = {
    "bot_token": None,
    "client_id": CLIENT_ID,
    "client_secret": SecretStr(CLIENT_SECRET),
}


@dataclass
class Installed:
    """The bot in many workspaces."""

    slack: SlackServer
    kept: Kept
    running: Running

    async def slash(self, team: str, words: str = "faq", **changed: object) -> Ack:
        """Type `/brief` in a workspace."""
        slash = payloads.slash_command(words, "U1", "C1", self.url(), team) | changed
        return await self.slack.deliver("slash_commands", slash, accepts_payload=True)

    async def click(self, team: str, words: str, **changed: object) -> Ack:
        """Use a control in a workspace."""
        action = {"type": "button", "action_id": "b1:1", "value": words, "block_id": "b"}
        container = {"type": "message", "message_ts": "1.1", "channel_id": "C1"}
        click = payloads.block_actions(action, "U1", container, self.url(), team) | changed
        return await self.slack.deliver("interactive", click)

    async def ends(self, kind: str, team: str, **event: object) -> None:
        """Tell that an installation has ended, and wait until that is known."""
        told = payloads.event_callback({"type": kind, **event}, team)
        told["event_time"] = int(clock.now().timestamp()) + 5
        assert (await self.slack.deliver("events_api", told)).error is None

    def url(self) -> str:
        return self.slack._hooked(Hook("C1", "U1"))


def keep(kept: Kept, slack: SlackServer, *teams: Team) -> None:
    """Let these teams have installed the app."""
    for team in teams:
        given = slack.accounts.install(team)
        found = Installation.granted(given, {"bot_id": "BBOT"}, clock.now())
        kept.texts[found.tenant] = found.to_text()


@asynccontextmanager
async def installed(
    house: House, *teams: Team, timing: Timing = QUICK, **changed: Any
) -> AsyncIterator[Installed]:
    """The bot over HTTP in these workspaces."""
    kept = Kept()
    async with SlackServer() as slack:
        keep(kept, slack, *teams)
        account = OAUTH | changed
        async with listening_over_http(
            slack, house, timing, installations=kept, **account
        ) as running:
            yield Installed(slack, kept, running)


def said(ack: Ack) -> str:
    assert ack.error is None
    return json.dumps(ack.payload)


async def until(condition: Callable[[], bool]) -> None:
    for _ in range(500):
        if condition():
            return
        await asyncio.sleep(0.01)
    raise TimeoutError
