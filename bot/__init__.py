"""Briefing Bot: structured briefings on developing stories, in Slack, Discord and a browser."""

from __future__ import annotations

__version__ = "0.1.0"
