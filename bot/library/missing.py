"""Missing files: what went away a moment ago may come back, as a checkout may take a while."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import datetime

#: A file that stays away for longer is taken to be gone for good.
_AWAY: Final = timedelta(minutes=10)


class Missing:
    """Since when files are missing; what was missing at the start already is just not there."""

    def __init__(self) -> None:
        self._since: dict[str, datetime] = {}

    def noted(
        self, before: Collection[str], files: Collection[str], now: datetime
    ) -> frozenset[str]:
        """Slugs of the files that were there before, and are away for a short while only."""
        for name in before:
            if name not in files:
                self._since[name] = now
        self._since = {
            name: at
            for name, at in self._since.items()
            if name not in files and abs(now - at) < _AWAY
        }
        return frozenset(name.rpartition(".")[0] for name in self._since)
