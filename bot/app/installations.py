"""Installations as platforms see them: saved in the store, sealed with BOT_SECRET_KEY."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from bot.errors import ConfigurationError
from bot.store.seal import Seal

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime, timedelta

    from pydantic import SecretStr

    from bot.store import Store


class SealedInstallations:
    """What tenants' installations gave, readable by this bot alone."""

    def __init__(self, store: Store, keys: SecretStr | None, now: Callable[[], datetime]) -> None:
        self._store = store
        self._keys = keys
        self._now = now

    @cached_property
    def _seal(self) -> Seal:
        return Seal(self._keys.get_secret_value() if self._keys else "")

    async def check(self) -> None:
        """Make sure that there is a key, and that it opens what is kept.

        What an older key has sealed is sealed anew with the newest one.

        Raises:
            ConfigurationError: there is none, or another one sealed all that is kept.
        """
        seal, refused, opened = self._seal, None, False
        for tenant in await self._store.installed():
            found = await self._store.installation(tenant)
            try:
                if found:
                    await self._renew(seal, *found)
                    opened = True
            except ConfigurationError as error:
                refused = error
        if refused and not opened:
            raise refused

    async def _renew(self, seal: Seal, tenant: str, sealed: str) -> None:
        text = seal.open(tenant, sealed)
        if not seal.is_new(sealed):
            await self._store.reseal_installation(tenant, sealed, seal.seal(tenant, text))

    async def tenants(self, platform: str) -> Sequence[str]:
        """The tenants of a platform that have an installation of their own."""
        return await self._store.installed(platform)

    async def load(self, tenant: str) -> str | None:
        """What was saved for a tenant, or for the one that it is linked to; None if nothing was.

        Raises:
            ConfigurationError: there is no key that opens it.
        """
        found = await self._store.installation(tenant)
        return self._seal.open(*found) if found else None

    async def save(self, tenant: str, text: str) -> None:
        """Keep this for a tenant, in place of what was kept before.

        Raises:
            ConfigurationError: there is no key.
        """
        await self._store.save_installation(tenant, self._seal.seal(tenant, text), self._now())

    async def link(self, tenant: str, parent: str) -> None:
        """Let a tenant without an installation of its own be served by its parent's."""
        await self._store.link_installation(tenant, parent, self._now())

    async def unlink(self, tenant: str) -> None:
        """Forget that a tenant is linked to another."""
        await self._store.unlink_installation(tenant)

    async def delete(self, tenant: str) -> None:
        """Forget a tenant and those linked to it, and let no digest of theirs be posted."""
        await self._store.remove_installation(tenant, self._now())

    async def claim(self, tenant: str, span: timedelta) -> bool:
        """Whether the caller, of all processes the only one, may renew this one for so long."""
        return await self._store.claim_installation(tenant, span, self._now())

    async def issue(self, state: str, span: timedelta) -> None:
        """Remember a secret word that may be redeemed once, within so long."""
        await self._store.issue_word(state, span, self._now())

    async def redeem(self, state: str) -> bool:
        """Whether this word was issued, is not too old and was not redeemed before."""
        return await self._store.redeem_word(state, self._now())
