from __future__ import annotations

import pytest
from hypothesis import given, strategies as st

from bot.domain.markdown import to_blocks, to_line
from bot.domain.plain import line_text
from bot.domain.reply import Block, Bullets, Paragraph, Span, Style

BOLD, ITALIC, CODE = Style.BOLD, Style.ITALIC, Style.CODE


def test_styles_links_and_lists_are_read() -> None:
    text = "A **bold** and *slanted* `code` [link](https://example.org/x)."
    text += "\n\n- one\n- **two**\n\n1. first"
    assert to_blocks(text) == (
        Paragraph(
            (
                Span("A "),
                Span("bold", BOLD),
                Span(" and "),
                Span("slanted", ITALIC),
                Span(" "),
                Span("code", CODE),
                Span(" "),
                Span("link", href="https://example.org/x"),
                Span("."),
            )
        ),
        Bullets(((Span("one"),), (Span("two", BOLD),))),
        Bullets(((Span("first"),),), ordered=True),
    )


@pytest.mark.parametrize(
    "text",
    [
        "# no heading",
        "<b>no HTML</b> &amp;",
        "[no](javascript:alert(1))",
        "[no](http://example.org)",
        "> no quote",
        "| no | table |",
        "~~no~~",
    ],
)
def test_all_else_is_shown_as_it_was_typed(text: str) -> None:
    assert line_text(to_line(text)) == text


def test_an_image_becomes_a_link_and_loads_nothing() -> None:
    assert to_line("![map](https://example.org/m.png)") == (
        Span("!"),
        Span("map", href="https://example.org/m.png"),
    )


def test_a_list_in_a_list_is_flattened() -> None:
    assert to_blocks("- a\n  - b\n- c") == (Bullets(((Span("a"),), (Span("b"),), (Span("c"),))),)


def test_lines_of_a_paragraph_are_joined() -> None:
    assert to_blocks("one\ntwo\n\nthree") == (
        Paragraph((Span("one two"),)),
        Paragraph((Span("three"),)),
    )


def spans_of(block: Block) -> list[Span]:
    lines = block.items if isinstance(block, Bullets) else ()
    if isinstance(block, Paragraph):
        lines = (block.line,)
    return [span for line in lines for span in line if isinstance(span, Span)]


def words(text: str) -> list[str]:
    return "".join(char if char.isalnum() else " " for char in text).split()


@given(st.text(alphabet=st.sampled_from("ab *_`[]()!-1.\n\\<>&#>|~"), max_size=120))
def test_no_word_is_lost_and_every_link_is_https(text: str) -> None:
    blocks = to_blocks(text)
    spans = [span for block in blocks for span in spans_of(block)]
    assert all(span.text for span in spans)
    assert all(span.href is None or span.href.startswith("https://") for span in spans)
    shown = [word for word in words(" ".join(span.text for span in spans)) if not word.isdigit()]
    typed = [word for word in words(text) if not word.isdigit()]
    assert "".join(shown) == "".join(typed)


@given(st.text(max_size=300))
def test_any_text_is_read_without_failing(text: str) -> None:
    to_blocks(text)


def test_deep_nesting_is_read_without_failing() -> None:
    to_blocks("*" * 5000 + "a" + "[" * 5000 + "- " * 3000)


def test_a_list_keeps_the_number_it_begins_with() -> None:
    assert to_blocks("1994. That was the year.") == (
        Bullets(((Span("That was the year."),),), ordered=True, start=1994),
    )
