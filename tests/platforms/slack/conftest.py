"""The bot on a loopback Slack: the real SDK over real sockets, with an answer as told."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import pytest
from pydantic import SecretStr

from bot import clock
from bot.app.server import serving
from bot.domain import platform as domain
from bot.domain.platform import Installations
from bot.domain.reply import Action, Menu, Note, Option, Paragraph, Reply, line
from bot.domain.request import Channel, Request
from bot.platforms.slack.platform import SlackPlatform
from bot.platforms.slack.settings import Settings
from bot.platforms.slack.timing import Timing
from tests.loopback.slack import Ack, Message, SlackServer
from tests.loopback.slack_http import SIGNING_SECRET, Caller

CHANNEL = Channel("slack", "T1", "C1")
QUICK = Timing(http=2, ping=0.3, reopen=0.1, watch=0.05)


@dataclass
class House:
    """Answers like the bot: known words have a reply, others are said back."""

    asked: list[Request] = field(default_factory=list)
    known: dict[str, Reply | Exception] = field(default_factory=dict)
    delay: float = 0.0

    async def answer(self, request: Request) -> Reply:
        self.asked.append(request)
        if self.delay:
            await asyncio.sleep(self.delay)
        if request.words.startswith("share "):
            plain = await self.answer_to(request.words.removeprefix("share "))
            return plain.public(Note(line("Shared by ", request.user_name, ".")))
        return await self.answer_to(request.words)

    async def answer_to(self, words: str) -> Reply:
        found = self.known.get(words) or Reply(f"You said: {words}", (Paragraph(line("So.")),))
        if isinstance(found, Exception):
            raise found
        return found

    def complete(self, request: Request) -> Sequence[Option]:
        return ()


FAQ = Reply(
    "Questions",
    (Menu("Choose a question", (Option("Why now?", "faq why-now"),)),),
    (Action("Background", "background"), Action("Share here", "share faq")),
)


@dataclass
class Running:
    """The platform while it listens."""

    platform: SlackPlatform
    listening: asyncio.Task[None]
    reports: list[bool]
    url: str = ""


@asynccontextmanager
async def listening(
    slack: SlackServer, house: House, timing: Timing = QUICK, moderators: str = ""
) -> AsyncIterator[Running]:
    """The platform, connected twice; it is cancelled at the end, as the bot does it."""
    platform = make_platform(slack, timing=timing, moderators=moderators)
    reports: list[bool] = []
    task = asyncio.create_task(platform.listen(house.answer, house.complete, reports.append))
    waiting = asyncio.create_task(slack.until(lambda: len(slack.sockets.links) == 2))
    await asyncio.wait((task, waiting), return_when=asyncio.FIRST_COMPLETED)
    waiting.cancel()
    if task.done():
        task.result()
    try:
        yield Running(platform, task, reports)
    finally:
        task.cancel()
        await asyncio.wait((task,))


@asynccontextmanager
async def listening_over_http(
    slack: SlackServer,
    house: House,
    timing: Timing = QUICK,
    moderators: str = "",
    *,
    installations: Installations | None = None,
    **changed: Any,
) -> AsyncIterator[Running]:
    """The platform, called over HTTP at an address of its own."""
    named = tuple(filter(None, moderators.split(",")))
    account: dict[str, Any] = {
        "bot_token": SecretStr(slack.bot_token),
        "moderators": named,
    } | changed
    settings = Settings(api_url=slack.api_url, signing_secret=SecretStr(SIGNING_SECRET), **account)
    platform = SlackPlatform(settings, timing, make_house(installations))
    reports: list[bool] = []
    ready = asyncio.Event()

    def report(connected: bool) -> None:
        reports.append(connected)
        ready.set()

    async with serving(platform.routes(), "127.0.0.1", 0) as url:
        slack.caller = Caller(f"{url}/slack/events")
        task = asyncio.create_task(platform.listen(house.answer, house.complete, report))
        waiting = asyncio.create_task(ready.wait())
        await asyncio.wait((task, waiting), return_when=asyncio.FIRST_COMPLETED)
        waiting.cancel()
        if task.done():
            task.result()
        try:
            yield Running(platform, task, reports, url)
        finally:
            task.cancel()
            await asyncio.wait((task,))


def make_platform(
    slack: SlackServer,
    *,
    bot_token: str | None = None,
    app_token: str | None = None,
    moderators: str = "",
    timing: Timing = QUICK,
) -> SlackPlatform:
    """The platform with the loopback Slack's tokens, or with others."""
    settings = Settings(
        api_url=slack.api_url,
        bot_token=SecretStr(bot_token or slack.bot_token),
        app_token=SecretStr(app_token or slack.app_token),
        moderators=tuple(filter(None, moderators.split(","))),
    )
    return SlackPlatform(settings, timing, make_house())


def make_house(installations: Installations | None = None) -> domain.House:
    """The house as the platform sees it, at the present time: Slack's signatures are dated."""
    return domain.House(
        http_timeout=2,
        state="state",
        previews={},
        problems=list,
        revision=lambda: 0,
        on_change=lambda _: None,
        now=clock.now,
        installations=installations,
    )


async def shown(slack: SlackServer, count: int, user: str = "U1") -> Message:
    await slack.until(lambda: len(slack.seen_by(user)) >= count)
    return slack.seen_by(user)[-1]


def message_of(ack: Ack) -> Message:
    assert ack.message is not None
    return ack.message


async def ask_until_known(slack: SlackServer, house: House) -> Request:
    """Ask until the bot has heard who is asking."""
    async with asyncio.timeout(5):
        await slack.slash("faq")
        while house.asked[-1].zone is None:
            await slack.slash("faq")
    return house.asked[-1]


@pytest.fixture
def house() -> House:
    """A house that knows one page of questions."""
    return House(known={"faq": FAQ})
