"""What Slack sends to an app: the payload of each kind of envelope, as plain dicts."""

from __future__ import annotations

import itertools
from typing import Any

Json = dict[str, Any]

TEAM = "T1"
APP = "A1"
BOT_USER = "UBOT"
BOT = "BBOT"

_numbers = itertools.count(1)


def number() -> int:
    """A number no other payload of this process has had."""
    return next(_numbers)


def timestamp() -> str:
    """A message id as Slack makes them, never the same twice."""
    return f"1700000000.{number():06d}"


def escape(text: str) -> str:
    """Text as Slack hands it over: the three characters of its markup are entities."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def slash_command(text: str, user: str, channel: str, response_url: str, team: str = TEAM) -> Json:
    """Someone typed `/brief …`."""
    return {
        "token": "legacy",
        "team_id": team,
        "team_domain": "loopback",
        "channel_id": channel,
        "channel_name": "general",
        "user_id": user,
        "user_name": user.lower(),
        "command": "/brief",
        "text": text,
        "api_app_id": APP,
        "is_enterprise_install": "false",
        "response_url": response_url,
        "trigger_id": f"{number()}.trigger",
    }


def block_actions(
    action: Json, user: str, container: Json, response_url: str, team: str = TEAM
) -> Json:
    """Someone used a control of a message."""
    return _interaction("block_actions", user, team) | {
        "container": container,
        "channel": {"id": container["channel_id"], "name": "general"},
        "state": {"values": {}},
        "response_url": response_url,
        "actions": [action | {"action_ts": timestamp()}],
    }


def view_actions(action: Json, user: str, view: Json, team: str = TEAM) -> Json:
    """Someone used a control of a modal."""
    return _interaction("block_actions", user, team) | {
        "container": {"type": "view", "view_id": view["id"]},
        "view": view,
        "actions": [action | {"action_ts": timestamp()}],
    }


def shortcut(callback_id: str, user: str, team: str = TEAM) -> Json:
    """Someone chose one of the app's global shortcuts."""
    return _interaction("shortcut", user, team) | {
        "callback_id": callback_id,
        "action_ts": timestamp(),
    }


def view_submission(callback_id: str, user: str, values: Json, team: str = TEAM) -> Json:
    """Someone submitted a modal."""
    view = {
        "id": f"V{number()}",
        "team_id": team,
        "type": "modal",
        "callback_id": callback_id,
        "private_metadata": "",
        "hash": f"{number()}.hash",
        "blocks": [],
        "state": {"values": values},
    }
    return _interaction("view_submission", user, team) | {"view": view, "response_urls": []}


def block_suggestion(action_id: str, value: str, user: str, team: str = TEAM) -> Json:
    """Someone types into a menu that asks the app for its options."""
    return _interaction("block_suggestion", user, team) | {
        "action_id": action_id,
        "block_id": "b",
        "value": value,
        "container": {"type": "message", "channel_id": "C1", "message_ts": timestamp()},
    }


def view_suggestion(block: Json, value: str, user: str, view: Json, team: str = TEAM) -> Json:
    """Someone types into a menu of a modal that asks the app for its options."""
    return _interaction("block_suggestion", user, team) | {
        "action_id": block["element"]["action_id"],
        "block_id": block["block_id"],
        "value": value,
        "view": view,
        "container": {"type": "view", "view_id": view["id"]},
    }


def app_mention(
    text: str, user: str, channel: str, thread: str | None = None, team: str = TEAM
) -> Json:
    """Someone wrote a message with the bot's name in it."""
    at = timestamp()
    event = {
        "type": "app_mention",
        "user": user,
        "ts": at,
        "text": text,
        "team": team,
        "channel": channel,
        "event_ts": at,
    }
    if thread is not None:
        event["thread_ts"] = thread
    return event_callback(event, team)


def event_callback(event: Json, team: str = TEAM) -> Json:
    """The envelope of any event."""
    return {
        "token": "legacy",
        "team_id": team,
        "context_team_id": team,
        "context_enterprise_id": None,
        "api_app_id": APP,
        "event": event,
        "type": "event_callback",
        "event_id": f"Ev{number()}",
        "event_time": 1700000000,
        "authorizations": [
            {"enterprise_id": None, "team_id": team, "user_id": BOT_USER, "is_bot": True}
            | {"is_enterprise_install": False}
        ],
        "is_ext_shared_channel": False,
        "event_context": "4-context",
    }


def clicked_button(element: Json, block_id: str) -> Json:
    """The action of a clicked button."""
    kept = {
        name: element[name] for name in ("type", "action_id", "text", "value") if name in element
    }
    return kept | {"block_id": block_id}


def picked_option(element: Json, option: Json, block_id: str) -> Json:
    """The action of a menu in which an option was picked."""
    return {
        "type": element["type"],
        "action_id": element["action_id"],
        "block_id": block_id,
        "selected_option": option,
    }


def find_control(blocks: list[Json], label: str) -> tuple[Json, Json | None, str]:
    """The control (with the option, in a menu) that shows this label, and its block's id."""
    for index, block in enumerate(blocks):
        block_id = block.get("block_id", f"block{index}")
        for element in [*block.get("elements", []), block.get("accessory", {})]:
            if element.get("type") == "button" and element["text"]["text"] == label:
                return element, None, block_id
            for option in element.get("options", []):
                if option["text"]["text"] == label:
                    return element, option, block_id
    raise LookupError(f"no control {label!r} in {blocks}")


def used_control(element: Json, option: Json | None, block_id: str) -> Json:
    """The action of a clicked button, or of a menu in which an option was picked."""
    if option is None:
        return clicked_button(element, block_id)
    return picked_option(element, option, block_id)


def _interaction(kind: str, user: str, team: str) -> Json:
    return {
        "type": kind,
        "user": {"id": user, "username": user.lower(), "name": user.lower(), "team_id": team},
        "api_app_id": APP,
        "token": "legacy",
        "team": {"id": team, "domain": "loopback"},
        "enterprise": None,
        "is_enterprise_install": False,
        "trigger_id": f"{number()}.trigger",
    }
