from __future__ import annotations

import asyncio
import json
import logging
from datetime import timedelta
from http import HTTPStatus
from typing import Any

import aiohttp
import pytest

from bot.domain.problem import Position, Problem, Severity
from bot.domain.reply import Paragraph, Reply, line
from bot.domain.request import Channel
from bot.errors import BotError, PostError, PostOutcome
from bot.platforms.web import feed
from bot.platforms.web.translate import CHANNEL, WORDS_LIMIT
from tests.platforms.web.sample import PREVIEWS, Playground, Sample, card, running
from tests.stories import NOW

NOTE = Reply(
    "Digest",
    (
        Paragraph(
            line("Nothing new."),
        ),
    ),
    private=False,
)


async def ask(session: aiohttp.ClientSession, **data: Any) -> tuple[int, Any]:
    async with session.post("/api/brief", json=data) as response:
        return response.status, await response.json()


def controls(node: Any, marks: tuple[str, ...]) -> list[dict[str, Any]]:
    """Every control in a payload: an object with one of these keys."""
    if isinstance(node, list):
        return [found for part in node for found in controls(part, marks)]
    if not isinstance(node, dict):
        return []
    own = [node] if any(mark in node for mark in marks) else []
    return own + [found for part in node.values() for found in controls(part, marks)]


async def test_words_are_answered_with_both_platforms_own_payloads(
    client: aiohttp.ClientSession, sample: Sample
) -> None:
    reply = sample.replies["harbour"] = card()
    status, message = await ask(client, words="harbour")
    assert status == HTTPStatus.OK
    assert message["slack"] == json.loads(json.dumps(PREVIEWS["slack"].render(reply)))
    assert message["discord"] == json.loads(json.dumps(PREVIEWS["discord"].render(reply)))
    assert message["text"].startswith("Harbour tunnel\n\nThe tunnel opens a year late.")
    assert (message["private"], message["words"]) == (True, "harbour")


async def test_the_request_says_who_asks_from_where(
    client: aiohttp.ClientSession, sample: Sample
) -> None:
    await ask(client, words="faq", moderator=True, zone="America/Mexico_City")
    asked = sample.asked[0]
    assert str(asked.channel) == "web:local/playground"
    assert (asked.words, asked.moderator, asked.zone) == ("faq", True, "America/Mexico_City")
    assert asked.user_name == "you"


@pytest.mark.parametrize("moderator", [None, False, "false", "yes", 1, [], {}])
async def test_nobody_is_a_moderator_by_accident(
    client: aiohttp.ClientSession, sample: Sample, moderator: object
) -> None:
    status, _ = await ask(client, words="faq", moderator=moderator)
    assert status == HTTPStatus.OK
    assert sample.asked[0].moderator is False


@pytest.mark.parametrize(
    "zone", ["Mars/Olympus", "../../etc/passwd", "/etc/passwd", "", 5, None, "x" * 9999, "\0"]
)
async def test_a_zone_that_is_none_is_left_out(
    client: aiohttp.ClientSession, sample: Sample, zone: object
) -> None:
    await ask(client, words="faq", zone=zone)
    assert sample.asked[0].zone is None


async def test_every_control_of_slack_carries_its_words_back(
    client: aiohttp.ClientSession, sample: Sample
) -> None:
    _, message = await ask(client, words="harbour")
    used = [
        {**control, "selected_option": option} if option else control
        for control in controls(message["slack"], ("action_id",))
        for option in control.get("options", [None])
    ]
    for control in used:
        await ask(client, platform="slack", control=control)
    asked = [request.words for request in sample.asked[1:]]
    assert asked[:5] == ["faq who-pays", "faq when", "faq", "background", "share harbour"]


async def test_every_control_of_discord_carries_its_words_back(
    client: aiohttp.ClientSession, sample: Sample
) -> None:
    _, message = await ask(client, words="harbour")
    used = [
        {"custom_id": control["custom_id"], "values": [option["value"]] if option else []}
        for control in controls(message["discord"], ("custom_id",))
        for option in control.get("options", [None])
    ]
    for control in used:
        await ask(client, platform="discord", control=control)
    asked = [request.words for request in sample.asked[1:]]
    assert asked[:5] == ["faq who-pays", "faq when", "faq", "background", "share harbour"]


@pytest.mark.parametrize(
    "data",
    [
        {},
        {"words": None},
        {"words": 3},
        {"control": {"custom_id": "b1:0:faq"}},
        {"platform": "discord"},
        {"platform": "discord", "control": "b1:0:faq"},
        {"platform": "discord", "control": {}},
        {"platform": "discord", "control": {"custom_id": 7}},
        {"platform": "discord", "control": {"custom_id": "b1m:0", "values": 3}},
        {"platform": "discord", "control": {"custom_id": "made up"}},
        {"platform": "slack", "control": {}},
        {"platform": "slack", "control": {"action_id": "b1:1", "value": []}},
        {"platform": "teams", "control": {"custom_id": "b1:0:faq"}},
        {"platform": ["slack"], "control": {}},
        {"form": None},
        {"form": "digest add"},
        {"form": {"words": "digest add"}},
        {"form": {"words": "digest add", "values": "at"}},
        {"form": {"words": 1, "values": []}},
        {"form": {"words": "digest add", "values": ["at"]}},
        {"form": {"words": "digest add", "values": [["at"]]}},
        {"form": {"words": "digest add", "values": [["at", 9]]}},
    ],
)
async def test_what_the_page_never_sends_is_refused_in_a_sentence(
    client: aiohttp.ClientSession, sample: Sample, data: dict[str, Any]
) -> None:
    status, answer = await ask(client, **data)
    assert status == HTTPStatus.BAD_REQUEST
    assert answer["error"].endswith(".")
    assert sample.asked == []


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b"null", b"\xff\xfe", b"[" * 60000, b'"words"'])
async def test_a_body_that_is_no_json_object_is_refused(
    client: aiohttp.ClientSession, body: bytes
) -> None:
    headers = {"Content-Type": "application/json"}
    async with client.post("/api/brief", data=body, headers=headers) as response:
        assert response.status == HTTPStatus.BAD_REQUEST


@pytest.mark.parametrize(
    "kind", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data"]
)
async def test_a_form_on_another_page_cannot_ask(
    client: aiohttp.ClientSession, sample: Sample, kind: str
) -> None:
    body = json.dumps({"words": "faq"}).encode()
    async with client.post("/api/brief", data=body, headers={"Content-Type": kind}) as response:
        assert response.status == HTTPStatus.BAD_REQUEST
    assert sample.asked == []


async def test_a_long_body_is_refused_however_it_is_sent(client: aiohttp.ClientSession) -> None:
    async def endless() -> Any:
        for _ in range(100):
            yield b" " * 1024

    headers = {"Content-Type": "application/json"}
    for body in (b" " * 70_000, endless()):
        async with client.post("/api/brief", data=body, headers=headers) as response:
            assert response.status == HTTPStatus.BAD_REQUEST
            assert (await response.json())["error"] == "Send at most 64 kB."


async def test_a_form_comes_with_all_that_is_needed_to_fill_it_in(
    client: aiohttp.ClientSession,
) -> None:
    _, message = await ask(client, words="digest")
    form = message["form"]
    assert (form["title"], form["words"], form["submit"]) == (
        "Plan a digest",
        "digest add",
        "Preview",
    )
    assert [(field["label"], field["kind"], field["value"]) for field in form["fields"]] == [
        ("Story", "choice", ""),
        ("Time", "text", "09:00"),
        ("Time zone", "text", ""),
        ("Channel", "channel", "web:local/playground"),
    ]
    assert [field["required"] for field in form["fields"]] == [True, True, False, True]
    assert form["fields"][1]["hint"] == "In your own zone."
    assert form["fields"][0]["options"][1] == {
        "label": "Night trains",
        "hint": "new",
        "words": "trains",
    }
    assert (await ask(client, words="share digest"))[1]["form"] is None
    assert (await ask(client, words="faq"))[1]["form"] is None


async def test_a_filled_in_form_asks_its_words(
    client: aiohttp.ClientSession, sample: Sample
) -> None:
    values = [["", "trains"], ["at", " 08:00\n"], ["in", ""], ["to", "web:local/playground"]]
    status, message = await ask(client, form={"words": "digest add", "values": values})
    assert status == HTTPStatus.OK
    asked = "digest add trains at 08:00 to web:local/playground"
    assert message["words"] == sample.asked[-1].words == asked


async def test_a_form_filled_in_at_length_is_refused_politely(
    client: aiohttp.ClientSession, sample: Sample
) -> None:
    form = {"words": "digest add", "values": [["at", "x" * WORDS_LIMIT]]}
    status, answer = await ask(client, form=form)
    assert (status, sample.asked) == (HTTPStatus.BAD_REQUEST, [])
    assert "Ask in at most 500" in answer["error"]


async def test_too_many_words_are_refused_politely(client: aiohttp.ClientSession) -> None:
    assert (await ask(client, words="w" * WORDS_LIMIT))[0] == HTTPStatus.OK
    status, answer = await ask(client, words="w" * (WORDS_LIMIT + 1))
    assert status == HTTPStatus.BAD_REQUEST
    assert answer["error"] == "That is 501 characters. Ask in at most 500, please."


async def test_a_failure_is_told_with_a_reference_that_is_in_the_log(
    client: aiohttp.ClientSession, sample: Sample, caplog: pytest.LogCaptureFixture
) -> None:
    sample.fault = RuntimeError("secret detail")
    with caplog.at_level(logging.ERROR):
        status, answer = await ask(client, words="faq")
    assert status == HTTPStatus.INTERNAL_SERVER_ERROR
    assert "secret" not in answer["error"]
    assert answer["error"].split()[-1].rstrip(".") in caplog.text
    assert "secret detail" in caplog.text


async def test_an_error_meant_for_people_is_told_as_it_is(
    client: aiohttp.ClientSession, sample: Sample
) -> None:
    sample.fault = BotError("Try again later.")
    assert await ask(client, words="faq") == (500, {"error": "Try again later."})


async def test_words_are_completed(client: aiohttp.ClientSession) -> None:
    async with client.get("/api/complete", params={"words": "faq w"}) as response:
        assert await response.json() == [
            {"label": "faq who-pays", "hint": "about faq who-pays", "words": "faq who-pays"},
            {"label": "faq when", "hint": "about faq when", "words": "faq when"},
        ]


async def test_the_page_and_its_files_are_served_and_nothing_else(
    client: aiohttp.ClientSession,
) -> None:
    expected = {"/": "text/html", "/page/main.js": "text/javascript", "/page/page.css": "text/css"}
    for path, kind in expected.items():
        async with client.get(path) as response:
            assert (response.status, response.content_type) == (HTTPStatus.OK, kind)
    for path in ("/page/..%2fplatform.py", "/page/platform.py", "/page/", "/page/%00"):
        async with client.get(path) as response:
            assert response.status == HTTPStatus.NOT_FOUND


async def test_what_is_shared_is_posted_in_the_channel(
    client: aiohttp.ClientSession, playground: Playground
) -> None:
    async with client.get("/api/events") as stream:
        _, message = await ask(client, words="share faq when")
        posted = await next_event(stream, "post")
    assert message["private"] is False
    assert posted == message
    assert "Shared by you." in posted["text"]


async def next_event(stream: aiohttp.ClientResponse, name: str) -> Any:
    """The data of the next event of this name."""
    async with asyncio.timeout(10):
        while (await stream.content.readline()).decode().strip() != f"event: {name}":
            pass
        data = (await stream.content.readline()).decode()
    return json.loads(data.removeprefix("data: "))


async def test_a_page_learns_of_problems_and_of_saved_briefings_as_they_come(
    client: aiohttp.ClientSession, sample: Sample
) -> None:
    async with client.get("/api/events") as stream:
        assert stream.content_type == "text/event-stream"
        assert stream.headers["X-Content-Type-Options"] == "nosniff"
        before = await next_event(stream, "library")
        assert await next_event(stream, "problems") == []
        sample.change(
            Problem("title is missing", "add it", Position("a.yaml", 3, 5), Severity.WARNING)
        )
        after = await next_event(stream, "library")
        problems = await next_event(stream, "problems")
    assert (before["revision"], after["revision"]) == (1, 2)
    assert problems == [
        {
            "what": "title is missing",
            "remedy": "add it",
            "where": "a.yaml:3:5",
            "severity": "warning",
        }
    ]


async def test_a_restarted_bot_is_told_from_the_one_before() -> None:
    runs = []
    for _ in range(2):
        async with (
            running(Sample()) as served,
            aiohttp.ClientSession(served.url) as session,
            session.get("/api/events") as stream,
        ):
            runs.append((await next_event(stream, "library"))["run"])
    assert runs[0] != runs[1]


async def test_a_post_is_shown_once_however_often_its_key_is_repeated(
    client: aiohttp.ClientSession, playground: Playground
) -> None:
    platform = playground.platform
    first = await platform.post(CHANNEL, NOTE, key="k1")
    assert await platform.post(CHANNEL, NOTE, key="k1") == first
    second = await platform.post(CHANNEL, NOTE, key="k2")
    assert second != first
    async with client.get("/api/events") as stream:
        shown = [(await next_event(stream, "post"))["id"] for _ in range(2)]
    assert shown == [first, second]


async def test_a_key_is_forgotten_with_its_message(playground: Playground) -> None:
    platform = playground.platform
    first = await platform.post(CHANNEL, NOTE, key="k0")
    for number in range(1, 101):
        await platform.post(CHANNEL, NOTE, key=f"k{number}")
    assert await platform.find(CHANNEL, "k0", since=NOW) is None
    assert await platform.find(CHANNEL, "k1", since=NOW) is not None
    assert await platform.post(CHANNEL, NOTE, key="k0") != first
    assert platform.repeat_window == timedelta(0)


async def test_a_silent_stream_says_that_it_lives(
    client: aiohttp.ClientSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(feed, "_SILENT", 0.01)
    async with asyncio.timeout(10), client.get("/api/events") as stream:
        while b": still here" not in await stream.content.readline():
            pass


async def test_a_post_is_found_by_its_key(playground: Playground) -> None:
    platform = playground.platform
    posted = await platform.post(CHANNEL, NOTE, key="k1")
    assert await platform.find(CHANNEL, "k1", since=NOW) == posted
    assert await platform.find(CHANNEL, "k2", since=NOW) is None
    assert await platform.find(Channel("web", "local", "other"), "k1", since=NOW) is None


async def test_there_is_one_channel(playground: Playground) -> None:
    other = Channel("web", "local", "other")
    assert await playground.platform.check(CHANNEL) is None
    problem = await playground.platform.check(other)
    assert (
        str(problem) == "The playground has no channel web:local/other — use web:local/playground"
    )
    with pytest.raises(PostError) as caught:
        await playground.platform.post(other, NOTE, key="k")
    assert caught.value.outcome is PostOutcome.REFUSED
    assert caught.value.dead_channel


async def test_before_it_listens_the_page_is_told_to_wait() -> None:
    async with (
        running(Sample(), listening=False) as served,
        aiohttp.ClientSession(served.url) as session,
    ):
        status, answer = await ask(session, words="faq")
        assert status == HTTPStatus.SERVICE_UNAVAILABLE
        assert answer["error"] == "The bot is still starting. Try again in a moment."
        for path in ("/api/complete?words=", "/api/events"):
            async with session.get(path) as response:
                assert response.status == HTTPStatus.SERVICE_UNAVAILABLE


async def test_it_reports_that_it_receives(sample: Sample) -> None:
    async with running(sample):
        assert sample.reports == [True]


async def test_streams_end_when_the_bot_stops(sample: Sample) -> None:
    async with asyncio.timeout(10), aiohttp.ClientSession() as session:
        async with running(sample) as served:
            stream = await session.get(f"{served.url}/api/events")
            await next_event(stream, "problems")
        assert (await stream.content.read()).strip() == b""
        stream.close()
