"""Logging: one line an event, as text or JSON, without anything that looks like a secret."""

from __future__ import annotations

import json
import logging
import re
import sys
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from bot.settings import Settings

#: Tokens, tickets and addresses that are as good as a token (Slack and Discord document the forms).
_SECRETS: Final = re.compile(
    r"xox[a-z](?:\.xox[a-z])?-[\w-]+|xapp-[\w-]+|xoxe[\w.-]+"
    r"|[\w-]{23,28}\.[\w-]{6,7}\.[\w-]{27,}"
    r"|(?<=hooks\.slack\.com/)\S+|(?<=hooks\.slack-gov\.com/)\S+"
    r"|(?<=/webhooks/)\d+/[^\s\"']+|(?<=/interactions/)\d+/[^\s\"']+"
    r"|(?<=ticket=)[^\s\"'&]+"
    r"|(?<=token=)[^\s\"'&]+|(?<=://)[^\s/:@]+:[^\s/@]+(?=@)"
    r"|(?<=Bot )[\w.-]{20,}|(?<=Bearer )[\w.-]+",
)
#: These log whole payloads, tokens among them, below this level.
_LOUD: Final = ("slack_bolt", "slack_sdk", "discord", "aiohttp", "watchfiles", "asyncio", "alembic")


def without_secrets(text: str) -> str:
    """The text with everything that looks like a secret replaced."""
    return _SECRETS.sub("[secret]", text)


class TextFormatter(logging.Formatter):
    """Lines for people: time, level, where, what."""

    def __init__(self) -> None:
        super().__init__("%(asctime)s %(levelname)-7s %(name)s: %(message)s", "%H:%M:%S")

    def format(self, record: logging.LogRecord) -> str:
        """The record as one text without secrets."""
        return without_secrets(super().format(record))


class JsonFormatter(logging.Formatter):
    """Lines for machines: one JSON object each."""

    def format(self, record: logging.LogRecord) -> str:
        """The record as one JSON object without secrets."""
        said = {
            "at": self.formatTime(record, "%Y-%m-%dT%H:%M:%S%z"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
        }
        if record.exc_info:
            said["trace"] = self.formatException(record.exc_info)
        # Before they become JSON: a secret may end where a text ends, but not take its quote along.
        clean = {name: without_secrets(text) for name, text in said.items()}
        return json.dumps(clean, ensure_ascii=False)


def configure_logging(settings: Settings) -> None:
    """Send every log line to standard error in the chosen form."""
    stream = logging.StreamHandler(sys.stderr)
    stream.setFormatter(JsonFormatter() if settings.log_format == "json" else TextFormatter())
    logging.basicConfig(level=settings.log_level, handlers=[stream], force=True)
    for name in _LOUD:
        logging.getLogger(name).setLevel(max(logging.WARNING, logging.getLogger().level))
