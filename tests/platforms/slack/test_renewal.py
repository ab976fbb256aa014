from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest

from bot import clock
from bot.domain.reply import Reply
from bot.domain.request import Channel
from bot.errors import PostError, PostOutcome
from bot.platforms.slack.installation import Installation
from tests.loopback.slack import Fault, SlackServer
from tests.platforms.slack.conftest import House, listening_over_http
from tests.platforms.slack.installed import OAUTH, A, Installed, keep, said
from tests.platforms.slack.keeping import Kept


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
