"""A served playground, and a client of it."""

from __future__ import annotations

from collections.abc import AsyncIterator

import aiohttp
import pytest

from tests.platforms.web.sample import Playground, Sample, running


@pytest.fixture
def sample() -> Sample:
    return Sample()


@pytest.fixture
async def playground(sample: Sample) -> AsyncIterator[Playground]:
    async with running(sample) as served:
        yield served


@pytest.fixture
async def client(playground: Playground) -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession(playground.url) as session:
        yield session
