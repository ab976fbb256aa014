"""Which scopes the methods of the loopback Slack ask for."""

from __future__ import annotations

from tests.loopback.slack_payloads import Json

#: What the app's manifest asks for.
SCOPES = "commands,chat:write,app_mentions:read,users:read,channels:read,groups:read"

_NEEDED = {
    "chat.postEphemeral": "chat:write",
    "chat.postMessage": "chat:write",
    "conversations.history": "channels:history",
    "conversations.info": "channels:read",
    "usergroups.users.list": "usergroups:read",
    "users.info": "users:read",
}


def lacking(method: str, granted: str) -> Json | None:
    """The answer to a method that needs another scope than those granted."""
    needed = _NEEDED.get(method)
    if needed is None or needed in granted.split(","):
        return None
    return {"ok": False, "error": "missing_scope", "needed": needed, "provided": granted}
