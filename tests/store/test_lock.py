from __future__ import annotations

from pathlib import Path

import pytest

from bot.errors import ConfigurationError
from bot.store.lock import FileLock


def test_a_file_is_locked_by_whatever_link_it_is_reached(tmp_path: Path) -> None:
    (tmp_path / "bot.db").touch()
    (tmp_path / "link.db").symlink_to("bot.db")
    held = FileLock(tmp_path / "bot.db")
    with pytest.raises(ConfigurationError, match="another bot already runs"):
        FileLock(tmp_path / "link.db")
    held.release()
    FileLock(tmp_path / "link.db").release()
