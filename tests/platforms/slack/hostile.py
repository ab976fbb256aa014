"""What means something to Slack, and must not when we say it."""

from __future__ import annotations

HOSTILE = (
    "<!channel>",
    "<@U123|bob>",
    "<#C1|general>",
    "<!subteam^S1>",
    "@here @everyone",
    "&lt;!here&gt;",
    "<https://evil.example|https://bank.example>",
    "*bold* _it_ ~no~ `code` :tada:",
    "> quoted",
    "a|b",
    "\u202egnp.exe",
    "\ud800",
    "\x00\x1b[31m",
    "𝒳" * 40,
    "&" * 80,
    "word " * 30,
)
