"""Hypothesis strategies for all that the house passes around: briefings, stories, replies."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from functools import cache
from itertools import count
from typing import Any

import yaml
from hypothesis import strategies as st
from hypothesis.strategies import DrawFn, SearchStrategy
from pydantic import TypeAdapter

from bot.domain.briefing import BriefingFile, Story
from bot.domain.measure import ENTRY_WEIGHT, entry_weight
from bot.domain.reply import (
    MENU_LIMIT,
    Action,
    Block,
    Bullets,
    Facts,
    Field,
    FieldKind,
    Form,
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
)
from tests.stories import NOW

TODAY = NOW.date()

#: What trips platforms up: mentions, markup, escapes, links, invisible and astral characters.
TRICKY = (
    *("<!channel>", "<@U123>", "<#C123>", "@everyone", "@here", "<@&1>", "</brief:1>", "<t:0:R>"),
    *("**bold**", "*it*", "__u__", "~~s~~", "`code`", "```", "||spoiler||", "> quote", "# head"),
    *("[x](https://a.example/)", "[x](http://a.example)", "![i](https://a.example/i.png)", "[x]("),
    *("&lt;", "&amp;", "<b>", "<script>", "\\", "\\*", "*", "_", "`", "|", "- ", "1. ", ":smile:"),
    *("https://a.example/?a=(b)", "https://discord.gg/x", "\u202e", "\u200b", "\u2066", "😀", "é"),
    *(
        "x" * 90,
        "ﷺ",
        "👩‍👩‍👧",
        "\u0301",
        "\ufeff",
        "'",
        '"',
        "{}",
        "%s",
        "12:30",
        "no",
        "~",
        "null",
    ),
)

_ID = "abcdefghijklmnopqrstuvwxyz0123456789"
_ADAPTER = TypeAdapter(BriefingFile)


@cache
def texts(most: int, *, lines: bool = False, least: int = 1) -> SearchStrategy[str]:
    """Text that a briefing may hold: no control characters, no space around it, within `most`."""
    chars = st.characters(exclude_categories=("Cc", "Cs"), include_characters="\n" if lines else "")
    pieces = st.one_of(st.text(chars, max_size=30), st.sampled_from(TRICKY), st.just(" "))
    joined = st.lists(pieces, min_size=1, max_size=8).map("".join)
    return joined.map(lambda text: text[:most].strip()).filter(lambda text: len(text) >= least)


@cache
def ids() -> SearchStrategy[str]:
    """An id as an item or a source may have it."""
    return st.from_regex(r"[a-z0-9]([a-z0-9-]{0,12}[a-z0-9])?", fullmatch=True)


def slugs() -> SearchStrategy[str]:
    """A slug that is no command word."""
    return ids().map(lambda text: f"s{text}"[:40])


@cache
def days() -> SearchStrategy[str]:
    """A day that has come, as a file writes it."""
    return st.dates(date(1900, 1, 1), TODAY).map(date.isoformat)


@cache
def moments() -> SearchStrategy[str]:
    """A day or an instant that has come, as a file writes it."""
    zones = st.integers(-14 * 60, 14 * 60).map(lambda minutes: timedelta(minutes=minutes))
    past = datetime(1990, 1, 1), datetime(2026, 11, 21)  # noqa: DTZ001 (the offset is drawn beside it)
    instants = st.datetimes(*past).flatmap(
        lambda at: zones.map(lambda zone: f"{at.isoformat(timespec='seconds')}{_offset(zone)}")
    )
    return st.one_of(days(), instants)


def _offset(zone: timedelta) -> str:
    sign, minutes = "-" if zone < timedelta() else "+", abs(zone) // timedelta(minutes=1)
    return f"{sign}{minutes // 60:02}:{minutes % 60:02}"


@cache
def urls() -> SearchStrategy[str]:
    """An https address."""
    path = st.from_regex(r"[A-Za-z0-9/_.~!$&'()*+,;=:@%?#-]{0,40}", fullmatch=True)
    return path.map(lambda rest: f"https://a.example/{rest}")


@st.composite
def briefings(draw: DrawFn, *, items: int = 3) -> dict[str, Any]:
    """What a valid briefing file holds, with up to `items` entries in each section."""
    prefix = draw(ids())
    names = (f"{prefix}-{number}" for number in count(1))
    known = tuple(f"source-{number}" for number in range(draw(st.integers(1, 3))))
    sources = [{"id": found, **draw(_source())} for found in known]
    data: dict[str, Any] = {
        "title": draw(texts(75)),
        "bottom_line": draw(texts(280)),
        "as_of": draw(moments()),
        "status": draw(st.sampled_from(("developing", "watching", "closed"))),
        "sources": sources,
    }
    for field in _SECTIONS:
        some = range(draw(st.integers(0, items)))
        made = [{"id": next(names), **draw(_item_of(field, known))} for _ in some]
        data |= {field: made} if made else {}
    said = [item["id"] for field in _SECTIONS for item in data.get(field, [])]
    return data | draw(_optional(said))


def _optional(said: list[str]) -> SearchStrategy[dict[str, Any]]:
    """The fields that a file may leave out."""
    touched = st.lists(st.sampled_from(said), max_size=3) if said else st.just([])
    kinds = st.sampled_from(("new", "update", "clarification", "correction"))
    change = {"date": days(), "kind": kinds, "items": touched, "note": texts(600, lines=True)}
    names = st.lists(texts(75), max_size=3)
    channels = st.sampled_from(("slack:T1", "slack:T1/C1", "discord:1/2"))
    return st.fixed_dictionaries(
        {},
        optional={
            "review_by": st.dates(date(2026, 1, 1), date(2030, 1, 1)).map(date.isoformat),
            "owners": names,
            "aliases": names,
            "topics": names,
            "why_it_matters": texts(600, lines=True),
            "visible_to": st.lists(channels, min_size=1, max_size=2),
            "changes": st.lists(st.fixed_dictionaries(change), max_size=3),
            "language": st.sampled_from(("en", "pt-BR")),
            "not_covered": st.lists(texts(200), max_size=2),
        },
    )


@cache
def _source() -> SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries(
        {
            "title": texts(200),
            "publisher": st.one_of(st.just("unknown"), texts(75)),
            "kind": st.sampled_from(("primary", "official", "news", "other")),
        },
        optional={
            "url": urls(),
            "published": moments(),
            "accessed": moments(),
            "note": texts(600, lines=True),
        },
    )


@cache
def _refs(known: tuple[str, ...], least: int = 1) -> SearchStrategy[list[str]]:
    place = texts(60).map(lambda text: f" § {text}")
    ref = st.tuples(st.sampled_from(known), st.one_of(st.just(""), place)).map("".join)
    return st.lists(ref, min_size=least, max_size=3)


def _item(known: tuple[str, ...], **fields: SearchStrategy[Any]) -> dict[str, Any]:
    return {"sources": _refs(known), "also_asked": st.lists(texts(200), max_size=2), **fields}


def _faq(known: tuple[str, ...]) -> SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries(_item(known, question=texts(200), answer=texts(2600, lines=True)))


def _background(known: tuple[str, ...]) -> SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries(_item(known, title=texts(200), text=texts(2600, lines=True)))


def _event(known: tuple[str, ...]) -> SearchStrategy[dict[str, Any]]:
    partial = st.one_of(
        st.integers(1900, 2100),
        st.dates().map(date.isoformat),
        st.dates().map(lambda day: f"{day:%Y-%m}".zfill(7)),
    )
    return st.fixed_dictionaries(_item(known, date=partial, text=texts(600, lines=True)))


def _position(known: tuple[str, ...]) -> SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries(_item(known, who=texts(75), view=texts(2600, lines=True)))


def _key_point(known: tuple[str, ...]) -> SearchStrategy[dict[str, Any]]:
    fields = _item(known, text=texts(600, lines=True))
    return st.fixed_dictionaries(fields, optional={"said_by": texts(200)})


def _open_question(known: tuple[str, ...]) -> SearchStrategy[dict[str, Any]]:
    status = st.sampled_from(("open", "partly_answered", "moot"))
    fields = _item(known, question=texts(200), opened=days())
    note = {"date": days(), "note": texts(600, lines=True)}
    history = st.fixed_dictionaries(note, optional={"sources": _refs(known, 0)})
    more: dict[str, SearchStrategy[Any]] = {
        "why_it_matters": texts(600, lines=True),
        "watch_for": texts(600, lines=True),
        "history": st.lists(history, max_size=2),
    }
    answer = texts(2600, lines=True)
    return st.one_of(
        st.fixed_dictionaries({**fields, "status": status}, optional={**more, "answer": answer}),
        st.fixed_dictionaries(
            {**fields, "status": st.just("answered"), "answer": answer}, optional=more
        ),
    )


_SECTIONS = {
    "faq": _faq,
    "background": _background,
    "open_questions": _open_question,
    "timeline": _event,
    "positions": _position,
    "key_points": _key_point,
}


@cache
def _fitting(field: str, known: tuple[str, ...]) -> SearchStrategy[dict[str, Any]]:
    """An item of this section, light enough for one message; its id is left out."""
    return _SECTIONS[field](known).filter(lambda item: _weight(field, item) <= ENTRY_WEIGHT)


def _weight(field: str, item: dict[str, Any]) -> int:
    source = {"id": "s", "title": "t", "publisher": "p", "kind": "other"}
    made = _ADAPTER.validate_python(
        {
            "title": "t",
            "bottom_line": "b",
            "as_of": "2026-01-01",
            "status": "watching",
            "sources": [source],
            field: [{"id": "i", **item}],
        }
    )
    return max(map(entry_weight, Story("s", made).entries()))


@cache
def _item_of(field: str, known: tuple[str, ...]) -> SearchStrategy[dict[str, Any]]:
    """An item that fits and may be marked as minor; its id is left out."""
    mark = st.fixed_dictionaries({}, optional={"minor": st.booleans()})
    return st.tuples(_fitting(field, known), mark).map(lambda both: both[0] | both[1])


@st.composite
def later_briefings(draw: DrawFn, data: dict[str, Any]) -> dict[str, Any]:
    """The same file after some more work: items dropped, rewritten, added, moved and corrected."""
    known = tuple(source["id"] for source in data["sources"])
    later = dict(data)
    for field in _SECTIONS:
        kept = [item for item in data.get(field, []) if draw(st.integers(0, 4))]
        edited = [
            item if draw(st.booleans()) else draw(_edited(field, item, known)) for item in kept
        ]
        added = [
            {"id": f"new-{field.replace('_', '-')}-{number}", **draw(_item_of(field, known))}
            for number in range(draw(st.integers(0, 2)))
        ]
        later[field] = draw(st.permutations(edited + added))
    said = [item["id"] for field in _SECTIONS for item in later[field]]
    redrawn = draw(_optional(said))
    told = {"why_it_matters", "changes"} & redrawn.keys()
    later |= {name: redrawn[name] for name in told}
    later["changes"] = [
        *(
            {**change, "items": [found for found in change["items"] if found in said]}
            for change in data.get("changes", [])
        ),
        *redrawn.get("changes", []),
    ]
    if draw(st.booleans()):
        later["bottom_line"] = draw(texts(280))
    later["status"] = draw(st.sampled_from((data["status"], "watching", "closed")))
    return later


def _edited(
    field: str, item: dict[str, Any], known: tuple[str, ...]
) -> SearchStrategy[dict[str, Any]]:
    return _item_of(field, known).map(lambda fresh: {"id": item["id"], **fresh})


@st.composite
def story_versions(draw: DrawFn, *, items: int = 3) -> tuple[Story, Story]:
    """A story, and the same at a later time."""
    data, slug = draw(briefings(items=items)), draw(slugs())
    later = draw(later_briefings(data))
    return (
        Story(slug, _ADAPTER.validate_python(data), "earlier"),
        Story(slug, _ADAPTER.validate_python(later), "later"),
    )


@st.composite
def stories(draw: DrawFn, *, items: int = 3) -> Story:
    """A story as the library serves it."""
    made = _ADAPTER.validate_python(draw(briefings(items=items)))
    return Story(draw(slugs()), made, draw(st.from_regex(r"[0-9a-f]{12}", fullmatch=True)))


class _Dumper(yaml.SafeDumper):
    """Writes YAML with every text in one of the styles that a person may choose."""

    text_style = '"'

    def ignore_aliases(self, data: Any) -> bool:
        """Write a value again rather than refer to it."""
        return True


_Dumper.add_representer(
    str,
    lambda dumper, text: dumper.represent_scalar("tag:yaml.org,2002:str", text, dumper.text_style),
)


@st.composite
def yaml_texts(draw: DrawFn, data: Any) -> str:
    """YAML that means `data`, in one of the ways to write it."""
    style = draw(st.sampled_from(('"', "'", "|", ">")))
    dumper = type("Dumper", (_Dumper,), {"text_style": style})
    width, indent = draw(st.integers(20, 200)), draw(st.integers(2, 6))
    written: str = yaml.dump(
        data,
        Dumper=dumper,
        allow_unicode=draw(st.booleans()),
        sort_keys=False,
        width=width,
        indent=indent,
    )
    return written


def hostile_texts(hostile: Sequence[str], longest: int = 60) -> SearchStrategy[str]:
    """Any text at all, half of them put together from what means something to a platform."""
    joined = st.lists(st.sampled_from(hostile), max_size=8).map("".join)
    return st.one_of(joined, st.text(st.characters(), max_size=longest))


def long_texts(text: SearchStrategy[str]) -> SearchStrategy[str]:
    """The same text over and over, up to far too long."""
    return st.builds(lambda said, times: said * times, text, st.integers(1, 200))


def lines(text: SearchStrategy[str]) -> SearchStrategy[Line]:
    """A line of up to four inlines: text in any style, links of any kind, instants."""
    styles = st.integers(0, 7).map(Style)
    addresses = st.sampled_from(
        ("http://a.example/", "javascript:alert(1)", "https://a.example/|x")
    )
    hrefs = st.one_of(st.none(), text.map("https://a.example/".__add__), text, addresses)
    early, late = datetime(1971, 1, 1), datetime(2200, 1, 1)  # noqa: DTZ001 (given a zone below)
    instants = st.datetimes(early, late, timezones=st.just(UTC))
    spans = st.builds(Span, text, styles, hrefs)
    whens = st.builds(When, instants, text, st.booleans())
    return st.lists(st.one_of(spans, whens), max_size=4).map(tuple)


def blocks(
    text: SearchStrategy[str], words: SearchStrategy[str], *, wild: bool
) -> SearchStrategy[Block]:
    """Any block; if `wild`, also menus that are too long or say the same twice."""
    line = lines(text)
    option = st.builds(Option, text, words, text)
    lawful = st.lists(option, min_size=1, max_size=MENU_LIMIT, unique_by=lambda one: one.words)
    options = st.lists(option, min_size=1, max_size=MENU_LIMIT + 5) if wild else lawful
    some = st.lists(line, max_size=5).map(tuple)
    return st.one_of(
        st.builds(Heading, text),
        st.builds(Paragraph, line),
        st.builds(Quote, line),
        st.builds(Bullets, some, st.booleans(), st.integers(1, 1000)),
        st.builds(Facts, st.lists(st.tuples(text, line), max_size=5).map(tuple)),
        st.builds(Note, line),
        st.builds(Row, line, st.builds(Action, text, words, st.booleans())),
        st.builds(Menu, text, options.map(tuple), st.one_of(st.just(""), words)),
    )


def replies(
    text: SearchStrategy[str], words: SearchStrategy[str], *, most: int = 12, wild: bool = False
) -> SearchStrategy[Reply]:
    """Any reply that says such texts, of up to `most` blocks and up to `most` buttons."""
    some = st.lists(blocks(text, words, wild=wild), max_size=most).map(tuple)
    action = st.builds(Action, text, words, st.booleans())
    buttons = st.lists(action, max_size=most).map(tuple)
    form = st.one_of(st.none(), forms(text, words))
    return st.builds(Reply, text, some, buttons, st.booleans(), form, internal=st.booleans())


def forms(text: SearchStrategy[str], words: SearchStrategy[str]) -> SearchStrategy[Form]:
    """Any form of up to six fields: one more than any platform shows."""
    values = st.one_of(text, words, st.sampled_from(("slack:T1/C1", "slack:T1/<!here>")))
    options = st.lists(st.builds(Option, text, words, text), max_size=5).map(tuple)
    kinds = st.sampled_from(FieldKind)
    field = st.builds(Field, text, text, kinds, values, text, options, st.booleans())
    return st.builds(Form, text, words, st.lists(field, max_size=6).map(tuple), text)
