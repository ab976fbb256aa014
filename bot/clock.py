"""The clock: nothing else in the house reads one."""

from __future__ import annotations

import time
from datetime import UTC, datetime


def now() -> datetime:
    """The present instant, aware, in UTC."""
    return datetime.now(UTC)


def monotonic() -> float:
    """Seconds from some instant on, for measuring how long something takes."""
    return time.perf_counter()
