"""Replies of every shape, for properties that must hold whatever is said."""

from __future__ import annotations

from datetime import UTC, datetime

from hypothesis import strategies as st

from bot.domain.reply import (
    Action,
    Block,
    Bullets,
    Facts,
    Heading,
    Inline,
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
)

HOSTILE = (
    "@everyone",
    "@here",
    "<@123>",
    "<@&123>",
    "<#123>",
    "<t:1:R>",
    "<:x:1>",
    "<a:x:1>",
    "</cmd:1>",
    "<id:customize>",
    "[x](https://evil.example)",
    "[x](<https://evil.example>)",
    "<https://evil.example>",
    "https://evil.example",
    "](https://evil.example)",
    "||x||",
    "```x```",
    "`x`",
    "***x***",
    "__x__",
    "~~x~~",
    "\n# x",
    "\n-# x",
    "\n> x",
    "\n>>> x",
    "\n- x",
    "\n* x",
    "\n1. x",
    "1.",
    "\\",
    "\u202e",
    "\u200b",
    "\ud800",
    "\x00",
    "\r\n",
    "\U0001f600",
    " ",
    "x",
)


def texts(longest: int = 60) -> st.SearchStrategy[str]:
    """Any text, half of it meant to break out."""
    hostile = st.lists(st.sampled_from(HOSTILE), max_size=8).map("".join)
    return st.one_of(hostile, st.text(st.characters(), max_size=longest))


def _instants() -> st.SearchStrategy[datetime]:
    early, late = datetime(1971, 1, 1), datetime(2200, 1, 1)  # noqa: DTZ001 (given a zone below)
    return st.datetimes(early, late, timezones=st.just(UTC))


def _inlines(text: st.SearchStrategy[str]) -> st.SearchStrategy[Inline]:
    styles = st.sampled_from([Style(value) for value in range(8)])
    hrefs = st.one_of(st.none(), text.map("https://a.example/".__add__), text)
    return st.one_of(
        st.builds(Span, text, styles, hrefs),
        st.builds(When, _instants(), text, st.booleans()),
    )


def lines(text: st.SearchStrategy[str]) -> st.SearchStrategy[Line]:
    """Lines of a few spans."""
    return st.lists(_inlines(text), max_size=4).map(tuple)


def blocks(text: st.SearchStrategy[str], words: st.SearchStrategy[str]) -> st.SearchStrategy[Block]:
    """Any block."""
    line = lines(text)
    actions = st.builds(Action, text, words, st.booleans())
    options = st.lists(st.builds(Option, text, words, text), min_size=1, max_size=30).map(tuple)
    return st.one_of(
        st.builds(Heading, text),
        st.builds(Paragraph, line),
        st.builds(Quote, line),
        st.builds(Note, line),
        st.builds(Bullets, st.lists(line, max_size=5).map(tuple), st.booleans()),
        st.builds(Facts, st.lists(st.tuples(text, line), max_size=5).map(tuple)),
        st.builds(Row, line, actions),
        st.builds(Menu, text, options),
    )


def replies(text: st.SearchStrategy[str] | None = None) -> st.SearchStrategy[Reply]:
    """Any reply, far too long ones included."""
    said = text or st.one_of(texts(), st.sampled_from(["word " * 400, "(" * 3000, "\n" * 500]))
    words = said.map(lambda value: value[:200])
    return st.builds(
        Reply,
        said,
        st.lists(blocks(said, words), max_size=12).map(tuple),
        st.lists(st.builds(Action, said, words, st.booleans()), max_size=30).map(tuple),
        st.booleans(),
    )


def plain_replies() -> st.SearchStrategy[Reply]:
    """Replies as our answers make them: short words, distinct options, lawful labels."""
    word = st.from_regex(r"[a-z]{3,8}[0-9]{4}", fullmatch=True)
    menu = st.builds(
        Menu,
        word,
        st.lists(st.builds(Option, word, word), min_size=1, max_size=25, unique_by=_words).map(
            tuple
        ),
    )
    parts = st.one_of(blocks(word, word).filter(lambda block: not isinstance(block, Menu)), menu)
    return st.builds(
        Reply,
        word,
        st.lists(parts, max_size=8).map(tuple),
        st.lists(st.builds(Action, word, word), max_size=10).map(tuple),
        st.booleans(),
    )


def _words(option: Option) -> str:
    return option.words
