"""Briefing files on disk, read with positions, checked, watched, and the last good of each kept."""
