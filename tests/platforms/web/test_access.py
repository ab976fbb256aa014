from __future__ import annotations

from http import HTTPStatus

import aiohttp
import pytest
from multidict import CIMultiDict

from bot.domain.platform import House
from bot.errors import ConfigurationError
from bot.platforms import web
from bot.platforms.web.access import COOKIE
from tests.platforms.web.sample import Playground, Sample, running
from tests.stories import NOW

TOKEN = "correct horse battery staple"
GETS = ("/", "/page/main.js", "/page/nothing", "/api/complete?words=", "/api/zones", "/api/events")
POSTS = ("/api/brief", "/api/clock")
PATHS = (*GETS, *POSTS)


async def status(session: aiohttp.ClientSession, path: str, **headers: str) -> int:
    named = CIMultiDict({name.replace("_", "-"): value for name, value in headers.items()})
    if path in POSTS:
        asked = session.post(
            path, json={"words": "help", "to": "day"}, headers=named, allow_redirects=False
        )
    else:
        asked = session.get(path, headers=named, allow_redirects=False)
    async with asked as response:
        return response.status


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize(
    "host",
    [
        "evil.example",
        "evil.example:8000",
        "localhost.evil.example",
        "127.0.0.1.evil.example",
        "192.168.1.7",
        "",
    ],
)
async def test_a_foreign_name_for_this_machine_is_refused(
    client: aiohttp.ClientSession, path: str, host: str
) -> None:
    assert await status(client, path, Host=host) == HTTPStatus.FORBIDDEN


@pytest.mark.parametrize(
    "host", ["localhost", "localhost:9000", "127.0.0.1:1", "[::1]:8000", "LOCALHOST"]
)
async def test_every_name_of_loopback_is_ours_on_any_port(
    client: aiohttp.ClientSession, host: str
) -> None:
    assert await status(client, "/", Host=host) == HTTPStatus.OK


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Origin": "http://localhost:1"},
        {"Sec_Fetch_Site": "cross-site"},
        {"Sec_Fetch_Site": "same-site"},
    ],
)
@pytest.mark.parametrize("path", POSTS)
async def test_a_post_from_another_page_is_refused(
    client: aiohttp.ClientSession, sample: Sample, headers: dict[str, str], path: str
) -> None:
    assert await status(client, path, **headers) == HTTPStatus.FORBIDDEN
    assert sample.asked == []


async def test_another_page_can_neither_complete_nor_follow(client: aiohttp.ClientSession) -> None:
    for path in ("/api/complete?words=", "/api/zones?typed=", "/api/events"):
        assert await status(client, path, Sec_Fetch_Site="cross-site") == HTTPStatus.FORBIDDEN


async def test_a_link_on_another_page_opens_the_playground(client: aiohttp.ClientSession) -> None:
    assert await status(client, "/", Sec_Fetch_Site="cross-site") == HTTPStatus.OK


async def test_our_own_page_may_post(client: aiohttp.ClientSession, playground: Playground) -> None:
    found = await status(client, "/api/brief", Origin=playground.url, Sec_Fetch_Site="same-origin")
    assert found == HTTPStatus.OK


@pytest.mark.parametrize("path", GETS[:5])
async def test_every_response_shuts_the_page_in(client: aiohttp.ClientSession, path: str) -> None:
    async with client.get(path) as response:
        policy = response.headers["Content-Security-Policy"]
        assert policy.startswith("default-src 'none'; script-src 'self'; style-src 'self';")
        assert "unsafe" not in policy
        assert response.headers["X-Content-Type-Options"] == "nosniff"
        assert response.headers["Referrer-Policy"] == "no-referrer"
        assert response.headers["X-Frame-Options"] == "DENY"
        assert response.headers["Cross-Origin-Resource-Policy"] == "same-origin"


@pytest.mark.parametrize("path", PATHS)
async def test_with_a_token_nothing_is_answered_without_it(path: str) -> None:
    async with (
        running(Sample(), token=TOKEN) as served,
        aiohttp.ClientSession(served.url) as session,
    ):
        assert await status(session, path) == HTTPStatus.UNAUTHORIZED
        wrong = {COOKIE: "0" * 64}
        async with aiohttp.ClientSession(served.url, cookies=wrong) as guessing:
            assert await status(guessing, path) == HTTPStatus.UNAUTHORIZED


async def test_the_token_becomes_a_cookie_that_scripts_cannot_read_and_leaves_the_address() -> None:
    jar = aiohttp.CookieJar(unsafe=True)  # of an address, too
    async with (
        running(Sample(), token=TOKEN) as served,
        aiohttp.ClientSession(served.url, cookie_jar=jar) as session,
    ):
        async with session.get("/", params={"token": TOKEN}, allow_redirects=False) as response:
            assert response.status == HTTPStatus.SEE_OTHER
            assert response.headers["Location"] == "/"
            cookie = response.cookies[COOKIE]
        assert (cookie["httponly"], cookie["samesite"]) == (True, "Strict")
        assert TOKEN not in cookie.value
        for path in ("/", "/page/main.js", "/api/complete?words=", "/api/brief"):
            assert await status(session, path) == HTTPStatus.OK


@pytest.mark.parametrize("offered", ["wrong", "", TOKEN[:-1], TOKEN + "x", "żółw"])
async def test_a_wrong_token_opens_nothing_and_is_asked_for_again(offered: str) -> None:
    async with (
        running(Sample(), token=TOKEN) as served,
        aiohttp.ClientSession(served.url) as session,
        session.get("/", params={"token": offered}) as response,
    ):
        assert response.status == HTTPStatus.UNAUTHORIZED
        assert "Set-Cookie" not in response.headers
        page = await response.text()
    assert "That token is not the right one." in page
    assert "script" not in page
    assert not offered or offered not in page.replace("not the right one", "")


async def test_a_token_opens_the_page_only_never_an_api_address() -> None:
    async with (
        running(Sample(), token=TOKEN) as served,
        aiohttp.ClientSession(served.url) as session,
        session.get("/api/complete", params={"token": TOKEN, "words": ""}) as response,
    ):
        assert response.status == HTTPStatus.UNAUTHORIZED
        assert "token" in (await response.json())["error"]


async def test_a_network_sees_the_playground_by_address_and_by_its_set_name_only() -> None:
    # The server still binds loopback here: what counts is the setting.
    async with (
        running(Sample(), host="bot.internal", token=TOKEN) as served,
        aiohttp.ClientSession(served.url) as session,
    ):
        for host in ("bot.internal:8000", "10.1.2.3:8000", "localhost"):
            assert await status(session, "/", Host=host) == HTTPStatus.UNAUTHORIZED
        assert await status(session, "/", Host="evil.example") == HTTPStatus.FORBIDDEN


def test_a_network_without_a_token_is_refused_before_anything_is_served() -> None:
    with pytest.raises(ConfigurationError, match="WEB_TOKEN is not set"):
        web.create(
            web.Settings(_env_file=None, host="0.0.0.0"),
            House(10, "state", {}, list, lambda: 0, lambda _: None, now=lambda: NOW),
        )
