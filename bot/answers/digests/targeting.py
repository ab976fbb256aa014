"""Targeting: into which channel a digest is to go, and whether it may."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.answers.digests.desk import Act, same_workspace
from bot.domain.problem import Problem, Severity
from bot.domain.request import Channel

if TYPE_CHECKING:
    from bot.domain.wish import Wish


def target(wish: Wish, act: Act) -> Channel | None:
    """The channel that a wish names, if it is one of this workspace; else where it was asked.

    A bare name (`#news`) says nothing of a channel but of one whose id it is.
    """
    here = act.request.channel
    if not wish.channel:
        return here
    if wish.channel.startswith("#"):
        return here if wish.channel.removeprefix("#") == here.id else None
    named = wish.channel.removeprefix("<#").removesuffix(">").partition("|")[0]
    try:
        channel = Channel.parse(named)
    except ValueError:
        channel = Channel(here.platform, here.workspace, named)
    return channel if same_workspace(channel, here) else None


async def obstacle(channel: Channel, act: Act) -> tuple[Problem | None, bool]:
    """Why the bot could not post in a channel now, and whether that forbids a digest into it.

    The channel that is asked in is there, so what the bot lacks in it can be granted. Of another,
    nobody can say so unless the platform does, by calling it a warning.
    """
    problem = await act.desk.check(channel)
    if problem is None or channel == act.request.channel:
        return problem, False
    return problem, problem.severity is Severity.ERROR


def unseen(stories: tuple[str, ...], channel: Channel, act: Act) -> list[str]:
    """Those of the named stories that are there, but not for that channel."""
    here, there = act.asked.stories, act.view(channel)
    return [slug for slug in stories if here.get(slug) and not there.get(slug)]
