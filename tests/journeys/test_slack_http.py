from __future__ import annotations

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import aiohttp

from tests.journeys.process import Bot, running
from tests.loopback import slack_payloads as payloads
from tests.loopback.slack import APP_TOKEN, BOT_TOKEN, SlackServer
from tests.loopback.slack_accounts import CLIENT_ID, CLIENT_SECRET, Team
from tests.loopback.slack_http import SIGNING_SECRET, Caller

KEY = "journey-key-of-more-than-32-characters"
OAUTH = {
    "SLACK_SIGNING_SECRET": SIGNING_SECRET,
    "SLACK_CLIENT_ID": CLIENT_ID,
    "SLACK_CLIENT_SECRET": CLIENT_SECRET,
    "BOT_SECRET_KEY": KEY,
}


@dataclass
class Site:
    """A bot that workspaces install, at an address of its own."""

    bot: Bot
    slack: SlackServer
    url: str

    async def install(self, team: Team) -> int:
        """Install the bot in a browser of its own, through Slack's page and back."""
        jar = aiohttp.CookieJar(unsafe=True)
        async with aiohttp.ClientSession(cookie_jar=jar) as browser:
            async with browser.get(f"{self.url}/slack/install", allow_redirects=False) as page:
                state = page.headers["Location"].split("state=")[1].split("&")[0]
            code = self.slack.accounts.code_for(team)
            back = f"{self.url}/slack/oauth_redirect?code={code}&state={state}"
            async with browser.get(back) as page:
                return page.status

    async def slash(self, team: str, words: str) -> str:
        """Type `/brief` in a workspace."""
        slash = payloads.slash_command(words, "U1", "C1", "https://hooks.slack.com/x", team)
        ack = await self.slack.deliver("slash_commands", slash, accepts_payload=True)
        assert ack.error is None
        return json.dumps(ack.payload)


@asynccontextmanager
async def site(folder: Path, slack: SlackServer, **settings: str) -> AsyncIterator[Site]:
    async with running(folder, SLACK_API_URL=slack.api_url, **settings) as bot:
        await bot.says("slack is ready")
        url = await bot.address()
        if slack.caller:
            await slack.caller.close()
        slack.caller = Caller(f"{url}/slack/events")
        yield Site(bot, slack, url)


async def test_a_signing_secret_is_enough_to_answer_over_http(tmp_path: Path) -> None:
    async with SlackServer() as slack:
        tokens = {"SLACK_BOT_TOKEN": BOT_TOKEN, "SLACK_SIGNING_SECRET": SIGNING_SECRET}
        async with site(tmp_path, slack, **tokens) as at:
            assert "Has Mexico agreed to the strikes?" in await at.slash("T1", "faq consent")
            status, ready = await at.bot.get("/readyz")
            assert (status, json.loads(ready)["platform"]) == (200, "slack")
            assert slack.sockets.opened == 0
            assert await at.bot.stop() == 0
    assert "Traceback" not in at.bot.output


async def test_where_both_are_set_the_transport_is_a_setting(tmp_path: Path) -> None:
    both = {
        "SLACK_BOT_TOKEN": BOT_TOKEN,
        "SLACK_APP_TOKEN": APP_TOKEN,
        "SLACK_SIGNING_SECRET": SIGNING_SECRET,
    }
    for transport, sockets, status in (("http", 0, 401), ("socket", 2, 404), ("", 2, 404)):
        async with (
            SlackServer() as slack,
            site(tmp_path, slack, **both, SLACK_TRANSPORT=transport),
        ):
            assert slack.sockets.opened == sockets
            assert slack.caller
            assert (await slack.caller.send(b"", {}))[0] == status


async def test_workspaces_install_it_and_are_known_after_a_restart(tmp_path: Path) -> None:
    tokens, output = [], ""
    async with SlackServer() as slack:
        async with site(tmp_path, slack, **OAUTH) as at:
            assert "not installed" in await at.slash("TA", "faq consent")
            for team in (Team("TA", "Ants"), Team(None, "Grid", "E1", org_wide=True)):
                assert await at.install(team) == 200
            assert "Has Mexico agreed" in await at.slash("TA", "faq consent")
            tokens = [slack.accounts.token_of(team) for team in ("TA", "E1")]
            assert await at.bot.stop() == 0
            output += at.bot.output
        async with site(tmp_path, slack, **OAUTH) as at:
            assert "Has Mexico agreed" in await at.slash("TA", "faq consent")
            _, metrics = await at.bot.get("/metrics")
            assert await at.bot.stop() == 0
            output += at.bot.output + metrics
        wrong = OAUTH | {"BOT_SECRET_KEY": KEY[::-1]}
        async with running(tmp_path, SLACK_API_URL=slack.api_url, **wrong) as bot:
            assert await bot.ended() == 2
            assert "BOT_SECRET_KEY does not open" in bot.output
            output += bot.output
    files = [path for path in (tmp_path / "state").rglob("*") if path.is_file()]
    kept = b"".join(path.read_bytes() for path in files)
    assert b"slack:TA" in kept
    for secret in (*tokens, CLIENT_SECRET, KEY):
        assert secret.encode() not in kept
        assert secret not in output


async def test_without_a_key_it_says_how_to_make_one(tmp_path: Path) -> None:
    async with SlackServer() as slack:
        settings = {name: value for name, value in OAUTH.items() if name != "BOT_SECRET_KEY"}
        async with running(tmp_path, SLACK_API_URL=slack.api_url, **settings) as bot:
            assert await bot.ended() == 2
    assert "BOT_SECRET_KEY is not set" in bot.output
    assert "token_urlsafe" in bot.output
    assert "Traceback" not in bot.output
