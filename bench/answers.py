"""Words in, payload out: how many a second on one core, and whether that depends on the library."""

from __future__ import annotations

import asyncio
import gc
import time
from datetime import UTC, datetime
from importlib import import_module
from typing import TYPE_CHECKING, Any

from bench.corpus import slug, stories
from bench.table import print_table
from bot.answers import Answers
from bot.domain.request import Channel, Request
from bot.domain.stories import Stories

if TYPE_CHECKING:
    from collections.abc import Callable

NOW = datetime(2026, 11, 22, tzinfo=UTC)
CHANNEL = Channel("slack", "T1", "C1")
SIZES = (1, 100, 10_000)


def main() -> None:
    """Measure and print."""
    rows = [row for size in SIZES for row in _measured(size)]
    print_table(
        "Words in → payload out, one core",
        ("briefings", "asked", "Slack /s", "Discord /s", "first time, Slack µs", "Discord µs"),
        rows,
    )


def _measured(size: int) -> list[tuple[str, ...]]:
    loaded = Stories(stories(size))
    gc.collect()
    gc.freeze()
    answers = Answers(lambda: loaded, lambda: NOW)
    known = slug(size // 2)
    asked = {"faq": f"faq {known}", "card": known, "search": "search ferry budget delay"}
    rows = []
    for label, words in asked.items():
        request = Request(words, CHANNEL)
        times = 3 if label == "search" and size > 1000 else 300
        again = [_rate(answers, request, _renderer(name), times) for name in ("slack", "discord")]
        first = [_first(loaded, request, _renderer(name)) for name in ("slack", "discord")]
        rows.append((f"{size:,}", label, *(f"{rate:,.0f}" for rate in again), *first))
    typing = Request(f"faq {known[:4]}", CHANNEL)
    cost = _each(lambda: answers.complete(typing), 300)
    rows.append((f"{size:,}", "completion", f"{1 / cost:,.0f}", f"{1 / cost:,.0f}", "", ""))
    gc.unfreeze()
    return rows


def _renderer(name: str) -> Callable[..., dict[str, Any]]:
    render: Callable[..., dict[str, Any]] = import_module(f"bot.platforms.{name}").preview.render
    return render


def _rate(answers: Answers, request: Request, render: Callable[..., Any], count: int) -> float:
    """Answers a second while the same thing is asked again and again."""

    async def ask(times: int) -> float:
        began = time.process_time()
        for _ in range(times):
            render(await answers(request))
        return times / (time.process_time() - began)

    asyncio.run(ask(1))
    return max(asyncio.run(ask(count)) for _ in range(3))


def _first(loaded: Stories, request: Request, render: Callable[..., Any]) -> str:
    """Microseconds for a page that nobody has asked for yet."""

    async def ask() -> None:
        render(await Answers(lambda: loaded, lambda: NOW)(request))

    async def once() -> float:
        began = time.process_time()
        await ask()
        return time.process_time() - began

    return f"{min(asyncio.run(once()) for _ in range(9)) * 1e6:,.0f}"


def _each(call: Callable[[], object], times: int) -> float:
    """Seconds of one call, the best of three rounds."""
    best = float("inf")
    for _ in range(3):
        began = time.process_time()
        for _ in range(times):
            call()
        best = min(best, (time.process_time() - began) / times)
    return best
