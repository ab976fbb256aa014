"""Tests of Discord, against the real discord.py."""
