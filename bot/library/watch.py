"""Watching a folder: when it is time to look at its files again."""

from __future__ import annotations

import asyncio
import logging
from contextlib import aclosing, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator

_LOG = logging.getLogger(__name__)

#: How often to look whether the folder is still the same one.
_TICK_MS: Final = 500
#: Ticks without a hint after which to look anyway: network disks give no hints.
_PATIENCE: Final = 20
#: The same where the system gives no hints at all.
_IMPATIENCE: Final = 2
#: Changes that follow each other within the step are one; all within the debounce are.
_STEP_MS: Final = 50
_DEBOUNCE_MS: Final = 400


class _Identity(NamedTuple):
    """What is different once the folder is another one."""

    path: Path
    device: int
    inode: int
    mode: int
    target: Path | None


async def changes(folder: Path) -> AsyncGenerator[None, None]:
    """Yield at first, and then whenever files in the folder may have changed, for ever.

    The system's hints are only that: they miss a folder that is swapped by a link. So whether it is
    still the same folder is looked at twice a second, and all of it every ten seconds.
    """
    while True:
        here = await asyncio.to_thread(_identity, folder)
        yield
        patience = 1  # something may have changed before the hints began
        async with aclosing(_hints(here)) as hints:
            async for hinted in hints:
                if await asyncio.to_thread(_identity, folder) != here:
                    break
                patience -= 1
                if hinted or patience <= 0:
                    patience = _PATIENCE
                    yield


async def _hints(here: _Identity | None) -> AsyncGenerator[bool, None]:
    """True at each hint of the system, False at each tick without; ends if it must begin anew."""
    try:
        async with aclosing(_system_hints(here)) as hints:
            async for hinted in hints:
                yield hinted
    except (OSError, RuntimeError) as error:
        _LOG.debug("no hints from the system, so files are looked at every second: %s", error)
    for tick in range(1, _PATIENCE + 1):
        await asyncio.sleep(_TICK_MS / 1000)
        yield tick % _IMPATIENCE == 0


async def _system_hints(here: _Identity | None) -> AsyncGenerator[bool, None]:
    if here is None:
        return
    from watchfiles import awatch  # only what watches pays for it

    watching = awatch(
        here.path,
        watch_filter=None,
        recursive=False,
        yield_on_timeout=True,
        rust_timeout=_TICK_MS,
        step=_STEP_MS,
        debounce=_DEBOUNCE_MS,
    )
    async with aclosing(watching):
        async for found in watching:
            yield bool(found)


def _identity(folder: Path) -> _Identity | None:
    """Which folder it is now; None while there is none."""
    target = None
    try:
        path, status = folder.resolve(), folder.stat()
        with suppress(OSError):  # mounted configuration swaps all its files by this one link
            target = (folder / "..data").readlink()
    except (OSError, RuntimeError):  # RuntimeError: links in a circle
        return None
    return _Identity(path, status.st_dev, status.st_ino, status.st_mode, target)
