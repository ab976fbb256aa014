"""A form with menus that ask for their options, and a house with many stories."""

from __future__ import annotations

from collections.abc import Sequence

from bot.domain.reply import Field, FieldKind, Form, Option, Paragraph, Reply, line
from bot.domain.request import Request
from tests.platforms.slack.conftest import House

STORIES = (
    Option("All stories", "all"),
    Option("Harbour tunnel", "harbour"),
    Option("Night trains", "trains"),
)
FIELDS = (
    Field("in", "Channel", FieldKind.CHANNEL, "slack:T1/C1"),
    Field("", "Stories", FieldKind.STORIES, "all", options=STORIES),
    Field("", "When", value="at 09:00 daily"),
    Field("in", "Time zone", FieldKind.ZONE, "Europe/Lisbon"),
)
FORM = Form("New digest", "digest add", FIELDS, "Preview")
ASK = Reply("New digest", (Paragraph(line("Type /brief digest add …")),), form=FORM)
ALL = "digest add in slack:T1/C1 all at 09:00 daily in Europe/Lisbon"
UNCLEAR = Reply(
    "That digest is not clear",
    (Paragraph(line("I do not understand “8h” — write the time.")),),
    refusal="I do not understand “at 8h” — write the time.",
)


class MenuHouse(House):
    """A house with a hundred and twenty stories."""

    def complete(self, request: Request) -> Sequence[Option]:
        self.asked.append(request)
        typed = request.words.removeprefix("story").strip()
        found = [f"story-{n}" for n in range(120) if typed in f"story-{n}"]
        return [Option(f"Story of {slug}", f"story {slug}", slug) for slug in found[:25]]


def menu_house() -> House:
    """The house, which knows the form."""
    return MenuHouse(known={"digest add": ASK})
