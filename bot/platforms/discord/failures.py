"""What Discord's errors mean for us: stop for good, try again, or do not know.

Codes are those of Discord's reference of HTTP, JSON and gateway codes.
"""

from __future__ import annotations

from datetime import timedelta
from http import HTTPStatus
from typing import Final

import aiohttp
import discord

from bot.domain.problem import Problem
from bot.errors import PlatformError, PostError, PostOutcome
from bot.platforms.discord.settings import REMEDY

#: What a call to Discord can end in; `OSError` covers sockets and timeouts.
DISCORD_FAILURES = (discord.DiscordException, aiohttp.ClientError, OSError)

#: The person's window is closed: the interaction is unknown, answered, or its token has expired.
GONE = frozenset((10008, 10015, 10062, 40060, 40094, 50027))
#: The message was there, and somebody has deleted it.
UNKNOWN_MESSAGE: Final = 10008
#: The gateway closed the session, and would close the next one.
_FATAL_CLOSES = frozenset((4010, 4011, 4012, 4013))
_REFUSED_CLOSE = 4004
_AGAIN = frozenset((20016, 20028, 20029, 40004, 40006, 40062, 110000, 130000))
#: The request had no connection to leave by.
_NOT_SENT = (
    aiohttp.ClientConnectorError,
    aiohttp.ClientHttpProxyError,
    aiohttp.ConnectionTimeoutError,
)

_PERMISSIONS = "in the channel's settings, under Permissions, allow the bot's role"
_ELSEWHERE = "choose a text channel, an announcement channel or a thread"
#: Nothing can be posted there until somebody changes that.
_DEAD_CHANNELS = {
    10003: ("the channel is gone", "choose another channel"),
    10004: ("the bot is no longer in the server", "invite it again"),
    50001: ("the bot may not see the channel", f"{_PERMISSIONS} View Channel"),
    50013: (
        "the bot may not write there",
        f"{_PERMISSIONS} Send Messages (for a thread, Send Messages in Threads)",
    ),
    50008: ("nobody can write in that channel", _ELSEWHERE),
    50024: ("messages cannot be posted there", _ELSEWHERE),
    40058: ("it is a forum, which takes posts and not messages", f"{_ELSEWHERE}, or one post"),
    40067: ("it is a forum whose posts need a tag", f"{_ELSEWHERE}, or one post"),
    50083: ("the thread is archived", "open it again, or choose another channel"),
    160005: ("the thread is locked", "unlock it, or choose another channel"),
    50007: ("the person takes no direct messages from it", "choose a channel of a server"),
    50278: ("the person shares no server with it", "choose a channel of a server"),
    30007: ("the channel has as many webhooks as it may", "delete one, or choose another channel"),
}
#: That one message is not taken; the next may be.
_BAD_MESSAGES = {
    200000: (
        "AutoMod of that server blocked it",
        "in the server's settings, under AutoMod, let the bot's role pass",
    ),
    240000: ("a link in it is blocked", "ask whoever writes the briefing to change the link"),
}
_UNAUTHORISED = frozenset((40001, 50014))


def to_platform_error(error: Exception) -> PlatformError:
    """Say why Discord cannot be listened to; permanent if it refuses our settings."""
    code = getattr(error, "code", None)
    if isinstance(error, discord.LoginFailure) or code == _REFUSED_CLOSE:
        return PlatformError(f"Discord refuses DISCORD_TOKEN. {REMEDY}", permanent=True)
    closed = isinstance(error, discord.ConnectionClosed) and code in _FATAL_CLOSES
    if closed or isinstance(error, discord.PrivilegedIntentsRequired):
        return PlatformError(
            f"Discord refuses the connection for good ({code or 'intents'}). This version of the "
            "bot is too old for Discord, or too large a bot for one process; update it.",
            permanent=True,
        )
    return PlatformError(f"Discord cannot be reached ({name_of(error)}). Trying again.")


def to_post_error(error: Exception) -> PostError:
    """Say what is known of a message that was not confirmed."""
    if isinstance(error, _NOT_SENT):
        return PostError("Discord cannot be reached.", PostOutcome.RETRY)
    if isinstance(error, discord.RateLimited):
        wait = timedelta(seconds=error.retry_after)
        return PostError("Discord is busy (429).", PostOutcome.RETRY, retry_after=wait)
    if not isinstance(error, discord.HTTPException):
        why = f"The connection to Discord broke ({name_of(error)})."
        return PostError(why, PostOutcome.UNKNOWN)
    if error.status == HTTPStatus.TOO_MANY_REQUESTS or error.code in _AGAIN:
        return PostError(f"Discord is busy ({name_of(error)}).", PostOutcome.RETRY)
    if not HTTPStatus.BAD_REQUEST <= error.status < HTTPStatus.INTERNAL_SERVER_ERROR:
        # A gateway in between may have lost the answer to a message that was taken.
        return PostError(f"Discord failed ({name_of(error)}).", PostOutcome.UNKNOWN)
    problem = to_problem(error)
    dead = error.code in _DEAD_CHANNELS or _refuses_the_bot(error)
    said = f"{problem.what}: {problem.remedy.rstrip('.')}."
    return PostError(said, PostOutcome.REFUSED, dead_channel=dead)


def to_problem(error: discord.HTTPException) -> Problem:
    """Put an error into words for the people of the channel."""
    if _refuses_the_bot(error):
        return Problem("Discord refuses the bot's token", f"tell whoever runs it. {REMEDY}")
    what, remedy = (_DEAD_CHANNELS | _BAD_MESSAGES).get(error.code, ("", ""))
    if what:
        return Problem(f"Discord did not take the message, as {what} ({error.code})", remedy)
    return Problem(
        f"Discord did not take the message ({name_of(error)})",
        "whoever runs the bot can look this code up in Discord's reference of JSON error codes",
    )


def _refuses_the_bot(error: discord.HTTPException) -> bool:
    return error.status == HTTPStatus.UNAUTHORIZED or error.code in _UNAUTHORISED


def name_of(error: Exception) -> str:
    """Return Discord's code of an error, or what kind of failure it was."""
    if isinstance(error, discord.HTTPException):
        return f"HTTP {error.status}, code {error.code}" if error.code else f"HTTP {error.status}"
    return type(error).__name__
