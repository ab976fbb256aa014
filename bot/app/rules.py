"""The rules of zones: what was planned by an older release of them is planned anew."""

from __future__ import annotations

import asyncio
import logging
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final

from bot.digests import LARGEST_SHIFT, last_run
from bot.domain.schedule import next_runs
from bot.domain.zones import tzdata_version

if TYPE_CHECKING:
    from bot.store import Store
    from bot.store.due import DueSchedule

_LOG = logging.getLogger(__name__)

_KEY: Final = "tzdata"
_BATCH: Final = 500
#: After about so many schedules others get their turn on the loop.
_BREATH: Final = 20
_INSTANT: Final = timedelta(milliseconds=1)


async def follow_rules(store: Store, now: datetime) -> bool:
    """Plan every active schedule anew if the rules changed since the last time; whether they did.

    Broken off, it begins again the next time.
    """
    version = await asyncio.to_thread(tzdata_version)
    if await store.recall(_KEY) == version:
        return False

    async def plan(due: DueSchedule) -> datetime | None:
        if due.schedule.id % _BREATH == 0:
            await asyncio.sleep(0)
        return _planned(due, now)

    above: int | None = 0
    while above is not None:
        above = await store.replan(above, _BATCH, plan)
        await asyncio.sleep(0)
    await store.remember(_KEY, version)
    _LOG.info("the digests are planned by the time zones of %s", version)
    return True


def _planned(due: DueSchedule, now: datetime) -> datetime | None:
    """The first run by the new rules: also one that has come while the old ones were in force."""
    wish = due.schedule
    known = (wish.created_at, last_run(wish, now))
    after = max((due.next_at - LARGEST_SHIFT, *filter(None, known)))
    try:
        first = next_runs(wish.cadence, wish.zone, after, 1)
        same = next_runs(wish.cadence, wish.zone, due.next_at - _INSTANT, 1)
    except Exception:  # noqa: BLE001 (said to its moderators once it is due)
        return None
    kept = [run.at for run in same] == [due.next_at]
    # Where nothing moved, a run before now was left out when the schedule was edited or resumed.
    return first[0].at if first and not (kept and first[0].at <= now) else None
