from __future__ import annotations

from datetime import timedelta

import aiohttp
import pytest

from bot.domain.reply import Reply
from bot.errors import PostError, PostOutcome
from bot.platforms.slack.errors import to_post_error
from tests.loopback.slack import Fault, SlackServer
from tests.platforms.slack.conftest import CHANNEL, House, listening

ACCOUNT = (
    "invalid_auth not_authed account_inactive token_revoked token_expired not_allowed_token_type "
    "missing_scope org_login_required two_factor_setup_required enterprise_is_restricted "
    "accesslimited app_access_restricted team_access_not_granted access_denied"
)
CHANNELS = (
    "channel_not_found is_archived not_in_channel restricted_action "
    "restricted_action_read_only_channel restricted_action_thread_only_channel "
    "restricted_action_non_threadable_channel restricted_action_thread_locked "
    "posting_to_channel_denied posting_to_general_channel_denied ekm_access_denied no_permission "
    "messages_tab_disabled cannot_reply_to_message is_inactive user_not_in_channel"
)
CONTENT = (
    "invalid_blocks invalid_blocks_format msg_blocks_too_long msg_too_long no_text "
    "invalid_attachments too_many_attachments metadata_too_large invalid_arguments "
    "invalid_arg_name markdown_text_conflict invalid_metadata_format"
)
BUSY = "ratelimited request_timeout team_added_to_org"
BUSY_FOR_LONG = "rate_limited message_limit_exceeded external_channel_migrating"
PERHAPS = "fatal_error internal_error service_unavailable"


async def refused(house: House, code: str) -> PostError:
    async with SlackServer() as slack, listening(slack, house) as running:
        slack.fail("chat.postMessage", Fault(error=code))
        with pytest.raises(PostError) as failed:
            await running.platform.post(CHANNEL, Reply("Digest"), key="k")
        assert len(slack.called("chat.postMessage")) == 1
    assert code in str(failed.value)
    return failed.value


@pytest.mark.parametrize("code", ACCOUNT.split())
async def test_a_refused_account_lets_nothing_be_posted_until_its_owner_acts(
    house: House, code: str
) -> None:
    error = await refused(house, code)
    assert (error.outcome, error.dead_channel) == (PostOutcome.REFUSED, True)
    assert "whoever runs the bot" in str(error)


@pytest.mark.parametrize("code", CHANNELS.split())
async def test_a_dead_channel_is_called_dead_with_what_to_do(house: House, code: str) -> None:
    error = await refused(house, code)
    assert (error.outcome, error.dead_channel) == (PostOutcome.REFUSED, True)
    what, remedy = str(error).split(" — ")
    assert code in what
    assert any(
        word in remedy for word in ("/invite @briefing", "ask ", "choose another", "App Home")
    )


@pytest.mark.parametrize("code", [*CONTENT.split(), "something_new"])
async def test_a_bad_message_says_nothing_of_its_channel(
    house: House, code: str, caplog: pytest.LogCaptureFixture
) -> None:
    error = await refused(house, code)
    assert (error.outcome, error.dead_channel) == (PostOutcome.REFUSED, False)
    assert "whoever runs the bot" in str(error)
    assert (code in caplog.text) is (code != "something_new")


@pytest.mark.parametrize("code", [*BUSY.split(), *BUSY_FOR_LONG.split()])
async def test_a_busy_slack_is_tried_again_later(house: House, code: str) -> None:
    error = await refused(house, code)
    wait = timedelta(minutes=1) if code in BUSY_FOR_LONG.split() else None
    assert (error.outcome, error.retry_after) == (PostOutcome.RETRY, wait)
    assert not error.dead_channel


@pytest.mark.parametrize("code", PERHAPS.split())
async def test_what_perhaps_was_done_is_not_known(house: House, code: str) -> None:
    error = await refused(house, code)
    assert (error.outcome, error.dead_channel) == (PostOutcome.UNKNOWN, False)


async def test_a_missing_scope_is_named(house: House) -> None:
    async with SlackServer() as slack, listening(slack, house) as running:
        slack.scopes = "commands"
        with pytest.raises(PostError, match="lacks the scope chat:write") as failed:
            await running.platform.post(CHANNEL, Reply("Digest"), key="k")
    assert failed.value.dead_channel


@pytest.mark.parametrize(
    ("error", "outcome"),
    [
        (aiohttp.ConnectionTimeoutError(), PostOutcome.RETRY),
        (aiohttp.ServerDisconnectedError(), PostOutcome.UNKNOWN),
        (aiohttp.SocketTimeoutError(), PostOutcome.UNKNOWN),
        (TimeoutError(), PostOutcome.UNKNOWN),
        (KeyError("ts"), PostOutcome.UNKNOWN),
    ],
)
def test_only_what_has_surely_not_left_may_be_sent_again(
    error: Exception, outcome: PostOutcome
) -> None:
    assert to_post_error(error, "briefing").outcome is outcome
