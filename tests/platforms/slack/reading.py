"""What it takes to read back messages on the loopback Slack."""

from __future__ import annotations

from datetime import UTC, datetime

from tests.loopback.slack_scopes import SCOPES

#: With what is needed to read what is in channels.
READING = f"{SCOPES},channels:history"
#: Before any message of the loopback Slack.
LONG_AGO = datetime(2023, 11, 14, tzinfo=UTC)
