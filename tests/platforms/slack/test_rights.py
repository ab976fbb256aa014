from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest

from bot.domain.reply import Action, Reply
from bot.platforms.slack.rights import is_for_moderators, needs_rights
from tests.loopback import slack_payloads as payloads
from tests.loopback.slack import Fault, SlackServer
from tests.loopback.slack_scopes import SCOPES
from tests.platforms.slack.conftest import QUICK, House, listening, message_of, shown

UNSURE = "Slack did not say just now whether you are a moderator"


async def moderates(
    house: House, flags: Mapping[str, Any], named: str = "", groups: Mapping[str, set[str]] = {}
) -> bool:
    async with (
        SlackServer(scopes=f"{SCOPES},usergroups:read") as slack,
        listening(slack, house, moderators=named),
    ):
        slack.workspace.add_user("U1", **flags)
        slack.workspace.groups.update(groups)
        message_of(await slack.slash("digest list"))
    return house.asked[-1].moderator


@pytest.mark.parametrize(
    ("flags", "moderator"),
    [
        ({}, False),
        ({"is_admin": True}, True),
        ({"is_owner": True}, True),
        ({"is_primary_owner": True}, True),
        ({"is_admin": True, "team_id": "T1"}, True),
        ({"is_admin": True, "team_id": "T2"}, False),
        ({"is_admin": True, "team_id": "T2", "enterprise_user": {"teams": ["T1"]}}, True),
        ({"is_admin": True, "is_restricted": True}, False),
        ({"is_admin": True, "is_ultra_restricted": True}, False),
        ({"is_admin": True, "is_bot": True}, False),
        ({"is_admin": True, "deleted": True}, False),
        ({"is_owner": True, "is_stranger": True}, False),
        ({"is_owner": True, "is_invited_user": True}, False),
    ],
)
async def test_admins_and_owners_of_the_workspace_moderate_from_their_first_command_on(
    house: House, flags: dict[str, Any], moderator: bool
) -> None:
    assert await moderates(house, flags) is moderator


@pytest.mark.parametrize(
    ("named", "flags", "moderator"),
    [
        ("U1", {}, True),
        ("U2,U1", {}, True),
        ("U2", {}, False),
        ("U2", {"is_admin": True}, True),
        ("U1", {"is_restricted": True}, False),
        ("U1", {"is_bot": True}, False),
        ("U1", {"deleted": True}, False),
        ("U1", {"is_stranger": True}, False),
        ("U1", {"team_id": "T2"}, False),
        ("S1", {}, True),
        ("S2", {}, False),
        ("S2,S1", {}, True),
        ("S3", {}, False),
        ("S1", {"is_restricted": True}, False),
    ],
)
async def test_those_who_are_named_moderate_too(
    house: House, named: str, flags: dict[str, Any], moderator: bool
) -> None:
    assert await moderates(house, flags, named, {"S1": {"U1"}, "S2": {"U2"}}) is moderator


async def test_rights_are_asked_for_once_and_again_after_a_while(house: House) -> None:
    timing = replace(QUICK, trust=0.2)
    scopes = f"{SCOPES},usergroups:read"
    async with SlackServer(scopes=scopes) as slack, listening(slack, house, timing, "S1"):
        slack.workspace.add_user("U1")
        slack.workspace.groups["S1"] = {"U1"}
        for _ in range(3):
            await slack.slash("digest list")
        assert len(slack.called("users.info")) == 1
        slack.workspace.groups["S1"] = set()
        await asyncio.sleep(0.25)
        await slack.slash("digest list")
        assert [request.moderator for request in house.asked] == [True] * 3 + [False]
        assert len(slack.called("usergroups.users.list")) == 2


async def test_who_has_lost_their_rights_is_told_so_by_slack(house: House) -> None:
    async with SlackServer() as slack, listening(slack, house):
        slack.workspace.add_user("U1", is_admin=True)
        await slack.slash("digest list")
        slack.workspace.add_user("U1")
        event = {"type": "user_change", "user": slack.workspace.users["U1"]}
        assert (await slack.deliver("events_api", payloads.event_callback(event))).error is None
        await slack.slash("digest list")
        assert [request.moderator for request in house.asked] == [True, False]


async def test_a_change_while_slack_is_asked_counts(house: House) -> None:
    async with SlackServer() as slack, listening(slack, house):
        slack.workspace.add_user("U1", is_admin=True)
        slack.fail("users.info", Fault(hold=0.3))
        asked = asyncio.create_task(slack.slash("digest list"))
        await slack.until(lambda: slack.called("users.info"))
        slack.workspace.add_user("U1")
        event = {"type": "user_change", "user": slack.workspace.users["U1"]}
        await slack.deliver("events_api", payloads.event_callback(event))
        assert message_of(await asked).text.startswith("You said: digest list")
        assert not house.asked[-1].moderator
        assert len(slack.called("users.info")) == 2


async def test_a_reader_is_answered_without_waiting_for_slack(house: House) -> None:
    async with SlackServer() as slack, listening(slack, house):
        slack.keep_failing("users.info", Fault(delay=1.5))
        slack.workspace.add_user("U1", is_admin=True)
        assert message_of(await slack.slash("faq")).text.startswith("Questions")
        assert not house.asked[-1].moderator


async def test_where_slack_is_slow_to_say_who_moderates_the_answer_comes_later(
    house: House,
) -> None:
    async with SlackServer() as slack, listening(slack, house, replace(QUICK, ack=0.1)):
        slack.fail("users.info", Fault(delay=0.4))
        slack.workspace.add_user("U1", is_admin=True)
        ack = await slack.slash("digest list")
        assert (ack.error, ack.payload) == (None, None)
        assert (await shown(slack, 1)).text.startswith("You said: digest list")
        assert house.asked[-1].moderator


@pytest.mark.parametrize(
    "fault", [Fault(status=503), Fault(error="internal_error"), Fault(drop="before")]
)
async def test_rights_that_cannot_be_checked_are_none_and_that_is_said(
    house: House, fault: Fault
) -> None:
    async with SlackServer() as slack, listening(slack, house):
        slack.workspace.add_user("U1", is_admin=True)
        slack.keep_failing("users.info", fault)
        message = message_of(await slack.slash("digest pause 1"))
        assert UNSURE in message.text
        assert house.asked == []
        slack.faults.lasting.clear()
        await slack.click(message, "Try Again")
        await slack.until(lambda: message.edits)
        (request,) = house.asked
        assert (request.words, request.moderator) == ("digest pause 1", True)


async def test_a_slack_that_never_says_who_moderates_is_not_waited_for_for_ever(
    house: House,
) -> None:
    timing = replace(QUICK, ack=0.1, ask=0.3)
    async with SlackServer() as slack, listening(slack, house, timing):
        slack.keep_failing("users.info", Fault(status=429, retry_after=30))
        assert (await slack.slash("digest pause 1")).error is None
        assert UNSURE in (await shown(slack, 1)).text


async def test_a_group_that_cannot_be_looked_into_is_said_with_its_remedy(
    house: House, caplog: pytest.LogCaptureFixture
) -> None:
    async with SlackServer() as slack, listening(slack, house, moderators="S1"):
        slack.workspace.add_user("U1")
        assert UNSURE in message_of(await slack.slash("use trains")).text
        assert "S1" in caplog.text
        assert "usergroups:read" in caplog.text
        slack.workspace.add_user("U2", is_admin=True)
        await slack.slash("use trains", user="U2")
        assert house.asked[-1].moderator


async def test_words_that_only_may_be_for_moderators_are_answered_with_a_note(
    house: House,
) -> None:
    async with SlackServer() as slack, listening(slack, house):
        slack.keep_failing("users.info", Fault(status=503))
        message = message_of(await slack.slash("trains use"))
        assert message.text.startswith("You said: trains use")
        assert "whether you are a moderator" in message.text
        assert not house.asked[-1].moderator


async def test_rights_are_checked_with_every_click(house: House) -> None:
    house.known["digest list"] = Reply("Digests", (), (Action("Pause", "digest pause 1"),))
    async with SlackServer() as slack, listening(slack, house, replace(QUICK, trust=0.01)):
        slack.workspace.add_user("U1", is_admin=True)
        message = message_of(await slack.slash("digest list"))
        slack.workspace.add_user("U1", is_admin=True, is_restricted=True)
        await asyncio.sleep(0.05)
        await slack.click(message, "Pause")
        await slack.until(lambda: message.edits)
        assert [request.moderator for request in house.asked] == [True, False]


async def test_a_click_on_somebody_elses_button_has_the_rights_of_who_clicks(
    house: House,
) -> None:
    public = Reply("Digest", (), (Action("Pause", "digest pause 1"),), private=False)
    house.known["all"] = public
    async with SlackServer() as slack, listening(slack, house):
        slack.workspace.add_user("U1", is_admin=True)
        slack.workspace.add_user("U2")
        await slack.slash("digest list")
        await slack.slash("all")
        await slack.click(await shown(slack, 2, "U1"), "Pause", user="U2")
        await slack.until(lambda: len(house.asked) == 3)
        assert [request.moderator for request in house.asked] == [True, True, False]


async def test_an_admin_of_another_organisation_moderates_nothing_here(house: House) -> None:
    async with SlackServer() as slack, listening(slack, house):
        slack.workspace.add_user("U1", is_admin=True)
        message = message_of(await slack.slash("faq"))
        action = {"type": "button", "action_id": "b1:1", "value": "digest list"}
        container = {"type": "message", "channel_id": "C1", "message_ts": message.id}
        url = next(iter(slack.workspace.hooks))
        body = payloads.block_actions(action, "U1", container, f"http://{slack.address}/{url}")
        body["user"]["team_id"] = "T2"
        await slack.deliver("interactive", body)
        await slack.until(lambda: len(house.asked) == 2)
        await asyncio.sleep(0)
        assert (house.asked[-1].channel.workspace, house.asked[-1].moderator) == ("T2", False)


async def test_a_stranger_whom_slack_does_not_show_is_no_moderator(house: House) -> None:
    async with SlackServer() as slack, listening(slack, house, moderators="U1"):
        slack.fail("users.info", Fault(error="user_not_visible"))
        assert UNSURE not in message_of(await slack.slash("digest list")).text
        assert not house.asked[-1].moderator


def test_words_of_moderators_are_told_from_others() -> None:
    certain = ("digest", "Digest list", "/brief share digest", "use trains", "use, trains")
    assert all(map(is_for_moderators, certain))
    maybe = ("trains use", "how do I use it", "night trains digest pause 1")
    assert not any(map(is_for_moderators, maybe))
    assert all(map(needs_rights, certain + maybe))
    assert not any(map(needs_rights, ("", "faq", "user", "digests", "ask why")))
