"""A Discord on loopback, and the platform connected to it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager, suppress
from pathlib import Path

import pytest
from pydantic import SecretStr

from bot.domain.reply import Action, Menu, Note, Option, Paragraph, Reply, line
from bot.domain.request import Channel, Request
from bot.platforms.discord.platform import DiscordPlatform
from bot.platforms.discord.settings import Settings
from tests.loopback.discord import TOKEN, DiscordServer
from tests.loopback.discord_payloads import CHANNEL, GUILD

HERE = Channel("discord", GUILD, CHANNEL)
DIGEST = Reply(
    "Daily digest",
    (Paragraph(line("@everyone Two changes.")),),
    (Action("Open", "x"),),
    private=False,
)


class FakeAnswers:
    """Answers by repeating the words; what it was asked, it keeps."""

    def __init__(self) -> None:
        self.requests: list[Request] = []
        self.completions: list[Request] = []
        self.reports: list[bool] = []
        self.options: list[Option] = []
        self.delay = 0.0
        self.error: Exception | None = None
        self.reply: Reply | None = None

    async def answer(self, request: Request) -> Reply:
        """Say what was asked, with a few ways on."""
        self.requests.append(request)
        if self.delay:
            await asyncio.sleep(self.delay)
        if self.error:
            raise self.error
        return self.reply or echo(request)

    def complete(self, request: Request) -> list[Option]:
        """Offer what the test wants offered."""
        self.completions.append(request)
        if self.error:
            raise self.error
        return self.options


def echo(request: Request) -> Reply:
    """A reply that says what was asked; asked to share, it is for everyone."""
    reply = Reply(
        f"You said {request.words}",
        (
            Paragraph(line("An answer.")),
            Menu("Questions", (Option("Why now?", "faq land-strikes why-now"),)),
        ),
        (Action("Background", "background land-strikes"), Action("Share here", "share faq")),
    )
    shared = request.words.startswith("share ")
    return reply.public(Note(line(f"Shared by {request.user_name}"))) if shared else reply


Connect = Callable[..., AbstractAsyncContextManager[DiscordPlatform]]


@pytest.fixture
async def server() -> AsyncIterator[DiscordServer]:
    async with DiscordServer() as server:
        yield server


@pytest.fixture
def answers() -> FakeAnswers:
    return FakeAnswers()


def settings_for(server: DiscordServer, **more: object) -> Settings:
    """Settings that lead to the loopback server."""
    told = {"token": SecretStr(TOKEN), "api_url": server.api_url, "gateway_url": server.gateway_url}
    return Settings.model_validate({**told, **more})


@pytest.fixture
def connect(server: DiscordServer, answers: FakeAnswers) -> Connect:
    """Connect a platform, and stop it afterwards as the app does."""

    @asynccontextmanager
    async def connected(
        memory: Path | None = None,
        limit: float = 2.0,
        http_timeout: float = 10.0,
        answers: FakeAnswers = answers,
        **settings: object,
    ) -> AsyncIterator[DiscordPlatform]:
        platform = DiscordPlatform(
            settings_for(server, **settings), memory=memory, limit=limit, http_timeout=http_timeout
        )
        listening = asyncio.create_task(
            platform.listen(answers.answer, answers.complete, answers.reports.append)
        )
        try:
            await server.connected()
            yield platform
        finally:
            listening.cancel()
            with suppress(asyncio.CancelledError):
                await listening

    return connected
