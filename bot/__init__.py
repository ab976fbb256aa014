"""Briefing Bot: structured briefings on developing stories, in Slack, Discord and a browser."""

__version__ = "0.1.0"
