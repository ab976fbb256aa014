from __future__ import annotations

import json
from itertools import count

import aiohttp
import pytest
from prometheus_client import CollectorRegistry

from bot.app.metrics import Metrics
from bot.app.server import health_routes, serving
from bot.app.supervisor import Health, State
from bot.domain.reply import Reply
from bot.domain.request import Request
from bot.errors import ConfigurationError
from bot.store.records import Standing
from tests.stories import CHANNEL, NOW


async def fetch(url: str) -> tuple[int, str]:
    async with aiohttp.ClientSession() as session, session.get(url) as response:
        return response.status, await response.text()


async def standing(_: str) -> Standing:
    return Standing(None, 0, None)


async def test_readyz_is_200_once_any_platform_answers() -> None:
    healths = [Health("slack", NOW, State.FAILED, "token revoked"), Health("discord", NOW)]
    routes = health_routes(lambda: healths, CollectorRegistry(), standing)
    async with serving(routes, "127.0.0.1", 0) as address:
        before, _ = await fetch(f"{address}/readyz")
        healths[1].state = State.READY
        after, body = await fetch(f"{address}/readyz")
    assert (before, after) == (503, 200)
    no_digests = {"last_confirmed_post": None, "waiting": 0, "oldest_waiting": None}
    since = "2026-11-22T12:00:00+00:00"
    slack = {"platform": "slack", "state": "failed", "since": since, "reason": "token revoked"}
    discord = {"platform": "discord", "state": "ready", "since": since, "reason": ""}
    lines = [json.loads(each) for each in body.splitlines()]
    assert lines == [{**slack, **no_digests}, {**discord, **no_digests}]


async def test_readyz_tells_how_deliveries_stand() -> None:
    async def behind(_: str) -> Standing:
        return Standing(NOW, 2, NOW)

    async def away(_: str) -> Standing:
        raise OSError("the database is away")

    told = []
    for known in (behind, away):
        routes = health_routes(lambda: [Health("web", NOW)], CollectorRegistry(), known)
        async with serving(routes, "127.0.0.1", 0) as address:
            told.append(json.loads((await fetch(f"{address}/readyz"))[1]))
    assert [each["waiting"] for each in told] == [2, None]
    assert told[0]["last_confirmed_post"] == "2026-11-22T12:00:00+00:00"
    assert [each.get("database") for each in told] == [None, "away"]


async def test_healthz_is_200_while_the_process_lives() -> None:
    async with serving(
        health_routes(list, CollectorRegistry(), standing), "127.0.0.1", 0
    ) as address:
        assert await fetch(f"{address}/healthz") == (200, "ok\n")


async def test_metrics_count_answers_by_platform_and_hold_no_words() -> None:
    ticks = count(0.0, 0.25)
    metrics = Metrics(lambda: next(ticks))

    async def answer(request: Request) -> Reply:
        if request.words == "fail":
            raise ValueError("odd")
        return Reply("x")

    measured = metrics.measured(answer)
    await measured(Request("faq my secret question", CHANNEL))
    with pytest.raises(ValueError, match="odd"):
        await measured(Request("fail", CHANNEL))
    routes = health_routes(list, metrics.registry, standing)
    async with serving(routes, "127.0.0.1", 0) as address:
        _, body = await fetch(f"{address}/metrics")
    assert 'briefing_bot_answer_seconds_count{platform="slack"} 1.0' in body
    assert 'briefing_bot_answer_seconds_sum{platform="slack"} 0.25' in body
    assert 'briefing_bot_answers_failed_total{platform="slack"} 1.0' in body
    assert "secret" not in body


async def test_a_taken_port_is_said_with_the_remedy() -> None:
    async with serving([], "127.0.0.1", 0) as address:
        port = int(address.rpartition(":")[2])
        with pytest.raises(ConfigurationError, match=f"port {port} .* is taken .* WEB_PORT"):
            async with serving([], "127.0.0.1", port):
                pass


@pytest.mark.parametrize(
    ("host", "opened"), [("0.0.0.0", "127.0.0.1"), ("127.0.0.1", "127.0.0.1"), ("::", "[::1]")]
)
async def test_the_address_that_is_shown_can_be_opened(host: str, opened: str) -> None:
    async with serving(health_routes(list, CollectorRegistry(), standing), host, 0) as address:
        assert address.startswith(f"http://{opened}:")
        assert await fetch(f"{address}/healthz") == (200, "ok\n")
