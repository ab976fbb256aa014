from __future__ import annotations

import asyncio
import json
from collections.abc import Sequence

import pytest
from playwright.async_api import Locator, Page, expect

from bot.domain.problem import Position, Problem, Severity
from tests.platforms.web.sample import Playground, Sample, running

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]

TOKEN = "correct horse battery staple"


def words(page: Page) -> Locator:
    return page.get_by_label("Words after /brief")


def completions(page: Page) -> Locator:
    return page.locator("#completions").get_by_role("option")


async def ask(page: Page, typed: str) -> None:
    before = await page.locator(".turn").count()
    await words(page).fill(typed)
    await page.keyboard.press("Enter")
    await expect(page.locator(".turn")).to_have_count(before + 1)


async def test_completions_come_while_typing_and_are_taken_by_keyboard(
    page: Page, sample: Sample
) -> None:
    box = words(page)
    await expect(box).to_be_focused()
    await page.keyboard.type("fa")
    await expect(completions(page)).to_have_count(3)
    await expect(box).to_have_attribute("aria-expanded", "true")
    await page.keyboard.press("ArrowDown")
    await page.keyboard.press("ArrowDown")
    chosen = completions(page).nth(1)
    await expect(chosen).to_have_attribute("aria-selected", "true")
    await expect(box).to_have_attribute(
        "aria-activedescendant", await chosen.get_attribute("id") or ""
    )
    await page.keyboard.press("Enter")
    await expect(box).to_have_value("faq who-pays ")
    assert [asked.words for asked in sample.asked] == ["stories"]
    await page.keyboard.press("Escape")
    await page.keyboard.press("Enter")
    await expect(page.locator(".turn").last).to_contain_text("Who pays?")


async def test_enter_asks_what_is_typed_even_while_completions_are_shown(
    page: Page, sample: Sample
) -> None:
    await page.keyboard.type("fa")
    await expect(completions(page)).not_to_have_count(0)
    await page.keyboard.press("Enter")
    await expect(page.locator(".turn")).to_have_count(2)
    assert sample.asked[-1].words == "fa"


async def test_tab_takes_the_first_completion_and_then_leaves(page: Page) -> None:
    await page.keyboard.type("harb")
    await expect(completions(page)).to_have_count(1)
    await page.keyboard.press("Tab")
    await expect(words(page)).to_have_value("harbour ")
    await expect(words(page)).to_be_focused()
    await page.keyboard.press("Tab")
    await expect(page.get_by_role("button", name="Ask")).to_be_focused()


async def test_escape_closes_the_completions_and_keeps_the_words(page: Page) -> None:
    await page.keyboard.type("fa")
    await expect(completions(page)).not_to_have_count(0)
    await page.keyboard.press("Escape")
    await expect(page.locator("#completions")).to_be_hidden()
    await expect(words(page)).to_have_attribute("aria-expanded", "false")
    await expect(words(page)).to_have_value("fa")


async def test_a_completion_is_taken_by_mouse(page: Page) -> None:
    await page.keyboard.type("fa")
    await completions(page).nth(2).click()
    await expect(words(page)).to_have_value("faq when ")
    await expect(words(page)).to_be_focused()


async def test_the_prefix_may_be_typed_and_is_taken_as_such(page: Page) -> None:
    await page.keyboard.type("/brief fa")
    await expect(words(page)).to_have_value("fa")
    await expect(completions(page)).to_have_count(3)


async def test_earlier_commands_come_back_with_the_arrow_keys(page: Page) -> None:
    for typed in ("faq", "harbour"):
        await ask(page, typed)
    await page.keyboard.type("x")
    await expect(words(page)).to_have_value("x")
    for key, expected in (
        ("Up", "harbour"),
        ("Up", "faq"),
        ("Up", "faq"),
        ("Down", "harbour"),
        ("Down", "x"),
    ):
        await page.keyboard.press(f"Arrow{key}")
        await expect(words(page)).to_have_value(expected)


async def test_everything_is_reached_by_tab_in_reading_order(page: Page) -> None:
    await page.evaluate(TO_THE_TOP)
    seen = []
    for _ in range(24):
        await page.keyboard.press("Tab")
        seen.append(await page.evaluate(NAME_OF_FOCUSED))
    examples = ("stories", "harbour", "faq harbour", "questions harbour", "help")
    assert seen[:4] == ["Skip to the command line", "Act as moderator", "Desktop", "Auto"]
    previews = ["Open", "Open", "Open", "Open", "Dismiss message"]
    assert [name for name in seen[4:] if name not in SCROLLED][:12] == [
        *previews,
        *(f"/brief {words}" for words in examples),
        "words",
        "Ask",
    ]


#: Puts the focus where it is when a page is opened and nothing has it.
TO_THE_TOP = """() => {
  document.body.tabIndex = -1;
  document.body.focus();
  document.body.removeAttribute("tabindex");
}"""
#: A region that scrolls may take the focus, too: Chromium then lets the arrow keys scroll it.
SCROLLED = ("conversation",)
NAME_OF_FOCUSED = """() => {
  const focused = document.activeElement;
  return focused.id === "moderator" ? "Act as moderator"
    : (focused.closest("label") ?? focused).textContent.trim() || focused.id || focused.tagName;
}"""


async def test_what_has_the_focus_shows_it(page: Page) -> None:
    await page.evaluate(TO_THE_TOP)
    for _ in range(16):
        await page.keyboard.press("Tab")
        outlined = await page.evaluate(
            """() => {
              let at = document.activeElement;
              if (at.type === "radio") at = at.nextElementSibling;
              if (at.id === "words") at = at.parentElement;
              return getComputedStyle(at).outlineStyle;
            }"""
        )
        assert outlined == "solid"


async def test_the_skip_link_leads_to_the_command_line(page: Page) -> None:
    await page.evaluate(TO_THE_TOP)
    await page.keyboard.press("Tab")
    await expect(page.get_by_role("link", name="Skip to the command line")).to_be_in_viewport()
    await page.keyboard.press("Enter")
    await expect(words(page)).to_be_focused()


async def test_the_page_has_landmarks_one_title_and_no_id_twice(page: Page) -> None:
    await ask(page, "harbour")
    for role in ("banner", "main"):
        await expect(page.get_by_role(role)).to_have_count(1)
    await expect(page.get_by_role("region", name="Command line")).to_have_count(1)
    await expect(page.get_by_role("heading", level=1)).to_have_text("Briefing Bot playground")
    ids = await page.evaluate("[...document.querySelectorAll('[id]')].map((part) => part.id)")
    assert len(ids) == len(set(ids))
    unnamed = await page.evaluate(
        """[...document.querySelectorAll("button, a, input, [role=listbox]")].filter((part) =>
             !part.textContent.trim() && !part.getAttribute("aria-label") && !part.labels?.length)
           .map((part) => part.outerHTML)"""
    )
    assert unnamed == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_every_text_stands_out_from_its_ground(
    page: Page, sample: Sample, scheme: str
) -> None:
    sample.change(
        Problem("wrong", "mend it", Position("a.yaml", 1, 2)),
        Problem("odd", "look", Position("b.yaml"), Severity.WARNING),
    )
    await page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
    await ask(page, "harbour")
    await expect(page.locator("#problems li")).to_have_count(2)
    for menu in await page.locator(".preview .menu").all():
        await menu.click()
        await page.keyboard.press("ArrowDown")
        assert await page.evaluate(LOW_CONTRAST) == []
        await page.keyboard.press("Escape")
    await page.keyboard.type("x")
    await words(page).press_sequentially("fa")
    await page.keyboard.press("ArrowDown")
    assert await page.evaluate(LOW_CONTRAST) == []


#: Texts whose contrast is under 4.5 to 1 (WCAG 2.2, 1.4.3), as "ratio text".
LOW_CONTRAST = """() => {
  const canvas = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
  const rgba = (color) => {
    canvas.clearRect(0, 0, 1, 1);
    canvas.fillStyle = color;
    canvas.fillRect(0, 0, 1, 1);
    const [r, g, b, a] = canvas.getImageData(0, 0, 1, 1).data;
    return [r, g, b, a / 255];
  };
  const over = (top, under) => [0, 1, 2].map((i) => top[i] * top[3] + under[i] * (1 - top[3]));
  const ground = (part) => {
    const layers = [];
    for (let at = part; at; at = at.parentElement) {
      layers.unshift(rgba(getComputedStyle(at).backgroundColor));
    }
    return layers.reduce((under, top) => over(top, under), [255, 255, 255]);
  };
  const luminance = (color) => {
    const [r, g, b] = color.map((one) => one / 255).map((one) =>
      one <= 0.04045 ? one / 12.92 : ((one + 0.055) / 1.055) ** 2.4);
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const low = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    const part = node.parentElement;
    if (!node.data.trim() || !part.checkVisibility()) continue;
    if (part.closest(".hidden, .skip, noscript")) continue;
    const under = ground(part);
    const ink = over(rgba(getComputedStyle(part).color), under);
    const [high, deep] = [luminance(ink), luminance(under)].sort((a, b) => b - a);
    const ratio = (high + 0.05) / (deep + 0.05);
    if (ratio < 4.5) low.push(`${ratio.toFixed(2)} ${node.data.trim()}`);
  }
  return low;
}"""


async def colours(page: Page) -> Sequence[str]:
    found: list[str] = await page.evaluate(
        """[":root", ".slack", ".discord"].map((part) =>
             getComputedStyle(document.querySelector(part)).backgroundColor)"""
    )
    return found


async def test_dark_and_light_follow_the_system_until_one_is_chosen_which_is_kept(
    page: Page,
) -> None:
    light = await colours(page)
    await page.emulate_media(color_scheme="dark")
    dark = await colours(page)
    assert not set(light) & set(dark)
    await page.get_by_text("Light", exact=True).click()
    assert await colours(page) == light
    await page.reload()
    await page.locator(".turn").wait_for()
    assert await colours(page) == light
    await expect(page.get_by_role("radio", name="Light")).to_be_checked()
    await page.get_by_text("Auto", exact=True).click()
    assert await colours(page) == dark


async def boxes(page: Page) -> list[dict[str, float]]:
    found: list[dict[str, float]] = await page.evaluate(
        """[...document.querySelectorAll(".turn:last-child .preview")]
             .map((part) => part.getBoundingClientRect().toJSON())"""
    )
    return found


async def overflow(page: Page) -> int:
    found: int = await page.evaluate(
        """Math.max(document.documentElement.scrollWidth - innerWidth,
             ...[...document.querySelectorAll("main, .preview")]
               .map((part) => part.scrollWidth - part.clientWidth))"""
    )
    return found


async def test_the_previews_stand_side_by_side_and_on_a_phone_one_above_the_other(
    page: Page,
) -> None:
    await ask(page, "harbour")
    slack, discord = await boxes(page)
    assert slack["top"] == discord["top"]
    assert slack["right"] < discord["left"]
    for width, height in ((390, 844), (320, 568)):
        await page.set_viewport_size({"width": width, "height": height})
        await page.wait_for_function("(width) => innerWidth === width", arg=width)
        slack, discord = await boxes(page)
        assert slack["bottom"] < discord["top"]
        assert await overflow(page) <= 0
        await expect(words(page)).to_be_in_viewport()


async def test_a_page_zoomed_in_fourfold_still_scrolls_to_everything(page: Page) -> None:
    await page.set_viewport_size({"width": 320, "height": 256})
    await ask(page, "harbour")
    await words(page).scroll_into_view_if_needed()
    await expect(words(page)).to_be_in_viewport()
    await page.get_by_role("button", name="FAQ", exact=True).first.scroll_into_view_if_needed()
    await expect(page.get_by_role("button", name="FAQ", exact=True).first).to_be_in_viewport()


async def test_phone_width_can_be_seen_on_a_desktop(page: Page) -> None:
    await ask(page, "harbour")
    await page.get_by_text("Phone", exact=True).click()
    for box in await boxes(page):
        assert box["width"] <= 375
    assert await overflow(page) <= 0


async def test_a_long_word_breaks_rather_than_widening_the_page(page: Page) -> None:
    await page.set_viewport_size({"width": 390, "height": 844})
    await ask(page, "w" * 400)
    assert await overflow(page) <= 0


async def test_problems_are_listed_as_they_come_and_go(page: Page, sample: Sample) -> None:
    panel = page.get_by_role("region", name="in the briefings")
    await expect(panel).to_have_count(0)
    missing = Problem("title is missing", "add it", Position("tunnel.yaml", 3, 5))
    sample.change(missing)
    await expect(panel.get_by_role("heading")).to_have_text("1 problem in the briefings")
    await expect(panel.get_by_role("listitem")).to_have_text(
        "Error tunnel.yaml:3:5 title is missing — add it"
    )
    await expect(page.get_by_role("status")).to_have_text("1 problem in the briefings.")
    sample.change(missing, Problem("<b>odd</b>", "look", None, Severity.WARNING))
    await expect(panel.get_by_role("listitem").nth(1)).to_have_text("Warning <b>odd</b> — look")
    sample.change()
    await expect(panel).to_have_count(0)
    await expect(page.get_by_role("status")).to_have_text("No problems in the briefings.")


async def test_a_page_that_nobody_sees_follows_again_when_it_is_seen(
    page: Page, sample: Sample
) -> None:
    show = """(hidden) => {
      Object.defineProperty(document, "hidden", { value: hidden, configurable: true });
      document.dispatchEvent(new Event("visibilitychange"));
    }"""
    await page.evaluate(show, True)
    sample.change(Problem("title is missing", "add it"))
    await asyncio.sleep(0.6)
    await expect(page.locator("#problems")).to_be_hidden()
    await page.evaluate(show, False)
    await expect(page.locator("#problems li")).to_have_count(1)


async def test_the_page_says_when_the_bot_is_gone_and_comes_back_with_it(blank: Page) -> None:
    sample = Sample()
    async with running(sample) as served:
        await blank.goto(served.url)
        await blank.locator(".turn").wait_for()
    gone = blank.get_by_role("alert")
    await expect(gone).to_contain_text("The bot does not answer. Is it still running?")
    await words(blank).fill("harbour")
    await blank.keyboard.press("Enter")
    turn = blank.locator(".turn").last
    await expect(turn).to_contain_text("The bot does not answer.")
    async with running(sample, port=served.port):
        await try_now(blank)
        await expect(gone).to_be_hidden()
        await expect(blank.get_by_role("status")).to_have_text("The bot is back.")
        await turn.get_by_role("button", name="Try again").click()
        await expect(turn).to_contain_text("The tunnel opens a year late.")
        sample.change(Problem("title is missing", "add it"))
        await expect(blank.locator("#problems li")).to_have_count(1)


async def try_now(page: Page) -> None:
    """Click the button, unless the page is back by itself just then."""
    await page.evaluate("document.querySelector('#offline button')?.click()")


async def test_the_page_comes_back_by_itself(blank: Page) -> None:
    sample = Sample()
    async with running(sample) as served:
        await blank.goto(served.url)
        await blank.locator(".turn").wait_for()
    await expect(blank.get_by_role("alert")).to_be_visible()
    async with running(sample, port=served.port):
        await expect(blank.get_by_role("alert")).to_be_hidden(timeout=20_000)


async def test_a_token_opens_the_page_and_is_nowhere_to_be_seen_afterwards(blank: Page) -> None:
    async with running(Sample(), token=TOKEN) as served:
        await blank.goto(served.url)
        await expect(blank.get_by_role("heading")).to_have_text(
            "This playground needs its access token"
        )
        await blank.get_by_label("Access token").fill("not this one")
        await blank.get_by_role("button").click()
        await expect(blank.get_by_text("That token is not the right one.")).to_be_visible()
        await blank.get_by_label("Access token").fill(TOKEN)
        await blank.get_by_role("button").click()
        await blank.locator(".turn").wait_for()
        assert blank.url == f"{served.url}/"
        assert await blank.evaluate("document.cookie") == ""
        assert "horse" not in await blank.content()
        await ask(blank, "harbour")


async def test_a_token_that_was_not_asked_for_leaves_the_address_too(
    blank: Page, playground: Playground
) -> None:
    await blank.goto(f"{playground.url}/?token=something")
    await blank.locator(".turn").wait_for()
    assert blank.url == f"{playground.url}/"


async def test_a_page_that_lost_its_pass_says_how_to_get_in_again(blank: Page) -> None:
    async with running(Sample(), token=TOKEN) as served:
        await blank.goto(f"{served.url}/?token={TOKEN.replace(' ', '%20')}")
        await blank.locator(".turn").wait_for()
        await blank.context.clear_cookies()
        await words(blank).fill("harbour")
        await blank.keyboard.press("Enter")
        await expect(blank.locator(".turn").last).to_contain_text(
            "Open the address with the token again."
        )


async def test_no_page_elsewhere_can_frame_the_playground_or_ask_it(
    blank: Page, playground: Playground
) -> None:
    frame = f'<iframe src="{playground.url}"></iframe><p>ready'
    await blank.route(
        "http://127.0.0.1:1/", lambda route: route.fulfill(body=frame, content_type="text/html")
    )
    await blank.goto("http://127.0.0.1:1/")
    await blank.get_by_text("ready").wait_for()
    asked = await blank.evaluate(
        """(address) => fetch(address, { method: "POST", mode: "no-cors", body: '{"words":"faq"}' })
             .then((response) => response.type, (error) => "refused")""",
        f"{playground.url}/api/brief",
    )
    assert asked in {"opaque", "refused"}
    await asyncio.sleep(0.1)
    assert playground.sample.asked == []


async def test_nothing_is_kept_in_the_browser_but_theme_and_width(page: Page) -> None:
    await ask(page, "harbour")
    await page.get_by_text("Dark", exact=True).click()
    kept = await page.evaluate("JSON.stringify({ ...localStorage, ...sessionStorage })")
    assert json.loads(kept) == {"theme": "dark"}
