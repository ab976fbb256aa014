from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest

from bot.domain.reply import Option, Reply
from bot.domain.request import Channel, Request
from bot.domain.schedule import ScheduleState
from bot.domain.stories import Stories
from bot.store import Store
from tests.answers.digests.house import House as Desk
from tests.loopback import slack_payloads as payloads
from tests.platforms.slack.conftest import House
from tests.platforms.slack.installed import A, B, Installed, installed, said
from tests.schedules import add, make_schedule
from tests.stories import NOW, make_faq, make_story

SECRET = "The harbour deal"
STORIES = Stories(
    [
        make_story("tunnel"),
        make_story(
            "harbour",
            title=SECRET,
            faq=[make_faq("price", "What does the harbour cost?")],
            visible_to=["slack:TA"],
        ),
    ]
)
#: What somebody in the other workspace may have seen on a screenshot, or may guess.
WORDS = [
    "harbour",
    "faq harbour",
    "faq harbour price",
    "search harbour",
    "ask harbour price",
    "use harbour",
]
IN_A = Channel("slack", "TA", "C1")


@dataclass
class Answering(House):
    """The bot's own answers, with a store."""

    desk: Desk | None = None

    async def answer(self, request: Request) -> Reply:
        assert self.desk
        self.asked.append(request)
        return await self.desk.answers(request)

    def complete(self, request: Request) -> Sequence[Option]:
        assert self.desk
        return self.desk.answers.complete(request)


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Desk]:
    async with await Store.open(f"sqlite:///{tmp_path}/bot.db") as store:
        yield Desk(store, STORIES)


def admins(bot: Installed) -> None:
    bot.slack.workspace.add_user("U1", is_admin=True)


def neutral(text: str) -> str:
    """The text without the words that were asked, which an answer repeats."""
    return text.replace("harbour", "…").replace("nowhere", "…")


async def answers(bot: Installed, team: str, words: str) -> str:
    return said(await bot.slash(team, words))


@pytest.mark.parametrize("words", WORDS)
async def test_a_story_of_one_workspace_is_unknown_in_another(desk: Desk, words: str) -> None:
    async with installed(Answering(desk=desk), A, B) as bot:
        admins(bot)
        there = await answers(bot, "TB", words)
        unknown = await answers(bot, "TB", words.replace("harbour", "nowhere"))
        assert SECRET not in there
        assert neutral(there) == neutral(unknown)


async def test_in_its_own_workspace_it_is_known(desk: Desk) -> None:
    async with installed(Answering(desk=desk), A, B) as bot:
        for words in ("harbour", "faq harbour", "search harbour", "stories"):
            assert SECRET in await answers(bot, "TA", words)
        assert SECRET not in await answers(bot, "TB", "stories")


@pytest.mark.parametrize("words", [*WORDS, "share faq harbour price", "share harbour"])
async def test_a_control_of_one_workspace_does_nothing_in_another(desk: Desk, words: str) -> None:
    async with installed(Answering(desk=desk), A, B) as bot:
        admins(bot)
        assert (await bot.click("TB", words)).error is None
        await bot.slack.until(lambda: bot.slack.called("response_url"))
        assert SECRET not in json.dumps(bot.slack.called("response_url"))
        assert all(message.only_for for message in bot.slack.workspace.messages)


async def test_a_menu_of_one_workspace_offers_nothing_of_another(desk: Desk) -> None:
    async with installed(Answering(desk=desk), A, B) as bot:
        for team in ("TA", "TB"):
            typed = payloads.block_suggestion("b1:story", "harbour", "U1", team)
            ack = await bot.slack.deliver("interactive", typed, accepts_payload=True)
            assert (SECRET in said(ack)) is False or team == "TA"


@pytest.mark.parametrize(
    "act", ["pause", "resume", "remove", "post", "preview", "why", "edit", "on"]
)
async def test_a_digest_of_one_workspace_is_out_of_reach_in_another(desk: Desk, act: str) -> None:
    saved = await add(desk.store, make_schedule(channel=IN_A, stories=("harbour",)), NOW)
    async with installed(Answering(desk=desk), A, B) as bot:
        admins(bot)
        for words in (f"digest {act} {saved.id}", "digest", "digest history"):
            assert SECRET not in await answers(bot, "TB", words)
            await bot.click("TB", words)
        await bot.slack.until(lambda: len(bot.slack.called("response_url")) >= 3)
        assert SECRET not in json.dumps(bot.slack.called("response_url"))
    (found,) = await desk.store.all_schedules()
    assert (found.state, found.revision) == (ScheduleState.ACTIVE, saved.revision)


async def test_no_digest_is_scheduled_into_another_workspace(desk: Desk) -> None:
    async with installed(Answering(desk=desk), A, B) as bot:
        admins(bot)
        wish = "digest add all at 09:00 daily in UTC in slack:TA/C1"
        shown = await answers(bot, "TB", wish)
        assert "Nothing is saved yet" not in shown
        await asyncio.sleep(0)
    assert await desk.store.schedules_of(IN_A) == []


async def test_what_one_workspace_asks_at_once_with_another_stays_apart(desk: Desk) -> None:
    async with installed(Answering(desk=desk), A, B) as bot:
        asked = [("TA", "TB")[n % 2] for n in range(60)]
        shown = await asyncio.gather(*(answers(bot, team, "harbour") for team in asked))
        for team, text in zip(asked, shown, strict=True):
            assert (SECRET in text) is (team == "TA")
