from __future__ import annotations

from bot import clock
from bot.domain.reply import Reply
from bot.domain.request import Channel
from tests.loopback import slack_payloads as payloads
from tests.loopback.slack_accounts import Team
from tests.platforms.slack.conftest import House
from tests.platforms.slack.installed import ORG, installed, said, until


async def test_an_organisations_installation_serves_its_workspaces_and_their_digests(
    house: House,
) -> None:
    grid = {"enterprise_id": "E1", "is_enterprise_install": "true"}
    async with installed(house, ORG) as bot:
        for team in ("T1", "T2"):
            assert "Questions" in said(await bot.slash(team, **grid))
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


async def test_an_organisation_that_uninstalls_ends_it_for_its_workspaces(house: House) -> None:
    grid = {"enterprise_id": "E1", "is_enterprise_install": "true"}
    async with installed(house, ORG) as bot:
        await bot.slash("T1", **grid)
        told = payloads.event_callback({"type": "app_uninstalled"}, "T1")
        told["authorizations"] = [
            {"enterprise_id": "E1", "team_id": "T1", "is_enterprise_install": True}
        ]
        told["event_time"] = int(clock.now().timestamp()) + 5
        await bot.slack.deliver("events_api", told)
        await until(lambda: not bot.kept.texts)
        assert "not installed" in said(await bot.slash("T1", **grid))
