from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import Any

import pytest

from bot.domain.reply import Action, Paragraph, Reply, Row, line
from tests.loopback.slack import Fault, SlackServer
from tests.loopback.slack_gestures import act_at_home, choose_channel, open_home, use_home
from tests.platforms.slack.conftest import QUICK, House, listening

EAGER = replace(QUICK, home=0.05)


@pytest.fixture
def house() -> House:
    rows = (Row(line("Night trains — they run again."), Action("Open", "story trains")),)
    lately = Reply("What changed lately", (Paragraph(line("Night trains: new.")),))
    digests = Reply(
        "Digests in this workspace",
        (Row(line("1. daily"), Action("Show", "digest show 1")),),
        (Action("New", "digest add", primary=True),),
    )
    return House(
        known={
            "stories": Reply("Briefings", rows, (Action("Share here", "share stories"),)),
            "changes lately": lately,
            "digest list everywhere": digests,
            "digest list": Reply("Digests", (Paragraph(line("One here.")),)),
            "use": Reply("Which story?", (Row(line("Night trains"), Action("Use", "use trains")),)),
        }
    )


async def opened(slack: SlackServer, user: str = "U1") -> str:
    before = slack.workspace.homes[user].publishes if user in slack.workspace.homes else 0
    assert (await open_home(slack, user)).error is None
    await slack.until(
        lambda: user in slack.workspace.homes and slack.workspace.homes[user].publishes > before
    )
    return slack.workspace.homes[user].everything()


async def test_the_home_tab_shows_stories_and_what_changed_lately(house: House) -> None:
    async with SlackServer() as slack, listening(slack, house, EAGER):
        slack.workspace.add_user("U1")
        shown = await opened(slack)
        for text in ("Briefings", "Night trains", "What changed lately", "Ask a Briefing"):
            assert text in shown
        assert "For moderators" not in shown
        assert "Share here" not in shown
        assert {request.moderator for request in house.asked} == {False}


async def test_a_moderators_home_has_the_digests_of_the_workspace(house: House) -> None:
    async with SlackServer() as slack, listening(slack, house, EAGER):
        slack.workspace.add_user("U1", is_admin=True)
        shown = await opened(slack)
        assert "For moderators" in shown
        assert "Digests in this workspace" in shown
        await use_home(slack, "Show")
        await slack.until(lambda: slack.workspace.views.modals)
        assert "You said: digest show 1" in slack.modal().everything()
        assert (house.asked[-1].words, house.asked[-1].moderator) == ("digest show 1", True)


async def test_a_moderator_chooses_a_channel_to_look_after(house: House) -> None:
    async with SlackServer() as slack, listening(slack, house, EAGER):
        slack.workspace.add_user("U1", is_admin=True)
        await opened(slack)
        await choose_channel(slack, "C2")
        home = slack.workspace.homes
        await slack.until(lambda: "Which story?" in home["U1"].everything())
        assert "One here." in home["U1"].everything()
        await use_home(slack, "Use")
        await slack.until(lambda: slack.workspace.views.modals)
        assert (house.asked[-1].words, str(house.asked[-1].channel)) == (
            "use trains",
            "slack:T1/C2",
        )
        house.known["digest list"] = Reply("Digests", (Paragraph(line("Two here.")),))
        assert "Two here." in await opened(slack)  # it is still the same channel


async def test_a_private_channel_is_shown_to_its_members_alone(house: House) -> None:
    async with SlackServer() as slack, listening(slack, house, EAGER):
        slack.workspace.add_user("U1", is_admin=True)
        slack.workspace.about["C2"] = {"is_private": True}
        await opened(slack)
        await choose_channel(slack, "C2")
        home = slack.workspace.homes
        await slack.until(lambda: "no such channel" in home["U1"].everything())
        assert "slack:T1/C2" not in {str(request.channel) for request in house.asked}


async def test_a_form_is_filled_in_from_the_home_tab(house: House) -> None:
    async with SlackServer() as slack, listening(slack, house, EAGER):
        slack.workspace.add_user("U1")
        await opened(slack)
        await use_home(slack, "Ask a Briefing")
        await slack.until(lambda: slack.workspace.views.modals)
        await slack.submit(slack.modal(), Your_question="Why now?")
        assert house.asked[-1].words == "ask Why now?"


async def test_a_slow_answer_to_a_button_of_the_tab_is_on_its_way(house: House) -> None:
    async with SlackServer() as slack, listening(slack, house, replace(EAGER, ack=0.1)):
        slack.workspace.add_user("U1")
        await opened(slack)
        house.delay = 0.4
        await use_home(slack, "Open")
        await slack.until(lambda: slack.workspace.views.modals)
        assert "Working on it" in slack.modal().everything()
        await slack.until(lambda: "You said: story trains" in slack.modal().everything())


@pytest.mark.parametrize(
    "action",
    [
        {"type": "button", "action_id": "b0:1", "value": "faq"},
        {"type": "button", "action_id": "b1:1"},
        {"type": "static_select", "action_id": "b1:1", "selected_option": None},
    ],
)
async def test_a_made_up_control_of_the_tab_gets_a_kind_sentence(
    house: House, action: dict[str, object]
) -> None:
    async with SlackServer() as slack, listening(slack, house, EAGER):
        slack.workspace.add_user("U1")
        await opened(slack)
        await act_at_home(slack, action)
        await slack.until(lambda: slack.workspace.views.modals)
        assert "older version" in slack.modal().everything()


async def test_a_guest_who_makes_up_a_moderators_choice_sees_no_more(house: House) -> None:
    async with SlackServer() as slack, listening(slack, house, EAGER):
        slack.workspace.add_user("U1", is_admin=True, is_restricted=True)
        await opened(slack)
        asked = len(house.asked)
        await choose_channel(slack, "C2")
        await slack.until(lambda: len(house.asked) >= asked + 2)
        await asyncio.sleep(0.05)
        assert "For moderators" not in slack.workspace.homes["U1"].everything()
        assert "slack:T1/C2" not in {str(request.channel) for request in house.asked}


@pytest.mark.parametrize("flags", [{"is_stranger": True}, {"team_id": "T2"}])
async def test_somebody_of_another_organisation_sees_what_everybody_may(
    house: House, flags: dict[str, Any]
) -> None:
    async with SlackServer() as slack, listening(slack, house, EAGER):
        slack.workspace.add_user("U1", is_admin=True, **flags)
        shown = await opened(slack)
        assert "For moderators" not in shown
        assert {request.channel.workspace for request in house.asked} == {"outside"}


async def test_who_is_not_known_just_now_sees_what_everybody_may(house: House) -> None:
    async with SlackServer() as slack, listening(slack, house, EAGER):
        slack.keep_failing("users.info", Fault(status=503))
        assert "did not say just now who you are" in await opened(slack)
        assert {request.channel.workspace for request in house.asked} == {"outside"}


async def test_a_tab_that_was_published_meanwhile_is_published_anew(house: House) -> None:
    async with SlackServer() as slack, listening(slack, house, EAGER):
        slack.workspace.add_user("U1")
        await opened(slack)
        slack.workspace.homes["U1"].view["blocks"] = []
        slack.fail("views.publish", Fault(error="hash_conflict"))
        house.known["changes lately"] = Reply("Something new")
        assert "Something new" in await opened(slack)
        assert "hash" not in slack.called("views.publish")[-1]


async def test_what_is_shown_already_is_not_published_again(house: House) -> None:
    async with SlackServer() as slack, listening(slack, house, EAGER):
        slack.workspace.add_user("U1")
        await opened(slack)
        for _ in range(5):
            await open_home(slack)
            await asyncio.sleep(0.02)
        await asyncio.sleep(0.2)
        assert slack.workspace.homes["U1"].publishes == 1


async def test_many_openings_at_once_are_few_publications(house: House) -> None:
    async with SlackServer() as slack, listening(slack, house, replace(EAGER, home=0.3)):
        slack.workspace.add_user("U1", is_admin=True)
        await opened(slack)
        for number in range(10):
            await choose_channel(slack, f"C{1 + number % 2}")
        await slack.until(lambda: slack.workspace.homes["U1"].publishes >= 2)
        assert slack.workspace.homes["U1"].publishes <= 3


async def test_the_messages_tab_publishes_nothing(house: House) -> None:
    async with SlackServer() as slack, listening(slack, house, EAGER):
        await open_home(slack, tab="messages")
        await asyncio.sleep(0.05)
        assert slack.called("views.publish") == []


async def test_a_tab_that_slack_does_not_take_is_logged(
    house: House, caplog: pytest.LogCaptureFixture
) -> None:
    async with SlackServer() as slack, listening(slack, house, EAGER):
        slack.fail("views.publish", Fault(error="not_enabled"))
        await open_home(slack)
        await slack.until(lambda: slack.called("views.publish"))
        assert await opened(slack)
        assert "not_enabled" in caplog.text
