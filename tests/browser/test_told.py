from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Locator, Page, expect

from tests.browser.house import Living, living
from tests.browser.test_conversation import ask
from tests.browser.test_page import LOW_CONTRAST, overflow

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]


@pytest_asyncio.fixture(loop_scope="session")
async def house(tmp_path: Path) -> AsyncIterator[Living]:
    async with living(tmp_path) as served:
        yield served


@pytest_asyncio.fixture(loop_scope="session")
async def ground(blank: Page, house: Living) -> Page:
    await blank.goto(house.url)
    await blank.locator(".turn", has_text="/brief stories").wait_for()
    return blank


def panel(page: Page) -> Locator:
    return page.locator("#told")


async def click(page: Page, label: str, platform: str = "slack") -> None:
    shown = page.locator(".turn").last.locator(f".preview.{platform}")
    await shown.get_by_role("button", name=label, exact=True).click()


async def test_the_panel_is_there_once_a_reader_has_told_something(
    ground: Page, house: Living
) -> None:
    await expect(panel(ground)).to_be_hidden()
    await ask(ground, "ask will there be zebras")
    await expect(panel(ground)).to_be_hidden()
    assert await house.store.gaps() == []
    await click(ground, "Tell the maintainers")
    await expect(ground.locator(".turn").last).to_contain_text("Thank you")
    summary = panel(ground).locator("summary")
    await expect(summary).to_have_text(
        "For maintainers: 1 question of readers that nothing answers"
    )
    await summary.click()
    await expect(panel(ground).get_by_role("listitem")).to_contain_text(
        "gap-1 will there be zebras"
    )
    await expect(panel(ground).get_by_role("listitem")).to_contain_text("asked once")


async def test_votes_by_either_platforms_buttons_are_listed_and_open_the_entry(
    ground: Page, house: Living
) -> None:
    for platform, label in (("discord", "No"), ("slack", "Yes")):
        await ask(ground, "ask who pays")
        await click(ground, label, platform)
        await expect(ground.locator(".turn").last).to_contain_text("Thank you. This is counted")
    (votes,) = await house.store.votes()
    assert (votes.entry, votes.yes, votes.no) == ("faq/pays", 1, 1)
    await panel(ground).locator("summary").click()
    item = panel(ground).get_by_role("listitem")
    await expect(item).to_contain_text("1 no, 1 yes · Who pays? (harbour-tunnel)")
    turns = await ground.locator(".turn").count()
    await item.get_by_role("button", name="Who pays?").click()
    await expect(ground.locator(".turn")).to_have_count(turns + 1)
    await expect(ground.locator(".turn").last).to_contain_text("/brief faq harbour-tunnel pays")


async def test_the_panel_can_be_read_in_the_dark_and_on_a_phone(ground: Page) -> None:
    await ask(ground, "ask will there be " + "zebras" * 20)
    await click(ground, "Tell the maintainers")
    await panel(ground).locator("summary").click()
    await expect(panel(ground).get_by_role("listitem")).to_be_visible()
    await ground.set_viewport_size({"width": 360, "height": 740})
    assert await overflow(ground) <= 0
    for scheme in ("light", "dark"):
        await ground.emulate_media(color_scheme=scheme)
        assert await ground.evaluate(LOW_CONTRAST) == []
