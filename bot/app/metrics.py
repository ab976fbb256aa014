"""Metrics: how many requests were answered, for whom, and how long it took."""

from __future__ import annotations

from typing import TYPE_CHECKING

from prometheus_client import CollectorRegistry, Counter, Histogram

if TYPE_CHECKING:
    from collections.abc import Callable

    from bot.domain.platform import Answer
    from bot.domain.reply import Reply
    from bot.domain.request import Request


class Metrics:
    """The bot's own numbers. Labels hold platform names only: no tenant, no user, no words."""

    def __init__(self, monotonic: Callable[[], float]) -> None:
        self._monotonic = monotonic
        self.registry = CollectorRegistry()
        self._seconds = Histogram(
            "briefing_bot_answer_seconds",
            "Time from a request to its reply, without the platform's own work.",
            ["platform"],
            buckets=(0.0001, 0.0005, 0.001, 0.005, 0.02, 0.1, 0.5, 2.0),
            registry=self.registry,
        )
        self._failed = Counter(
            "briefing_bot_answers_failed",
            "Requests that ended in an error of ours.",
            ["platform"],
            registry=self.registry,
        )

    def measured(self, answer: Answer) -> Answer:
        """The same answer function, counted and timed."""

        async def measured(request: Request) -> Reply:
            began = self._monotonic()
            try:
                reply = await answer(request)
            except Exception:
                self._failed.labels(request.channel.platform).inc()
                raise
            self._seconds.labels(request.channel.platform).observe(self._monotonic() - began)
            return reply

        return measured
