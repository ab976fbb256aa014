from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

from bot.domain.reply import (
    Action,
    Block,
    Bullets,
    Heading,
    Menu,
    Note,
    Option,
    Paragraph,
    Reply,
    Row,
    Span,
    When,
    bold,
    code,
    line,
)
from bot.platforms.slack.render import render
from tests.loopback.slack_limits import breaches

Json = dict[str, Any]

AT = datetime(2026, 8, 5, 9, 0, tzinfo=UTC)


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


def plain(text: str) -> Json:
    return {"type": "plain_text", "text": text, "emoji": False}


def section(*leaves: Json) -> Json:
    return {"type": "rich_text_section", "elements": list(leaves)}
