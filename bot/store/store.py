"""Store: everything that is remembered, behind one door."""

from __future__ import annotations

from bot.store.abandoned import Abandoned
from bot.store.closing import Closing
from bot.store.drafts import Drafts
from bot.store.due import DueSchedules
from bot.store.feedback import Feedback
from bot.store.installations import Installations
from bot.store.moderating import Moderating
from bot.store.playground import Playground
from bot.store.records import Records
from bot.store.replanning import Replanning
from bot.store.setback import Setback


class Store(
    Drafts,
    DueSchedules,
    Replanning,
    Closing,
    Setback,
    Abandoned,
    Moderating,
    Records,
    Playground,
    Installations,
    Feedback,
):
    """Schedules, occurrences, the ledger, the records, what readers said: in one database."""
