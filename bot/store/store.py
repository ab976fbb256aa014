"""Store: everything that is remembered, behind one door."""

from __future__ import annotations

from bot.store.closing import Closing
from bot.store.due import DueSchedules
from bot.store.installations import Installations
from bot.store.records import Records
from bot.store.schedules import Schedules


class Store(Schedules, DueSchedules, Closing, Records, Installations):
    """Schedules, their occurrences, the ledger and the records, in one database."""
