"""Briefing files on disk: read with positions, checked, watched, and the last good of each kept."""

from __future__ import annotations

from bot.library.check import Reading
from bot.library.files import read_file
from bot.library.library import Library

__all__ = ["Library", "Reading", "read_file"]
