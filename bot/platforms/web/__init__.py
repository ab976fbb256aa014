"""The local playground: a web page that answers `/brief` as Slack and as Discord show it."""

from __future__ import annotations

from bot.platforms.web.platform import WebPlatform
from bot.platforms.web.settings import WebSettings
from bot.platforms.web.translate import Preview

__all__ = ["Preview", "WebPlatform", "WebSettings"]
