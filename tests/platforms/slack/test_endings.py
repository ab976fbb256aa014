from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest

from bot.domain.reply import Reply
from bot.domain.request import Channel
from bot.errors import PostError, PostOutcome
from tests.loopback import slack_payloads as payloads
from tests.platforms.slack.conftest import QUICK, House
from tests.platforms.slack.installed import A, B, installed, keep, said, until


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
