"""Watching: keeps the briefings as they are on disk, and says once what is wrong with them."""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING, Final, NoReturn

from bot.domain.problem import Severity

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bot.domain.problem import Problem
    from bot.library.library import Library

_LOG = logging.getLogger(__name__)

#: Seconds from a failure of watching until it begins again.
_PAUSE: Final = 1.0


async def keep_watching(library: Library) -> NoReturn:
    """Watch the briefings until cancelled, whatever goes wrong."""
    while True:
        try:
            await library.watch()
        except Exception:  # noqa: BLE001 (whatever it was, saved files must go live again)
            _LOG.exception("watching the briefings failed; beginning again")
        await asyncio.sleep(_PAUSE)


class Told:
    """What the log has said of the briefing files, so that it says nothing twice."""

    def __init__(self, library: Library) -> None:
        self._library = library
        self._problems: Mapping[str, tuple[Problem, ...]] = {}
        self._kept: frozenset[str] = frozenset()

    def tell(self) -> None:
        """Say what is new since the last time, and which files are in order again."""
        problems, kept = self._library.problems, self._library.kept
        for file, found in problems.items():
            before = self._problems.get(file, ())
            for problem in found:
                if problem not in before:
                    _tell(problem)
        for file in self._problems.keys() - problems.keys():
            _LOG.info("%s: no problems any more", file)
        for slug in sorted(kept - self._kept):
            _LOG.warning("%s is served from its last good version", slug)
        self._problems, self._kept = problems, kept


def _tell(problem: Problem) -> None:
    level = logging.WARNING if problem.severity is Severity.WARNING else logging.ERROR
    _LOG.log(level, "%s", problem)
