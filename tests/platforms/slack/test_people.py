from __future__ import annotations

import asyncio
from dataclasses import replace

from bot.domain.request import Channel
from tests.loopback.slack import Fault, SlackServer
from tests.platforms.slack.conftest import (
    QUICK,
    House,
    ask_until_known,
    listening,
    message_of,
)


async def test_a_request_says_who_asks_and_where(house: House) -> None:
    async with SlackServer() as slack, listening(slack, house):
        slack.workspace.add_user("U1", real_name="Ada", is_admin=True, locale="pt-PT")
        await slack.slash("faq", channel="C2")
        (first,) = house.asked
        assert (first.channel, first.user) == (Channel("slack", "T1", "C2"), "U1")
        assert (first.moderator, first.zone, first.user_name) == (False, None, "u1")
        known = await ask_until_known(slack, house)
        assert (known.moderator, known.zone) == (True, "Europe/Lisbon")
        assert (known.user_name, known.locale) == ("Ada", "pt-PT")
        assert len(slack.called("users.info")) == 1


async def test_a_guest_with_an_admins_flag_moderates_nothing(house: House) -> None:
    async with SlackServer() as slack, listening(slack, house):
        slack.workspace.add_user("U1", is_admin=True, is_restricted=True)
        known = await ask_until_known(slack, house)
        assert (known.moderator, known.zone) == (False, "Europe/Lisbon")


async def test_who_asks_is_looked_up_again_after_a_while(house: House) -> None:
    timing = replace(QUICK, remember=0.05, pause=0.05)
    async with SlackServer() as slack, listening(slack, house, timing):
        slack.fail("users.info", Fault(error="internal_error"))
        slack.workspace.add_user("U1")
        async with asyncio.timeout(5):
            while len(slack.called("users.info")) < 3:
                await slack.slash("faq")


async def test_not_knowing_who_asks_does_no_harm(house: House) -> None:
    async with SlackServer() as slack, listening(slack, house):
        slack.keep_failing("users.info", Fault(status=503))
        for _ in range(3):
            assert message_of(await slack.slash("faq")).text
        assert len(slack.called("users.info")) == 1
