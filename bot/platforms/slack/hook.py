"""Response URLs: where a command, a click or a shortcut is answered later."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import urlsplit

import aiohttp
from slack_sdk.http_retry.builtin_async_handlers import AsyncRateLimitErrorRetryHandler
from slack_sdk.webhook.async_client import AsyncWebhookClient

from bot.platforms.slack.errors import SLACK_FAILURES, code_of
from bot.platforms.slack.network import LOOPBACK, proxy_for, quiet_logger

_LOG = logging.getLogger(__name__)

#: What a response URL answers: that it took the message, found it wrong, or is of the past.
OK: Final = 200
REFUSED: Final = 400
GONE: Final = (404, 410)
_HOSTS: Final = ("https://hooks.slack.com/", "https://hooks.slack-gov.com/")


async def send_to_hook(
    url: str, message: Mapping[str, Any], session: aiohttp.ClientSession, api_url: str
) -> int:
    """Send a message to a response URL; the status of the answer, 0 if there was none.

    What goes wrong is logged, without the address.
    """
    if not _is_slacks(url, api_url):
        _LOG.warning("a response URL is not Slack's; nothing was sent there")
        return 0
    hook = AsyncWebhookClient(
        url,
        session=session,
        logger=quiet_logger(),
        retry_handlers=[AsyncRateLimitErrorRetryHandler(max_retry_count=2)],
    )
    hook.proxy = proxy_for(url)
    try:
        response = await hook.send_dict(dict(message))
    except SLACK_FAILURES as error:
        _LOG.warning("an answer did not reach Slack (%s)", code_of(error))
        return 0
    if response.status_code in GONE:
        _LOG.info("an answer came too late: its response URL is used up or has expired")
    elif response.status_code != OK:
        _LOG.warning("Slack refused an answer (HTTP %s)", response.status_code)
    return response.status_code


def _is_slacks(url: str, api_url: str) -> bool:
    asked, api = urlsplit(url), urlsplit(api_url)
    stand_in = asked.hostname == api.hostname or {asked.hostname, api.hostname} <= LOOPBACK
    return (stand_in and asked.scheme == api.scheme) or url.startswith(_HOSTS)
