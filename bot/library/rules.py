"""What must hold between the parts of a file, judged on its plain data.

So a file is told all that is wrong with it at once, even where its models refuse a part of it.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

from pydantic import TypeAdapter, ValidationError

from bot.domain.fields import ID_LIMIT, Moment, is_future, source_id
from bot.domain.measure import ENTRY_WEIGHT, entry_weight
from bot.domain.sections import ITEM_TYPES
from bot.domain.sections.open_questions import OpenQuestion, QuestionStatus
from bot.library.finding import Finding, name_of, nearest, short, slug_like
from bot.library.shape import Role

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from datetime import date

    from bot.domain.sections import Item
    from bot.library.shape import Leaf
    from bot.library.yaml import Loc

_MOMENT: Final[TypeAdapter[date | datetime]] = TypeAdapter(Moment)
_ITEMS: Final[dict[str, TypeAdapter[Item]]] = {
    item.section.field: TypeAdapter(item) for item in ITEM_TYPES
}
_LINK: Final = re.compile(r"https://\S*")
_QUESTIONS: Final = OpenQuestion.section.field


def broken_rules(
    data: Any, texts: dict[Role, list[Leaf]], now: datetime, line_of: Callable[[Loc], int]
) -> Iterator[Finding]:
    """What does not hold in this data; `texts` are its leaves, `line_of` gives a place's line."""
    yield from _used_twice(texts[Role.ID], line_of)
    yield from _unknown_sources(texts)
    yield from _unknown_items(texts)
    yield from _future(texts[Role.PAST], now)
    if isinstance(data, dict):
        yield from _unanswered(data)
        yield from _heavy(data)


def _used_twice(ids: Sequence[Leaf], line_of: Callable[[Loc], int]) -> Iterator[Finding]:
    first: dict[str, Leaf] = {}
    for leaf in ids:
        known = first.setdefault(leaf.text.strip(), leaf)
        if known is not leaf:
            line = f" in line {line_of(known.loc)}" if line_of(known.loc) else ""
            yield Finding(
                leaf.loc,
                f"the id `{short(leaf.text)}` is already used{line}, by {name_of(known.loc[:-1])}",
                "give this one an id of its own",
            )


def _unknown_sources(texts: dict[Role, list[Leaf]]) -> Iterator[Finding]:
    known = _known(leaf for leaf in texts[Role.ID] if leaf.loc[0] == "sources")
    for leaf in texts[Role.SOURCE] if known else ():
        wanted = source_id(leaf.text.strip())
        if wanted not in known:
            what = f"no source of this file has the id `{short(wanted)}`"
            yield Finding(leaf.loc, what, _meant(wanted, known, "add the source under `sources`"))


def _unknown_items(texts: dict[Role, list[Leaf]]) -> Iterator[Finding]:
    known = _known(texts[Role.ID])
    for leaf in texts[Role.MENTION]:
        if leaf.text.strip() not in known:
            what = f"no item of this file has the id `{short(leaf.text)}`"
            yield Finding(leaf.loc, what, _meant(leaf.text, known, "write the id of an item"))


def _known(ids: Iterable[Leaf]) -> set[str]:
    """The ids that there are; one that is itself refused counts as what it should be."""
    return {slug_like(leaf.text, ID_LIMIT) for leaf in ids}


def _meant(text: str, known: set[str], otherwise: str) -> str:
    meant = nearest(text, known)
    return f"did you mean `{meant}`?" if meant else otherwise


def _future(dates: Sequence[Leaf], now: datetime) -> Iterator[Finding]:
    surely_past = (now.astimezone(UTC) - timedelta(days=1)).date().isoformat()
    for leaf in dates:
        text = leaf.text.strip()
        if text[:10] > surely_past and is_future(_moment(text) or now, now):
            what = f"{name_of(leaf.loc)} lies in the future"
            yield Finding(leaf.loc, what, "write a date that has come", passing=True)


def _moment(text: str) -> date | datetime | None:
    try:
        return _MOMENT.validate_python(text)
    except ValidationError:
        return None


def _unanswered(data: dict[str, Any]) -> Iterator[Finding]:
    for number, question in enumerate(_listed(data, _QUESTIONS)):
        if question.get("status") == QuestionStatus.ANSWERED and not question.get("answer"):
            yield Finding(
                (_QUESTIONS, number, "status"),
                f"{name_of((_QUESTIONS, number))} is answered, but has no `answer`",
                "add its answer, or set the status to `partly_answered`",
            )


def _heavy(data: dict[str, Any]) -> Iterator[Finding]:
    for field, adapter in _ITEMS.items():
        for number, raw in enumerate(_listed(data, field)):
            if is_surely_light(raw):
                continue
            try:
                item = adapter.validate_python(raw)
            except ValidationError:
                continue
            heavy = entry_weight(item.entry(""))
            if heavy > ENTRY_WEIGHT:
                yield Finding(
                    (field, number),
                    f"{name_of((field, number))} is too long for one chat message: "
                    f"{heavy:,} of at most {ENTRY_WEIGHT:,} characters, with markup and links",
                    "shorten it, or make two items of it",
                )


def is_surely_light(raw: dict[str, Any]) -> bool:
    """Whether an item is well within one message: a quick look that nearly all pass."""
    text = "\n".join(_texts(raw))
    marks = text.count("*") + text.count("_") + text.count("`")
    # An address counts three times, and each of its bytes that is escaped in it three times again.
    links = sum(len(link.encode()) for link in _LINK.findall(text)) if "](" in text else 0
    return 600 + 2 * len(text) + 13 * text.count("\n") + 9 * (marks + links) <= ENTRY_WEIGHT


def _texts(value: Any) -> list[str]:
    if type(value) is str:
        return [value]
    inner = value.values() if type(value) is dict else value if type(value) is list else ()
    return [text for one in inner for text in ([one] if type(one) is str else _texts(one))]


def _listed(data: dict[str, Any], field: str) -> Iterator[dict[str, Any]]:
    """The mappings under a key, if there is a list of them; others keep their numbers as empty."""
    items = data.get(field)
    if isinstance(items, list):
        yield from (item if isinstance(item, dict) else {} for item in items)
