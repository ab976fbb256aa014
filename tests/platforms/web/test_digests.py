from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from http import HTTPStatus
from typing import Any

import aiohttp
import pytest

from bot.domain.occurrence import Occurrence, OccurrenceState
from bot.domain.reply import Field, FieldKind, Form, Reply
from bot.domain.reply_json import reply_to_json
from bot.platforms.web.translate import CHANNEL
from tests.platforms.web.sample import MovedClock, Playground, Sample, card, running
from tests.platforms.web.test_platform import NOTE, ask, next_event
from tests.stories import NOW

DIGEST = Occurrence(
    7,
    3,
    NOW,
    CHANNEL,
    "d7",
    OccurrenceState.SENT,
    NOW,
    NOW,
    done_at=NOW + timedelta(minutes=1),
    remote_id="m7",
    reply=reply_to_json(replace(card(), private=False)),
)


@pytest.fixture
def sample() -> Sample:
    return Sample(clock=MovedClock())


def hours(count: float) -> timedelta:
    return timedelta(hours=count)


async def move(client: aiohttp.ClientSession, **data: Any) -> tuple[int, Any]:
    async with client.post("/api/clock", json=data) as response:
        return response.status, await response.json()


@pytest.mark.parametrize(
    ("to", "moved"), [("hour", hours(1)), ("day", hours(24)), ("next", hours(3)), ("back", "back")]
)
async def test_the_clock_is_moved(
    client: aiohttp.ClientSession, sample: Sample, to: str, moved: object
) -> None:
    assert sample.clock
    status, now = await move(client, to=to)
    assert (status, sample.clock.moves) == (HTTPStatus.OK, [moved])
    assert now == {"now": sample.clock.now().isoformat(), "moved": to != "back"}


@pytest.mark.parametrize("to", [None, "", "year", 3, ["day"], {"hours": 1}])
async def test_the_clock_is_moved_in_no_other_way(
    client: aiohttp.ClientSession, sample: Sample, to: object
) -> None:
    status, answer = await move(client, to=to)
    assert (status, answer["error"]) == (400, "Send to: hour, day, next or back.")
    assert sample.clock
    assert sample.clock.moves == []


@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded"])
async def test_a_form_on_another_page_cannot_move_it(
    client: aiohttp.ClientSession, sample: Sample, kind: str
) -> None:
    headers = {"Content-Type": kind}
    async with client.post("/api/clock", data=b'{"to":"day"}', headers=headers) as response:
        assert response.status == HTTPStatus.BAD_REQUEST
    assert sample.clock
    assert sample.clock.moves == []


async def test_beside_another_platform_the_clock_is_neither_offered_nor_moved() -> None:
    async with (
        running(Sample()) as served,
        aiohttp.ClientSession(served.url) as session,
        session.get("/api/events") as stream,
    ):
        first = await stream.content.readuntil(b"event: problems")
        status, answer = await move(session, to="day")
    assert b"event: clock" not in first
    assert status == HTTPStatus.CONFLICT
    assert "BOT_PLATFORMS=web" in answer["error"]


async def test_with_a_shared_database_the_clock_only_goes_back() -> None:
    sample = Sample(clock=MovedClock(why_not="It is shared."))
    assert sample.clock
    async with running(sample) as served, aiohttp.ClientSession(served.url) as session:
        for to in ("hour", "day", "next"):
            assert await move(session, to=to) == (409, {"error": "It is shared."})
        async with session.get("/api/events") as stream:
            assert b"event: clock" not in await stream.content.readuntil(b"event: problems")
        assert (await move(session, to="back"))[0] == HTTPStatus.OK
    assert sample.clock.moves == ["back"]


async def test_without_a_digest_there_is_no_next_run(
    client: aiohttp.ClientSession, sample: Sample
) -> None:
    assert sample.clock
    sample.clock.next_run = None
    status, answer = await move(client, to="next")
    assert (status, answer["error"]) == (
        409,
        "No digest is scheduled here, so there is no next run.",
    )


async def test_every_page_learns_that_time_was_moved(client: aiohttp.ClientSession) -> None:
    async with client.get("/api/events") as stream:
        before = await next_event(stream, "clock")
        _, moved = await move(client, to="day")
        after = await next_event(stream, "clock")
    assert (before["moved"], after) == (False, moved)


async def test_a_digest_says_which_one_it_is_and_when_it_was_due(
    client: aiohttp.ClientSession, playground: Playground, sample: Sample
) -> None:
    sample.digests.known = [DIGEST]
    assert sample.clock
    async with client.get("/api/events") as stream:
        await playground.platform.post(CHANNEL, NOTE, key="d7")
        digest = await next_event(stream, "post")
        await playground.platform.post(CHANNEL, NOTE, key="d8")
        other = await next_event(stream, "post")
    assert digest["digest"] == {"number": 3, "due": NOW.isoformat()}
    assert digest["at"] == sample.clock.now().isoformat()
    assert "digest" not in other


async def test_what_was_posted_before_a_restart_is_shown_again_under_its_id(
    sample: Sample,
) -> None:
    sample.digests.known = [
        replace(DIGEST, key=f"d{number}", remote_id=f"m{number}") for number in range(25)
    ]
    async with (
        running(sample) as served,
        aiohttp.ClientSession(served.url) as session,
        session.get("/api/events") as stream,
    ):
        shown = [await next_event(stream, "post") for _ in range(20)]
        assert await served.platform.find(CHANNEL, "d24", since=NOW) == "m24"
        assert await served.platform.post(CHANNEL, NOTE, key="d24") == "m24"
    assert [message["id"] for message in shown] == [f"m{number}" for number in range(5, 25)]
    assert shown[0]["at"] == (NOW + timedelta(minutes=1)).isoformat()
    assert shown[0]["text"].startswith("Harbour tunnel")


@pytest.mark.parametrize("text", [None, "", "{}", '{"form": 99}'])
async def test_what_cannot_be_shown_again_keeps_no_other_back(
    sample: Sample, text: str | None
) -> None:
    unread = replace(DIGEST, key="d1", remote_id="m1", reply=text)
    sample.digests.known = [unread, DIGEST]
    async with (
        running(sample) as served,
        aiohttp.ClientSession(served.url) as session,
        session.get("/api/events") as stream,
    ):
        assert (await next_event(stream, "post"))["id"] == "m7"


async def test_zones_are_completed(client: aiohttp.ClientSession) -> None:
    async with client.get("/api/zones", params={"typed": "houston"}) as response:
        assert await response.json() == ["America/Chicago"]
    async with client.get("/api/zones") as response:
        assert "America/New_York" in await response.json()
    async with client.get("/api/zones", params={"typed": "\0" + "x" * 5000}) as response:
        assert response.status == HTTPStatus.OK


async def test_a_form_says_what_its_fields_take_and_a_refusal_what_to_change(
    client: aiohttp.ClientSession, sample: Sample
) -> None:
    fields = (Field("", "Stories", FieldKind.STORIES, "all"), Field("in", "Zone", FieldKind.ZONE))
    sample.replies["plan"] = Reply("Plan", form=Form("Plan", "do", fields), refusal="No.")
    _, message = await ask(client, words="plan")
    assert [field["kind"] for field in message["form"]["fields"]] == ["stories", "zone"]
    assert message["refusal"] == "No."
