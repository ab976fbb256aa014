"""A form, what it is answered with, and what people do with it on the loopback Slack."""

from __future__ import annotations

import asyncio

import pytest

from bot.domain.reply import Action, Field, FieldKind, Form, Option, Paragraph, Reply, line
from tests.loopback.slack import Modal, SlackServer
from tests.platforms.slack.conftest import House

CHOICES = (Option("Harbour tunnel", "harbour"), Option("Night trains", "trains"))
FORM = Form(
    "New digest",
    "digest add",
    (
        Field("", "Story", FieldKind.CHOICE, options=CHOICES),
        Field("at", "Time", value="09:00"),
        Field("in", "Channel", FieldKind.CHANNEL),
    ),
    "Preview",
)
ASK = Reply(
    "New digest", (Paragraph(line("Type /brief digest add …")),), (Action("New", "new"),), form=FORM
)
WORDS = "digest add trains at 08:00 in slack:T1/C1"
PREVIEW = Reply(
    "Preview",
    (Paragraph(line("Night trains, at 08:00.")),),
    (Action("Start it", "digest on 1"), Action("Tell all", "tell"), Action("Change", "new")),
)


def form_house(house: House) -> House:
    """A house with a form, and what a filled in one is answered with."""
    public = Reply("Ada started a digest", private=False)
    house.known |= {"new": ASK, WORDS: PREVIEW, "tell": public, "share new": ASK}
    house.known["faq"] = Reply(
        "Questions", (), (Action("New", "new"), Action("Share", "share new"))
    )
    return house


async def opened(slack: SlackServer, words: str = "new", channel: str = "C1") -> Modal:
    """Ask for a form, and wait for it."""
    ack = await slack.slash(words, channel=channel)
    assert (ack.error, ack.payload) == (None, None)
    await slack.until(lambda: slack.workspace.views.modals)
    return slack.modal()


async def answered(slack: SlackServer) -> Modal:
    """A form that is filled in and answered."""
    modal = await opened(slack)
    await slack.submit(modal, Story="Night trains", Time="08:00")
    return modal


async def told(caplog: pytest.LogCaptureFixture, word: str) -> None:
    """Wait until the log says this."""
    for _ in range(500):
        if word in caplog.text:
            return
        await asyncio.sleep(0.01)
    raise AssertionError(f"{word!r} is not in the log")
