"""A lock beside an SQLite file, so that one process alone delivers from it."""

from __future__ import annotations

import fcntl
from contextlib import suppress
from pathlib import Path
from typing import IO

from bot.errors import ConfigurationError
from bot.store.url import SETTING


class FileLock:
    """Held until released or until the process ends, however it ends."""

    def __init__(self, database: Path) -> None:
        """Take the lock of this database.

        Raises:
            ConfigurationError: another process has it, or the folder cannot be written.
        """
        self._file: IO[str] | None = None
        # By its real name: a link to it leads to the same file.
        real = database.resolve()
        path = real.with_name(f"{real.name}.lock")
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            self._file = path.open("a")
        except OSError as error:
            raise ConfigurationError(
                f"the bot cannot keep its database at {database} ({error.strerror}); "
                f"let it write there, or set {SETTING} to another place"
            ) from error
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            self.release()
            raise ConfigurationError(
                f"another bot already runs on {database}; stop it, or give this one its own "
                f"{SETTING}; several processes can share a PostgreSQL database"
            ) from None

    def release(self) -> None:
        """Let others have it. The file stays: removing it could unlock a newcomer."""
        if self._file:
            with suppress(OSError):
                self._file.close()
            self._file = None
