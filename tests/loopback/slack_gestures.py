"""What people do in the loopback Slack beside commands, controls of messages and mentions."""

from __future__ import annotations

from tests.loopback import slack_payloads as payloads
from tests.loopback.slack import Ack, Message, SlackServer
from tests.loopback.slack_payloads import Json
from tests.loopback.slack_workspace import Hook


async def write(
    slack: SlackServer, words: str, *, user: str = "U1", team: str = "T1", **more: object
) -> Ack:
    """Write to the bot alone."""
    at = payloads.timestamp()
    event = {
        "type": "message",
        "channel_type": "im",
        "channel": "D1",
        "user": user,
        "text": payloads.escape(words),
        "team": team,
        "ts": at,
        "event_ts": at,
    } | more
    return await slack.deliver("events_api", payloads.event_callback(event))


async def ask_from_anywhere(slack: SlackServer, user: str = "U1", name: str = "ask") -> Ack:
    """Choose one of the app's global shortcuts."""
    return await slack.deliver("interactive", payloads.shortcut(name, user))


async def check(
    slack: SlackServer,
    text: str,
    *,
    user: str = "U1",
    channel: str = "C1",
    thread: str | None = None,
    team: str = "T1",
) -> Ack:
    """Choose the app's shortcut of a message with this text."""
    message = {"type": "message", "user": "U2", "ts": payloads.timestamp(), "text": text}
    payload = payloads.shortcut("check", user, team) | {
        "type": "message_action",
        "message": message | ({"thread_ts": thread} if thread else {}),
        "message_ts": message["ts"],
        "channel": {"id": channel, "name": "general"},
        "response_url": slack._hooked(Hook(channel, user)),
    }
    return await slack.deliver("interactive", payload)


async def open_home(slack: SlackServer, user: str = "U1", tab: str = "home") -> Ack:
    """Open the app's home, or the conversation with it."""
    event: Json = {"type": "app_home_opened", "user": user, "channel": "D1", "tab": tab}
    if tab == "home" and (home := slack.workspace.homes.get(user)):
        event["view"] = home.payload()
    return await slack.deliver("events_api", payloads.event_callback(event))


async def use_home(slack: SlackServer, label: str, user: str = "U1", **changed: object) -> Ack:
    """Click a button of one's home."""
    action = payloads.used_control(*slack.workspace.homes[user].find(label))
    return await act_at_home(slack, action | changed, user)


async def choose_channel(slack: SlackServer, channel: str, user: str = "U1") -> Ack:
    """Choose a channel to look after in one's home."""
    action = {
        "type": "conversations_select",
        "action_id": "b1:channel",
        "block_id": "b",
        "selected_conversation": channel,
    }
    return await act_at_home(slack, action, user)


async def act_at_home(slack: SlackServer, action: Json, user: str = "U1") -> Ack:
    """Use a control of one's home, be it a made-up one."""
    home = slack.workspace.homes[user].payload()
    return await slack.deliver("interactive", payloads.view_actions(action, user, home))


async def suggest(slack: SlackServer, message: Message, typed: str, user: str = "U1") -> list[Json]:
    """Type into the menu of a message that asks for its options."""
    block = next(
        block
        for block in message.payload["blocks"]
        if block["type"] == "actions" and block["elements"][0]["type"] == "external_select"
    )
    payload = payloads.block_suggestion(block["elements"][0]["action_id"], typed, user) | {
        "block_id": block["block_id"],
        "channel": {"id": message.channel, "name": "general"},
    }
    ack = await slack.deliver("interactive", payload, accepts_payload=True)
    options: list[Json] = (ack.payload or {}).get("options", [])
    return options
