from __future__ import annotations

import html
import json
import unicodedata
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from itertools import chain
from typing import Any

import pytest
from hypothesis import assume, given, strategies as st

from bot.domain.measure import fits
from bot.domain.reply import (
    WORDS_LIMIT,
    Action,
    Block,
    Bullets,
    Facts,
    Heading,
    Line,
    Menu,
    Note,
    Option,
    Paragraph,
    Quote,
    Reply,
    Row,
    Span,
    Style,
    When,
    bold,
    code,
    line,
)
from bot.platforms.slack.controls import to_words
from bot.platforms.slack.render import render
from tests.loopback.slack_elements import units
from tests.loopback.slack_limits import breaches, counted, texts
from tests.platforms.slack.hostile import HOSTILE
from tests.strategies import hostile_texts, long_texts, replies

Json = dict[str, Any]

AT = datetime(2026, 8, 5, 9, 0, tzinfo=UTC)
SAID = hostile_texts(HOSTILE)
LONG = st.one_of(SAID, long_texts(SAID))
SMALL = replies(SAID, st.text(max_size=WORDS_LIMIT), most=8)
ANY = st.one_of(SMALL, replies(LONG, LONG, most=50, wild=True))
CONTROL_MARKS = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


def blocks_of(*blocks: Block, title: str = "") -> list[Json]:
    rendered: list[Json] = render(Reply(title, blocks))["blocks"]
    return rendered


def test_a_reply_becomes_one_message() -> None:
    reply = Reply(
        "Why now?",
        (
            Paragraph(line("Because of ", bold("this"), ".")),
            Bullets((line("one"), line(Span("two", href="https://example.org/2")))),
            Note(line("Water outage, as of ", When(AT, "5 August 2026, 09:00 UTC"))),
        ),
        (Action("All questions", "faq water", primary=True),),
    )
    assert render(reply) == {
        "text": (
            "Why now?\n\nBecause of this.\n\n- one\n- two (https://example.org/2)\n\n"
            "Water outage, as of 5 August 2026, 09:00 UTC"
        ),
        "blocks": [
            {"type": "header", "text": plain("Why now?")},
            {
                "type": "rich_text",
                "elements": [
                    {
                        "type": "rich_text_section",
                        "elements": [
                            {"type": "text", "text": "Because of "},
                            {"type": "text", "text": "this", "style": {"bold": True}},
                            {"type": "text", "text": "."},
                        ],
                    },
                    {
                        "type": "rich_text_list",
                        "style": "bullet",
                        "elements": [
                            section({"type": "text", "text": "one"}),
                            section(
                                {"type": "link", "url": "https://example.org/2", "text": "two"}
                            ),
                        ],
                    },
                ],
            },
            {
                "type": "context",
                "elements": [
                    {
                        "type": "mrkdwn",
                        "text": (
                            "Water outage, as of <!date^1785920400^{date_short_pretty} at {time}"
                            "|5 August 2026, 09:00 UTC>"
                        ),
                        "verbatim": True,
                    }
                ],
            },
            {
                "type": "actions",
                "elements": [
                    {
                        "type": "button",
                        "action_id": "b1:1",
                        "text": plain("All questions"),
                        "value": "faq water",
                        "style": "primary",
                    }
                ],
            },
        ],
        "response_type": "ephemeral",
        "unfurl_links": False,
        "unfurl_media": False,
    }


def test_a_public_reply_is_for_the_channel() -> None:
    assert render(Reply("Hi", private=False))["response_type"] == "in_channel"


def test_an_instant_is_shown_in_the_readers_zone() -> None:
    (block,) = blocks_of(Paragraph((When(AT, "then", relative=True),)))
    leaf = block["elements"][0]["elements"][0]
    assert leaf == {
        "type": "date",
        "timestamp": 1785920400,
        "format": "{ago}",
        "fallback": "then",
    }


def test_a_blank_line_parts_paragraphs_but_not_a_heading_from_its_text() -> None:
    (block,) = blocks_of(
        Paragraph(line("one")),
        Paragraph(line("two")),
        Bullets((line("a"),)),
        Heading("Three"),
        Paragraph(line("four")),
    )
    shown = [
        "".join(leaf.get("text", "") for leaf in element["elements"])
        for element in block["elements"]
        if element["type"] == "rich_text_section"
    ]
    assert shown == ["one\n", "two", "\nThree", "four"]


def test_a_row_has_its_button_beside_it() -> None:
    (block,) = blocks_of(Row(line("Is it on?"), Action("Open", "questions is-it-on")))
    assert block["type"] == "section"
    assert block["text"] == plain("Is it on?")
    assert block["accessory"]["value"] == "questions is-it-on"
    assert block["accessory"]["accessibility_label"] == "Open: Is it on?"


def test_a_row_too_long_for_a_section_keeps_its_text_and_button() -> None:
    text, actions = blocks_of(Row(line("x" * 3001), Action("Open", "faq x")))
    assert text["elements"][0]["elements"][0]["text"] == "x" * 3001
    assert actions["elements"][0]["value"] == "faq x"


def test_a_menu_cuts_long_labels_and_keeps_the_words() -> None:
    (block,) = blocks_of(Menu("Pick one", (Option("word " * 30, "faq w", hint="All of it"),)))
    (option,) = block["elements"][0]["options"]
    assert option["text"]["text"].endswith("word…")
    assert option["description"] == plain("All of it")
    assert option["value"] == "faq w"


def test_small_print_is_literal_whatever_is_in_it() -> None:
    (plain_note,) = blocks_of(Note(line("*not bold* <!here> :tada:")))
    assert plain_note["elements"] == [plain("*not bold* <!here> :tada:")]
    (note,) = blocks_of(Note(line("> *a* <!here> :tada: ", code("/brief"), " ", bold(" b "))))
    assert note["elements"][0]["text"] == (
        "\u200b&gt; *\u200ba*\u200b &lt;!here&gt; :\u200btada: `/brief`  *b* "
    )


def test_only_https_links_are_links() -> None:
    (block,) = blocks_of(
        Paragraph(
            (
                Span("a", href="javascript:alert(1)"),
                Span("b", href="http://example.org"),
                Span("c", href="https://example.org/a b|<c>"),
            )
        )
    )
    assert block["elements"][0]["elements"] == [
        {"type": "text", "text": "a"},
        {"type": "text", "text": "b"},
        {"type": "link", "url": "https://example.org/a%20b%7C%3Cc%3E", "text": "c"},
    ]


def test_a_long_title_is_whole_below_its_header() -> None:
    title = "Why & wherefore " * 12
    header, text = blocks_of(title=title)
    assert header["text"]["text"].endswith("…")
    assert text["elements"][0]["elements"][0]["text"] == title


def test_the_text_of_a_long_reply_says_that_there_is_more() -> None:
    message = render(Reply("T", (Paragraph(line("ä&" * 2000)),)))
    assert message["text"].endswith(" … (The rest is in the message.)")
    assert breaches(message) == []


def test_what_does_not_fit_is_counted() -> None:
    message = render(Reply("T", tuple(Paragraph(line("x" * 3000)) for _ in range(6))))
    assert message["blocks"][-1]["elements"] == [plain("3 more parts do not fit this message.")]


def test_too_many_buttons_leave_the_text_alone() -> None:
    actions = tuple(Action(f"n{n}", f"faq {n}") for n in range(27))
    message = render(Reply("T", (Paragraph(line("text")),), actions))
    assert [block["type"] for block in message["blocks"]] == [
        "header",
        "rich_text",
        "context",
        "actions",
    ]
    assert "2 more parts" in json.dumps(message)


@pytest.mark.parametrize(
    "action",
    [
        {},
        {"type": "button", "action_id": "b0:1", "value": "faq"},
        {"type": "button", "action_id": "b1:1x", "value": "faq"},
        {"type": "button", "action_id": "b1:1"},
        {"type": "button", "action_id": "b1:1", "value": ""},
        {"type": "button", "action_id": "b1:1", "value": 7},
        {"type": "button", "action_id": "b1:1", "value": "x" * 2001},
        {"type": "static_select", "action_id": "b1:1", "value": "faq"},
        {"type": "static_select", "action_id": "b1:1", "selected_option": None},
        {"type": "static_select", "action_id": "b1:1", "selected_option": "faq"},
        {"type": "button", "action_id": None, "value": "faq"},
    ],
)
def test_made_up_controls_ask_nothing(action: Json) -> None:
    assert to_words(action) is None


@given(st.text(st.characters(exclude_categories=("Cs", "Cc")), max_size=92))
def test_controls_ask_the_words_they_were_made_with(words: str) -> None:
    words = "".join(char for char in words if char not in CONTROL_MARKS)
    menu, buttons = blocks_of(Menu("m", (Option("a", words),)), Row((), Action("b", words)))
    select = menu["elements"][0]
    picked = {
        "type": select["type"],
        "action_id": select["action_id"],
        "selected_option": select["options"][0],
    }
    words = words if words.strip() else ""
    assert to_words(picked) == words
    assert to_words(buttons["elements"][0]) == words


@given(ANY)
def test_any_reply_is_within_the_limits_and_pings_nobody(reply: Reply) -> None:
    message = render(reply)
    json.dumps(message).encode()
    assert breaches(message) == []
    assert counted(message) <= 12_000


@given(SMALL)
def test_nothing_of_a_reply_that_fits_is_lost(reply: Reply) -> None:
    reply = replace(reply, actions=reply.actions[:10])
    assume(fits(reply))
    shown = flat("\n".join(texts(render(reply))))
    position = 0
    for text in map(flat, wanted_texts(reply)):
        found = shown.find(text, position)
        assert found >= 0, (text, shown)
        position = found + len(text)


@given(SMALL)
def test_rendering_is_pure(reply: Reply) -> None:
    assert render(reply) == render(replace(reply))


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_is_inert_everywhere(text: str) -> None:
    reply = Reply(
        text,
        (
            Heading(text),
            Quote(line(text)),
            Facts(((text, line(text)),)),
            Note(line(text, bold(text), code(text), Span(text, Style.ITALIC, "https://a.example"))),
            Row(line(bold(text)), Action(text, text)),
            Menu(text, (Option(text, text[:90], text),)),
        ),
        (Action(text, text),),
    )
    assert breaches(render(reply)) == []


def plain(text: str) -> Json:
    return {"type": "plain_text", "text": text, "emoji": False}


def section(*leaves: Json) -> Json:
    return {"type": "rich_text_section", "elements": list(leaves)}


def wanted_texts(reply: Reply) -> Iterator[str]:
    yield reply.title
    for block in reply.blocks:
        yield from block_texts(block)
    yield from (short(action.label) for action in reply.actions)


def block_texts(block: Block) -> list[str]:
    match block:
        case Heading(text):
            return [text]
        case Paragraph(spans) | Quote(spans) | Note(spans):
            return line_texts(spans)
        case Bullets(items):
            return list(chain.from_iterable(map(line_texts, items)))
        case Facts(pairs):
            return list(chain.from_iterable([label, *line_texts(value)] for label, value in pairs))
        case Row(spans, action):
            return [*line_texts(spans), short(action.label)]
        case Menu(label, options):
            return [short(label), *chain.from_iterable(map(option_texts, options))]


def option_texts(option: Option) -> list[str]:
    return [short(option.label), short(option.hint)]


def line_texts(spans: Line) -> list[str]:
    return [part.text for part in spans]


def short(label: str) -> str:
    """A label, unless it is too long to be shown whole."""
    return label if units(label.encode(errors="ignore").decode()) <= 75 else ""


def flat(text: str) -> str:
    """A text without what may be added to it, or taken away from it, for safety's sake."""
    text = html.unescape(html.unescape(text)).replace("|", "¦")
    return "".join(
        char
        for char in text
        if not char.isspace()
        and char not in CONTROL_MARKS
        and char not in "*_~`\u200b"
        and unicodedata.category(char) not in {"Cc", "Cs"}
    )
