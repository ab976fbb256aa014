"""Platform: the one protocol that every chat platform implements, and what it is handed."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol

from bot.domain.problem import Problem, Severity
from bot.domain.reply import Option, Reply
from bot.domain.request import Channel, Request

if TYPE_CHECKING:
    from datetime import datetime, timedelta

    from bot.domain.gap_report import Report as FeedbackReport
    from bot.domain.occurrence import Occurrence
    from bot.errors import ConfigurationError

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
class Checkup:
    """What the doctor of a platform looked at, in words, and what is wrong. It holds no secret."""

    checked: Sequence[str]
    problems: Sequence[Problem]


class Examination:
    """What a platform's doctor notes down while looking."""

    def __init__(self) -> None:
        self.checked: list[str] = []
        self.problems: list[Problem] = []

    @property
    def checkup(self) -> Checkup:
        """All that was noted."""
        return Checkup(self.checked, self.problems)

    def find(self, what: str, remedy: str) -> None:
        """Note what is wrong, once, and what to do about it."""
        problem = Problem(what, remedy)
        if problem not in self.problems:
            self.problems.append(problem)

    def find_refused(self, error: ConfigurationError) -> None:
        """Note an error: its first sentence says what is wrong, the others what to do."""
        what, _, remedy = str(error).partition(". ")
        self.find(what, remedy.rstrip("."))

    def doubt(self, what: str, remedy: str) -> None:
        """Note what may be wrong."""
        self.problems.append(Problem(what, remedy, severity=Severity.WARNING))


class Installations(Protocol):
    """What each tenant's installation gave a platform, such as tokens; only the bot can read it.

    A tenant is written as `slack:T1`. Each of these raises ConfigurationError where the key that
    it needs, BOT_SECRET_KEY, is missing or another one than that which sealed what is kept.
    """

    async def check(self) -> None:
        """Make sure that there is a key, and that it opens what is kept."""

    async def tenants(self, platform: str) -> Sequence[str]:
        """The tenants of a platform that have an installation of their own."""

    async def load(self, tenant: str) -> str | None:
        """What was saved for a tenant, or for the one that it is linked to; None if nothing was."""

    async def save(self, tenant: str, text: str) -> None:
        """Keep this for a tenant, in place of what was kept before."""

    async def link(self, tenant: str, parent: str) -> None:
        """Let a tenant without an installation of its own be served by its parent's."""

    async def delete(self, tenant: str) -> None:
        """Forget a tenant and those linked to it, and let no digest of theirs be posted."""

    async def unlink(self, tenant: str) -> None:
        """Forget that a tenant is linked to another."""

    async def claim(self, tenant: str, span: timedelta) -> bool:
        """Whether the caller, of all processes the only one, may renew this one for so long."""

    async def issue(self, state: str, span: timedelta) -> None:
        """Remember a secret word that may be redeemed once, within so long."""

    async def redeem(self, state: str) -> bool:
        """Whether this word was issued, is not too old and was not redeemed before."""


@dataclass(frozen=True, slots=True)
class House:
    """What a platform is told of the house it stands in; each takes what it needs.

    `http_timeout` is in seconds. `state` is the path of a folder for what a platform remembers
    between two starts. `previews` are the chat platforms by name, for whoever shows them;
    `problems` and `revision` tell of the briefing files, and `on_change` calls whatever it is given
    after each change of these. `digests` tells what was posted; `clock` is there only where the
    playground is all that runs. `now` is the present instant by the system's clock; `installations`
    is there where a platform may serve many tenants. `feedback` is what readers of all tenants
    told: for the playground alone, whose page only maintainers see.
    """

    http_timeout: float
    state: str
    previews: Mapping[str, Preview]
    problems: Callable[[], Sequence[Problem]]
    revision: Callable[[], int]
    on_change: Callable[[Callable[[], None]], None]
    digests: Digests | None = None
    clock: MovableClock | None = None
    now: Callable[[], datetime] = field(kw_only=True)
    installations: Installations | None = field(default=None, kw_only=True)
    feedback: Callable[[], Awaitable[FeedbackReport]] | None = field(default=None, kw_only=True)


class Discreet(Protocol):
    """What a platform has, too, where not everybody may see or read every channel."""

    async def forbids(self, channel: Channel, user: str, *, internal: bool) -> Problem | None:
        """Why this person (empty: anybody) may have nothing posted there; None if they may.

        `internal` says that it would tell of stories that not everybody may see. Of a channel that
        is hidden from the person this says the same as of one that is not there.
        """


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
