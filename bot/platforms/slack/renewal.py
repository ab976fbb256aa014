"""Renewal: a token that expires is exchanged for the next one, by one process, once."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Final

from bot.domain.platform import Installations
from bot.errors import PlatformError
from bot.platforms.slack.client import REFUSED, Client
from bot.platforms.slack.errors import SLACK_FAILURES, code_of
from bot.platforms.slack.installation import RENEWED_BEFORE, Installation
from bot.platforms.slack.settings import Settings

_LOG = logging.getLogger(__name__)

#: Nothing renews it any more: the app must be installed again.
_SPENT: Final = REFUSED | {"invalid_refresh_token", "token_expired"}
_CLAIM: Final = timedelta(seconds=30)
#: How often, and how long apart, to look whether another process has renewed it.
_LOOKS: Final = 10
_BETWEEN: Final = 0.3


class Renewal:
    """Keeps tokens fresh. What renews a token can be used only once, so a claim guards it."""

    def __init__(
        self,
        settings: Settings,
        client: Client,
        installations: Installations,
        now: Callable[[], datetime],
    ) -> None:
        self._settings = settings
        self._client = client
        self._installations = installations
        self._now = now

    async def fresh(self, found: Installation) -> Installation | None:
        """The installation with a token that is good for a while; None if there is none.

        Raises:
            PlatformError: it cannot be renewed now.
        """
        if not found.expires_by(self._now() + RENEWED_BEFORE):
            return found
        if found.refresh_token and await self._installations.claim(found.tenant, _CLAIM):
            return await self._renewed(found)
        return await self._renewed_elsewhere(found)

    async def _renewed(self, found: Installation) -> Installation | None:
        # It may have been renewed between our reading it and our claim.
        kept = await self._kept(found)
        if kept is None or not kept.expires_by(self._now() + RENEWED_BEFORE):
            return kept
        try:
            answer = await self._client.exchange(
                self._settings, grant_type="refresh_token", refresh_token=kept.refresh_token
            )
        except SLACK_FAILURES as error:
            return self._kept_on(kept, code_of(error))
        renewed = kept.renewed(answer.data if isinstance(answer.data, dict) else {}, self._now())
        await self._installations.save(renewed.tenant, renewed.to_text())
        return renewed

    def _kept_on(self, kept: Installation, code: str) -> Installation | None:
        """What to do where a token was not renewed: use it for as long as it lasts."""
        _LOG.warning("Slack: the token of %s was not renewed (%s)", kept.tenant, code)
        if not kept.expires_by(self._now()):
            return kept
        if code in _SPENT:
            return None
        raise PlatformError(f"Slack does not renew the token of {kept.tenant} ({code}).")

    async def _renewed_elsewhere(self, found: Installation) -> Installation | None:
        for _ in range(_LOOKS):
            if not found.expires_by(self._now()):
                return found  # old, but still good: whoever has the claim renews it meanwhile
            await asyncio.sleep(_BETWEEN)
            kept = await self._kept(found)
            if kept is None:
                return None
            found = kept
        raise PlatformError(f"The token of {found.tenant} is being renewed.")

    async def _kept(self, found: Installation) -> Installation | None:
        text = await self._installations.load(found.tenant)
        return Installation.read(text) if text else None
