"""What Slack's errors mean for us: stop for good, try again, or do not know.

Codes are those of Slack's reference of the methods that the bot calls.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from datetime import timedelta
from typing import Any, Final

import aiohttp
from slack_sdk.errors import SlackApiError, SlackClientError
from slack_sdk.web.async_slack_response import AsyncSlackResponse

from bot.domain.problem import Problem
from bot.errors import PlatformError, PostError, PostOutcome

#: What a call to Slack can end in. The last four: an answer that the SDK or we cannot read.
SLACK_FAILURES = (
    SlackClientError,
    aiohttp.ClientError,
    asyncio.TimeoutError,
    OSError,
    AttributeError,
    LookupError,
    TypeError,
    ValueError,
)
#: The request has not left: nobody was reached to take it.
_NOT_SENT = (
    aiohttp.ClientConnectorError,
    aiohttp.ClientHttpProxyError,
    aiohttp.ConnectionTimeoutError,
)

#: The account itself is refused: no call will work until somebody acts.
_ACCOUNT: Final = frozenset(
    (
        "access_denied",
        "accesslimited",
        "account_inactive",
        "app_access_restricted",
        "enterprise_is_restricted",
        "invalid_auth",
        "missing_scope",
        "not_allowed_token_type",
        "not_authed",
        "org_login_required",
        "team_access_not_granted",
        "token_expired",
        "token_revoked",
        "two_factor_setup_required",
    )
)
_AGAIN: Final = frozenset(("ratelimited", "request_timeout", "team_added_to_org"))
_AGAIN_LATER: Final = frozenset(
    ("external_channel_migrating", "message_limit_exceeded", "rate_limited")
)
#: Some of it may have been done. Of an unavailable service nobody knows which part was.
_PERHAPS_DONE: Final = frozenset(("fatal_error", "internal_error", "service_unavailable"))
_LATER: Final = timedelta(minutes=1)
_BUSY: Final = 429
_FAILED: Final = 500

_INVITE: Final = "type /invite @{bot} there"
_ASK_ADMIN: Final = "ask an admin of the workspace to let it, or choose another channel"
_CHANNEL: Final = {
    "not_in_channel": ("the bot is not in the channel", _INVITE),
    "user_not_in_channel": ("the bot is not in the channel", _INVITE),
    "no_permission": ("the bot may not write there", _INVITE),
    "channel_not_found": (
        "there is no such channel, or the bot is not in it",
        "if it is a private channel, type /invite @{bot} there; if it is gone, choose another",
    ),
    "is_archived": ("the channel is archived", "unarchive it, or choose another channel"),
    "is_inactive": (
        "the channel is archived, frozen or deleted",
        "let an admin of the workspace bring it back, or choose another channel",
    ),
    "restricted_action": ("the workspace does not let the bot post there", _ASK_ADMIN),
    "restricted_action_read_only_channel": ("the channel is read-only", _ASK_ADMIN),
    "restricted_action_thread_only_channel": (
        "the channel takes nothing but replies in threads",
        _ASK_ADMIN,
    ),
    "posting_to_channel_denied": ("only some people may post there", _ASK_ADMIN),
    "posting_to_general_channel_denied": ("only some people may post there", _ASK_ADMIN),
    "ekm_access_denied": (
        "the workspace's administrators have suspended posting",
        "ask them to allow it again",
    ),
    "messages_tab_disabled": (
        "the app's Messages tab is off, so that it may write to nobody directly",
        "choose a channel, or let whoever runs the bot turn it on under App Home",
    ),
    "cannot_reply_to_message": ("nobody may reply there", "choose another channel"),
}
_RESTRICTED: Final = "restricted_action"
#: The bot has made a message that Slack does not take: a fault of ours.
_CONTENT: Final = ("invalid_", "msg_", "metadata_", "markdown_", "no_text", "too_many_")


def code_of(error: Exception) -> str:
    """Slack's word for an error, or what kind of failure it was."""
    if isinstance(error, SlackApiError):
        return str(_told(error).get("error") or f"HTTP {_status(error)}")
    return type(error).__name__


def needed_scope(error: Exception) -> str:
    """The scope that the bot's token lacks, where Slack names it."""
    told = _told(error) if isinstance(error, SlackApiError) else {}
    return str(told.get("needed") or "") if told.get("error") == "missing_scope" else ""


def to_platform_error(error: Exception, setting: str, remedy: str) -> PlatformError:
    """Why Slack cannot be listened to; permanent if it refuses what `setting` holds."""
    code = code_of(error)
    if code in _ACCOUNT or code == "no_permission":
        return PlatformError(f"Slack refuses {setting} ({code}). {remedy}", permanent=True)
    return PlatformError(f"Slack cannot be reached ({code}).")


def to_post_error(
    error: Exception, bot: str, refusal: str = "did not take the message"
) -> PostError:
    """What is known of a message that was not confirmed, or of a search without an answer."""
    code = code_of(error)
    if isinstance(error, _NOT_SENT):
        return PostError(f"Slack cannot be reached ({code}).", PostOutcome.RETRY)
    if not isinstance(error, SlackApiError):
        return PostError(f"The connection to Slack broke ({code}).", PostOutcome.UNKNOWN)
    status = _status(error)
    if status == _BUSY or code in _AGAIN | _AGAIN_LATER:
        wait = _wait(error) or (_LATER if code in _AGAIN_LATER else None)
        return PostError(f"Slack is busy ({code}).", PostOutcome.RETRY, retry_after=wait)
    if status >= _FAILED or code in _PERHAPS_DONE or code.startswith("HTTP "):
        return PostError(f"Slack failed ({code}).", PostOutcome.UNKNOWN)
    problem = to_problem(error, bot, refusal)
    return PostError(
        f"{problem.what} — {problem.remedy}.", PostOutcome.REFUSED, dead_channel=is_dead(code)
    )


def is_dead(code: str) -> bool:
    """Whether nothing can be posted to the channel until somebody changes that."""
    return code in _ACCOUNT or code in _CHANNEL or code.startswith(_RESTRICTED)


def is_fault(code: str) -> bool:
    """Whether Slack found the message itself wrong: that is for whoever runs the bot."""
    return code.startswith(_CONTENT) and not is_dead(code)


def to_problem(error: Exception, bot: str, refusal: str = "did not take the message") -> Problem:
    """An error in words for the people of the channel, who know the bot as `bot`."""
    code = code_of(error)
    known = _CHANNEL.get(code) or (_CHANNEL[_RESTRICTED] if code.startswith(_RESTRICTED) else None)
    if known:
        what, remedy = known
        return Problem(f"Slack {refusal}, as {what} ({code})", remedy.format(bot=bot))
    if scope := needed_scope(error):
        return Problem(
            f"Slack {refusal}, as the app lacks the scope {scope} ({code})",
            "whoever runs the bot adds it under OAuth & Permissions and installs the app again",
        )
    if code in _ACCOUNT:
        return Problem(
            f"Slack refuses the bot's account ({code})",
            "whoever runs the bot should check SLACK_BOT_TOKEN and the app's scopes",
        )
    if is_fault(code):
        return Problem(
            f"Slack {refusal}, as the bot has made it wrong ({code})",
            "tell whoever runs the bot: the log has more, and it should be reported",
        )
    return Problem(
        f"Slack {refusal} ({code})",
        "whoever runs the bot can look this word up in Slack's reference of its methods",
    )


def _told(error: SlackApiError) -> Mapping[str, Any]:
    """Slack's answer. Where that was no JSON, the response is not the SDK's, or holds nothing."""
    answer = error.response
    known = isinstance(answer, AsyncSlackResponse) and isinstance(answer.data, dict)
    return answer.data if known else {}


def _status(error: SlackApiError) -> int:
    answer = error.response
    status = getattr(answer, "status_code", None) or getattr(answer, "status", None)
    return status if isinstance(status, int) else 0


def _wait(error: SlackApiError) -> timedelta | None:
    seconds = str(error.response.headers.get("Retry-After", ""))
    return timedelta(seconds=int(seconds)) if seconds.isdecimal() else None
