"""Installations in memory, in the place of the sealed ones of the store."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta

from bot.errors import ConfigurationError


@dataclass
class Kept:
    """What is kept, by tenant; `links` are of workspaces to their organisations."""

    texts: dict[str, str] = field(default_factory=dict)
    links: dict[str, str] = field(default_factory=dict)
    states: set[str] = field(default_factory=set)
    claims: set[str] = field(default_factory=set)
    loads: int = 0
    broken: str = ""

    async def check(self) -> None:
        if self.broken:
            raise ConfigurationError(self.broken)

    async def tenants(self, platform: str) -> Sequence[str]:
        return sorted(self.texts)

    async def load(self, tenant: str) -> str | None:
        await self.check()
        self.loads += 1
        await asyncio.sleep(0.01)  # as long as a database takes
        return self.texts.get(tenant) or self.texts.get(self.links.get(tenant, ""))

    async def save(self, tenant: str, text: str) -> None:
        await self.check()
        self.texts[tenant] = text
        self.claims.discard(tenant)

    async def link(self, tenant: str, parent: str) -> None:
        self.links[tenant] = parent

    async def unlink(self, tenant: str) -> None:
        self.links.pop(tenant, None)

    async def delete(self, tenant: str) -> None:
        self.texts.pop(tenant, None)
        self.links = {team: org for team, org in self.links.items() if tenant not in {team, org}}

    async def claim(self, tenant: str, span: timedelta) -> bool:
        free = tenant not in self.claims
        self.claims.add(tenant)
        return free

    async def issue(self, state: str, span: timedelta) -> None:
        self.states.add(state)

    async def redeem(self, state: str) -> bool:
        there = state in self.states
        self.states.discard(state)
        return there
