from __future__ import annotations

import re
from typing import Any

from hypothesis import given, strategies as st

from bot.domain.measure import fits
from bot.domain.reply import (
    Action,
    Block,
    Bullets,
    Facts,
    Heading,
    Menu,
    Note,
    Option,
    Paragraph,
    Quote,
    Reply,
    Row,
    When,
    bold,
    line,
)
from bot.platforms.discord.render import render, to_words
from tests.loopback import discord_limits as limits
from tests.platforms.discord.hostile import HOSTILE
from tests.platforms.discord.test_markup import ESCAPE
from tests.strategies import hostile_texts, long_texts, replies

MENTION = re.compile(r"@everyone|@here|<@|<#|<a?:\w+:[0-9]+>|</\w+:[0-9]+>|<id:\w+>")
SAID = hostile_texts(HOSTILE)
ANY = replies(st.one_of(SAID, long_texts(SAID)), SAID, most=30, wild=True)
#: As a name and as words, so unlike each other that none stands in another.
NAME = st.from_regex(r"[a-z]{3,8}[0-9]{4}", fullmatch=True)
CALLBACK = "/interactions/{interaction_id}/{interaction_token}/callback"

CARD = Reply(
    "Land strikes",
    (
        Note(line("Developing")),
        Paragraph(line(bold("Bottom line"), " in one line.")),
        Heading("Key points"),
        Bullets((line("First"), line("Second"))),
        Facts((("Status", line("open")), ("Since", line("May")))),
        Quote(line("Said by someone")),
        Row(line("Why now?"), Action("Open", "faq land-strikes why-now")),
        Menu("Questions", (Option("Why now?", "faq land-strikes why-now", "answered"),)),
        Note(line("2 sources")),
    ),
    (Action("Share here", "share land-strikes", primary=True), Action("FAQ", "faq land-strikes")),
)


def contents(message: dict[str, Any]) -> str:
    """All text of a message, its escapes undone."""
    return ESCAPE.sub(r"\1", "\n".join(limits.texts(message)))


def controls(message: dict[str, Any]) -> list[str]:
    """The words of every control of a message, in order."""
    words = []
    for component in limits.walk(message["components"]):
        values = [option["value"] for option in component.get("options", [])] or [""]
        if "custom_id" in component:
            words += [to_words({**component, "values": [value]}) or "" for value in values]
    return words


def test_a_card_becomes_one_container() -> None:
    message = render(CARD)
    (container,) = message["components"]
    text, section, menu, separator, note, buttons = container["components"]

    assert message["flags"] == limits.V2 | limits.EPHEMERAL
    assert message["allowed_mentions"] == {"parse": []}
    assert text["content"] == (
        "## Land strikes\n-# Developing\n**Bottom line** in one line.\n### Key points\n- First\n"
        "- Second\n\n**Status:** open\n**Since:** May\n\n> Said by someone"
    )
    assert section["accessory"]["custom_id"] == "b1:0:faq land-strikes why-now"
    assert menu["components"][0]["custom_id"] == "b1m:1"
    assert menu["components"][0]["options"] == [
        {"label": "Why now?", "value": "faq land-strikes why-now", "description": "answered"}
    ]
    assert (separator["type"], note["content"]) == (limits.SEPARATOR, r"-# 2 sources")
    assert [b["style"] for b in buttons["components"]] == [1, 2]


def test_a_public_reply_is_not_ephemeral() -> None:
    assert render(Reply("Title", private=False))["flags"] == limits.V2


def test_a_page_is_rendered_once() -> None:
    assert render(CARD) is render(CARD)


@given(ANY)
def test_whatever_is_said_is_within_the_limits_and_pings_nobody(reply: Reply) -> None:
    message = render(reply)
    said = "\n".join(limits.texts(message))

    assert limits.message_problems(message) == []
    assert limits.description_problems("POST", CALLBACK, {"type": 4, "data": message}) == []
    assert not MENTION.search(said)


@given(ANY)
def test_only_instants_become_timestamps(reply: Reply) -> None:
    said = "\n".join(limits.texts(render(reply)))
    spans = [span for block in reply.blocks for span in _spans(block)]
    instants = {int(span.at.timestamp()) for span in spans if isinstance(span, When)}

    assert {int(found) for found in re.findall(r"<t:(-?\d+):\w>", said)} <= instants


def _spans(block: Any) -> list[Any]:
    match block:
        case Bullets(items):
            return [span for item in items for span in item]
        case Facts(pairs):
            return [span for _, value in pairs for span in value]
        case Heading() | Menu():
            return []
        case _:
            return list(block.line)


@given(replies(NAME, NAME, most=8))
def test_a_reply_that_fits_is_shown_whole_with_every_control(reply: Reply) -> None:
    if not fits(reply):
        return
    message = render(reply)
    said = contents(message)

    assert "not fit this message" not in said
    for block in reply.blocks:
        texts = [span.text for span in _spans(block) if not isinstance(span, When)]
        assert [text for text in texts if text not in said] == []
    assert controls(message) == _wanted(reply)


def _wanted(reply: Reply) -> list[str]:
    """The words of every control of a reply, in the order they are shown."""
    words = []
    for block in reply.blocks:
        if isinstance(block, Row):
            words.append(block.action.words)
        if isinstance(block, Menu):
            words += [option.words for option in block.options]
    return words + [action.words for action in reply.actions]


@given(
    st.lists(st.tuples(st.sampled_from("thrm"), st.integers(1, 900)), max_size=30),
    st.integers(0, 30),
)
def test_what_does_not_fit_is_counted(kinds: list[tuple[str, int]], buttons: int) -> None:
    blocks = tuple(_block(kind, n, length) for n, (kind, length) in enumerate(kinds))
    actions = tuple(Action(f"Button {n}", f"button {n}") for n in range(buttons))
    message = render(Reply("Title", blocks, actions))
    said, shown = contents(message), controls(message)
    hidden = [b for n, b in enumerate(blocks) if not isinstance(b, Row) and f"item{n}." not in said]
    missing = len(hidden) - sum(isinstance(b, Menu) for b in hidden)
    missing += len(_wanted(Reply("", blocks, actions))) - len(shown)

    found = re.findall(r"-# (\d+) more parts? do", said)
    assert [int(number) for number in found] == [missing] * bool(missing)
    assert limits.message_problems(message) == []


def _block(kind: str, n: int, length: int) -> Block:
    """A block that can be told from every other, its text so long."""
    said = line(f"item{n}. " + "x" * length)
    match kind:
        case "t":
            return Paragraph(said)
        case "h":
            return Heading(f"item{n}. " + "x" * length)
        case "r":
            return Row(said, Action("Open", f"row {n}"))
        case _:
            options = tuple(Option(f"Option {o}", f"menu {n} {o}") for o in range(length % 60 + 1))
            return Menu("Pick", options)


def test_a_long_reply_says_how_much_is_missing() -> None:
    reply = Reply("Title", tuple(Paragraph(line("word " * 150)) for _ in range(9)))

    assert limits.texts(render(reply))[-1] == "-# 4 more parts do not fit this message."


def test_more_options_than_a_menu_holds_open_another_menu() -> None:
    options = tuple(Option(f"Option {n}", f"faq story item-{n}") for n in range(60))
    message = render(Reply("Title", (Menu("Pick", options),)))

    assert controls(message) == [option.words for option in options]
    assert limits.message_problems(message) == []


def test_words_too_long_for_a_control_are_put_into_words() -> None:
    action = Action("Ask", "ask " + "why " * 40)
    message = render(Reply("Title", (Row(line("Row"), action),), (action,)))

    assert controls(message) == []
    assert contents(message).count("Ask: type /brief ask why why") == 2


def test_controls_carry_their_words() -> None:
    assert to_words({"custom_id": "b1:z:faq land-strikes"}) == "faq land-strikes"
    assert to_words({"custom_id": "b1:0:"}) == ""
    assert to_words({"custom_id": "b1m:1", "values": ["faq x"]}) == "faq x"
    assert to_words({"custom_id": "b1m:1", "values": []}) is None
    assert to_words({"custom_id": "b0:1:faq"}) is None
    assert to_words({"custom_id": "made up", "values": ["faq"]}) is None
    assert to_words({}) is None


def test_a_menu_option_of_no_words_means_brief_alone() -> None:
    message = render(Reply("Title", (Menu("Pick", (Option("Here", ""),)),)))

    assert controls(message) == [""]
