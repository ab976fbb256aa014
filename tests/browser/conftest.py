"""One Chromium for the session; for each test a playground, and a page that stays here."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Page, async_playwright, expect

from tests.platforms.web.sample import Playground, Sample, running

#: As Debian's Chromium runs in a container, and without what it would fetch by itself.
ARGS = (
    *("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
)
ELSEWHERE = re.compile(r"^(?!http://127\.0\.0\.1[:/]|data:)")


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def browser(chromium: str) -> AsyncIterator[Browser]:
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=chromium, args=ARGS)
        yield browser
        await browser.close()


@pytest.fixture
def sample() -> Sample:
    return Sample()


@pytest_asyncio.fixture(loop_scope="session")
async def playground(sample: Sample) -> AsyncIterator[Playground]:
    async with running(sample) as served:
        yield served


@asynccontextmanager
async def blank_page(browser: Browser) -> AsyncIterator[Page]:
    """A page that has been nowhere yet. What it asks of others, or does wrong, fails the test."""
    context = await browser.new_context(
        viewport={"width": 1280, "height": 800},
        locale="en-GB",
        timezone_id="Europe/London",
        reduced_motion="reduce",
        color_scheme="light",
    )
    context.set_default_timeout(10_000)
    wrong: list[str] = []
    await context.route(ELSEWHERE, lambda route: route.abort())
    context.on(
        "request", lambda asked: wrong.extend([asked.url] if ELSEWHERE.match(asked.url) else [])
    )
    context.on("weberror", lambda error: wrong.append(str(error.error)))
    context.on("console", lambda said: wrong.extend([said.text] if "Policy" in said.text else []))
    yield await context.new_page()
    await context.close()
    assert wrong == []


@pytest_asyncio.fixture(loop_scope="session")
async def blank(browser: Browser) -> AsyncIterator[Page]:
    async with blank_page(browser) as page:
        yield page


@pytest_asyncio.fixture(loop_scope="session")
async def page(blank: Page, playground: Playground) -> Page:
    """The playground, with its first answer."""
    return await opened(blank, playground)


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def drawing(browser: Browser) -> AsyncIterator[Page]:
    """A playground whose modules draw what a test hands them; all tests of a file share it."""
    async with running(Sample()) as served, blank_page(browser) as page:
        yield await opened(page, served)


async def opened(page: Page, playground: Playground) -> Page:
    await page.goto(playground.url)
    await page.locator(".turn").wait_for()
    # The last thing that the page does when it starts.
    await expect(page.get_by_label("Words after /brief")).to_be_focused()
    return page
