from __future__ import annotations

import pytest
from hypothesis import assume, given, strategies as st

from bot.domain.measure import fits
from bot.domain.reply import Action, Menu, Option, Paragraph, Reply, line
from bot.platforms.discord.keys import carries, marked, to_nonce
from bot.platforms.discord.render import render, to_words
from tests.loopback import discord_limits as limits
from tests.platforms.test_contract import NAME
from tests.strategies import replies


def test_a_mark_is_in_the_first_control_with_room_and_changes_no_words() -> None:
    long, short = Action("Long", "x" * 90), Action("Short", "story land-strikes")
    menu = Menu("Read", (Option("One", "faq a b"),))
    for reply, count in (
        (Reply("A", (), (long, short)), 0),
        (Reply("B", (menu,), (long,)), 0),
        (Reply("C", (Paragraph(line("No control.")),)), 2),
        (Reply("D", (), (long,)), 2),
    ):
        plain = render(reply)["components"]
        told = marked(plain, "key")
        before, after = [*limits.walk(plain)], [*limits.walk(told)]
        assert len(after) - len(before) == count
        assert carries({"components": told}, "key")
        assert not carries({"components": told}, "other")
        assert not carries({"components": plain}, "key")
        assert limits.message_problems({"components": told, "flags": limits.V2}) == []
        clicked = [(to_words(one | {"values": ["w"]}), one.get("label")) for one in after]
        assert clicked[: len(before)] == [
            (to_words(one | {"values": ["w"]}), one.get("label")) for one in before
        ]


def test_a_message_without_room_for_its_mark_is_not_posted() -> None:
    full = [Action(f"Number {n}", f"{n:02}{'x' * 90}") for n in range(32)]
    with pytest.raises(ValueError, match="no control of the message has room"):
        marked(render(Reply("Full", (), tuple(full)))["components"], "key")


def test_a_nonce_is_short_and_always_the_same() -> None:
    assert to_nonce("schedule/1") == "DA2J6T53UDLQ3TM6RW6SUVDJQ"
    assert to_nonce("a") != to_nonce("b")


@given(reply=replies(NAME, NAME, most=8), key=st.text(max_size=30))
def test_every_digest_carries_its_key_and_asks_what_it_asked(reply: Reply, key: str) -> None:
    assume(fits(reply))
    plain = render(reply)["components"]
    told = marked(plain, key)

    assert carries({"components": told}, key)
    assert limits.message_problems({"components": told, "flags": limits.V2}) == []
    before = [to_words(one) for one in limits.walk(plain)]
    assert [to_words(one) for one in limits.walk(told)][: len(before)] == before
