from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

import pytest
from pydantic import SecretStr

from bot import clock
from bot.domain.reply import Reply
from bot.domain.request import Channel
from bot.errors import PlatformError, PostError, PostOutcome
from bot.platforms.slack.installation import Installation
from bot.platforms.slack.timing import Timing
from tests.loopback import slack_payloads as payloads
from tests.loopback.slack import Ack, Fault, SlackServer
from tests.loopback.slack_accounts import CLIENT_ID, CLIENT_SECRET, Team
from tests.loopback.slack_workspace import Hook
from tests.platforms.slack.conftest import QUICK, House, Running, listening_over_http
from tests.platforms.slack.keeping import Kept

A, B = Team("TA", "Ants"), Team("TB", "Bees")
ORG = Team(None, "Grid", "E1", org_wide=True)
OAUTH: dict[str, Any] = {
    "bot_token": None,
    "client_id": CLIENT_ID,
    "client_secret": SecretStr(CLIENT_SECRET),
}


@dataclass
class Installed:
    """The bot in many workspaces."""

    slack: SlackServer
    kept: Kept
    running: Running

    async def slash(self, team: str, words: str = "faq", **changed: object) -> Ack:
        """Type `/brief` in a workspace."""
        slash = payloads.slash_command(words, "U1", "C1", self.url(), team) | changed
        return await self.slack.deliver("slash_commands", slash, accepts_payload=True)

    async def click(self, team: str, words: str, **changed: object) -> Ack:
        """Use a control in a workspace."""
        action = {"type": "button", "action_id": "b1:1", "value": words, "block_id": "b"}
        container = {"type": "message", "message_ts": "1.1", "channel_id": "C1"}
        click = payloads.block_actions(action, "U1", container, self.url(), team) | changed
        return await self.slack.deliver("interactive", click)

    async def ends(self, kind: str, team: str, **event: object) -> None:
        """Tell that an installation has ended, and wait until that is known."""
        told = payloads.event_callback({"type": kind, **event}, team)
        told["event_time"] = int(clock.now().timestamp()) + 5
        assert (await self.slack.deliver("events_api", told)).error is None

    def url(self) -> str:
        return self.slack._hooked(Hook("C1", "U1"))


def keep(kept: Kept, slack: SlackServer, *teams: Team) -> None:
    """Let these teams have installed the app."""
    for team in teams:
        given = slack.accounts.install(team)
        found = Installation.granted(given, {"bot_id": "BBOT"}, clock.now())
        kept.texts[found.tenant] = found.to_text()


@asynccontextmanager
async def installed(
    house: House, *teams: Team, timing: Timing = QUICK, **changed: Any
) -> AsyncIterator[Installed]:
    kept = Kept()
    async with SlackServer() as slack:
        keep(kept, slack, *teams)
        account = OAUTH | changed
        async with listening_over_http(
            slack, house, timing, installations=kept, **account
        ) as running:
            yield Installed(slack, kept, running)


def said(ack: Ack) -> str:
    assert ack.error is None
    return json.dumps(ack.payload)


async def until(condition: Callable[[], bool]) -> None:
    for _ in range(500):
        if condition():
            return
        await asyncio.sleep(0.01)
    raise TimeoutError


async def test_each_workspace_is_answered_as_itself_with_its_own_token(house: House) -> None:
    async with installed(house, A, B) as bot:
        for team in ("TA", "TB"):
            assert "Questions" in said(await bot.slash(team))
        assert [str(each.channel) for each in house.asked] == ["slack:TA/C1", "slack:TB/C1"]
        await bot.slack.until(lambda: len(bot.slack.called("users.info")) == 2)
        tokens = [call.token for call in bot.slack.calls if call.method == "users.info"]
        assert tokens == [bot.slack.accounts.token_of(team) for team in ("TA", "TB")]


async def test_what_is_known_of_a_person_in_one_workspace_is_not_known_in_another(
    house: House,
) -> None:
    async with installed(house, A, B) as bot:
        bot.slack.workspace.add_user("U1", is_admin=True)
        async with asyncio.timeout(5):
            await bot.slash("TA")
            while not house.asked[-1].moderator:
                await bot.slash("TA")
        await bot.slash("TB")
        assert not house.asked[-1].moderator


async def test_a_workspace_that_has_not_installed_it_is_told_so(house: House) -> None:
    async with installed(house, A) as bot:
        assert "not installed" in said(await bot.slash("TX"))
        assert (await bot.click("TX", "faq")).error is None
        await bot.slack.until(lambda: bot.slack.called("response_url"))
        assert "not installed" in bot.slack.called("response_url")[0]["text"]
        view = payloads.view_submission("b1:form", "U1", {}, "TX")
        assert "not installed" in said(await bot.slack.deliver("interactive", view))
        suggestion = payloads.block_suggestion("b1:1", "x", "U1", "TX")
        assert said(await bot.slack.deliver("interactive", suggestion)) == '{"options": []}'
        shortcut = payloads.shortcut("b1", "U1", "TX")
        mention = payloads.app_mention("<@UBOT> faq", "U1", "C1", team="TX")
        for kind, told in (("interactive", shortcut), ("events_api", mention)):
            assert (await bot.slack.deliver(kind, told)).error is None
        assert house.asked == []


async def test_a_workspace_is_looked_up_once_for_a_hundred_commands(house: House) -> None:
    async with installed(house, A) as bot:
        acks = await asyncio.gather(*(bot.slash("TA", f"words {n}") for n in range(100)))
        assert all("You said" in said(ack) for ack in acks)
        assert bot.kept.loads == 1
        assert bot.slack.called("auth.test") == []


async def test_after_a_while_it_is_looked_up_again(house: House) -> None:
    async with installed(house, A, timing=replace(QUICK, tenant=0.05)) as bot:
        await bot.slash("TA")
        del bot.kept.texts["slack:TA"]  # by another process, which was told of the end
        await asyncio.sleep(0.1)
        assert "not installed" in said(await bot.slash("TA"))


@pytest.mark.parametrize(
    ("kind", "event"),
    [("app_uninstalled", {}), ("tokens_revoked", {"tokens": {"bot": ["UBOTTA"], "oauth": []}})],
)
async def test_an_uninstalled_workspace_is_forgotten(
    house: House, kind: str, event: dict[str, object]
) -> None:
    async with installed(house, A, B) as bot:
        assert "Questions" in said(await bot.slash("TA"))
        await bot.ends(kind, "TA", **event)
        await until(lambda: list(bot.kept.texts) == ["slack:TB"])
        assert "not installed" in said(await bot.slash("TA"))
        assert "Questions" in said(await bot.slash("TB"))
        with pytest.raises(PostError) as refused:
            await bot.running.platform.post(Channel("slack", "TA", "C1"), Reply("Hi"), key="k")
        assert (refused.value.outcome, refused.value.dead_channel) == (PostOutcome.REFUSED, True)


async def test_a_person_who_takes_their_own_token_back_ends_nothing(house: House) -> None:
    async with installed(house, A) as bot:
        await bot.ends("tokens_revoked", "TA", tokens={"oauth": ["U1"], "bot": []})
        assert "Questions" in said(await bot.slash("TA"))
        assert list(bot.kept.texts) == ["slack:TA"]


async def test_an_end_that_is_told_late_does_not_end_a_new_installation(house: House) -> None:
    async with installed(house, A) as bot:
        ended = payloads.event_callback({"type": "app_uninstalled"}, "TA")
        await bot.slack.deliver("events_api", ended)  # at a time long ago
        await asyncio.sleep(0.1)
        assert list(bot.kept.texts) == ["slack:TA"]


async def test_a_token_revoked_in_mid_flight_is_looked_up_anew(house: House) -> None:
    async with installed(house, A, timing=replace(QUICK, pause=0.05)) as bot:
        channel = Channel("slack", "TA", "C1")
        await bot.running.platform.post(channel, Reply("One"), key="k1")
        bot.slack.accounts.revoked.add(bot.slack.accounts.token_of("TA"))
        with pytest.raises(PostError, match="token_revoked"):
            await bot.running.platform.post(channel, Reply("Two"), key="k2")
        assert "not installed" in said(await bot.slash("TA"))
        with pytest.raises(PostError) as refused:
            await bot.running.platform.post(channel, Reply("Three"), key="k3")
        assert refused.value.dead_channel
        await asyncio.sleep(0.1)
        keep(bot.kept, bot.slack, A)
        assert "Questions" in said(await bot.slash("TA"))
        assert [message.text for message in bot.slack.seen_by("U2")] == ["One"]


async def test_digests_go_out_with_the_token_of_their_workspace(house: House) -> None:
    async with installed(house, A, B) as bot:
        for team in ("TB", "TA"):
            await bot.running.platform.post(Channel("slack", team, "C1"), Reply(team), key=team)
        sent = [call.token for call in bot.slack.calls if call.method == "chat.postMessage"]
        assert sent == [bot.slack.accounts.token_of(team) for team in ("TB", "TA")]
        assert await bot.running.platform.check(Channel("slack", "TA", "C1")) is None
        problem = await bot.running.platform.check(Channel("slack", "TX", "C1"))
        assert problem is not None
        assert "not in the workspace" in problem.what


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


async def test_a_control_of_ours_answers_people_of_another_organisation(house: House) -> None:
    async with installed(house, A) as bot:
        await bot.click("TX", "faq", message={"team": "TA", "ts": "1.1"})
        await until(lambda: bool(house.asked))
        assert house.asked[0].channel == Channel("slack", "TX", "C1")  # who sees what is public


async def test_a_token_that_expires_is_renewed_once_whoever_asks(house: House) -> None:
    async with SlackServer() as slack:
        slack.accounts.expires_in = 3600  # less than the two hours it must be good for
        kept = Kept()
        keep(kept, slack, A)
        slack.accounts.expires_in = 43_200
        async with listening_over_http(slack, house, installations=kept, **OAUTH) as running:
            bot = Installed(slack, kept, running)
            acks = await asyncio.gather(*(bot.slash("TA", f"w {n}") for n in range(20)))
            assert all("You said" in said(ack) for ack in acks)
            assert slack.accounts.renewed == 1
            found = Installation.read(kept.texts["slack:TA"])
            assert found.token == slack.accounts.token_of("TA")
            assert not found.expires_by(clock.now() + timedelta(hours=11))


async def test_a_token_that_another_process_renews_is_used_while_it_is_good(house: House) -> None:
    async with SlackServer() as slack:
        slack.accounts.expires_in = 3600
        kept = Kept()
        keep(kept, slack, A)
        kept.claims.add("slack:TA")
        async with listening_over_http(slack, house, installations=kept, **OAUTH) as running:
            assert "Questions" in said(await Installed(slack, kept, running).slash("TA"))
            assert slack.accounts.renewed == 0


async def test_an_expired_token_is_waited_for_and_not_called_an_end(house: House) -> None:
    async with SlackServer() as slack:
        slack.accounts.expires_in = 43_200
        kept = Kept()
        keep(kept, slack, A)
        old = Installation.read(kept.texts["slack:TA"])
        kept.texts["slack:TA"] = replace(old, expires_at=clock.now()).to_text()
        slack.keep_failing("oauth.v2.access", Fault(status=503))
        async with listening_over_http(slack, house, installations=kept, **OAUTH) as running:
            bot = Installed(slack, kept, running)
            assert "went wrong" in said(await bot.slash("TA"))
            with pytest.raises(PostError) as failed:
                await running.platform.post(Channel("slack", "TA", "C1"), Reply("x"), key="k")
            assert failed.value.outcome is PostOutcome.RETRY
            slack.faults.lasting.clear()
            kept.claims.clear()
            assert "Questions" in said(await bot.slash("TA"))


async def test_a_slow_look_up_is_acked_in_time_and_answered_after(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with installed(house, A, timing=replace(QUICK, settle=0.05)) as bot:
        load = bot.kept.load

        async def slowly(tenant: str) -> str | None:
            await asyncio.sleep(0.2)
            return await load(tenant)

        monkeypatch.setattr(bot.kept, "load", slowly)
        ack = await bot.slash("TA")
        assert (ack.error, ack.payload) == (None, None)
        await bot.slack.until(lambda: bot.slack.called("response_url"))
        (late,) = bot.slack.called("response_url")
        assert (late["text"][:9], late["replace_original"]) == ("Questions", False)


async def test_a_key_that_opens_nothing_stops_it_with_a_remedy(house: House) -> None:
    kept = Kept(broken="BOT_SECRET_KEY does not open this. Put it back.")
    async with SlackServer() as slack:
        with pytest.raises(PlatformError, match="Put it back") as refused:
            async with listening_over_http(slack, house, installations=kept, **OAUTH):
                pass
        assert refused.value.permanent


async def test_a_key_lost_meanwhile_is_an_apology_and_no_crash(house: House) -> None:
    async with installed(house, A) as bot:
        bot.kept.broken = "BOT_SECRET_KEY does not open this."
        assert "went wrong" in said(await bot.slash("TA"))
        with pytest.raises(PostError) as failed:
            await bot.running.platform.post(Channel("slack", "TA", "C1"), Reply("x"), key="k")
        assert failed.value.outcome is PostOutcome.RETRY


def test_an_installation_shows_no_token() -> None:
    found = Installation(
        team="T1",
        enterprise=None,
        org_wide=False,
        bot_user="U",
        bot="B",
        token="xoxb-secret",
        installed_at=clock.now(),
        refresh_token="xoxe-secret",
        expires_at=clock.now(),
    )
    assert "xox" not in repr(found)
    assert Installation.read(found.to_text()) == found
