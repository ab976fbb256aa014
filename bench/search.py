"""The search beside SQLite FTS5 and bm25s: quality on the shipped briefings, speed and memory."""

from __future__ import annotations

import gc
import os
import random
import re
import sqlite3
import time
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from multiprocessing import get_context
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING, Protocol

from bench.questions import judge, questions, shipped
from bench.table import print_table
from bot.domain.entry import Entry
from bot.domain.plain import line_text
from bot.domain.search import Entries, Index
from bot.domain.sections import SECTIONS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from bot.domain.briefing import Story

#: So many passages; leave out the largest with BENCH_SEARCH_SIZES=1000,30000.
SIZES = (1_000, 30_000, 300_000)
ASKED = 100
CHANGED = 21
_PER_STORY = 40

#: Its name, its wording, its text.
Passage = tuple[str, str, str]


class Engine(Protocol):
    """What is measured: it finds the names of passages, best first."""

    def search(self, question: str) -> list[str]:
        """The best ten."""


class Ours:
    """The bot's own search."""

    def __init__(self, passages: Sequence[Passage]) -> None:
        self.stories = [
            Entries(f"s{start}", tuple(map(_entry, passages[start : start + _PER_STORY])))
            for start in range(0, len(passages), _PER_STORY)
        ]
        self.index = Index(self.stories)

    def search(self, question: str) -> list[str]:
        """The best ten."""
        return [hit.entry.id for hit in self.index.search(question, limit=10).hits]


def _entry(passage: Passage) -> Entry:
    name, title, body = passage
    return Entry("", SECTIONS[0], name, title, body, title, ())


class Fts5:
    """SQLite's full-text search, Porter stems, the wording weighted."""

    def __init__(self, passages: Sequence[Passage]) -> None:
        self.base = sqlite3.connect(":memory:")
        self.base.execute(
            "create virtual table p using fts5(id unindexed, title, body, tokenize='porter')"
        )
        self.base.executemany("insert into p values (?, ?, ?)", passages)

    def search(self, question: str) -> list[str]:
        """The best ten."""
        words = " OR ".join(f'"{word}"' for word in re.findall(r"\w+", question))
        rows = self.base.execute(
            "select id from p where p match ? order by bm25(p, 0, 4, 1) limit 10", (words,)
        )
        return [name for (name,) in rows] if words else []


class Bm25s:
    """bm25s as it comes, the wording counted twice."""

    def __init__(self, passages: Sequence[Passage]) -> None:
        import bm25s

        self.names = [name for name, *_ in passages]
        self.tokens = partial(bm25s.tokenize, show_progress=False)
        texts = [f"{title} {title} {body}" for _, title, body in passages]
        self.index = bm25s.BM25()
        self.index.index(self.tokens(texts), show_progress=False)

    def search(self, question: str) -> list[str]:
        """The best ten."""
        count = min(10, len(self.names))
        found, _ = self.index.retrieve(self.tokens([question]), k=count, show_progress=False)
        return [self.names[place] for place in found[0]]


ENGINES: dict[str, Callable[[Sequence[Passage]], Engine]] = {
    "ours": Ours,
    "SQLite FTS5": Fts5,
    "bm25s": Bm25s,
}


def main() -> None:
    """Measure and print."""
    outcome = judge()
    print_table(
        f"{outcome.asked} covered and {outcome.others} uncovered questions, shipped briefings",
        ("engine", "right entry first", "answered", "uncovered refused"),
        [
            ("ours", *map(_percent, (outcome.right, outcome.answered, outcome.refused))),
            *((name, _percent(_peer(name)), "–", "–") for name in list(ENGINES)[1:]),
        ],
    )
    named = os.environ.get("BENCH_SEARCH_SIZES")
    sizes = map(int, named.split(",")) if named else SIZES
    print_table(
        "Speed and memory, one core, made-up passages of about 35 words",
        ("passages", "engine", "build s", "MB", "p50 ms", "p99 ms", "one story changed ms"),
        [row for size in sizes for row in _compared(size)],
    )


def _peer(name: str) -> float:
    """How often a peer finds the right entry first, in the channel's story first as ours does."""
    stories = {story.slug: list(_passages(story)) for story in shipped().stories}
    engines = {slug: ENGINES[name](passages) for slug, passages in stories.items()}
    everything = ENGINES[name]([one for passages in stories.values() for one in passages])
    covered, _ = questions()
    right = 0
    for question in covered:
        found = engines[question.story].search(question.words)
        found = found or everything.search(question.words)
        right += bool(found) and found[0] in question.wanted
    return right / len(covered)


def _passages(story: Story) -> Iterator[Passage]:
    """Each wording of each entry, with what ours has in its text."""
    for entry in story.entries():
        facts = (line_text(value) for _, value in entry.facts)
        body = "\n".join((entry.body, *facts))
        for title in entry.wordings:
            yield f"{entry.story} {entry.key}", title, body


def _percent(share: float) -> str:
    return f"{share:.1%}"


def _compared(size: int) -> Iterator[tuple[str, ...]]:
    """Each engine in a process of its own."""
    for name in ENGINES:
        with ProcessPoolExecutor(1, get_context("spawn")) as pool:
            yield (f"{size:,}", name, *pool.submit(_measured, name, size).result())


def _measured(name: str, size: int) -> tuple[str, ...]:
    passages = list(made_up(size))
    asked = list(_asked(passages))
    gc.collect()
    before, began = _resident(), time.process_time()
    engine = ENGINES[name](passages)
    built = time.process_time() - began
    gc.collect()
    taken = _resident() - before
    gc.freeze()
    times = []
    for question in asked:
        began = time.process_time()
        engine.search(question)
        times.append(1000 * (time.process_time() - began))
    times.sort()
    middle, slow = times[len(times) // 2], times[len(times) * 99 // 100]
    changed = f"{_changed(engine):.0f}" if isinstance(engine, Ours) else "–"
    return f"{built:.2f}", f"{taken / 1e6:.0f}", f"{middle:.2f}", f"{slow:.2f}", changed


def _changed(engine: Ours) -> float:
    """Milliseconds until a saved story is searched; the median of some, from all over."""
    times = []
    for story in engine.stories[:: max(1, len(engine.stories) // CHANGED)][:CHANGED]:
        began = time.process_time()
        engine.index.replaced([story], [story])
        times.append(1000 * (time.process_time() - began))
    return median(times)


def _resident() -> int:
    """Bytes of memory that this process takes; 0 where the system does not say."""
    path = Path("/proc/self/statm")
    return int(path.read_text().split()[1]) * 4096 if path.exists() else 0


def made_up(size: int) -> Iterator[Passage]:
    """Passages whose words are as unequally common as those of a language."""
    draw = random.Random(size)
    words = [_word(draw) for _ in range(40_000)]
    weights = [1 / (place + 3) for place in range(len(words))]
    drawn = iter(draw.choices(words, weights, k=size * 35))
    for number in range(size):
        title = " ".join(next(drawn) for _ in range(8))
        yield f"p{number}", f"{title}?", " ".join(next(drawn) for _ in range(27))


def _word(draw: random.Random) -> str:
    return "".join(
        draw.choice("bcdfghklmnprstvw") + draw.choice("aeiou") for _ in range(draw.randint(2, 4))
    )


def _asked(passages: Sequence[Passage]) -> Iterator[str]:
    """Questions of five words, one of them not of the passage and every third mistyped."""
    draw = random.Random(1)
    for number in range(ASKED):
        _, title, body = draw.choice(passages)
        words = [*draw.sample(title.strip("?").split(), 4), draw.choice(body.split())]
        if number % 3 == 0:
            words[0] = words[0][:1] + words[0][2:]
        yield f"what does {' '.join(words)} have to do with it"


if __name__ == "__main__":
    main()
