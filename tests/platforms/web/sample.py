"""A bot made by hand, whose few answers use every kind of block, and a server that runs it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from aiohttp import web

from bot import clock
from bot.domain.occurrence import Occurrence
from bot.domain.platform import House
from bot.domain.problem import Problem
from bot.domain.reply import (
    Action,
    Bullets,
    Facts,
    Field,
    FieldKind,
    Form,
    Heading,
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
    bold,
    code,
    line,
)
from bot.domain.request import Channel, Request
from bot.platforms import discord, slack
from bot.platforms.web.platform import WebPlatform
from bot.platforms.web.settings import Settings

WORDS = (
    "stories",
    "faq",
    "faq who-pays",
    "faq when",
    "background",
    "search tunnel",
    "help",
    "harbour",
)
AS_OF = When(datetime(2026, 11, 20, 9, 0, tzinfo=UTC), "20 Nov 2026, 09:00 UTC")

PREVIEWS = {"slack": slack.preview, "discord": discord.preview}


@dataclass
class MovedClock:
    """A clock that stands still until it is moved, and keeps what moved it."""

    ahead: timedelta = timedelta(0)
    why_not: str = ""
    next_run: timedelta | None = timedelta(hours=3)
    moves: list[object] = field(default_factory=list)

    def now(self) -> datetime:
        return AS_OF.at + self.ahead

    async def refusal(self) -> str:
        return self.why_not

    async def pass_time(self, span: timedelta) -> None:
        self.moves.append(span)
        self.ahead += span

    async def pass_to_next_run(self) -> bool:
        if self.next_run:
            await self.pass_time(self.next_run)
        return self.next_run is not None

    async def go_back(self) -> None:
        self.moves.append("back")
        self.ahead = timedelta(0)


@dataclass
class Posted:
    """What the store would know of digests."""

    known: list[Occurrence] = field(default_factory=list)

    async def occurrence_by(self, key: str) -> Occurrence | None:
        return next((one for one in self.known if one.key == key), None)

    async def posted(self, channel: Channel, limit: int) -> Sequence[Occurrence]:
        return [one for one in self.known if one.channel == channel and one.done_at][-limit:]


@dataclass
class Sample:
    """What the hand-made bot knows, and what it was asked."""

    asked: list[Request] = field(default_factory=list)
    replies: dict[str, Reply] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    revision: int = 1
    fault: Exception | None = None
    reports: list[bool] = field(default_factory=list)
    listeners: list[Callable[[], None]] = field(default_factory=list)
    clock: MovedClock | None = None
    digests: Posted = field(default_factory=Posted)

    def change(self, *problems: Problem) -> None:
        """Say that a briefing was saved, with these problems in all."""
        self.problems = list(problems)
        self.revision += 1
        for listener in self.listeners:
            listener()

    async def answer(self, request: Request) -> Reply:
        self.asked.append(request)
        if self.fault:
            raise self.fault
        words = request.words.removeprefix("/brief").strip()
        if words.startswith("share "):
            shared = await self.answer(Request(words.removeprefix("share "), request.channel))
            return shared.public(Note(line(f"Shared by {request.user_name}.")))
        return self.replies.get(words) or self._known(words)

    def report(self, receiving: bool) -> None:
        self.reports.append(receiving)

    def complete(self, request: Request) -> Sequence[Option]:
        start = request.words.removeprefix("/brief").strip().casefold()
        if not start:
            return [Option("Harbour tunnel", "harbour", "harbour")]
        return [
            Option(words, words, f"about {words}") for words in WORDS if words.startswith(start)
        ]

    def _known(self, words: str) -> Reply:
        match words.partition(" ")[0]:
            case "" | "stories":
                return stories()
            case "harbour":
                return card()
            case "digest" if words == "digest":
                return digest()
            case "faq" if " " in words:
                return faq_answer(words)
            case "faq":
                return faq()
        return Reply(f"You asked: {words}", (Paragraph(line(f"Nothing here about {words}.")),))


def stories() -> Reply:
    return Reply(
        "2 stories",
        (
            Row(
                line(bold("Harbour tunnel"), "\nThe tunnel opens a year late."),
                Action("Open", "harbour"),
            ),
            Row(
                line(bold("Night trains"), "\nThree lines return in spring."),
                Action("Open", "trains"),
            ),
            Note(line("Type ", code("/brief help"), " to see what one can ask.")),
        ),
    )


def card() -> Reply:
    return Reply(
        "Harbour tunnel",
        (
            Paragraph(
                line(
                    "The tunnel opens a year late. ",
                    Span("Read more", href="https://example.com/a"),
                )
            ),
            Facts((("Status", line("developing")), ("As of", line(AS_OF)))),
            Heading("Key points"),
            Bullets(
                (
                    line("The east bore ", Span("leaks", Style.ITALIC), "."),
                    line("Costs are ", bold("up"), "."),
                )
            ),
            Bullets((line("first"), line("second")), ordered=True),
            Quote(line("We will not open an unsafe tunnel.")),
            Menu(
                "Questions people ask",
                (Option("Who pays?", "faq who-pays", "Costs"), Option("When?", "faq when")),
            ),
            Note(line("Harbour tunnel, as of ", AS_OF, ", 2 sources")),
        ),
        (
            Action("FAQ", "faq", primary=True),
            Action("Background", "background"),
            Action("Share here", "share harbour"),
        ),
    )


def faq() -> Reply:
    return Reply(
        "Questions",
        (
            Menu(
                "Pick a question",
                (Option("Who pays?", "faq who-pays"), Option("When?", "faq when")),
            ),
        ),
    )


def faq_answer(words: str) -> Reply:
    question = "Who pays?" if words.endswith("pays") else "When does it open?"
    return Reply(
        question,
        (Paragraph(line("The city does, with a loan.")), Note(line("As of ", AS_OF))),
        (Action("Back", "faq"), Action("Share here", f"share {words}")),
    )


def digest() -> Reply:
    fields = (
        Field(
            "",
            "Story",
            FieldKind.CHOICE,
            options=(Option("Harbour tunnel", "harbour"), Option("Night trains", "trains", "new")),
        ),
        Field("at", "Time", value="09:00", hint="In your own zone."),
        Field("in", "Time zone", options=(Option("Lisbon", "Europe/Lisbon"),), required=False),
        Field("to", "Channel", FieldKind.CHANNEL),
    )
    return Reply(
        "New digest",
        (Paragraph(line("Type ", code("/brief digest add …"))),),
        (Action("Start again", "digest"),),
        form=Form("Plan a digest", "digest add", fields, "Preview"),
    )


@dataclass
class Playground:
    """A served playground."""

    sample: Sample
    platform: WebPlatform
    port: int

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"


@asynccontextmanager
async def running(
    sample: Sample, port: int = 0, *, listening: bool = True, **settings: Any
) -> AsyncIterator[Playground]:
    """A playground that answers for as long as the block runs."""
    house = House(
        http_timeout=10,
        state="state",
        previews=PREVIEWS,
        problems=lambda: sample.problems,
        revision=lambda: sample.revision,
        on_change=sample.listeners.append,
        digests=sample.digests,
        clock=sample.clock,
        now=clock.now,
    )
    platform = WebPlatform(Settings(_env_file=None, **settings), house)
    app = web.Application()
    app.add_routes(platform.routes())
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", port).start()
    listen = platform.listen if listening else _idle
    task = asyncio.create_task(listen(sample.answer, sample.complete, sample.report))
    await asyncio.sleep(0)
    try:
        yield Playground(sample, platform, runner.addresses[0][1])
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        await runner.cleanup()


async def _idle(*_: object) -> None:
    """Listen to nothing."""
