"""Store: everything that is remembered, behind one door."""

from __future__ import annotations

from bot.store.closing import Closing
from bot.store.drafts import Drafts
from bot.store.due import DueSchedules
from bot.store.feedback import Feedback
from bot.store.installations import Installations
from bot.store.moderating import Moderating
from bot.store.playground import Playground
from bot.store.records import Records


class Store(
    Drafts, DueSchedules, Closing, Moderating, Records, Playground, Installations, Feedback
):
    """Schedules, occurrences, the ledger, the records, what readers said: in one database."""
