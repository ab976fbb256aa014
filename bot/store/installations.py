"""Installations in the store: what platforms were given, sealed; and words redeemed once."""

from __future__ import annotations

import hashlib
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, insert, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.schedule import ScheduleState
from bot.store.database import Database, finished
from bot.store.epoch import span_ms, to_ms
from bot.store.schedules import withdraw
from bot.store.tables import audit, installation, issued, schedule

_GONE = "the app was uninstalled"


class Installations(Database):
    """Saving, finding and forgetting these."""

    async def installed(self, platform: str | None = None) -> list[str]:
        """The tenants, of one platform or of all, that have an installation of their own."""
        row = installation.c
        statement = select(row.tenant).where(row.sealed.is_not(None))
        if platform is not None:
            statement = statement.where(row.tenant.startswith(f"{platform}:", autoescape=True))
        async with self._reading() as connection:
            return sorted((await connection.execute(statement)).scalars())

    async def installation(self, tenant: str) -> tuple[str, str] | None:
        """What is sealed for a tenant, else for its parent, and which of the two it is."""
        own, parent = installation.alias(), installation.alias()
        statement = (
            select(own.c.sealed, parent.c.sealed, own.c.parent)
            .outerjoin(parent, parent.c.tenant == own.c.parent)
            .where(own.c.tenant == tenant)
        )
        async with self._reading() as connection:
            row = (await connection.execute(statement)).first()
        if row is None:
            return None
        sealed, parents, name = row
        if sealed is not None:
            return tenant, sealed
        return None if parents is None else (name, parents)

    async def save_installation(self, tenant: str, sealed: str, now: datetime) -> None:
        """Keep what is sealed for a tenant, and end a claim of it."""
        changed = {"sealed": sealed, "saved_at": to_ms(now), "claimed_until": 0}
        await self._put(tenant, changed)

    async def reseal_installation(self, tenant: str, old: str, new: str) -> None:
        """Keep the same, sealed anew, unless something else was saved meanwhile."""

        async def work() -> None:
            async with self._writing() as connection:
                row = installation.c
                same = (row.tenant == tenant) & (row.sealed == old)
                await connection.execute(update(installation).where(same).values(sealed=new))

        await finished(work())

    async def link_installation(self, tenant: str, parent: str, now: datetime) -> None:
        """Let a tenant be served by its parent's installation."""
        await self._put(tenant, {"parent": parent, "saved_at": to_ms(now)}, ("parent",))

    async def unlink_installation(self, tenant: str) -> None:
        """Let a tenant be served by its own installation only, if it has one."""

        async def work() -> None:
            async with self._writing() as connection:
                ours = installation.c.tenant == tenant
                await connection.execute(update(installation).where(ours).values(parent=None))

        await finished(work())

    async def remove_installation(self, tenant: str, now: datetime) -> None:
        """Forget a tenant and those linked to it; suspend their schedules, and note it."""

        async def work() -> None:
            async with self._writing() as connection:
                row = installation.c
                found = await connection.execute(
                    delete(installation)
                    .where(or_(row.tenant == tenant, (row.parent == tenant) & row.sealed.is_(None)))
                    .returning(row.tenant)
                )
                gone = list(found.scalars())
                await connection.execute(
                    update(installation).where(row.parent == tenant).values(parent=None)
                )
                await _suspend(connection, gone, to_ms(now))

        await finished(work())

    async def claim_installation(self, tenant: str, span: timedelta, now: datetime) -> bool:
        """Whether nobody else holds a claim of it; the caller then does, for so long."""

        async def work() -> bool:
            async with self._writing() as connection:
                present = await self._present(connection, now)
                claimed = await connection.execute(
                    update(installation)
                    .where(installation.c.tenant == tenant, installation.c.claimed_until <= present)
                    .values(claimed_until=present + span_ms(span))
                )
                return bool(claimed.rowcount == 1)

        return await finished(work())

    async def issue_word(self, word: str, span: timedelta, now: datetime) -> None:
        """Remember a word until it is redeemed or has expired."""

        async def work() -> None:
            async with self._writing() as connection:
                present = await self._present(connection, now)
                await connection.execute(delete(issued).where(issued.c.expires_at <= present))
                row = {"digest": _digest(word), "expires_at": present + span_ms(span)}
                await connection.execute(insert(issued).values(row))

        await finished(work())

    async def redeem_word(self, word: str, now: datetime) -> bool:
        """Whether the word is remembered; never again afterwards."""

        async def work() -> bool:
            async with self._writing() as connection:
                present = await self._present(connection, now)
                taken = await connection.execute(
                    delete(issued).where(
                        issued.c.digest == _digest(word), issued.c.expires_at > present
                    )
                )
                return bool(taken.rowcount == 1)

        return await finished(work())

    async def _put(self, tenant: str, row: dict[str, Any], changed: tuple[str, ...] = ()) -> None:
        async def work() -> None:
            async with self._writing() as connection:
                new = self._insert(installation).values(tenant=tenant, **row)
                kept = {name: row[name] for name in changed or row}
                await connection.execute(
                    new.on_conflict_do_update(index_elements=["tenant"], set_=kept)
                )

        await finished(work())


async def _suspend(connection: AsyncConnection, tenants: list[str], now: int) -> None:
    """Let no digest of these tenants be posted any more, and note in the audit trail why."""
    found = await connection.execute(
        update(schedule)
        .where(schedule.c.tenant.in_(tenants), schedule.c.state == ScheduleState.ACTIVE.value)
        .values(
            state=ScheduleState.SUSPENDED.value,
            reason=_GONE,
            next_at=None,
            revision=schedule.c.revision + 1,
        )
        .returning(schedule.c.id)
    )
    await withdraw(connection, list(found.scalars()), _GONE, now)
    for tenant in tenants:
        row = {"at": now, "tenant": tenant, "channel": "", "actor": "", "act": "uninstall"}
        await connection.execute(insert(audit).values(row | {"object": "app", "outcome": "done"}))


def _digest(word: str) -> str:
    return hashlib.sha256(word.encode()).hexdigest()
