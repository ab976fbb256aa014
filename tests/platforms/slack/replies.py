"""Replies for properties: of every kind of block, with texts that try to break out."""

from __future__ import annotations

from datetime import UTC, datetime

from hypothesis import strategies as st

from bot.domain.reply import (
    WORDS_LIMIT,
    Action,
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
    "<!channel>",
    "<@U123|bob>",
    "<#C1|general>",
    "<!subteam^S1>",
    "@here @everyone",
    "&lt;!here&gt;",
    "<https://evil.example|https://bank.example>",
    "*bold* _it_ ~no~ `code` :tada:",
    "> quoted",
    "a|b",
    "\u202egnp.exe",
    "\ud800",
    "\x00\x1b[31m",
    "𝒳" * 40,
    "&" * 80,
    "word " * 30,
)

texts = st.one_of(
    st.text(max_size=60),
    st.sampled_from(HOSTILE),
    st.lists(st.sampled_from(HOSTILE), max_size=4).map(" ".join),
)
long_texts = st.builds(lambda text, times: text * times, texts, st.integers(1, 200))
hrefs = st.one_of(
    st.none(),
    st.sampled_from(HOSTILE[:10]).map("https://example.org/{}".format),
    st.sampled_from(("http://example.org/", "javascript:alert(1)", "https://a.example/<!here>|x")),
)
styles = st.integers(0, 7).map(Style)
whens = st.builds(
    When,
    at=st.datetimes(datetime(1970, 1, 2), datetime(2100, 1, 1), timezones=st.just(UTC)),  # noqa: DTZ001
    text=texts,
    relative=st.booleans(),
)


def inlines(text: st.SearchStrategy[str]) -> st.SearchStrategy[Inline]:
    """Spans and instants."""
    return st.one_of(st.builds(Span, text=text, style=styles, href=hrefs), whens)


def lines(text: st.SearchStrategy[str]) -> st.SearchStrategy[Line]:
    """Lines of a few spans."""
    return st.lists(inlines(text), max_size=4).map(tuple)


def replies(
    text: st.SearchStrategy[str], words: st.SearchStrategy[str], most: int
) -> st.SearchStrategy[Reply]:
    """Replies of up to `most` blocks and of up to `most` buttons."""
    line = lines(text)
    actions = st.builds(Action, label=text, words=words, primary=st.booleans())
    options = st.builds(Option, label=text, words=words, hint=text)
    blocks = st.one_of(
        st.builds(Heading, text),
        st.builds(Paragraph, line),
        st.builds(Quote, line),
        st.builds(Bullets, st.lists(line, max_size=4).map(tuple), st.booleans()),
        st.builds(Facts, st.lists(st.tuples(text, line), max_size=4).map(tuple)),
        st.builds(Note, line),
        st.builds(Row, line, actions),
        st.builds(Menu, text, st.lists(options, min_size=1, max_size=25).map(tuple)),
    )
    return st.builds(
        Reply,
        title=text,
        blocks=st.lists(blocks, max_size=most).map(tuple),
        actions=st.lists(actions, max_size=most).map(tuple),
        private=st.booleans(),
    )


small_replies = replies(texts, st.text(max_size=WORDS_LIMIT), 8)
any_replies = st.one_of(
    small_replies, replies(st.one_of(texts, long_texts), st.one_of(texts, long_texts), 50)
)
