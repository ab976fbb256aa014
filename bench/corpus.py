"""Made-up briefings of realistic size and shape, the same ones every time."""

from __future__ import annotations

import json
import re
from functools import cache
from itertools import cycle, islice
from random import Random
from textwrap import wrap
from typing import TYPE_CHECKING, Any, Final

from pydantic import TypeAdapter

from bot.domain.briefing import BriefingFile, Story

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

#: The kinds of entry, in the shares that a full briefing has them.
_KINDS: Final = (
    *("faq", "background", "faq", "timeline", "key_points", "faq", "positions"),
    *("faq", "open_questions", "faq", "background", "timeline", "faq"),
)
_NOUNS: Final = """
harbour toll council ferry budget water plant permit court ruling union contract night
train bridge repair tender minister report audit deadline vote committee hearing appeal
school roof flood wall river level sensor grid outage cable island wind farm licence
fishery quota border crossing queue customs data breach patch vendor hospital ward
waiting list nurse strike offer rent cap district survey tram line extension noise limit
airport runway petition mayor debt bond rating grain price subsidy drought reservoir
well archive museum loan statue market hall fire inspection depot fleet battery plant
recall supplier standard draft consultation response delay cost overrun forecast
"""
_WORDS: Final = re.findall(r"\w+", _NOUNS)
_LINKS: Final = (
    "",
    "the",
    "of",
    "in",
    "for",
    "after",
    "about",
    "between",
    "under",
    "with",
    "before",
)


def slug(number: int) -> str:
    """The slug of the briefing with this number."""
    random = Random(number)
    return f"{random.choice(_WORDS)}-{random.choice(_WORDS)}-{number:05}"


def briefing(number: int, entries: int = 40) -> dict[str, Any]:
    """What the file of the briefing with this number holds."""
    random = Random(number)
    title = f"{_phrase(random, 4).capitalize()} ({number})"
    data: dict[str, Any] = {
        "title": title,
        "bottom_line": _sentences(random, 2)[:275],
        "as_of": f"2026-{random.randint(1, 10):02}-{random.randint(1, 28):02}",
        "review_by": f"2027-{random.randint(1, 12):02}-15",
        "status": random.choice(("developing", "watching", "closed")),
        "owners": ["News desk"],
        "aliases": [f"{_phrase(random, 2)} {number}", f"{random.choice(_WORDS)} {number}"],
        "topics": [random.choice(_WORDS), random.choice(_WORDS)],
        "why_it_matters": _sentences(random, 2),
        "sources": [_source(random, place) for place in range(1, 5)],
    }
    for place, kind in enumerate(islice(cycle(_KINDS), entries), 1):
        data.setdefault(kind, []).append(_item(random, kind, place))
    note = "First version of this briefing."
    return data | {"changes": [{"date": "2026-01-05", "kind": "new", "note": note}]}


def stories(count: int, entries: int = 40) -> Iterator[Story]:
    """That many stories, without going through files."""
    adapter = TypeAdapter(BriefingFile)
    for number in range(count):
        made = adapter.validate_python(briefing(number, entries))
        yield Story(slug(number), made, revision=f"{number:08x}")


def write_corpus(folder: Path, count: int, entries: int = 40) -> list[Path]:
    """Write that many briefing files, and name them."""
    folder.mkdir(parents=True, exist_ok=True)
    paths = [folder / f"{slug(number)}.yaml" for number in range(count)]
    for number, path in enumerate(paths):
        path.write_text(to_yaml(briefing(number, entries)), encoding="utf-8")
    return paths


def to_yaml(data: dict[str, Any]) -> str:
    """Block-style YAML as a person would write it."""
    return "# yaml-language-server: $schema=briefing.schema.json\n" + "".join(_mapping(data, ""))


def _mapping(data: dict[str, Any], indent: str) -> Iterator[str]:
    for key, value in data.items():
        if isinstance(value, list):
            yield f"{indent}{key}:\n"
            for item in value:
                yield from _item_lines(item, indent + "  ")
        else:
            yield f"{indent}{key}: {_text(value, indent + '  ')}\n"


def _item_lines(item: Any, indent: str) -> Iterator[str]:
    if not isinstance(item, dict):
        yield f"{indent}- {_text(item, indent + '  ')}\n"
        return
    first, *rest = _mapping(item, indent + "  ")
    yield f"{indent}- {first.lstrip()}"
    yield from rest


def _text(value: str, indent: str) -> str:
    if "\n" in value:
        lines = "\n".join(f"{indent}{line}".rstrip() for line in value.split("\n"))
        return f"|-\n{lines}"
    if len(value) > 80:
        return ">-\n" + "\n".join(wrap(value, 96, initial_indent=indent, subsequent_indent=indent))
    plain = re.fullmatch(r"[A-Za-z][\w ,.§()-]*[\w).?]|\d{4}(-\d\d){0,2}", value)
    return value if plain else json.dumps(value, ensure_ascii=False)


def _phrase(random: Random, words: int) -> str:
    return " ".join(random.choice(_WORDS) for _ in range(words))


def _sentences(random: Random, count: int) -> str:
    return " ".join(_sentence(random) for _ in range(count))


def _sentence(random: Random) -> str:
    return random.choice(_pool())


@cache
def _pool() -> list[str]:
    """Sentences to draw from: making each anew would take longer than loading it."""
    random = Random(0)
    return [_made_sentence(random) for _ in range(20_000)]


def _made_sentence(random: Random) -> str:
    parts = [
        f"{random.choice(_LINKS)} {random.choice(_WORDS)}".strip()
        for _ in range(random.randint(6, 11))
    ]
    return f"The {' '.join(parts)}.".replace("  ", " ")


def _answer(random: Random) -> str:
    text = _sentences(random, random.randint(2, 4))
    shape = random.random()
    if shape < 0.1:
        return f"{text}\n\n- {_sentence(random)}\n- {_sentence(random)}"
    if shape < 0.2:
        return f"{text} See [the record](https://example.org/{random.choice(_WORDS)}) **in full**."
    return f"{text} *{_sentence(random)}*" if shape < 0.25 else text


def _source(random: Random, place: int) -> dict[str, Any]:
    return {
        "id": f"source-{place}",
        "title": f"{_phrase(random, 5).capitalize()}",
        "publisher": f"{random.choice(_WORDS).capitalize()} Gazette",
        "url": f"https://example.org/{random.choice(_WORDS)}/{random.randint(1, 9999)}",
        "published": f"2026-0{random.randint(1, 9)}-0{random.randint(1, 9)}",
        "kind": random.choice(("primary", "official", "news", "other")),
    }


def _item(random: Random, kind: str, place: int) -> dict[str, Any]:
    refs = [
        f"source-{random.randint(1, 4)}",
        f"source-{random.randint(1, 4)} § {_phrase(random, 2)}",
    ]
    question = f"What about the {_phrase(random, 4)}?"
    asked = [f"{random.choice(_WORDS)} {_phrase(random, 3)}" for _ in range(3)]
    opened = f"2026-01-{random.randint(1, 28):02}"
    fields: dict[str, dict[str, Any]] = {
        "faq": {"question": question, "also_asked": asked, "answer": _answer(random)},
        "background": {"title": _phrase(random, 4).capitalize(), "text": _answer(random)},
        "timeline": {"date": f"2025-{random.randint(1, 12):02}", "text": _sentences(random, 2)},
        "key_points": {"text": _sentences(random, 1), "said_by": "The council"},
        "positions": {"who": f"The {_phrase(random, 2)}", "view": _answer(random)},
        "open_questions": {
            "question": question,
            "status": "open",
            "opened": opened,
            "why_it_matters": _sentence(random),
            "watch_for": _sentences(random, 2),
            "history": [{"date": opened, "note": _sentence(random), "sources": refs[:1]}],
        },
    }
    return {"id": f"{kind.replace('_', '-')}-{place}", **fields[kind], "sources": refs}
