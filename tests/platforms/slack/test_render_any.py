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
    both = (Menu("m", (Option("a", words),)), Row((), Action("b", words)))
    menu, buttons = render(Reply("", both))["blocks"]
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
