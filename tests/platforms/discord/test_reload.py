from __future__ import annotations

import asyncio

import pytest

from bot.answers.answers import Answers
from bot.domain.reply import Option, Reply
from bot.domain.request import Request
from bot.domain.stories import Stories
from tests.loopback.discord import DiscordServer
from tests.platforms.discord.conftest import Connect, FakeAnswers
from tests.stories import NOW, make_story


class Reloading(FakeAnswers):
    """The house's own answers; the library changes with every question."""

    def __init__(self) -> None:
        super().__init__()
        self.loads = 0
        self.of_the_house = Answers(self._stories, lambda: NOW)

    async def answer(self, request: Request) -> Reply:
        return await self.of_the_house(request)

    def complete(self, request: Request) -> list[Option]:
        return [*self.of_the_house.complete(request)]

    def _stories(self) -> Stories:
        self.loads += 1
        return Stories([make_story()] if self.loads % 3 else [])


async def test_commands_while_the_library_reloads_are_all_answered(
    server: DiscordServer, connect: Connect, caplog: pytest.LogCaptureFixture
) -> None:
    answers = Reloading()
    async with connect(answers=answers):
        asked = await asyncio.gather(*(server.slash("story", story="any") for _ in range(30)))
        offered = [await server.complete("faq", "story", story="") for _ in range(6)]

    assert [(one.type, one.refusals) for one in asked] == [(4, [])] * 30
    assert not any("went wrong" in one.text for one in asked)
    assert {len(choices) for choices in offered} == {0, 1}
    assert answers.loads > 30
    assert "Traceback" not in caplog.text
