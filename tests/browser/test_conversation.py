from __future__ import annotations

import pytest
from playwright.async_api import Locator, Page, expect

from bot.domain.reply import Paragraph, Reply, line
from bot.platforms.web.translate import CHANNEL
from tests.platforms.web.sample import Playground, Sample

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]


async def ask(page: Page, words: str) -> Locator:
    """Type a command; the turn that answers it."""
    turns = page.locator(".turn")
    before = await turns.count()
    await page.get_by_label("Words after /brief").fill(words)
    await page.keyboard.press("Enter")
    await expect(turns).to_have_count(before + 1)
    return turns.nth(before)


async def test_the_stories_are_there_at_once(page: Page) -> None:
    turn = page.locator(".turn")
    await expect(turn).to_have_count(1)
    await expect(turn.get_by_role("heading", level=2)).to_have_text("Asked: /brief stories")
    for name in ("As Slack shows it", "As Discord shows it"):
        await expect(turn.get_by_role("region", name=name)).to_contain_text(
            "The tunnel opens a year late."
        )


@pytest.mark.parametrize("typed", ["harbour", "/brief harbour", "  /brief   harbour "])
async def test_a_command_is_answered_as_both_platforms_show_it(
    page: Page, sample: Sample, typed: str
) -> None:
    turn = await ask(page, typed)
    slack = turn.get_by_role("region", name="As Slack shows it")
    discord = turn.get_by_role("region", name="As Discord shows it")
    await expect(slack).to_contain_text("Only visible to you")
    await expect(discord).to_contain_text("Only you can see this")
    await expect(discord).to_contain_text("you used /brief harbour")
    for preview in (slack, discord):
        await expect(preview.get_by_role("heading", name="Harbour tunnel")).to_be_visible()
        await expect(preview.get_by_role("listitem").first).to_have_text("The east bore leaks.")
        await expect(preview.locator("i", has_text="leaks")).to_be_visible()
        await expect(preview.locator("ol li")).to_have_text(["first", "second"])
        await expect(preview.locator("blockquote")).to_have_text(
            "We will not open an unsafe tunnel."
        )
        link = preview.get_by_role("link", name="Read more")
        await expect(link).to_have_attribute("href", "https://example.com/a")
        await expect(link).to_have_attribute("rel", "noopener noreferrer nofollow")
        await expect(preview.get_by_role("combobox", name="Questions people ask")).to_be_visible()
        await expect(preview.get_by_text("20 Nov")).not_to_have_count(0)
    assert [asked.words for asked in sample.asked] == ["stories", "harbour"]
    assert sample.asked[-1].zone == "Europe/London"


@pytest.mark.parametrize("platform", ["Slack", "Discord"])
async def test_every_button_edits_its_message_in_place_and_keeps_the_focus_there(
    page: Page, sample: Sample, platform: str
) -> None:
    expected = {"FAQ": "faq", "Background": "background"}
    for label, words in expected.items():
        turn = await ask(page, "harbour")
        count = await page.locator(".turn").count()
        preview = turn.get_by_role("region", name=f"As {platform} shows it")
        await preview.get_by_role("button", name=label, exact=True).click()
        title = turn.get_by_role("heading", level=2)
        await expect(title).to_have_text(f"“{label}” on {platform} asks /brief {words}")
        assert sample.asked[-1].words == words
        await expect(page.locator(".turn")).to_have_count(count)
        await expect(preview).to_be_focused()


@pytest.mark.parametrize("platform", ["Slack", "Discord"])
async def test_every_button_beside_a_line_works(page: Page, sample: Sample, platform: str) -> None:
    for place, words in enumerate(("harbour", "trains")):
        turn = await ask(page, "stories")
        preview = turn.get_by_role("region", name=f"As {platform} shows it")
        await preview.locator(".section .button").nth(place).click()
        await expect(turn.locator("h2 code")).to_have_text(f"/brief {words}")
        assert sample.asked[-1].words == words


@pytest.mark.parametrize("platform", ["Slack", "Discord"])
async def test_a_menu_is_picked_from_by_mouse(page: Page, sample: Sample, platform: str) -> None:
    turn = await ask(page, "harbour")
    preview = turn.get_by_role("region", name=f"As {platform} shows it")
    await preview.get_by_role("combobox").click()
    options = preview.get_by_role("option")
    await expect(options).to_have_text(["Who pays?Costs", "When?"])
    await options.nth(1).click()
    await expect(preview).to_contain_text("When does it open?")
    assert sample.asked[-1].words == "faq when"


@pytest.mark.parametrize("platform", ["Slack", "Discord"])
async def test_a_menu_is_picked_from_by_keyboard(page: Page, sample: Sample, platform: str) -> None:
    turn = await ask(page, "harbour")
    preview = turn.get_by_role("region", name=f"As {platform} shows it")
    menu = preview.get_by_role("combobox")
    options = preview.get_by_role("option")
    await menu.focus()
    await page.keyboard.press("ArrowDown")
    await expect(menu).to_have_attribute("aria-expanded", "true")
    await expect(options.nth(0)).to_have_attribute("aria-selected", "true")
    await page.keyboard.press("Escape")
    await expect(menu).to_have_attribute("aria-expanded", "false")
    await page.keyboard.press("Enter")
    await page.keyboard.press("End")
    await expect(options.nth(1)).to_have_attribute("aria-selected", "true")
    active = await options.nth(1).get_attribute("id")
    await expect(menu).to_have_attribute("aria-activedescendant", active or "")
    await page.keyboard.press("w")
    await page.keyboard.press("w")
    assert [asked.words for asked in sample.asked] == ["stories", "harbour"]
    await page.keyboard.press("Home")
    await page.keyboard.press("Enter")
    await expect(turn.locator("h2 code")).to_have_text("/brief faq who-pays")
    assert sample.asked[-1].words == "faq who-pays"


@pytest.mark.parametrize("platform", ["Slack", "Discord"])
async def test_what_is_shared_appears_in_the_channel_for_every_page(
    page: Page, playground: Playground, platform: str
) -> None:
    other = await page.context.new_page()
    await other.goto(playground.url)
    await other.locator(".turn").wait_for()
    turn = await ask(page, "harbour")
    await (
        turn.get_by_role("region", name=f"As {platform} shows it")
        .get_by_role("button", name="Share here")
        .click()
    )
    for shown in (page, other):
        shared = shown.locator(".turn").last
        await expect(shared).to_contain_text("Shared by you.")
        await expect(shared.get_by_role("heading", level=2)).to_have_text(
            "Posted in the channel, for everyone"
        )
        await expect(shared).not_to_contain_text("nly visible to you")
        await expect(shared).not_to_contain_text("Only you can see this")
        await expect(shared.get_by_role("button", name="Share here")).to_have_count(0)
    await expect(page.locator(".turn")).to_have_count(3)
    await expect(turn.get_by_role("button", name="Share here")).to_have_count(2)


async def test_a_button_of_a_public_message_answers_in_private_below(page: Page) -> None:
    await ask(page, "share harbour")
    public = page.locator(".turn").nth(1)
    await public.get_by_role("button", name="Background").first.click()
    await expect(page.locator(".turn")).to_have_count(3)
    await expect(page.locator(".turn").last).to_contain_text("Only visible to you")
    await expect(public).to_contain_text("Harbour tunnel")


async def test_a_digest_appears_when_it_is_posted(page: Page, playground: Playground) -> None:
    digest = Reply("Monday's digest", (Paragraph(line("One thing is new.")),), private=False)
    await playground.platform.post(CHANNEL, digest, key="monday")
    await playground.platform.post(CHANNEL, digest, key="monday")
    await expect(page.locator(".turn").last).to_contain_text("Monday's digest")
    await expect(page.locator(".turn")).to_have_count(2)
    await expect(page.get_by_role("status")).to_contain_text(
        "Posted in the channel: Monday's digest"
    )


async def test_an_answer_is_read_out(page: Page) -> None:
    await ask(page, "faq when")
    await expect(page.get_by_role("status")).to_contain_text("When does it open?")


async def test_a_dismissed_message_is_gone_and_the_focus_is_on_the_command_line(page: Page) -> None:
    turn = await ask(page, "harbour")
    await turn.get_by_role("button", name="Dismiss message").click()
    await expect(page.locator(".turn")).to_have_count(1)
    await expect(page.get_by_label("Words after /brief")).to_be_focused()


async def test_an_example_is_asked_by_clicking_it(page: Page, sample: Sample) -> None:
    await page.get_by_role("button", name="/brief faq harbour").click()
    await expect(page.locator(".turn").last).to_contain_text("When does it open?")
    assert sample.asked[-1].words == "faq harbour"


async def test_the_moderator_switch_is_sent_along(page: Page, sample: Sample) -> None:
    await ask(page, "faq")
    await page.get_by_role("switch", name="Act as moderator").check()
    await ask(page, "faq")
    assert [asked.moderator for asked in sample.asked] == [False, False, True]


async def test_a_failure_is_a_sentence_and_can_be_tried_again(page: Page, sample: Sample) -> None:
    sample.fault = RuntimeError("boom")
    turn = await ask(page, "harbour")
    await expect(turn).to_contain_text("The bot failed to answer. Its log says why, under")
    sample.fault = None
    await turn.get_by_role("button", name="Try again").click()
    await expect(turn).to_contain_text("The tunnel opens a year late.")
    await expect(turn.get_by_role("button", name="Try again")).to_have_count(0)


async def test_a_failed_click_leaves_the_message_as_it_was(page: Page, sample: Sample) -> None:
    turn = await ask(page, "harbour")
    sample.fault = RuntimeError("boom")
    await turn.get_by_role("button", name="Background").first.click()
    await expect(turn).to_contain_text("The bot failed to answer.")
    await expect(turn).to_contain_text("The tunnel opens a year late.")
    sample.fault = None
    await turn.get_by_role("button", name="Try again").click()
    await expect(turn).to_contain_text("Nothing here about background.")


async def test_too_many_words_are_refused_politely(page: Page) -> None:
    turn = await ask(page, "w" * 600)
    await expect(turn).to_contain_text("That is 600 characters. Ask in at most 500, please.")


async def test_a_saved_briefing_renews_the_last_answer(page: Page, sample: Sample) -> None:
    first = await ask(page, "harbour")
    last = await ask(page, "faq when")
    asked = len(sample.asked)
    sample.replies["faq when"] = Reply("It opened", (Paragraph(line("At last.")),))
    sample.change()
    for name in ("Slack", "Discord"):
        await expect(last.get_by_role("region", name=f"As {name} shows it")).to_contain_text(
            "At last."
        )
    await expect(last).to_contain_text("Updated: a briefing was saved.")
    await expect(first).to_contain_text("The tunnel opens a year late.")
    assert [request.words for request in sample.asked[asked:]] == ["faq when"]


async def test_a_moderators_words_are_never_repeated_without_a_click(
    page: Page, sample: Sample
) -> None:
    await page.get_by_role("switch", name="Act as moderator").check()
    turn = await ask(page, "faq when")
    asked = len(sample.asked)
    sample.replies["faq when"] = Reply("It opened")
    sample.change()
    again = turn.get_by_role("button", name="Ask again")
    await expect(again).to_be_visible()
    assert len(sample.asked) == asked
    await again.click()
    await expect(turn).to_contain_text("It opened")


async def test_a_block_that_is_not_drawn_says_so(page: Page) -> None:
    drawn = await page.evaluate(
        """async () => {
          const { slackMessage } = await import("/page/slack.js");
          const { discordMessage } = await import("/page/discord.js");
          const options = { isPrivate: true, words: "", act() {}, dismiss() {} };
          const context = { type: "context", elements: [{ type: "image" }] };
          return [
            slackMessage({ blocks: [{ type: "video" }, { type: "divider" }] }, options),
            slackMessage({ blocks: [context] }, options),
            discordMessage({ components: [{ type: 12 }], embeds: [{}] }, options),
          ].map((message) => message.textContent);
        }"""
    )
    assert "Not drawn here: Slack block “video”" in drawn[0]
    assert "Not drawn here: Slack element “image”" in drawn[1]
    assert "Not drawn here: Discord component of type 12" in drawn[2]
    assert "Not drawn here: Discord embed" in drawn[2]
