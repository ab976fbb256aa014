"""Feed: what open pages are told as it happens, by server-sent events."""

from __future__ import annotations

import asyncio
import json
import secrets
from collections import deque
from collections.abc import AsyncGenerator, Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final, NamedTuple

from bot.domain.platform import MovableClock
from bot.domain.problem import Problem

#: Seconds without news, after which a stream says that it lives: silence is taken for death.
_SILENT: Final = 15.0
#: Messages that are remembered, with their keys, and that a page opened later is shown.
_KEPT: Final = 100

Message = Mapping[str, Any]


class _Post(NamedTuple):
    """A message of the channel."""

    number: int
    key: str
    message: Message


@dataclass(slots=True)
class _Told:
    """What one page knows."""

    count: int = 0
    library: Mapping[str, Any] | None = None
    problems: Sequence[Problem] | None = None
    ahead: timedelta | None = None


class Feed:
    """The playground's channel, and news of the briefings."""

    def __init__(
        self, problems: Callable[[], Sequence[Problem]], revision: Callable[[], int]
    ) -> None:
        self._problems = problems
        self._revision = revision
        # Tells pages a restarted bot from the one they knew: revisions start anew.
        self._run = secrets.token_hex(4)
        self._posts: deque[_Post] = deque(maxlen=_KEPT)
        self._count = 0
        self._followers: set[asyncio.Event] = set()
        self._closed = False
        #: Pages offer to move it; None where that cannot be.
        self.clock: MovableClock | None = None

    def find(self, key: str) -> str | None:
        """The id of the message posted under `key`, if it is still remembered."""
        return next((str(post.message["id"]) for post in self._posts if post.key == key), None)

    def post(self, message: Message, *, key: str) -> Message:
        """Show a message in the channel, and return it with its id: a new one, if it has none."""
        posted = {"id": secrets.token_hex(8), **message}
        self._count += 1
        self._posts.append(_Post(self._count, key, posted))
        self.renew()
        return posted

    def renew(self) -> None:
        """Make every stream look for news."""
        for follower in self._followers:
            follower.set()

    def open(self) -> None:
        """Let pages follow."""
        self._closed = False

    def close(self) -> None:
        """End every stream, so that the server can stop."""
        self._closed = True
        self.renew()

    async def follow(self) -> AsyncGenerator[bytes, None]:
        """Events for one page: first how things are, then what changes, until closed."""
        told, changed = _Told(), asyncio.Event()
        self._followers.add(changed)
        try:
            yield b"retry: 1000\n\n"
            while not self._closed:
                changed.clear()
                yield self._news(told) or b": still here\n\n"
                with suppress(TimeoutError):
                    await asyncio.wait_for(changed.wait(), _SILENT)
        finally:
            self._followers.discard(changed)

    def _news(self, told: _Told) -> bytes:
        """The events that bring a page from what it was told to how things are."""
        news = []
        if self.clock and (ahead := self.clock.ahead) != told.ahead:
            told.ahead = ahead
            news.append(_event("clock", clock_data(self.clock)))
        news += [_event("post", post.message) for post in self._posts if post.number > told.count]
        told.count = self._count
        if (now := {"run": self._run, "revision": self._revision()}) != told.library:
            told.library = now
            news.append(_event("library", now))
        if (wrong := list(self._problems())) != told.problems:
            told.problems = wrong
            news.append(_event("problems", [to_data(problem) for problem in wrong]))
        return b"".join(news)


def clock_data(clock: MovableClock) -> dict[str, object]:
    """What time it is in the house, and whether that is the system's."""
    return {"now": clock.now().isoformat(), "moved": bool(clock.ahead)}


def to_data(problem: Problem) -> dict[str, str | None]:
    """A problem as the page reads it."""
    return {
        "what": problem.what,
        "remedy": problem.remedy,
        "where": str(problem.where) if problem.where else None,
        "severity": problem.severity.value,
    }


def _event(name: str, data: object) -> bytes:
    return f"event: {name}\ndata: {json.dumps(data)}\n\n".encode()
