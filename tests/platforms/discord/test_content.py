from __future__ import annotations

from hypothesis import given

from bot.domain.reply import Action, Heading, Menu, Note, Option, Paragraph, Reply, Row, line
from bot.platforms.discord.content import to_content
from bot.platforms.discord.render import to_words
from tests.loopback import discord_limits as limits
from tests.platforms.discord.test_render import ANY

REPLY = Reply(
    "A @everyone title",
    (
        Paragraph(line("Hello *there*.")),
        Heading("More"),
        Row(line("A row"), Action("Open", "faq a b")),
        Menu("Pick", tuple(Option(f"Q {n}", f"faq a {n}") for n in range(30))),
        Note(line("Small.")),
    ),
    (Action("Next", "faq a page 2"), Action("Too long", "x" * 100)),
)


def problems(payload: dict[str, object]) -> list[str]:
    """What Discord would refuse of a message."""
    path = "/channels/{channel_id}/messages"
    return limits.message_problems(payload) + limits.description_problems("POST", path, payload)


@given(ANY)
def test_every_reply_is_a_plain_message_within_the_limits(reply: Reply) -> None:
    payload = to_content(reply)

    assert problems(payload) == []
    assert len(payload["components"]) <= 5
    assert limits.pings({**payload, "allowed_mentions": None}) == []
    rows = [row["components"] for row in payload["components"]]
    ids = [each["custom_id"] for row in rows for each in row]
    assert len(ids) == len(set(ids))
    assert bool(payload["flags"] & limits.EPHEMERAL) is reply.private


def test_a_plain_message_has_the_text_and_the_controls() -> None:
    payload = to_content(REPLY)

    assert payload["content"].splitlines() == [
        "## A @\u200beveryone title",
        "Hello \\*there\\*\\.".replace("\\.", "."),
        "",
        "### More",
        "A row",
        "-# Small.",
        "-# A simplified display: Discord did not take the usual one.",
        "-# 1 more part does not fit this message.",
    ]
    first, second, buttons = (row["components"] for row in payload["components"])
    assert [len(menu["options"]) for (menu,) in (first, second)] == [25, 5]
    assert [to_words(button) for button in buttons] == ["faq a b", "faq a page 2"]


def test_what_does_not_fit_a_plain_message_is_counted() -> None:
    long = Reply("Long", tuple(Paragraph(line("word " * 100)) for _ in range(9)))

    assert to_content(long)["content"].endswith("-# 6 more parts do not fit this message.")
