"""What the bot may do in a channel, worked out from what Discord told of it."""

from __future__ import annotations

from typing import Final

import discord

from bot.domain.problem import Problem, Severity
from bot.platforms.discord.places import Place, name_of_place

_CHOOSE: Final = "choose a text channel, an announcement channel or a thread"


def problem_in(guild: discord.Guild | None, place: Place | None) -> Problem | None:
    """Say why the bot could not post in a channel of a server; None if it could."""
    if guild is None:
        return Problem("the bot is not in that server", "invite it; its link is in the bot's log")
    if guild.unavailable:
        return unsure("Discord has lost sight of that server")
    if place is None:
        return Problem(
            f"the bot sees no such channel in {guild.name}",
            "check that it exists, and in the channel's settings, under Permissions, "
            f"allow {_role(guild)} View Channel",
        )
    if guild.me.is_timed_out():
        return Problem(f"the bot has a time-out in {guild.name}", "end it among the members")
    return _unfit(place) or _lacking(guild, place)


def unsure(what: str) -> Problem:
    """Say why nobody knows now whether the bot could post."""
    return Problem(what, "try again in a few minutes", severity=Severity.WARNING)


def lacks_history(guild: discord.Guild, place: Place) -> str | None:
    """Say which right the bot needs to read its own messages there; None if it may."""
    wanted = {"View Channel": "view_channel", "Read Message History": "read_message_history"}
    if isinstance(place, discord.VoiceChannel | discord.StageChannel):
        wanted["Connect"] = "connect"
    missing = _missing(guild, place, wanted)
    return f"{_and(missing)} in {name_of_place(place)}" if missing else None


def _unfit(place: Place) -> Problem | None:
    """Say why nobody could post there."""
    if isinstance(place, discord.ForumChannel):
        kind = "media channel" if place.is_media() else "forum"
        return Problem(
            f"#{place.name} is a {kind}, which takes posts and not messages",
            f"open a post in it and choose that, or {_CHOOSE}",
        )
    if not isinstance(place, discord.abc.Messageable):
        return Problem(f"{place.name} takes no messages", _CHOOSE)
    return None


def _lacking(guild: discord.Guild, place: Place) -> Problem | None:
    """Say which rights the bot lacks, and where to give them."""
    if isinstance(place, discord.Thread):
        wanted = {"View Channel": "view_channel", "Send Messages in Threads": _IN_THREADS}
        settings = f"#{place.parent.name}" if place.parent else "its channel"
    else:
        wanted = {"View Channel": "view_channel", "Send Messages": "send_messages"}
        settings = f"#{place.name}"
    missing = _missing(guild, place, wanted)
    if missing:
        return Problem(
            f"the bot lacks {_and(missing)} in {name_of_place(place)}",
            f"in the settings of {settings}, under Permissions, allow {_role(guild)} "
            + ("this" if len(missing) == 1 else "these"),
        )
    if isinstance(place, discord.Thread) and _is_locked(guild, place):
        shown = name_of_place(place)
        return Problem(f"{shown} is locked", "unlock it, or choose another channel")
    return None


_IN_THREADS: Final = "send_messages_in_threads"


def _is_locked(guild: discord.Guild, thread: discord.Thread) -> bool:
    """Tell whether a thread takes nothing; one that is archived alone opens with the next post."""
    return thread.locked and bool(_missing(guild, thread, {"": "manage_threads"}))


def _missing(guild: discord.Guild, place: Place, wanted: dict[str, str]) -> list[str]:
    """Return the names of those rights that the bot does not have there."""
    try:
        rights = place.permissions_for(guild.me)
    except discord.ClientException:  # a thread whose channel the bot does not see
        return list(wanted)
    return [name for name, right in wanted.items() if not getattr(rights, right)]


def _and(names: list[str]) -> str:
    return " and ".join(names)


def _role(guild: discord.Guild) -> str:
    """Return the role that the bot has of its own, by name."""
    own = guild.self_role
    return f"the role {own.name}" if own else "the bot's role"
