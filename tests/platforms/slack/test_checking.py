from __future__ import annotations

import pytest

from bot.domain.problem import Problem, Severity
from bot.domain.request import Channel
from tests.loopback.slack import Fault, SlackServer
from tests.loopback.slack_payloads import Json
from tests.platforms.slack.conftest import CHANNEL, House, listening


async def problem_with(house: House, about: Json | None, **fields: str) -> Problem | None:
    channel = Channel("slack", "T1", fields.get("id", "C9"))
    async with SlackServer() as slack, listening(slack, house) as running:
        slack.scopes = fields.get("scopes", slack.scopes)
        if about is not None:
            slack.workspace.about[channel.id] = about
        return await running.platform.check(channel)


async def test_a_channel_that_the_bot_is_in_is_fine(house: House) -> None:
    async with SlackServer() as slack, listening(slack, house) as running:
        assert await running.platform.check(CHANNEL) is None


async def test_where_the_bot_is_not_in_the_remedy_is_what_to_type(house: House) -> None:
    problem = await problem_with(house, {"name": "news"})
    assert problem == Problem(
        "The bot is not in #news", "type /invite @briefing there", severity=Severity.WARNING
    )


async def test_a_bot_that_may_post_everywhere_public_need_not_be_there(house: House) -> None:
    everywhere = "channels:read,chat:write.public"
    assert await problem_with(house, {"name": "news"}, scopes=everywhere) is None
    assert await problem_with(house, {"is_private": True}, scopes=everywhere) is not None


async def test_a_private_channels_name_is_told_to_nobody(house: House) -> None:
    for flags in ({}, {"is_archived": True}, {"is_member": True, "is_read_only": True}):
        about = {"name": "takeover", "is_private": True, **flags}
        problem = await problem_with(house, about)
        assert problem is not None
        assert "takeover" not in str(problem)


@pytest.mark.parametrize(
    ("about", "what"),
    [
        (None, "no such channel, or the bot is not in it"),
        ({"name": "old", "is_archived": True, "is_member": True}, "#old is archived"),
        ({"is_member": True, "is_read_only": True}, "only some people may post"),
        ({"is_member": True, "is_thread_only": True}, "only some people may post"),
    ],
)
async def test_why_the_bot_could_not_post_is_said_in_words(
    house: House, about: Json | None, what: str
) -> None:
    problem = await problem_with(house, about)
    assert problem is not None
    assert what in problem.what
    assert "choose another" in problem.remedy
    assert problem.severity is Severity.ERROR


async def test_a_missing_scope_is_for_whoever_runs_the_bot(house: House) -> None:
    problem = await problem_with(house, None, scopes="chat:write")
    assert problem is not None
    assert "lacks the scope channels:read" in problem.what
    assert problem.remedy.startswith("whoever runs the bot adds it")


async def test_a_direct_message_between_people_is_no_place_for_digests(house: House) -> None:
    problem = await problem_with(house, None, id="D9", scopes="chat:write")
    assert problem is not None
    assert "direct message" in problem.what
    assert "/invite @briefing" in problem.remedy


async def test_the_bots_own_conversation_with_somebody_is_fine(house: House) -> None:
    assert await problem_with(house, {"is_im": True, "user": "U1"}, id="D1") is None
    assert await problem_with(house, None, id="U1") is None


async def test_a_check_tells_a_revoked_token(house: House) -> None:
    async with SlackServer() as slack, listening(slack, house) as running:
        slack.fail("conversations.info", Fault(error="token_revoked"))
        problem = await running.platform.check(CHANNEL)
        assert problem is not None
        assert "token_revoked" in problem.what
        assert "SLACK_BOT_TOKEN" in problem.remedy


@pytest.mark.parametrize(
    "fault",
    [Fault(status=429), Fault(status=503), Fault(drop="before"), Fault(body='{"ok": true}')],
)
async def test_a_slack_that_does_not_answer_is_no_verdict(house: House, fault: Fault) -> None:
    async with SlackServer() as slack, listening(slack, house) as running:
        slack.keep_failing("conversations.info", fault)
        problem = await running.platform.check(CHANNEL)
        assert problem is not None
        assert (problem.severity, problem.remedy) == (Severity.WARNING, "try again in a minute")
