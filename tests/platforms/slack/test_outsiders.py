from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import pytest

from bot.answers import Answers
from bot.domain.reply import Option, Reply
from bot.domain.request import Channel, Request
from bot.domain.stories import Stories
from bot.errors import PostError, PostOutcome
from tests.loopback import slack_payloads as payloads
from tests.loopback.slack import Fault, Message, SlackServer
from tests.loopback.slack_gestures import check, write
from tests.platforms.slack.conftest import CHANNEL, House, listening, message_of, shown
from tests.stories import NOW, make_story

STORIES = Stories(
    (
        make_story("harbour", title="Open harbour"),
        make_story("kept", title="Kept takeover", visible_to=["slack:T1"]),
        make_story("theirs", title="Their layoffs", visible_to=["slack:T2"]),
    )
)
SECRETS = ("Kept takeover", "Their layoffs")


@dataclass
class RealHouse(House):
    """The bot's own answers, of one public story and one that is for T1 alone."""

    answers: Answers = field(default_factory=lambda: Answers(lambda: STORIES, lambda: NOW))

    async def answer(self, request: Request) -> Reply:
        self.asked.append(request)
        return await self.answers(request)

    def complete(self, request: Request) -> Sequence[Option]:
        return self.answers.complete(request)


@pytest.fixture
def house() -> House:
    return RealHouse()


async def click(slack: SlackServer, message: Message, words: str, **changed: Any) -> None:
    action = {"type": "button", "action_id": "b1:1", "value": words}
    container = {"type": "message", "channel_id": "C1", "message_ts": message.id}
    url = next(iter(slack.workspace.hooks))
    body = payloads.block_actions(action, "U9", container, f"http://{slack.address}/commands/{url}")
    body["user"] |= changed
    await slack.deliver("interactive", body)


def everything(slack: SlackServer) -> str:
    return " ".join(message.everything() for message in slack.workspace.messages)


async def test_people_of_the_workspace_see_what_is_kept_for_it(house: House) -> None:
    async with SlackServer() as slack, listening(slack, house):
        assert "takeover" in message_of(await slack.slash("kept")).everything()
        assert "layoffs" not in message_of(await slack.slash("theirs")).everything()


@pytest.mark.parametrize("words", ["kept", "stories", "ask takeover", "share story kept", "theirs"])
async def test_a_click_from_elsewhere_gets_what_is_public(house: House, words: str) -> None:
    async with SlackServer() as slack, listening(slack, house):
        message = message_of(await slack.slash("harbour"))
        await click(slack, message, words, team_id="T2")
        await slack.until(lambda: len(slack.workspace.messages) == 2)
        answer = slack.workspace.messages[-1]
        assert not any(secret in answer.everything() for secret in SECRETS)


async def test_words_from_elsewhere_get_what_is_public(house: House) -> None:
    async with SlackServer() as slack, listening(slack, house):
        text = f"<@{payloads.BOT_USER}> kept"
        mention = payloads.app_mention(text, "U9", "C1") | {"is_ext_shared_channel": True}
        mention["event"]["team"] = "T2"
        await slack.deliver("events_api", mention)
        await write(slack, "kept", user="U9", team="T2")
        await check(slack, "takeover", user="U9", team="T2")
        command = payloads.slash_command("kept", "U9", "C1", "", "T2")
        ack = await slack.deliver("slash_commands", command, accepts_payload=True)
        await slack.until(lambda: len(slack.workspace.messages) == 3)
        assert "Kept takeover" not in everything(slack)
        assert "Kept takeover" not in str(ack.payload)
        assert {request.channel.workspace for request in house.asked} == {"outside"}


async def test_a_stranger_in_a_shared_channel_is_looked_up_first(house: House) -> None:
    async with SlackServer() as slack, listening(slack, house):
        slack.workspace.add_user("U9", is_stranger=True, is_admin=True)
        text = f"<@{payloads.BOT_USER}> kept"
        mention = payloads.app_mention(text, "U9", "C1") | {"is_ext_shared_channel": True}
        await slack.deliver("events_api", mention)
        await shown(slack, 1, "U9")
        assert "Kept takeover" not in everything(slack)
        assert not house.asked[-1].moderator


async def test_a_menu_from_elsewhere_completes_what_is_public(house: House) -> None:
    async with SlackServer() as slack, listening(slack, house):
        for team, offered in (("T1", True), ("T2", False)):
            body = payloads.block_suggestion("b1:more1", "", "U9", team)
            body |= {"block_id": "b1:1:story", "team": {"id": "T1"}}
            ack = await slack.deliver("interactive", body, accepts_payload=True)
            assert ("Kept takeover" in str(ack.payload)) is offered
            assert "Their layoffs" not in str(ack.payload)


async def test_what_is_kept_is_not_shared_where_others_read(house: House) -> None:
    async with SlackServer() as slack, listening(slack, house):
        slack.workspace.about["C1"] = {"is_ext_shared": True}
        message = message_of(await slack.slash("kept"))
        await slack.click(message, "Share here")
        assert "not for everybody" in (await shown(slack, 2)).text
        assert slack.seen_by("U2") == []
        await slack.click(message_of(await slack.slash("harbour")), "Share here")
        public = await shown(slack, 1, "U2")
        assert "Open harbour" in public.everything()
        await slack.click(message_of(await slack.slash("stories")), "Share here")
        assert "Kept takeover" not in (await shown(slack, 2, "U2")).everything()


@pytest.mark.parametrize(
    "words", ["share story kept", "Share kept", "SHARE stories", "/brief share kept", " share kept"]
)
async def test_however_it_is_typed_nothing_kept_is_shared_where_others_read(
    house: House, words: str
) -> None:
    async with SlackServer() as slack, listening(slack, house):
        slack.workspace.about["C1"] = {"is_ext_shared": True}
        ack = await slack.slash(words)
        assert ack.error is None
        await slack.mention(words)
        await slack.until(lambda: len(slack.workspace.messages) == 2)
        assert not any("Kept takeover" in one.everything() for one in slack.seen_by("U2"))


async def test_what_is_kept_is_shared_among_ourselves(house: House) -> None:
    async with SlackServer() as slack, listening(slack, house):
        for _ in range(2):
            await slack.click(message_of(await slack.slash("kept")), "Share here")
        assert "Kept takeover" in (await shown(slack, 2, "U2")).everything()
        assert len(slack.called("conversations.info")) == 1


async def test_where_slack_does_not_tell_who_reads_nothing_kept_is_shared(house: House) -> None:
    async with SlackServer() as slack, listening(slack, house):
        slack.keep_failing("conversations.info", Fault(error="channel_not_found"))
        await slack.click(message_of(await slack.slash("kept")), "Share here")
        assert "Slack does not tell" in (await shown(slack, 2)).text
        await slack.click(message_of(await slack.slash("harbour")), "Share here")
        assert "Open harbour" in (await shown(slack, 1, "U2")).everything()


@pytest.mark.parametrize("flag", ["is_ext_shared", "is_pending_ext_shared"])
async def test_a_digest_of_what_is_kept_does_not_go_where_others_read(
    house: House, flag: str
) -> None:
    digest = Reply("Kept takeover", private=False)
    async with SlackServer() as slack, listening(slack, house) as running:
        slack.workspace.about["C1"] = {flag: True, "name": "joint"}
        with pytest.raises(PostError, match="other organisations are in #joint") as failed:
            await running.platform.post(CHANNEL, replace(digest, internal=True), key="k")
        assert (failed.value.outcome, failed.value.dead_channel) == (PostOutcome.REFUSED, True)
        assert slack.called("chat.postMessage") == []
        await running.platform.post(CHANNEL, digest, key="k")
        await running.platform.post(
            Channel("slack", "T1", "C2"), replace(digest, internal=True), key="k"
        )
        assert len(slack.called("chat.postMessage")) == 2


async def test_where_slack_does_not_say_who_reads_a_digest_is_tried_later(house: House) -> None:
    async with SlackServer() as slack, listening(slack, house) as running:
        slack.fail("conversations.info", Fault(status=429, retry_after=7))
        with pytest.raises(PostError) as failed:
            await running.platform.post(CHANNEL, Reply("Kept", internal=True), key="k")
        assert failed.value.outcome is PostOutcome.RETRY
        assert slack.called("chat.postMessage") == []


async def forbidden(slack: SlackServer, platform: Any, channel: str, **fields: Any) -> Any:
    place = Channel("slack", fields.pop("team", "T1"), channel)
    return await platform.forbids(place, fields.pop("user", "U1"), internal=False, **fields)


async def test_a_private_channel_may_be_named_by_its_members_alone(house: House) -> None:
    async with SlackServer() as slack, listening(slack, house) as running:
        platform = running.platform
        slack.workspace.page = 2
        slack.workspace.about["C2"] = {"is_private": True}
        slack.workspace.members["C2"] = ["U5", "U6", "U1"]
        assert await forbidden(slack, platform, "C1") is None
        assert await forbidden(slack, platform, "C2") is None
        assert len(slack.called("conversations.members")) == 2
        hidden = await forbidden(slack, platform, "C2", user="U2")
        absent = await forbidden(slack, platform, "C9", user="U2")
        assert hidden == absent == await platform.check(Channel("slack", "T1", "C9"))


async def test_nobody_names_somebody_elses_conversation(house: House) -> None:
    async with SlackServer() as slack, listening(slack, house) as running:
        platform = running.platform
        slack.workspace.about["D1"] = {"is_im": True, "user": "U1"}
        assert await forbidden(slack, platform, "U1") is None
        assert await forbidden(slack, platform, "U2") is not None
        assert await forbidden(slack, platform, "D1") is None
        assert await forbidden(slack, platform, "D1", user="U2") is not None


async def test_where_slack_does_not_say_who_is_in_a_channel_nobody_may_name_it(
    house: House,
) -> None:
    async with SlackServer() as slack, listening(slack, house) as running:
        slack.workspace.about["C2"] = {"is_private": True}
        slack.keep_failing("conversations.members", Fault(error="internal_error"))
        problem = await forbidden(slack, running.platform, "C2")
        assert "did not say whether you may see" in problem.what


async def test_a_platform_that_is_away_forbids_nothing(house: House) -> None:
    async with SlackServer() as slack:
        async with listening(slack, house) as running:
            assert await forbidden(slack, running.platform, "C1", team="T2") is None
        assert await forbidden(slack, running.platform, "C1") is None
        await asyncio.sleep(0)
