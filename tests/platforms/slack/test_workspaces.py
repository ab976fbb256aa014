from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest

from bot.domain.reply import Reply
from bot.domain.request import Channel
from bot.errors import PlatformError, PostError, PostOutcome
from tests.loopback import slack_payloads as payloads
from tests.loopback.slack import SlackServer
from tests.platforms.slack.conftest import QUICK, House, listening_over_http
from tests.platforms.slack.installed import OAUTH, A, B, installed, said, until
from tests.platforms.slack.keeping import Kept


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


async def test_a_control_of_ours_answers_people_of_another_organisation(house: House) -> None:
    async with installed(house, A) as bot:
        await bot.click("TX", "faq", message={"team": "TA", "ts": "1.1"})
        await until(lambda: bool(house.asked))
        assert house.asked[0].channel == Channel(
            "slack", "outside", "C1"
        )  # who sees what is public


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
