"""Feed: what open pages are told as it happens, by server-sent events."""

from __future__ import annotations

import asyncio
import json
import secrets
from collections import deque
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from typing import Any, Final

from bot.domain.problem import Problem

#: How often a page's stream looks for news.
_POLL_SECONDS: Final = 0.2
#: Looks without news, after which the stream says that it lives: silence is taken for death.
_SILENT_LOOKS: Final = 75
#: Messages that a page opened later is shown.
_KEPT: Final = 100

Message = Mapping[str, Any]


class Feed:
    """The playground's channel, and news of the briefings."""

    def __init__(
        self, problems: Callable[[], Sequence[Problem]], revision: Callable[[], int]
    ) -> None:
        self._problems = problems
        self._revision = revision
        # Tells pages a restarted bot from the one they knew: revisions start anew.
        self._run = secrets.token_hex(4)
        self._posts: deque[tuple[int, Message]] = deque(maxlen=_KEPT)
        self._count = 0
        self._ids: dict[str, str] = {}
        self._closed = False

    def find(self, key: str) -> str | None:
        """The id of the message posted under `key`."""
        return self._ids.get(key)

    def post(self, message: Message, *, key: str) -> Message:
        """Show a message in the channel, and return it with its id."""
        self._ids[key] = secrets.token_hex(8)
        posted = {**message, "id": self._ids[key]}
        self._count += 1
        self._posts.append((self._count, posted))
        return posted

    def open(self) -> None:
        """Let pages follow."""
        self._closed = False

    def close(self) -> None:
        """End every stream, so that the server can stop."""
        self._closed = True

    async def follow(self) -> AsyncIterator[bytes]:
        """Events for one page: first how things are, then what changes, until closed."""
        library: object = None
        problems: object = None
        count, silent = 0, 0
        yield b"retry: 1000\n\n"
        while not self._closed:
            news = [_event("post", message) for number, message in self._posts if number > count]
            count = self._count
            if (now := {"run": self._run, "revision": self._revision()}) != library:
                library = now
                news.append(_event("library", now))
            if (wrong := list(self._problems())) != problems:
                problems = wrong
                news.append(_event("problems", [to_data(problem) for problem in wrong]))
            silent = 0 if news else silent + 1
            if silent >= _SILENT_LOOKS:
                news, silent = [b": still here\n\n"], 0
            if news:
                yield b"".join(news)
            await asyncio.sleep(_POLL_SECONDS)


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
