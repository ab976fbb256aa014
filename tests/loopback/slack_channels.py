"""Channels of the loopback Slack: what can be learned of one, and what was written there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.loopback import slack_payloads as payloads
from tests.loopback.slack_payloads import Json

if TYPE_CHECKING:
    from tests.loopback.slack_workspace import Message, Workspace

MOST = 999


def describe(workspace: Workspace, arguments: Json) -> Json:
    """Answer `conversations.info`."""
    name = arguments.get("channel", "")
    known = workspace.about.get(name)
    inside = name in workspace.channels or name in workspace.archived
    if known is None and not inside:
        return {"error": "channel_not_found"}
    flags = {
        "is_channel": True,
        "is_private": False,
        "is_archived": name in workspace.archived,
        "is_member": name in workspace.channels,
    }
    return {"channel": {"id": name, "name": f"name-of-{name.casefold()}"} | flags | (known or {})}


def history(workspace: Workspace, arguments: Json) -> Json:
    """Answer `conversations.history`: the newest first, a page at a time."""
    name = arguments.get("channel", "")
    if name not in workspace.channels | workspace.archived:
        return {"error": "not_in_channel" if name in workspace.about else "channel_not_found"}
    oldest = float(arguments.get("oldest", 0))
    seen = [
        message
        for message in reversed(workspace.messages)
        if message.channel == name
        and not (message.only_for or message.thread or message.deleted)
        and float(message.id) > oldest
    ]
    start = int(str(arguments.get("cursor") or "next:0").removeprefix("next:"))
    size = min(int(arguments.get("limit", 100)), workspace.page, MOST)
    with_metadata = arguments.get("include_all_metadata") in {True, "true", "1"}
    page = [_written(message, with_metadata) for message in seen[start : start + size]]
    more = start + size < len(seen)
    cursor = {"next_cursor": f"next:{start + size}" if more else ""}
    return {"messages": page, "has_more": more, "response_metadata": cursor}


def members(workspace: Workspace, arguments: Json) -> Json:
    """Answer `usergroups.users.list`."""
    group = workspace.groups.get(arguments.get("usergroup", ""))
    return {"error": "no_such_subteam"} if group is None else {"users": sorted(group)}


def _written(message: Message, with_metadata: bool) -> Json:
    author = {"user": payloads.BOT_USER, "bot_id": payloads.BOT}
    written = {"type": "message", "ts": message.id, "text": message.text}
    metadata = message.payload.get("metadata")
    shown = {"metadata": metadata} if metadata and with_metadata else {}
    seen: Json = written | author | shown | message.payload.get("author", {})
    return seen
