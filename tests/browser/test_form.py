from __future__ import annotations

from dataclasses import replace

import pytest
from playwright.async_api import Locator, Page, expect

from bot.domain.reply import Field, FieldKind, Form, Option, Reply
from tests.browser.test_conversation import ask
from tests.browser.test_page import LOW_CONTRAST
from tests.platforms.web.sample import Sample, digest

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]

HOSTILE = '<img src=x onerror="document.title=1"> & </option><script>document.title=1</script>'


def form_of(turn: Locator) -> Locator:
    return turn.get_by_role("form")


async def test_a_form_is_shown_beneath_what_the_platforms_say_in_words(page: Page) -> None:
    turn = await ask(page, "digest")
    form = form_of(turn)
    await expect(form).to_have_accessible_name("Plan a digest")
    story = form.get_by_role("combobox", name="Story", exact=True)
    await expect(story.get_by_role("option")).to_have_text(
        ["Choose …", "Harbour tunnel", "Night trains — new"]
    )
    time = form.get_by_role("textbox", name="Time", exact=True)
    await expect(time).to_have_value("09:00")
    await expect(time).to_have_accessible_description("In your own zone.")
    zone = form.get_by_role("combobox", name="Time zone (optional)")
    await expect(form.locator("datalist option")).to_have_attribute("value", "Europe/Lisbon")
    await expect(zone).not_to_have_attribute("required", "")
    await expect(form.get_by_role("combobox", name="Channel")).to_have_value("web:local/playground")
    await expect(turn.get_by_text("Type /brief digest add …")).to_have_count(2)


async def test_a_form_is_filled_in_and_answered_below_by_keyboard_alone(
    page: Page, sample: Sample
) -> None:
    await ask(page, "digest")
    await expect(page.get_by_role("combobox", name="Story", exact=True)).to_be_focused()
    await page.keyboard.type("N")
    await page.keyboard.press("Tab")
    await page.keyboard.type("08:00")
    await page.keyboard.press("Tab")
    await page.keyboard.type("Lisbon")
    await page.keyboard.press("Tab")
    await page.keyboard.press("Tab")
    await expect(page.get_by_role("button", name="Preview")).to_be_focused()
    await page.keyboard.press("Enter")
    await expect(page.locator(".turn")).to_have_count(3)
    words = "digest add trains at 08:00 in Lisbon to web:local/playground"
    answer = page.locator(".turn").last
    await expect(answer.get_by_role("heading", level=2)).to_have_text(
        f"“Preview” in “Plan a digest” asks /brief {words}"
    )
    assert sample.asked[-1].words == words
    await expect(answer.get_by_role("region", name="As Slack shows it")).to_be_focused()
    await expect(page.get_by_role("status")).to_contain_text(f"You asked: {words}")


async def test_a_form_is_announced(page: Page) -> None:
    await ask(page, "digest")
    await expect(page.get_by_role("status")).to_contain_text("A form follows: Plan a digest.")


async def test_what_must_be_filled_in_is_asked_for_first(page: Page, sample: Sample) -> None:
    turn = await ask(page, "digest")
    await turn.get_by_role("button", name="Preview").click()
    await expect(turn.get_by_role("combobox", name="Story", exact=True)).to_be_focused()
    assert [asked.words for asked in sample.asked] == ["stories", "digest"]


async def test_a_form_stays_filled_in_when_its_answer_fails(page: Page, sample: Sample) -> None:
    turn = await ask(page, "digest")
    form = form_of(turn)
    await form.get_by_role("combobox", name="Story", exact=True).select_option("harbour")
    sample.fault = RuntimeError("boom")
    await form.get_by_role("button", name="Preview").click()
    failed = page.locator(".turn").last
    await expect(failed).to_contain_text("The bot failed to answer.")
    await expect(failed.get_by_role("heading", level=2)).to_contain_text("/brief digest add")
    sample.fault = None
    await expect(form.get_by_role("combobox", name="Story", exact=True)).to_have_value("harbour")
    await failed.get_by_role("button", name="Try again").click()
    await expect(failed).to_contain_text("You asked: digest add harbour at 09:00")


async def test_what_is_typed_outlives_a_saved_briefing(page: Page, sample: Sample) -> None:
    turn = await ask(page, "digest")
    time = form_of(turn).get_by_role("textbox", name="Time", exact=True)
    await time.fill("07:30")
    sample.replies["digest"] = replace(digest(), title="New digest, renewed")
    sample.change()
    await expect(turn).to_contain_text("New digest, renewed")
    await expect(time).to_have_value("07:30")
    await expect(time).to_be_focused()


async def test_a_form_goes_with_the_answer_that_had_it(page: Page) -> None:
    turn = await ask(page, "digest")
    await expect(form_of(turn)).to_be_visible()
    await turn.get_by_role("button", name="Start again").first.click()
    await expect(turn.get_by_role("heading", level=2)).to_contain_text("“Start again” on Slack")
    await expect(form_of(turn)).to_be_visible()
    await turn.get_by_role("button", name="Dismiss message").click()
    await expect(page.get_by_role("form", name="Plan a digest")).to_have_count(0)


async def test_a_choice_that_the_menu_does_not_have_is_typed(page: Page, sample: Sample) -> None:
    options = (Option("All", ""), Option("Night trains", "trains"))
    fields = (
        Field("a", "Gone", FieldKind.CHOICE, "harbour", options=options),
        Field("b", "Any", FieldKind.CHOICE, options=options),
        Field("c", "Elsewhere", FieldKind.CHANNEL, "slack:T1/C1"),
    )
    sample.replies["plan"] = Reply("Plan", form=Form("Plan", "do", fields))
    turn = await ask(page, "plan")
    await expect(turn.get_by_label("Gone")).to_have_value("harbour")
    await turn.get_by_role("button", name="Continue").click()
    await expect(page.locator(".turn")).to_have_count(3)
    assert sample.asked[-1].words == "do a harbour c slack:T1/C1"


async def test_no_text_of_a_form_becomes_anything_else(page: Page, sample: Sample) -> None:
    title = await page.title()
    option = Option(HOSTILE, HOSTILE, HOSTILE)
    fields = tuple(
        Field(HOSTILE, HOSTILE, kind, value, HOSTILE, (option,))
        for kind in FieldKind
        for value in ("", HOSTILE)
    )
    sample.replies["plan"] = Reply("Plan", form=Form(HOSTILE, "do", fields, HOSTILE))
    form = form_of(await ask(page, "plan"))
    await expect(form.get_by_role("heading")).to_have_text(HOSTILE)
    await expect(form.locator("img, script")).to_have_count(0)
    await expect(form.locator(".form-row")).to_have_count(2 * len(FieldKind))
    assert await page.title() == title


@pytest.mark.parametrize("width", [320, 1280])
async def test_a_form_fits_the_page_and_has_no_id_twice(page: Page, width: int) -> None:
    await page.set_viewport_size({"width": width, "height": 700})
    for _ in range(2):
        await ask(page, "digest")
    ids = await page.evaluate("[...document.querySelectorAll('[id]')].map((part) => part.id)")
    assert len(ids) == len(set(ids))
    assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    unnamed = await page.evaluate(
        """[...document.querySelectorAll("form.form-card :is(input, select)")]
             .filter((part) => !part.labels?.length).length"""
    )
    assert unnamed == 0


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_every_text_of_a_form_stands_out_from_its_ground(page: Page, scheme: str) -> None:
    await page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
    turn = await ask(page, "digest")
    await expect(form_of(turn)).to_be_visible()
    assert await page.evaluate(LOW_CONTRAST) == []
