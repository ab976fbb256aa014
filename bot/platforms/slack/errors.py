"""What Slack's errors mean for us: stop for good, try again, or do not know.

Codes are those of Slack's reference of `chat.postMessage`, `auth.test` and `apps.connections.open`.
"""

from __future__ import annotations

import asyncio
from datetime import timedelta

import aiohttp
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_slack_response import AsyncSlackResponse

from bot.domain.problem import Problem
from bot.errors import PlatformError, PostError, PostOutcome

#: What a call to Slack can end in.
SLACK_FAILURES = (SlackApiError, aiohttp.ClientError, asyncio.TimeoutError, OSError)

#: The account itself is refused: no call will work until somebody acts.
_ACCOUNT = frozenset(
    (
        "access_denied",
        "accesslimited",
        "account_inactive",
        "app_access_restricted",
        "enterprise_is_restricted",
        "invalid_auth",
        "missing_scope",
        "no_permission",
        "not_allowed_token_type",
        "not_authed",
        "org_login_required",
        "team_access_not_granted",
        "token_expired",
        "token_revoked",
        "two_factor_setup_required",
    )
)
_AGAIN = frozenset(("ratelimited", "request_timeout", "service_unavailable", "team_added_to_org"))
_AGAIN_LATER = frozenset(("message_limit_exceeded", "rate_limited"))
_PERHAPS_DONE = frozenset(("fatal_error", "internal_error"))
_LATER = timedelta(minutes=1)
_TOO_MANY = "HTTP 429"

_CHANNEL_PROBLEMS = {
    "not_in_channel": ("the bot is not in the channel", "invite it there: /invite @briefing"),
    "channel_not_found": (
        "Slack knows no such channel, or the bot may not see it",
        "check the channel's id; in a private channel, /invite @briefing",
    ),
    "is_archived": ("the channel is archived", "unarchive it, or choose another channel"),
    "restricted_action": (
        "the workspace does not let the bot post there",
        "ask an admin to allow it, or choose another channel",
    ),
}


def code_of(error: Exception) -> str:
    """Slack's word for an error, or what kind of failure it was."""
    if isinstance(error, SlackApiError):
        # Where Slack's answer was no JSON, the response is not the SDK's.
        answer = error.response
        known = isinstance(answer, AsyncSlackResponse)
        return str((known and answer.get("error")) or f"HTTP {getattr(answer, 'status_code', '')}")
    return type(error).__name__


def to_platform_error(error: Exception, setting: str, remedy: str) -> PlatformError:
    """Why Slack cannot be listened to; permanent if it refuses what `setting` holds."""
    code = code_of(error)
    if code in _ACCOUNT:
        return PlatformError(f"Slack refuses {setting} ({code}). {remedy}", permanent=True)
    return PlatformError(f"Slack cannot be reached ({code}).")


def to_post_error(error: Exception) -> PostError:
    """What is known of a message that was not confirmed."""
    code = code_of(error)
    if isinstance(error, aiohttp.ClientConnectorError):
        return PostError("Slack cannot be reached.", PostOutcome.RETRY)
    if not isinstance(error, SlackApiError):
        return PostError(f"The connection to Slack broke ({code}).", PostOutcome.UNKNOWN)
    if code in _AGAIN or code == _TOO_MANY:
        return PostError(f"Slack is busy ({code}).", PostOutcome.RETRY, retry_after=_wait(error))
    if code in _AGAIN_LATER:
        return PostError(f"Slack is busy ({code}).", PostOutcome.RETRY, retry_after=_LATER)
    if code in _PERHAPS_DONE or code.startswith("HTTP "):
        return PostError(f"Slack failed ({code}).", PostOutcome.UNKNOWN)
    problem = to_problem(error)
    return PostError(f"{problem.what}: {problem.remedy}.", PostOutcome.REFUSED)


def to_problem(error: Exception) -> Problem:
    """An error in words for the people of the channel."""
    code = code_of(error)
    what, remedy = _CHANNEL_PROBLEMS.get(code, ("", ""))
    if what:
        return Problem(f"Slack did not take the message, as {what} ({code})", remedy)
    if code in _ACCOUNT:
        return Problem(
            f"Slack refuses the bot's account ({code})",
            "whoever runs the bot should check SLACK_BOT_TOKEN and the app's scopes",
        )
    return Problem(
        f"Slack did not take the message ({code})",
        "whoever runs the bot can look this word up in Slack's reference of chat.postMessage",
    )


def _wait(error: SlackApiError) -> timedelta | None:
    seconds = str(error.response.headers.get("Retry-After", ""))
    return timedelta(seconds=int(seconds)) if seconds.isdecimal() else None
