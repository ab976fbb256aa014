from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Locator, Page, expect

from bot import clock
from bot.domain.request import Channel
from bot.platforms.web.translate import CHANNEL
from tests.browser.house import Living, living
from tests.browser.test_conversation import ask
from tests.browser.test_page import LOW_CONTRAST, overflow, try_now
from tests.schedules import add, make_schedule

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]

DAILY_AT = "at 09:00 daily"
DAILY = "digest add all at 09:00 daily in London full"
LEAD = "Posted by digest 1, due 09:00"


@pytest_asyncio.fixture(loop_scope="session")
async def house(tmp_path: Path) -> AsyncIterator[Living]:
    async with living(tmp_path) as served:
        yield served


async def opened(page: Page, house: Living) -> Page:
    await page.goto(house.url)
    await page.locator(".turn", has_text="/brief stories").wait_for()
    await expect(page.get_by_role("switch", name="Act as moderator")).to_be_visible()
    return page


@pytest_asyncio.fixture(loop_scope="session")
async def ground(blank: Page, house: Living) -> Page:
    """The page of a moderator."""
    await opened(blank, house)
    await blank.get_by_role("switch", name="Act as moderator").check()
    return blank


def strip(page: Page) -> Locator:
    return page.get_by_role("region", name="Clock")


def slack(turn: Locator) -> Locator:
    return turn.get_by_role("region", name="As Slack shows it")


def digests(page: Page) -> Locator:
    return page.locator(".turn", has_text="Posted by digest")


async def schedule(page: Page, words: str = DAILY) -> Locator:
    """Plan a digest and save it; the turn that says so."""
    turn = await ask(page, words)
    await slack(turn).get_by_role("button", name="Save", exact=True).click()
    await expect(slack(turn)).to_contain_text("is scheduled")
    return turn


async def move(page: Page, name: str) -> None:
    """Move the clock, and wait until that is done: it is only when the strip says the time."""
    said = strip(page).locator("#clock-said")
    await said.evaluate("(part) => { part.textContent = '' }")
    await strip(page).get_by_role("button", name=name).click()
    await expect(said).not_to_be_empty()


async def to_the_next_run(page: Page) -> Locator:
    """Move the clock to the next run; the digest that arrives."""
    before = await digests(page).count()
    await move(page, "To the next run")
    await expect(digests(page)).to_have_count(before + 1)
    return digests(page).nth(before)


async def test_a_digest_is_planned_in_the_form_and_saved_by_keyboard_alone(ground: Page) -> None:
    turn = await ask(ground, "digest add")
    form = turn.get_by_role("form")
    await expect(form).to_be_visible()
    await form.get_by_label("When", exact=True).fill("at 07:30 on weekdays")
    zone = form.get_by_label("Time zone")
    await expect(zone).to_have_value("Europe/London")
    await zone.press("Control+a")
    await ground.keyboard.type("houston")
    await expect(form.locator("option[value='America/Chicago']")).to_have_count(1)
    await ground.keyboard.press("Enter")
    plan = ground.locator(".turn").last
    await expect(slack(plan)).to_contain_text("at 07:30 on weekdays, America/Chicago")
    await expect(slack(plan)).to_contain_text("Next runs")
    await expect(slack(plan)).to_be_focused()
    await slack(plan).get_by_role("button", name="Save", exact=True).focus()
    await ground.keyboard.press("Enter")
    await expect(slack(plan)).to_contain_text("is scheduled")


async def test_some_stories_are_ticked(ground: Page) -> None:
    turn = await ask(ground, "digest add")
    form = turn.get_by_role("form")
    boxes = form.get_by_role("group", name="Stories").get_by_role("checkbox")
    await expect(boxes).to_have_count(3)
    await expect(boxes.nth(0)).to_be_checked()
    await form.get_by_label("Night Trains").check()
    await expect(boxes.nth(0)).not_to_be_checked()
    await form.get_by_role("button", name="Continue").click()
    plan = ground.locator(".turn").last
    await expect(slack(plan)).to_contain_text("Stories: Night Trains")


@pytest.mark.parametrize("platform", ["Slack", "Discord"])
async def test_every_button_of_a_digest_works(ground: Page, platform: str) -> None:
    turn = await schedule(ground)
    preview = turn.get_by_role("region", name=f"As {platform} shows it")
    await preview.get_by_role("button", name="Show", exact=True).click()
    expected = {
        "Preview": "Harbour Tunnel",
        "Post Now": "Post this now?",
        "Pause": "Paused",
        "Resume": "Running",
        "Edit": "Change",
        "Delete": "Delete this digest?",
        "History": "No digest has been due yet.",
        "Why": "It is due at 09:00 daily",
        "All digests": "1 digest here.",
    }
    for name, text in expected.items():
        await preview.get_by_role("button", name=name, exact=True).click()
        await expect(preview).to_contain_text(text)
        await ask(ground, "digest show 1")
        turn = ground.locator(".turn").last
        preview = turn.get_by_role("region", name=f"As {platform} shows it")


async def test_the_next_run_arrives_and_leaves_the_focus_where_it_is(ground: Page) -> None:
    await schedule(ground)
    digest = await to_the_next_run(ground)
    await expect(digest.get_by_role("heading", level=2)).to_have_text(LEAD)
    for name in ("As Slack shows it", "As Discord shows it"):
        await expect(digest.get_by_role("region", name=name)).to_contain_text("Harbour Tunnel")
    await expect(ground.locator("#status")).to_contain_text("Posted in the channel:")
    await expect(strip(ground).get_by_text("(moved ahead)")).to_be_visible()
    await expect(strip(ground).locator("time")).to_contain_text("09:00")
    await expect(strip(ground).get_by_role("button", name="To the next run")).to_be_focused()
    await expect(digest.locator(".slack .by time")).to_have_text("9:00")


async def test_a_digest_that_was_posted_by_hand_arrives_as_well(ground: Page) -> None:
    await schedule(ground)
    turn = await ask(ground, "digest now 1")
    await slack(turn).get_by_role("button", name="Post It Now").click()
    await expect(digests(ground)).to_have_count(1)


async def test_a_digest_is_on_every_page_and_is_there_after_a_reload(
    ground: Page, house: Living
) -> None:
    other = await opened(await ground.context.new_page(), house)
    await schedule(ground)
    await to_the_next_run(ground)
    await expect(digests(other)).to_have_count(1)
    await other.reload()
    await expect(digests(other)).to_have_count(1)
    await expect(other.locator(".turn").first).to_contain_text("Posted by digest")
    await expect(other.locator(".turn").last).to_contain_text("/brief stories")
    await expect(other.locator("#status")).not_to_contain_text("Posted in the channel")


@pytest.mark.parametrize("platform", ["Slack", "Discord"])
async def test_the_buttons_of_a_digest_answer_below_it(ground: Page, platform: str) -> None:
    await schedule(ground)
    digest = await to_the_next_run(ground)
    count = await ground.locator(".turn").count()
    preview = digest.get_by_role("region", name=f"As {platform} shows it")
    await preview.get_by_role("button").first.click()
    await expect(ground.locator(".turn")).to_have_count(count + 1)
    await expect(ground.locator(".turn").last).to_contain_text("Only visible to you")
    await expect(digest).to_contain_text(LEAD)


async def test_a_digest_outlives_a_restart_and_is_shown_once(blank: Page, tmp_path: Path) -> None:
    async with living(tmp_path) as before:
        await opened(blank, before)
        await blank.get_by_role("switch", name="Act as moderator").check()
        await schedule(blank)
        await to_the_next_run(blank)
    port = int(before.url.rpartition(":")[2])
    await expect(blank.get_by_role("alert")).to_be_visible()
    async with living(tmp_path, port) as again:
        await try_now(blank)
        await expect(blank.get_by_role("alert")).to_be_hidden()
        await expect(strip(blank).get_by_text("(as it is)")).to_be_visible()
        await expect(digests(blank)).to_have_count(1)
        other = await opened(await blank.context.new_page(), again)
        await expect(digests(other)).to_have_count(1)
        await expect(digests(other)).to_contain_text("(watched early, with the clock moved)")
        history = await ask(blank, "digest history")
        await expect(slack(history)).to_contain_text("Posted.")


async def test_back_to_now_posts_nothing_twice(ground: Page, house: Living) -> None:
    await schedule(ground)
    await to_the_next_run(ground)
    back = strip(ground).get_by_role("button", name="Back to now")
    await move(ground, "Back to now")
    await expect(strip(ground).get_by_text("(as it is)")).to_be_visible()
    await expect(strip(ground)).to_contain_text("What you watched is not posted again.")
    await expect(back).to_have_attribute("aria-disabled", "true")
    await to_the_next_run(ground)
    posted = await house.store.posted(CHANNEL, 10)
    assert len({one.at for one in posted}) == len(posted) == 2


async def test_a_day_and_an_hour_pass(ground: Page, house: Living) -> None:
    await schedule(ground)
    await move(ground, "+1 day")
    await expect(digests(ground)).to_have_count(1)
    before = house.clock.ahead
    await move(ground, "+1 hour")
    assert [round(ahead / timedelta(hours=1)) for ahead in (before, house.clock.ahead)] == [24, 25]


async def test_without_a_digest_it_is_said_that_there_is_no_next_run(ground: Page) -> None:
    await move(ground, "To the next run")
    await expect(strip(ground)).to_contain_text("No digest is scheduled here")
    await expect(strip(ground).get_by_text("(as it is)")).to_be_visible()


async def test_the_clock_says_plainly_what_it_does(ground: Page) -> None:
    moves = strip(ground).get_by_role("group", name="Clock")
    await expect(moves).to_have_accessible_description(
        "Digests you watch arrive this way are recorded, and not posted again."
    )


async def test_the_clock_is_not_offered_beside_another_platform(
    blank: Page, tmp_path: Path
) -> None:
    async with living(tmp_path, alone=False) as house:
        await opened(blank, house)
        await expect(strip(blank)).to_have_count(0)
        said = await blank.evaluate(
            """() => fetch("/api/clock", { method: "POST", body: '{"to":"day"}',
                 headers: { "Content-Type": "application/json" } }).then((it) => it.text())"""
        )
        assert "only where the playground is all that runs" in said


async def test_an_arriving_digest_disturbs_nobody_who_fills_in_a_form(
    ground: Page, house: Living
) -> None:
    await schedule(ground)
    other = await opened(await ground.context.new_page(), house)
    await ground.bring_to_front()
    turn = await ask(ground, "digest add")
    when = turn.get_by_label("When", exact=True)
    await when.fill("at 0")
    place = await when.bounding_box()
    await move(other, "To the next run")
    await expect(digests(ground)).to_have_count(1)
    await expect(when).to_be_focused()
    await expect(when).to_have_value("at 0")
    assert await when.bounding_box() == place
    arrived = ground.get_by_role("button", name="A message arrived below")
    await arrived.click()
    await expect(digests(ground).get_by_role("heading", level=2)).to_be_in_viewport()
    await expect(slack(digests(ground))).to_be_focused()
    await expect(arrived).to_be_hidden()


async def test_a_digest_that_could_not_be_posted_is_told_of_in_the_list(
    ground: Page, house: Living
) -> None:
    await add(house.store, make_schedule(Channel("web", "local", "other"), DAILY_AT), clock.now())
    await move(ground, "To the next run")
    listed = await ask(ground, "digest list")
    await expect(slack(listed)).to_contain_text("The playground has one channel")


async def test_a_form_that_is_not_understood_says_so_and_stays_filled_in(ground: Page) -> None:
    turn = await ask(ground, "digest add")
    form = turn.get_by_role("form")
    when = form.get_by_label("When", exact=True)
    await when.fill("whenever you like")
    await when.press("Enter")
    alert = form.get_by_role("alert")
    await expect(alert).to_contain_text("whenever")
    await expect(when).to_have_value("whenever you like")
    await expect(ground.locator(".turn")).to_have_count(2)
    await when.fill("at 07:30 on weekdays")
    await when.press("Enter")
    await expect(ground.locator(".turn")).to_have_count(3)
    await expect(alert).to_have_count(0)


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_the_clock_and_a_digest_can_be_read_on_every_ground(
    ground: Page, scheme: str
) -> None:
    await ground.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
    await schedule(ground)
    assert await ground.evaluate(LOW_CONTRAST) == []
    await to_the_next_run(ground)
    assert await ground.evaluate(LOW_CONTRAST) == []


@pytest.mark.parametrize("width", [320, 390, 1280])
async def test_the_clock_and_a_digest_fit_the_page(ground: Page, width: int) -> None:
    await ground.set_viewport_size({"width": width, "height": 800})
    await schedule(ground)
    await to_the_next_run(ground)
    assert await overflow(ground) <= 0
    await expect(ground.get_by_label("Words after /brief")).to_be_in_viewport()
