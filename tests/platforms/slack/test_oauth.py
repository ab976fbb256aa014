from __future__ import annotations

import json
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from http.cookies import SimpleCookie
from urllib.parse import parse_qs, urlsplit

import aiohttp
import pytest

from bot.platforms.slack.api import SCOPES
from bot.platforms.slack.installation import Installation
from tests.loopback.slack import Fault, SlackServer
from tests.loopback.slack_accounts import CLIENT_ID, CLIENT_SECRET, Team
from tests.platforms.slack.conftest import House, Running, listening_over_http
from tests.platforms.slack.installed import OAUTH, Installed, said
from tests.platforms.slack.keeping import Kept

A = Team("TA", "Ants & <Bees>")


@dataclass
class Pages:
    """The bot's pages, and a browser."""

    slack: SlackServer
    kept: Kept
    running: Running
    browser: aiohttp.ClientSession

    async def begin(self) -> tuple[str, dict[str, list[str]]]:
        """Open the page to install; the state, and what Slack is asked."""
        async with self.browser.get("/slack/install", allow_redirects=False) as response:
            assert response.status == 302
            address = urlsplit(response.headers["Location"])
            assert f"http://{address.netloc}/" == self.slack.api_url.removesuffix("api/")
            assert address.path == "/oauth/v2/authorize"
            asked = parse_qs(address.query)
            return asked["state"][0], asked

    async def end(self, **query: str) -> tuple[int, str]:
        """Come back from Slack."""
        async with self.browser.get("/slack/oauth_redirect", params=query) as response:
            assert response.headers["Cache-Control"] == "no-store"
            return response.status, await response.text()


@asynccontextmanager
async def pages(house: House, kept: Kept | None = None) -> AsyncIterator[Pages]:
    kept = kept or Kept()
    jar = aiohttp.CookieJar(unsafe=True)
    async with (
        SlackServer() as slack,
        listening_over_http(slack, house, installations=kept, **OAUTH) as running,
        aiohttp.ClientSession(running.url, cookie_jar=jar) as browser,
    ):
        yield Pages(slack, kept, running, browser)


async def test_a_workspace_that_installs_the_app_is_answered_at_once(house: House) -> None:
    async with pages(house) as at:
        bot = Installed(at.slack, at.kept, at.running)
        assert "not installed" in said(await bot.slash("TA"))
        state, asked = await at.begin()
        assert asked["client_id"] == [CLIENT_ID]
        assert sorted(asked["scope"][0].split(",")) == sorted(SCOPES)
        status, page = await at.end(state=state, code=at.slack.accounts.code_for(A))
        assert (status, "Ants &amp; &lt;Bees&gt;" in page) == (200, True)
        assert "Questions" in said(await bot.slash("TA"))
        found = Installation.read(at.kept.texts["slack:TA"])
        assert (found.token, found.bot) == (at.slack.accounts.token_of("TA"), "BBOT")


async def test_an_organisation_is_kept_apart_from_its_workspaces(house: House) -> None:
    async with pages(house) as at:
        state, _ = await at.begin()
        grid = Team(None, "Grid", "E1", org_wide=True)
        assert (await at.end(state=state, code=at.slack.accounts.code_for(grid)))[0] == 200
        assert list(at.kept.texts) == ["slack:E1"]
        assert Installation.read(at.kept.texts["slack:E1"]).org_wide


async def test_installing_again_takes_the_place_of_the_old_token(house: House) -> None:
    async with pages(house) as at:
        tokens = []
        for _ in range(2):
            state, _ = await at.begin()
            await at.end(state=state, code=at.slack.accounts.code_for(A))
            tokens.append(Installation.read(at.kept.texts["slack:TA"]).token)
        assert len(set(tokens)) == 2


async def test_a_state_is_good_once(house: House) -> None:
    async with pages(house) as at:
        state, _ = await at.begin()
        cookie = {cookie.key: cookie.value for cookie in at.browser.cookie_jar}
        await at.end(state=state, code=at.slack.accounts.code_for(A))
        at.kept.texts.clear()
        at.browser.cookie_jar.update_cookies(cookie)
        status, page = await at.end(state=state, code=at.slack.accounts.code_for(A))
        assert (status, at.kept.texts) == (400, {})
        assert "/slack/install" in page


@pytest.mark.parametrize("state", ["", "made-up", "é", "<script>"])
async def test_a_state_that_was_not_issued_is_refused(house: House, state: str) -> None:
    async with pages(house) as at:
        await at.begin()
        status, page = await at.end(state=state, code=at.slack.accounts.code_for(A))
        assert (status, at.kept.texts, at.slack.called("oauth.v2.access")) == (400, {}, [])
        assert "<script>" not in page


async def test_a_state_of_another_browser_is_refused(house: House) -> None:
    async with pages(house) as at:
        state, _ = await at.begin()
        async with aiohttp.ClientSession(at.running.url) as other:
            query = {"state": state, "code": at.slack.accounts.code_for(A)}
            async with other.get("/slack/oauth_redirect", params=query) as response:
                assert response.status == 400
        assert at.kept.texts == {}


async def test_who_does_not_allow_it_is_told_that_nothing_was_installed(house: House) -> None:
    async with pages(house) as at:
        state, _ = await at.begin()
        status, page = await at.end(state=state, error="access_denied")
        assert (status, at.kept.texts) == (200, {})
        assert "Nothing was installed" in page


@pytest.mark.parametrize(
    ("method", "fault"),
    [
        ("oauth.v2.access", Fault(status=503)),
        ("oauth.v2.access", Fault(drop="before")),
        ("oauth.v2.access", Fault(garbled=True)),
        ("auth.test", Fault(error="internal_error")),
    ],
)
async def test_an_outage_while_installing_is_told_and_keeps_nothing(
    house: House, method: str, fault: Fault
) -> None:
    async with pages(house) as at:
        at.slack.fail(method, fault)
        state, _ = await at.begin()
        status, page = await at.end(state=state, code=at.slack.accounts.code_for(A))
        assert (status, at.kept.texts) == (502, {})
        assert "Start again" in page
        state, _ = await at.begin()
        assert (await at.end(state=state, code=at.slack.accounts.code_for(A)))[0] == 200


async def test_a_made_up_code_is_refused_by_slack_and_told(house: House) -> None:
    async with pages(house) as at:
        state, _ = await at.begin()
        status, page = await at.end(state=state, code="made-up")
        assert (status, "invalid_code" in page) == (502, True)


async def test_a_lost_key_saves_nothing_in_the_clear(house: House) -> None:
    async with pages(house) as at:
        state, _ = await at.begin()
        at.kept.broken = "BOT_SECRET_KEY is not set."
        status, _ = await at.end(state=state, code=at.slack.accounts.code_for(A))
        assert (status, at.kept.texts) == (500, {})


async def test_the_cookie_is_for_these_pages_of_this_browser_alone(house: House) -> None:
    async with pages(house) as at:
        async with at.browser.get(
            "/slack/install", allow_redirects=False, headers={"Host": "brief.example.com"}
        ) as response:
            (text,) = response.headers.getall("Set-Cookie")
        (cookie,) = SimpleCookie(text).values()
        assert (cookie["domain"], cookie["max-age"], cookie["samesite"]) == ("", "600", "Lax")
        assert cookie["httponly"]
        assert cookie["secure"]


async def test_without_a_connection_the_pages_ask_to_wait(house: House) -> None:
    async with pages(house) as at:
        at.running.listening.cancel()
        await at.slack.sockets.happened()
        for _ in range(100):
            async with at.browser.get("/slack/install", allow_redirects=False) as response:
                if response.status == 503:
                    return
        raise AssertionError("it never asked to wait")


async def test_no_token_code_or_state_is_logged(
    house: House, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    async with pages(house) as at:
        state, _ = await at.begin()
        await at.end(state=state, code=(code := at.slack.accounts.code_for(A)))
        await Installed(at.slack, at.kept, at.running).slash("TA")
        token = at.slack.accounts.token_of("TA")
    ours = [record for record in caplog.records if record.name.startswith(("bot", "slack"))]
    logged = json.dumps([logging.Formatter().format(record) for record in ours])
    for secret in (token, code, state, CLIENT_SECRET):
        assert secret not in logged
