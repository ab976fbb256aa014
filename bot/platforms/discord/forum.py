"""The thread in which a forum is told its digests.

A forum takes threads alone, and Discord refuses no repeated one. So each forum has one thread of
the bot's, made without news in it and then used for all of them: should it be made twice, nobody is
told anything twice, for every digest goes into the oldest that is there.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Sequence
from typing import Any, Final

import discord

from bot.domain.reply import Heading, Paragraph, line
from bot.domain.request import Channel
from bot.errors import PostError, PostOutcome
from bot.platforms.discord.blocks import to_text
from bot.platforms.discord.failures import DISCORD_FAILURES, to_post_error
from bot.platforms.discord.wire import Wire

#: The thread's name, and that of the tag which it gets where a forum demands one.
THREAD_NAME: Final = "Briefing digests"
TAG_NAME: Final = "briefings"
_WEEK: Final = 10_080
#: So many hundreds of archived threads are looked through; beyond them, a new one is made.
_PAGES: Final = 3
_ABOUT: Final = (
    Heading(THREAD_NAME),
    Paragraph(line("What is new in the briefings that this forum follows is posted here.")),
)


def to_forum(client: discord.Client, channel: Channel) -> discord.ForumChannel | None:
    """Return the forum that a channel is; None if it is none that the gateway has told of."""
    place = client.get_channel(int(channel.id))
    return place if isinstance(place, discord.ForumChannel) else None


async def thread_of(
    client: discord.Client, wire: Wire, forum: discord.ForumChannel, seconds: float
) -> str:
    """Return the id of the forum's thread.

    Raises:
        PostError: it has just been made, or nobody can say now; nothing was told in any case.
    """
    try:
        async with asyncio.timeout(seconds):
            found = await find_thread(client, wire, forum)
            if found is not None:
                return found
            await wire.post(f"/channels/{forum.id}/threads", _to_thread(forum))
    except DISCORD_FAILURES as error:
        unsaid = to_post_error(error)
        if unsaid.outcome is PostOutcome.UNKNOWN:
            raise PostError(str(unsaid), PostOutcome.RETRY) from error
        raise unsaid from error
    # Where an earlier request for one was only slow there are two of them now: look again.
    raise PostError("The forum's thread has just been made.", PostOutcome.RETRY)


async def find_thread(
    client: discord.Client, wire: Wire, forum: discord.ForumChannel
) -> str | None:
    """Return the id of the bot's oldest thread in a forum: of the active, else of the archived.

    Raises:
        DiscordException: Discord does not tell of all of them.
    """
    me = str(client.user.id) if client.user else ""

    def oldest(threads: Iterable[dict[str, Any]]) -> str | None:
        own = [
            int(thread["id"])
            for thread in threads
            if str(thread.get("owner_id")) == me and str(thread.get("parent_id")) == str(forum.id)
        ]
        return str(min(own)) if own else None

    # Whatever was posted to is active, so a repetition goes where the first message went.
    found = oldest(_threads(await wire.get(f"/guilds/{forum.guild.id}/threads/active")))
    before: dict[str, str | int] = {}
    for _ in range(_PAGES):
        if found is not None:
            break
        path = f"/channels/{forum.id}/threads/archived/public"
        page = await wire.get(path, limit=100, **before)
        threads = _threads(page)
        found = oldest(threads)
        if not (threads and page.get("has_more")):
            break
        before = {"before": str(threads[-1]["thread_metadata"]["archive_timestamp"])}
    return found


def missing_tag(forum: discord.ForumChannel) -> bool:
    """Tell whether the forum demands a tag, and has none for the bot."""
    return forum.flags.require_tag and _tag(forum) is None


def _to_thread(forum: discord.ForumChannel) -> dict[str, Any]:
    tag = _tag(forum)
    content = "\n".join(to_text(block) for block in _ABOUT)
    return {
        "name": THREAD_NAME,
        "auto_archive_duration": _WEEK,
        "message": {"content": content, "allowed_mentions": {"parse": []}},
        **({"applied_tags": [str(tag.id)]} if tag else {}),
    }


def _tag(forum: discord.ForumChannel) -> discord.ForumTag | None:
    named = (tag for tag in forum.available_tags if tag.name.casefold() == TAG_NAME)
    return next(named, None)


def _threads(page: Any) -> Sequence[dict[str, Any]]:
    """Return the threads of an answer.

    Raises:
        InvalidData: it is none, so nobody can say what is not in it.
    """
    threads = page.get("threads") if isinstance(page, dict) else None
    if isinstance(threads, list) and all(isinstance(one, dict) and "id" in one for one in threads):
        return threads
    raise discord.InvalidData("Discord's answer is no list of threads")
