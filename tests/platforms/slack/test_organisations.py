from __future__ import annotations

import asyncio

import pytest

from bot import clock
from bot.domain.reply import Reply
from bot.domain.request import Channel
from bot.errors import PostError, PostOutcome
from tests.loopback import slack_payloads as payloads
from tests.loopback.slack import SlackServer
from tests.loopback.slack_accounts import Team
from tests.loopback.slack_payloads import Json
from tests.platforms.slack.conftest import House, listening_over_http
from tests.platforms.slack.installed import ORG, installed, said, until

GRID = {"enterprise_id": "E1", "is_enterprise_install": "true"}
REFUSED = PostOutcome.REFUSED


async def test_an_organisations_installation_serves_its_workspaces_and_their_digests(
    house: House,
) -> None:
    async with installed(house, ORG) as bot:
        for team in ("T1", "T2"):
            assert "Questions" in said(await bot.slash(team, **GRID))
        assert [each.channel.workspace for each in house.asked] == ["T1", "T2"]
        await bot.running.platform.post(Channel("slack", "T2", "C1"), Reply("Hi"), key="k")
        (post,) = bot.slack.called("chat.postMessage")
        assert post["text"] == "Hi"
        assert "not installed" in said(await bot.slash("T1"))  # not the organisation's
        other = {"enterprise_id": "E2", "is_enterprise_install": "true"}
        assert "not installed" in said(await bot.slash("T1", **other))


async def test_a_workspace_may_have_an_installation_beside_its_organisations(
    house: House,
) -> None:
    own = Team("T1", "One", "E1")
    async with installed(house, ORG, own) as bot:
        await bot.slash("T1", enterprise_id="E1", is_enterprise_install="true")
        await bot.slash("T1", enterprise_id="E1", is_enterprise_install="false")
        await bot.slack.until(lambda: len(bot.slack.called("users.info")) == 2)
        asked = [call for call in bot.slack.calls if call.method == "users.info"]
        tokens = [call.token for call in asked]
        assert tokens[0].startswith("xoxb-E1-")
        assert tokens[1].startswith("xoxb-T1-")
        assert [call.arguments.get("team_id") for call in asked] == ["T1", None]


def taken_from(*teams: str, nested: bool = False, seconds: int = 5) -> Json:
    """An organisation takes the app from some of its workspaces."""
    event: Json = {"type": "team_access_revoked", "team_ids": [*teams]}
    if nested:  # as Slack's reference shows it
        event = {"team_id": None, "enterprise_id": "E1", "api_app_id": "A1", "event": event}
    told = payloads.event_callback(event, "E1") | {"team_id": None, "enterprise_id": "E1"}
    told["authorizations"] = [
        {"enterprise_id": "E1", "team_id": None, "is_enterprise_install": True}
    ]
    told["event_time"] = int(clock.now().timestamp()) + seconds
    return told


@pytest.mark.parametrize("nested", [False, True])
async def test_a_workspace_that_the_app_is_taken_from_is_forgotten_and_no_other(
    house: House, nested: bool
) -> None:
    async with installed(house, ORG) as bot:
        for team in ("T1", "T2", "T3"):
            assert "Questions" in said(await bot.slash(team, **GRID))
            await bot.running.platform.post(Channel("slack", team, "C1"), Reply(team), key=team)
        told = taken_from("T1", "T3", nested=nested)
        assert (await bot.slack.deliver("events_api", told)).error is None
        await until(lambda: bot.kept.links == {"slack:T2": "slack:E1"})
        for team in ("T1", "T3"):
            with pytest.raises(PostError) as refused:
                await bot.running.platform.post(Channel("slack", team, "C1"), Reply("x"), key="x")
            assert (refused.value.outcome, refused.value.dead_channel) == (REFUSED, True)
        await bot.running.platform.post(Channel("slack", "T2", "C1"), Reply("y"), key="y")
        assert "Questions" in said(await bot.slash("T2", **GRID))
        assert list(bot.kept.texts) == ["slack:E1"]


async def test_a_workspace_that_the_app_is_given_back_to_is_served_again(house: House) -> None:
    async with installed(house, ORG) as bot:
        await bot.slash("T1", **GRID)
        await bot.slack.deliver("events_api", taken_from("T1"))
        await until(lambda: not bot.kept.links)
        assert "Questions" in said(await bot.slash("T1", **GRID))
        await bot.running.platform.post(Channel("slack", "T1", "C1"), Reply("y"), key="y")


async def test_a_workspace_keeps_its_own_installation_without_its_organisations(
    house: House,
) -> None:
    async with installed(house, ORG, Team("T1", "One", "E1")) as bot:
        await bot.slash("T1", **GRID)
        await bot.slack.deliver("events_api", taken_from("T1"))
        await until(lambda: not bot.kept.links)
        assert sorted(bot.kept.texts) == ["slack:E1", "slack:T1"]
        assert "Questions" in said(await bot.slash("T1", enterprise_id="E1"))
        await bot.running.platform.post(Channel("slack", "T1", "C1"), Reply("y"), key="y")
        assert bot.slack.calls[-1].token.startswith("xoxb-T1-")


async def test_what_was_taken_before_the_app_was_installed_again_is_of_the_past(
    house: House,
) -> None:
    async with installed(house, ORG) as bot:
        await bot.slash("T1", **GRID)
        await bot.slack.deliver("events_api", taken_from("T1", seconds=-3600))
        await asyncio.sleep(0.1)
        assert bot.kept.links == {"slack:T1": "slack:E1"}


@pytest.mark.parametrize(("team", "told"), [("T1", True), ("T2", False)])
async def test_the_workspace_of_the_settings_says_that_its_token_is_of_no_use(
    house: House, caplog: pytest.LogCaptureFixture, team: str, told: bool
) -> None:
    async with SlackServer() as slack, listening_over_http(slack, house):
        assert (await slack.deliver("events_api", taken_from(team))).error is None
        assert (await slack.slash("faq")).message
    assert ("SLACK_BOT_TOKEN" in caplog.text) is told


async def test_an_organisation_that_uninstalls_ends_it_for_its_workspaces(house: House) -> None:
    async with installed(house, ORG) as bot:
        await bot.slash("T1", **GRID)
        told = payloads.event_callback({"type": "app_uninstalled"}, "T1")
        told["authorizations"] = [
            {"enterprise_id": "E1", "team_id": "T1", "is_enterprise_install": True}
        ]
        told["event_time"] = int(clock.now().timestamp()) + 5
        await bot.slack.deliver("events_api", told)
        await until(lambda: not bot.kept.texts)
        assert "not installed" in said(await bot.slash("T1", **GRID))
