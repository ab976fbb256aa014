"""What is in doubt on platforms that the bot serves no longer: nobody will ever look for it."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import select

from bot.domain.occurrence import Occurrence, OccurrenceState
from bot.store.claims import take_claims
from bot.store.database import Database, finished
from bot.store.epoch import span_ms, to_ms
from bot.store.tables import occurrence

_IN_DOUBT: Final = (
    OccurrenceState.SENDING.value,
    OccurrenceState.UNKNOWN.value,
    OccurrenceState.CHECKING.value,
)


class Abandoned(Database):
    """Claiming these, so that they can be given up."""

    async def claim_abandoned(
        self,
        now: datetime,
        served: Collection[str],
        before: datetime,
        lease: timedelta,
        limit: int = 100,
    ) -> list[Occurrence]:
        """Claim what was tried before then, and that no platform that is served will look for."""
        row = occurrence.c

        async def work() -> list[Occurrence]:
            async with self._writing() as connection:
                present = await self._present(connection, now)
                statement = (
                    select(row.id)
                    .where(
                        row.visible_at <= present,
                        row.composed_at.is_not(None),
                        row.platform.not_in(sorted(served)),
                        row.state.in_(_IN_DOUBT),
                        row.first_try_at < to_ms(before),
                    )
                    .order_by(row.visible_at, row.id)
                    .limit(limit)
                    .with_for_update(skip_locked=True)
                )
                ids = list((await connection.execute(statement)).scalars())
                return await take_claims(connection, ids, present, present + span_ms(lease))

        return await finished(work())
