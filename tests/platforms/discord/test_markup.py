from __future__ import annotations

import re
import timeit
from datetime import UTC, datetime

import pytest
from hypothesis import given

from bot.domain.reply import Line, Span, Style, When
from bot.platforms.discord.markup import GAP, escape, one_line, plain, size, to_markup
from tests.platforms.discord.hostile import HOSTILE
from tests.strategies import hostile_texts

ESCAPE = re.compile(r"\\([^0-9A-Za-z\s])")
LINE_START = re.compile(r"^[ \t]*(?:[-*+>#]|[0-9]+[.)])", re.MULTILINE)
LIVE = re.compile(
    r"@everyone|@here|<@|<#|<t:[0-9]+(:\w)?>|<a?:\w+:[0-9]+>|</\w+:[0-9]+>|<id:\w+>|<?https?://"
)


def without_escapes(text: str) -> str:
    """What is left for Discord to interpret, each escaped character replaced."""
    return ESCAPE.sub("\ue000", text.replace(f"<{GAP}@", "\ue000"))


@given(hostile_texts(HOSTILE, 200))
def test_nothing_in_an_escaped_text_is_live(text: str) -> None:
    escaped = escape(text)

    assert not set("*_~`|<>[]\\#") & set(without_escapes(escaped))
    assert not LIVE.search(escaped)
    assert not LINE_START.search(without_escapes(escaped))


@given(hostile_texts(HOSTILE, 200))
def test_an_escaped_text_shows_all_that_can_be_seen(text: str) -> None:
    shown = ESCAPE.sub(r"\1", escape(text)).replace(GAP, "")

    assert " ".join(shown.split()) == plain(text)


@given(hostile_texts(HOSTILE))
def test_a_line_of_any_spans_forges_no_link_and_pings_nobody(text: str) -> None:
    for style in map(Style, range(8)):
        shown = to_markup((Span("1"), Span(text, style), Span(". x"), Span(text)))

        assert not LIVE.search(shown)
        assert not re.search(r"^[ \t]*[0-9]+\.", shown, re.MULTILINE)
        assert "\n" not in one_line((Span(text, style),))


@given(hostile_texts(HOSTILE), hostile_texts(HOSTILE))
def test_a_link_leads_only_where_it_says(text: str, path: str) -> None:
    shown = to_markup((Span(text, href=f"https://a.example/{path}"),))
    addresses = re.findall(r"<(https://[^<>\s]*)>", without_escapes(shown))

    assert [a.startswith("https://a.example/") for a in addresses] == [True]
    assert "://" not in without_escapes(shown).replace(addresses[0], "")
    assert "@" not in addresses[0]


@pytest.mark.parametrize(
    ("line", "shown"),
    [
        ((Span("as it is"),), "as it is"),
        (
            (Span("bold", Style.BOLD), Span(" and "), Span("slanted", Style.ITALIC)),
            "**bold** and *slanted*",
        ),
        ((Span("a", Style.BOLD), Span("b", Style.BOLD)), f"**a**{GAP}**b**"),
        ((Span(" both ", Style.BOLD | Style.ITALIC),), " ***both*** "),
        ((Span("/brief faq", Style.CODE),), "`/brief faq`"),
        ((Span("a`b", Style.CODE),), r"a\`b"),
        ((Span("The paper", href="https://a.example/x"),), "[The paper](<https://a.example/x>)"),
        ((Span("https://a.example/x", href="https://a.example/x"),), "<https://a.example/x>"),
        (
            (Span("https://bank.example", href="https://a.example"),),
            r"https\://bank.example \(<https://a.example>\)",
        ),
        (
            (Span("x", href="https://a.example/(a) b>c"),),
            "[x](<https://a.example/%28a%29%20b%3Ec>)",
        ),
        (
            (Span("x", href="https://good.example@evil.example"),),
            "[x](<https://good.example%40evil.example>)",
        ),
        ((Span("x", href="javascript:alert(1)"),), r"x \(javascript:alert\(1\)\)"),
        ((Span("1. first"),), r"1\. first"),
        ((When(datetime(2026, 8, 5, 9, tzinfo=UTC), "5 Aug"),), "<t:1785920400:f>"),
        (
            (When(datetime(2026, 8, 5, 9, tzinfo=UTC), "2 h ago", relative=True),),
            "<t:1785920400:R>",
        ),
    ],
)
def test_spans_become_markup(line: Line, shown: str) -> None:
    assert to_markup(line) == shown


def test_sizes_count_utf_16_units() -> None:
    assert size("a\U0001f600\ud800") == 4


@pytest.mark.parametrize("text", ["[x](", "1.", "\n", "1\n", " ", "@", "`", "://", "\\"])
def test_escaping_is_linear(text: str) -> None:
    short, long = text * 2_000, text * 32_000
    line = (Span(short), Span(short, Style.CODE)), (Span(long), Span(long, Style.CODE))
    once = min(timeit.repeat(lambda: to_markup(line[0]), number=8, repeat=5))
    often = min(timeit.repeat(lambda: to_markup(line[1]), number=8, repeat=5))

    assert often / once < 16 * 6  # sixteen times the text; a quadratic would take 256 times
