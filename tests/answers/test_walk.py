from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping

from hypothesis import HealthCheck, Phase, given, settings, strategies as st

from bot.answers import Answers
from bot.domain.briefing import Story
from bot.domain.markdown import to_line
from bot.domain.measure import fits
from bot.domain.plain import line_text, to_text
from bot.domain.reply import Menu, Reply, Row
from bot.domain.request import Channel, Request
from bot.domain.sections import SECTIONS
from bot.domain.stories import Stories
from bot.platforms.discord.render import render as to_discord
from bot.platforms.slack.render import render as to_slack
from tests.loopback import discord_limits, slack_limits
from tests.platforms.discord.test_render import MENTION
from tests.stories import NOW
from tests.strategies import stories

HERE = Channel("slack", "T1", "C1")
ASKER = "<@U1> @everyone"
TYPED = ("", "help", "stories", "search the word", "zzz <!channel>")
LOST = re.compile(r"more parts? do(es)? not fit|too long for one message|not fit this message")
#: Without shrinking, which would walk for minutes; what fails names its words anyway.
AT_ONCE = (Phase.explicit, Phase.reuse, Phase.generate)
SOME = st.lists(stories(items=5), min_size=1, max_size=3, unique_by=lambda story: story.slug)


def controls(reply: Reply) -> Iterator[str]:
    """The words of every control."""
    for block in reply.blocks:
        if isinstance(block, Row):
            yield block.action.words
        elif isinstance(block, Menu):
            yield from (option.words for option in block.options)
    yield from (action.words for action in reply.actions)


async def walk(known: Stories) -> dict[str, Reply]:
    """Every reply that can be reached by typing a verb or a story, and then by clicking alone."""
    answers = Answers(lambda: known, lambda: NOW)
    found: dict[str, Reply] = {}
    left = [*TYPED]
    for story in known.visible_to(HERE):
        left += [story.slug, *(f"{section.verb} {story.slug}" for section in SECTIONS)]
    while left:
        words = left.pop()
        if words not in found:
            found[words] = await answers(Request(words, HERE, user_name=ASKER))
            left += controls(found[words])
    return found


@settings(suppress_health_check=list(HealthCheck), phases=AT_ONCE)
@given(SOME)
async def test_every_page_one_can_click_to_is_whole_lawful_and_pings_nobody(
    some: list[Story],
) -> None:
    known = Stories(some)
    found = await walk(known)
    for words, reply in found.items():
        assert fits(reply), words
        assert_lawful(words, reply)
    for story in known.visible_to(HERE):
        assert_all_said(story, found)


def assert_lawful(words: str, reply: Reply) -> None:
    """Both platforms take the reply as it is, and lose nothing of it."""
    slack, discord = to_slack(reply), to_discord(reply)
    assert slack_limits.breaches(slack) == [], words
    assert discord_limits.message_problems(discord) == [], words
    assert not MENTION.search("\n".join(discord_limits.texts(discord))), words
    said = to_text(reply), json.dumps(slack), json.dumps(discord)
    assert not any(map(LOST.search, said)), words


def assert_all_said(story: Story, found: Mapping[str, Reply]) -> None:
    """The pages of a section say every entry's title and body."""
    for section in SECTIONS:
        begin = f"{section.verb} {story.slug} "
        pages = [to_text(reply) for words, reply in found.items() if f"{words} ".startswith(begin)]
        shown = letters("".join(pages))
        for entry in story.entries(section):
            assert letters(entry.title) in shown, (begin, entry.title)
            assert letters(line_text(to_line(entry.body))) in shown, (begin, entry.body)


def letters(text: str) -> str:
    """Letters alone: how they are set and numbered is each page's own affair."""
    return "".join(filter(str.isalpha, text))
