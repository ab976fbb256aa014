"""Retention: what has been over for long leaves the store, a little at a time."""

from __future__ import annotations

import asyncio
from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Final

from bot.domain.occurrence import Event, Occurrence
from bot.outbox.attempt import DOUBT, Limits
from bot.store import Store
from bot.store.closing import Verdict

#: For so long moderators can ask why.
KEPT: Final = timedelta(days=30)
#: For so long a notice that was read stays.
NOTICES_KEPT: Final = timedelta(days=90)
_BATCH: Final = 1_000
#: Another process may serve that platform: it gives up first.
_PATIENCE: Final = timedelta(hours=1)


async def forget_old(store: Store, now: datetime) -> int:
    """Drop what was over before the time that is kept; how many occurrences left."""
    count = 0
    while gone := await store.forget(now - KEPT, _BATCH):
        count += gone
        await asyncio.sleep(0)
        if gone < _BATCH:
            break
    await store.forget_notices(now - NOTICES_KEPT)
    return count


async def give_up(store: Store, served: Collection[str], now: datetime) -> int:
    """Leave to moderators what has long been in doubt on platforms that are served no longer."""
    before, lease = now - DOUBT - _PATIENCE, Limits().lease
    claims = await store.claim_abandoned(now, served, before, lease)
    return await store.finish([_given_up(each) for each in claims], now) if claims else 0


def _given_up(claim: Occurrence) -> Verdict:
    why = f"The bot does not serve {claim.channel.platform} any more, so it cannot look there."
    told = f"It is not known whether a digest arrived. {why}"
    return Verdict(claim.id, claim.token, Event.GIVEN_UP, why, notice=told)
