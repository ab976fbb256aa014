from __future__ import annotations

import re

import pytest

from bot.domain.names import Names
from bot.domain.typed import typed
from bot.domain.wish import Wish, parse_wish

NAMES = Names()


@pytest.mark.parametrize(
    ("words", "discord"),
    [
        ("", "/brief story"),
        ("land-strikes", "/brief story story:land-strikes"),
        ("faq land-strikes", "/brief faq story:land-strikes"),
        ("use nothing", "/brief use story:nothing"),
        ("use", "/brief use"),
        ("ask what now", "/brief ask question:what now"),
        ("digest", "/digest list"),
        ("digest help", "/digest help"),
        ("digest add", "/digest add"),
        ("digest show 3", "/digest show id:3"),
        (
            "digest add all at 09:00 on weekdays in Europe/Lisbon",
            "/digest add stories:all when:at 09:00 on weekdays zone:Europe/Lisbon",
        ),
        ('digest add a, b cron "0 9 * * 1"', '/digest add stories:a, b when:cron "0 9 * * 1"'),
        ("digest edit 3 full", "/digest edit id:3, and in its form: full"),
    ],
)
def test_each_platform_has_its_own_way_to_type(words: str, discord: str) -> None:
    assert typed(words, "discord") == discord
    assert typed(words, "slack") == typed(words, "web") == f"/brief {words}".strip()


@pytest.mark.parametrize(
    "wish",
    [
        "all at 25:00 daily",
        "all at 9 daily",
        "all every other week",
        "all late",
        "all cron x",
        "all",
    ],
)
def test_the_options_of_discord_say_the_same_wish(wish: str) -> None:
    refusal = parse_wish(wish, NAMES, "Asia/Tokyo")
    assert not isinstance(refusal, Wish)
    options = typed(f"digest add {refusal.example}", "discord").removeprefix("/digest add ")
    match = re.fullmatch(r"stories:(.*) when:(.*) zone:(.*)", options)
    assert match
    assert f"{match[1]} {match[2]} in {match[3]}" == refusal.example
