"""The SDK's client, which tells when Slack refuses its token."""

from __future__ import annotations

import base64
from collections.abc import Callable
from typing import Any, Final

from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.web.async_slack_response import AsyncSlackResponse

from bot.platforms.slack.errors import code_of
from bot.platforms.slack.settings import Settings, plain

#: The token itself is refused, whatever it is used for (Slack's reference of `auth.test`).
REFUSED: Final = frozenset(
    ("account_inactive", "invalid_auth", "not_authed", "token_expired", "token_revoked")
)


class Client(AsyncWebClient):
    """One client for one token."""

    refused: Callable[[str], None] | None = None

    async def api_call(self, *args: Any, **kwargs: Any) -> AsyncSlackResponse:
        """Call a method.

        Raises:
            SlackApiError: Slack answers with an error.
        """
        try:
            return await super().api_call(*args, **kwargs)
        except SlackApiError as error:
            if self.refused and (code := code_of(error)) in REFUSED:
                self.refused(code)
            raise

    async def exchange(self, settings: Settings, **grant: str | None) -> AsyncSlackResponse:
        """Call `oauth.v2.access` as this app: the SDK's own way to do so is deprecated.

        Raises:
            SlackApiError: Slack answers with an error.
        """
        account = f"{settings.client_id}:{plain(settings.client_secret)}".encode()
        known = {"Authorization": f"Basic {base64.b64encode(account).decode()}"}
        return await self.api_call("oauth.v2.access", data=grant, headers=known)
