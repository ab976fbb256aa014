from __future__ import annotations

import re
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings, strategies as st
from playwright.async_api import Page

from bot.domain.reply import (
    WORDS_LIMIT,
    Action,
    Heading,
    Note,
    Paragraph,
    Quote,
    Reply,
    Row,
    Span,
    bold,
)
from tests import strategies
from tests.platforms.web.sample import PREVIEWS

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]

HOSTILE = (
    *(
        "<script>window.hit = 1</script>",
        "<img src=x onerror='window.hit = 1'>",
        "<iframe srcdoc='x'>",
    ),
    *(
        "<svg onload=window.hit=1>",
        "</p></div></article>",
        "javascript:window.hit=1",
        "<!--",
        "]]>",
    ),
    *(
        "[x](javascript:window.hit=1)",
        "<javascript:window.hit=1|x>",
        "&lt;b&gt;",
        "<style>*{display:none}",
    ),
    *("<a href='https://evil.example/'>x</a>", "<base href=//evil.example>", "{{7*7}}", "${hit}"),
)
#: What the previews are made of; anything else would have come out of a text.
TAGS = {
    *("DIV", "P", "SPAN", "B", "I", "U", "S", "CODE", "PRE", "TIME", "SMALL", "A", "BUTTON", "IMG"),
    *("H3", "H4", "H5", "HR", "UL", "OL", "LI", "BLOCKQUOTE", "svg", "path"),
}
DRAW = """async (payloads) => {
  const { slackMessage } = await import("/page/slack.js");
  const { discordMessage } = await import("/page/discord.js");
  const options = { isPrivate: true, words: "w", act() {}, dismiss() {} };
  const draw = { slack: slackMessage, discord: discordMessage };
  const named = (parts, name) => parts.filter((part) => part.className === name);
  return payloads.map(([platform, payload]) => {
    const message = draw[platform](payload, options);
    document.getElementById("conversation").replaceChildren(message);
    const parts = [...message.querySelectorAll("*")];
    return {
      text: message.querySelector(".blocks, .components").textContent,
      tags: [...new Set(parts.map((part) => part.tagName))],
      attributes: [...new Set(parts.flatMap((part) => part.getAttributeNames()))],
      links: parts.filter((part) => part.href)
        .map((part) => [part.protocol, part.target, part.rel]),
      images: parts.filter((part) => part.src).map((part) => part.getAttribute("src")),
      missing: named(parts, "not-drawn").map((part) => part.textContent),
      hit: "hit" in window,
    };
  });
}"""

hostile = st.lists(
    st.one_of(st.sampled_from(HOSTILE), strategies.texts(80)), min_size=1, max_size=4
).map(" ".join)

replies = strategies.replies(strategies.texts(300, lines=True), strategies.texts(WORDS_LIMIT))


async def drawn(drawing: Page, *replies: Reply) -> list[dict[str, Any]]:
    payloads = [
        (name, preview.render(reply)) for reply in replies for name, preview in PREVIEWS.items()
    ]
    found: list[dict[str, Any]] = await drawing.evaluate(DRAW, payloads)
    return found


def assert_inert(message: dict[str, Any]) -> None:
    assert not message["hit"]
    assert set(message["tags"]) <= TAGS
    assert not [name for name in message["attributes"] if name.startswith("on")]
    assert "style" not in message["attributes"]
    for link in message["links"]:
        assert link == ["https:", "_blank", "noopener noreferrer nofollow"]
    assert set(message["images"]) <= {"/page/icon.svg"}


@settings(suppress_health_check=[HealthCheck.too_slow])
@given(some=st.lists(replies, min_size=4, max_size=4))
async def test_any_reply_is_drawn_whole_and_nothing_in_it_comes_alive(
    drawing: Page, some: list[Reply]
) -> None:
    for message in await drawn(drawing, *some):
        assert_inert(message)
        assert message["missing"] == []


@settings(suppress_health_check=[HealthCheck.too_slow])
@given(some=st.lists(hostile, min_size=5, max_size=5))
async def test_html_in_any_place_of_a_reply_is_text(drawing: Page, some: list[str]) -> None:
    title, heading, paragraph, quote, note = some
    reply = Reply(
        title,
        (
            Heading(heading),
            Paragraph((Span(paragraph),)),
            Quote((Span(quote),)),
            Note((Span(note),)),
        ),
    )
    for message in await drawn(drawing, reply):
        assert_inert(message)
        assert message["links"] == []
        shown = squeezed(message["text"])
        for text in (paragraph, quote, note):
            assert squeezed(text) in shown


@settings(suppress_health_check=[HealthCheck.too_slow])
@given(text=st.one_of(hostile, strategies.texts(300, lines=True)))
async def test_the_previews_show_every_text_as_it_was_written(drawing: Page, text: str) -> None:
    plain, marked = (Span(text),), (bold("and: "), Span(text))  # Slack's two ways to write a line
    blocks = (Paragraph(plain), Note(plain), Note(marked), Row(plain, Action("Open", "open")))
    for message in await drawn(drawing, Reply("t", blocks)):
        assert squeezed(message["text"]).count(squeezed(text)) >= 4


#: Left out by one renderer or the other, or never seen: space, marks of direction, joiners, gaps.
UNSEEN = re.compile(
    "[\\s\x00-\x1f\x7f-\x9f\xad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180e\u200b-\u200f"
    "\u2028-\u202f\u2060-\u206f\u3000\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff9-\ufffb\U000e0000-\U000e01ef]+"
)


def squeezed(text: str) -> str:
    return UNSEEN.sub("", text)


@pytest.mark.parametrize(
    ("markdown", "expected"),
    [
        ("**bold** *it* ~~gone~~ `code`", "<b>bold</b> <i>it</i> <s>gone</s> <code>code</code>"),
        ("***both***", "<b><i>both</i></b>"),
        (r"\*not\* \[a\](b)", "*not* [a](b)"),
        ("snake_case_name", "snake_case_name"),
        ("2 * 3 * 4", "2 * 3 * 4"),
        ("`` `a` ``", "<code>`a`</code>"),
        ("||secret||", '<span class="spoiler">secret</span>'),
        (
            "@everyone <@1>",
            '<span class="mention">@everyone</span> <span class="mention">@1</span>',
        ),
    ],
)
async def test_discords_inline_markdown(drawing: Page, markdown: str, expected: str) -> None:
    assert (
        await html(drawing, "discord-text.js", "markdown", markdown)
        == f'<div class="lines">{expected}</div>'
    )


@pytest.mark.parametrize(
    ("markdown", "expected"),
    [
        ("# One\n## Two\n-# small", '<h3 class="large">One</h3><h3>Two</h3><small>small</small>'),
        ("- a\n  - b\n- c", "<ul><li>a<ul><li>b</li></ul></li><li>c</li></ul>"),
        ("3. a\n4. b", '<ol start="3"><li>a</li><li>b</li></ol>'),
        ("> a\n> b", '<blockquote><div class="lines">a\nb</div></blockquote>'),
        ("```\n<b>\n```", "<pre>&lt;b&gt;</pre>"),
        (r"\# no", '<div class="lines"># no</div>'),
        (r"1\. no", '<div class="lines">1. no</div>'),
    ],
)
async def test_discords_blocks_of_markdown(drawing: Page, markdown: str, expected: str) -> None:
    assert await html(drawing, "discord-text.js", "markdown", markdown) == expected


@pytest.mark.parametrize(
    ("mrkdwn", "expected"),
    [
        ("*bold* _it_ ~gone~ `code`", "<b>bold</b> <i>it</i> <s>gone</s> <code>code</code>"),
        ("a*b*c snake_case_name", "a*b*c snake_case_name"),
        ("*a*\u200bb*\u200b* *\u200b*\u200b", "<b>a*\u200bb*\u200b</b> *\u200b*\u200b"),
        ("&lt;b&gt; &amp;amp;", "&lt;b&gt; &amp;amp;"),
        ("> said", "<blockquote>said</blockquote>"),
        ("<!here> <@U1>", '<span class="mention">!here</span> <span class="mention">@U1</span>'),
        ("<!date^0^{date_short} at {time}|1970>", "<time>1 Jan 1970 at 1:00</time>"),
        ("<!date^0^{unknown}|1970>", "<time>1970</time>"),
        (
            "<javascript:x|y>",
            '<span class="not-drawn">Not drawn here: &lt;javascript:x|y&gt;</span>',
        ),
    ],
)
async def test_slacks_mrkdwn(drawing: Page, mrkdwn: str, expected: str) -> None:
    assert await html(drawing, "slack-text.js", "mrkdwn", mrkdwn) == expected


async def test_links_go_to_web_addresses_only(drawing: Page) -> None:
    found = await html(
        drawing, "slack-text.js", "mrkdwn", "<https://a.example/?a=1&amp;b|a &gt; b>"
    )
    assert found.startswith('<a href="https://a.example/?a=1&amp;b"')
    assert found.endswith(">a &gt; b</a>")
    found = await html(
        drawing, "discord-text.js", "markdown", "[x](https://a.example/a_(b)) [y](ftp://a)"
    )
    assert 'href="https://a.example/a_(b)"' in found
    assert found.endswith(">x</a> [y](ftp://a)</div>")


async def test_no_other_address_is_followed_even_where_a_payload_holds_one(drawing: Page) -> None:
    address = "javascript:alert(1)"
    link = {"type": "link", "url": address, "text": "x"}
    section = {"type": "rich_text_section", "elements": [link]}
    button = {"type": "button", "url": address, "text": {"text": "x"}}
    blocks = [
        {"type": "rich_text", "elements": [section]},
        {"type": "actions", "elements": [button]},
    ]
    components = [{"type": 1, "components": [{"type": 2, "url": address, "label": "x"}]}]
    payloads = [("slack", {"blocks": blocks}), ("discord", {"components": components})]
    for message in await drawing.evaluate(DRAW, payloads):
        assert message["links"] == []
        assert "x" in message["text"]


async def html(page: Page, module: str, function: str, text: str) -> str:
    found: str = await page.evaluate(
        """async ([module, name, text]) => {
          const parts = (await import(`/page/${module}`))[name](text);
          const box = document.createElement("div");
          box.append(...parts);
          return box.innerHTML;
        }""",
        [module, function, text],
    )
    return found
