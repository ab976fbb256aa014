"""Platform: the one protocol that every chat platform implements, and what it is handed."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

from bot.domain.reply import Option, Reply
from bot.domain.request import Channel, Request

if TYPE_CHECKING:
    from datetime import datetime, timedelta

    from bot.domain.occurrence import Occurrence
    from bot.domain.problem import Problem

Answer = Callable[[Request], Awaitable[Reply]]
"""Answers what someone asked; never waits on the network."""

Complete = Callable[[Request], Sequence[Option]]
"""Completes what someone is typing: at most 25 options, best first.

`option.words` are the whole words after `/brief` as they would be with that choice; `option.label`
is what to show; `option.hint` is what the choice adds: a verb, a story's slug or an item's id.
"""

Report = Callable[[bool], None]
"""Told True whenever the platform starts receiving, False whenever it stops."""


@dataclass(frozen=True, slots=True)
class Preview:
    """How a platform shows a reply, and what words one of its controls carries (None: not ours)."""

    render: Callable[[Reply], dict[str, Any]]
    to_words: Callable[[Mapping[str, Any]], str | None]


class Digests(Protocol):
    """What the store knows of digests that were posted, or are about to be."""

    async def occurrence_by(self, key: str) -> Occurrence | None:
        """The one that is posted under this key."""

    async def posted(self, channel: Channel, limit: int) -> Sequence[Occurrence]:
        """Those that were posted in a channel last, the latest last."""


class MovableClock(Protocol):
    """The house's clock, in the hands of a playground that runs alone."""

    @property
    def ahead(self) -> timedelta:
        """How far the house is ahead of the system's clock."""

    def now(self) -> datetime:
        """The present instant in the house."""

    async def refusal(self) -> str:
        """Why time cannot be moved, in a sentence; empty if it can."""

    async def pass_time(self, span: timedelta) -> None:
        """Let so much time pass; everything that is due meanwhile happens at its time."""

    async def pass_to_next_run(self) -> bool:
        """Let time pass until the first digest is due, and post it; False if none is scheduled."""

    async def go_back(self) -> None:
        """Let it be as late as it is. Nothing that was posted is posted again."""


@dataclass(frozen=True, slots=True)
class House:
    """What a platform is told of the house it stands in; each takes what it needs.

    `http_timeout` is in seconds. `state` is the path of a folder for what a platform remembers
    between two starts. `previews` are the chat platforms by name, for whoever shows them;
    `problems` and `revision` tell of the briefing files, and `on_change` calls whatever it is given
    after each change of these. `digests` tells what was posted; `clock` is there only where the
    playground is all that runs.
    """

    http_timeout: float
    state: str
    previews: Mapping[str, Preview]
    problems: Callable[[], Sequence[Problem]]
    revision: Callable[[], int]
    on_change: Callable[[Callable[[], None]], None]
    digests: Digests | None = None
    clock: MovableClock | None = None


class Platform(Protocol):
    """A place where people type `/brief` and read digests."""

    name: str
    repeat_window: timedelta
    """For how long the platform itself refuses a repeated key; zero if it never does."""

    async def listen(self, answer: Answer, complete: Complete, report: Report) -> None:
        """Receive and answer until cancelled or disconnected.

        Raises:
            PlatformError: the platform cannot be reached, or refuses these settings (`permanent`).
        """

    async def post(self, channel: Channel, reply: Reply, *, key: str) -> str:
        """Post once and return the platform's id of the message.

        Raises:
            PostError: with what is known of the message.
        """

    async def check(self, channel: Channel) -> Problem | None:
        """Why the bot could not post there now, in words; None if it could."""

    async def find(self, channel: Channel, key: str, *, since: datetime) -> str | None:
        """The id of the message posted under `key`, if it is there; it was tried first at `since`.

        Raises:
            UnsupportedError: this platform, or what it was granted, cannot look.
            PostError: nobody can say now.
        """
