from __future__ import annotations

from typing import Any

from bot.domain.reply import Action, Field, FieldKind, Form, Option, Paragraph, Reply, line
from bot.domain.request import Request
from bot.platforms.discord.refill import Refill
from tests.loopback.discord import MANAGE_GUILD, DiscordServer, Interaction
from tests.loopback.discord_payloads import CHANNEL, COMMON, GUILD
from tests.platforms.discord.conftest import Connect, FakeAnswers

MODERATOR = COMMON | MANAGE_GUILD
CONTENT = (Option("What changed", "changes silent"), Option("The full card", "full"))
FORM = Form(
    "New digest",
    "digest add",
    (
        Field("in", "Channel", FieldKind.CHANNEL, f"discord:{GUILD}/{CHANNEL}"),
        Field("", "Stories", FieldKind.STORIES, "all"),
        Field("", "When", value="at 09:00 on weekdays"),
        Field("in", "Time zone", FieldKind.ZONE),
        Field("", "Content", FieldKind.CHOICE, "changes silent", options=CONTENT),
    ),
)


class Moderating(FakeAnswers):
    """Opens the form, refuses a time of 25:00, and takes the rest."""

    async def answer(self, request: Request) -> Reply:
        await super().answer(request)
        if request.words == "digest add":
            return Reply("New digest", (Paragraph(line("Say when.")),), form=FORM)
        said = (Paragraph(line(request.words)),)
        if "25:00" in request.words:
            again = (Action("Fill in a Form", "digest add"),)
            return Reply("That digest is not clear", said, again, refusal="There is no 25:00.")
        return Reply("Save this digest?", said, (Action("Start Over", "digest add"),))


def shown(asked: Interaction) -> dict[str, Any]:
    """What stands in the fields of the form that was opened."""
    told = {}
    for row in asked.form["components"]:
        field = row["component"]
        defaults = [option["value"] for option in field.get("options", ()) if "default" in option]
        defaults += [channel["id"] for channel in field.get("default_values", ())]
        told[row["label"]] = field.get("value") or (defaults[0] if defaults else "")
    return told


async def test_a_form_that_was_refused_opens_again_with_what_was_filled_in(
    server: DiscordServer, connect: Connect
) -> None:
    filled = {"When": "at 25:00 daily", "Time zone": "Asia/Tokyo", "Content": "The full card"}
    async with connect(answers=Moderating()):
        opened = await server.slash("add", group="digest", permissions=MODERATOR)
        refused = await server.submit(opened, filled, permissions=MODERATOR)
        assert refused.message
        again = await server.click(refused.message, "Fill in a Form", permissions=MODERATOR)
        taken = await server.submit(again, {"When": "at 08:00 daily"}, permissions=MODERATOR)
        assert taken.message
        fresh = await server.click(taken.message, "Start Over", permissions=MODERATOR)

    assert shown(again) == {
        "Channel": CHANNEL,
        "Stories": "all",
        "When": "at 25:00 daily",
        "Time zone": "Asia/Tokyo",
        "Content": "full",
    }
    assert "at 08:00 daily in Asia/Tokyo full" in taken.text
    assert shown(fresh)["When"] == "at 09:00 on weekdays"


async def test_options_that_were_refused_stand_in_the_form(
    server: DiscordServer, connect: Connect
) -> None:
    typed = {"stories": "land-strikes", "when": "at 25:00 daily", "zone": "Lisbon"}
    async with connect(answers=Moderating()):
        refused = await server.slash(
            "add", group="digest", permissions=MODERATOR, options={**typed, "quiet": "silent"}
        )
        assert refused.message
        again = await server.click(refused.message, "Fill in a Form", permissions=MODERATOR)

    assert shown(again) == {
        "Channel": CHANNEL,
        "Stories": "land-strikes",
        "When": "at 25:00 daily",
        "Time zone": "Lisbon",
        "Content": "changes silent",
    }


async def test_a_form_asks_for_the_options_that_are_missing(
    server: DiscordServer, connect: Connect
) -> None:
    async with connect(answers=Moderating()):
        opened = await server.slash(
            "add", group="digest", permissions=MODERATOR, options={"zone": "Lisbon"}
        )
        later = await server.slash("add", group="digest", permissions=MODERATOR)

    assert shown(opened)["Time zone"] == "Lisbon"
    assert shown(opened)["Stories"] == "all"
    assert shown(later)["Time zone"] == ""


def test_of_very_much_that_was_filled_in_the_oldest_is_forgotten() -> None:
    refill = Refill()
    for number in range(300):
        refill.keep((str(number), "c"), "digest add", {2: "at noon"})

    kept = [refill.into(FORM, (str(n), "c")).fields[2].value == "at noon" for n in range(300)]
    assert (kept.count(True), kept[-1], kept[0]) == (256, True, False)
    assert refill.into(FORM, ("299", "elsewhere")) is FORM
