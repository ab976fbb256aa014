"""Response URLs: Slack takes five messages at each, within thirty minutes of the click."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

_USES: Final = 5
#: Half a minute less than Slack gives: what we send is on its way for a while.
_SECONDS: Final = 30 * 60 - 30
_REMEMBERED: Final = 10_000


class ResponseUrls:
    """Counts what was sent to each. What is not known of before a restart, Slack itself refuses."""

    def __init__(self, time: Callable[[], float]) -> None:
        self._time = time
        self._known: dict[str, tuple[float, int]] = {}

    def note(self, url: str) -> None:
        """Slack handed this one over now."""
        if url not in self._known:
            self._known[url] = (self._time(), 0)
            if len(self._known) > _REMEMBERED:
                del self._known[next(iter(self._known))]

    def take(self, url: str) -> bool:
        """Use it once; False if it is used up or too old."""
        self.note(url)
        since, uses = self._known[url]
        if uses >= _USES or self._time() - since > _SECONDS:
            return False
        self._known[url] = (since, uses + 1)
        return True
