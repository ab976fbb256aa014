"""A Slack workspace in memory: people, channels, and messages as people see them."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field

from tests.loopback import slack_channels, slack_payloads as payloads
from tests.loopback.slack_limits import breaches
from tests.loopback.slack_payloads import Json
from tests.loopback.slack_views import Views


@dataclass(slots=True)
class Message:
    """A message as people see it; `only_for` is the one person who sees an ephemeral one."""

    id: str
    channel: str
    payload: Json
    only_for: str | None = None
    thread: str | None = None
    edits: int = 0
    deleted: bool = False

    @property
    def text(self) -> str:
        """Its plain text."""
        return str(self.payload.get("text", ""))

    def everything(self) -> str:
        """All of the message, to look for words in."""
        return json.dumps(self.payload, ensure_ascii=False)

    def find(self, label: str) -> tuple[Json, Json | None, str]:
        """The control (with the option, in a menu) that shows this label, and its block's id."""
        return payloads.find_control(self.payload.get("blocks", []), label)


@dataclass(slots=True)
class Hook:
    """A response URL: it may be used five times, and belongs to a person and maybe to a message."""

    channel: str
    user: str
    source: Message | None = None
    uses: int = 0
    expired: bool = False


@dataclass(slots=True)
class Workspace:
    """What people see in the workspace, and what was wrong with what the app sent.

    The bot is in `channels`; `about` holds more of these, and of channels that it is not in. A
    `page` of history is no longer than this.
    """

    users: dict[str, Json] = field(default_factory=dict)
    channels: set[str] = field(default_factory=lambda: {"C1", "C2"})
    archived: set[str] = field(default_factory=set)
    about: dict[str, Json] = field(default_factory=dict)
    groups: dict[str, set[str]] = field(default_factory=dict)
    page: int = 1000
    team: str = payloads.TEAM
    messages: list[Message] = field(default_factory=list)
    hooks: dict[str, Hook] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)
    views: Views = field(init=False)

    def __post_init__(self) -> None:
        self.views = Views(self.problems)

    def add_user(self, user: str, *, tz: str = "Europe/Lisbon", **flags: object) -> None:
        """Someone `users.info` knows, with fields such as `is_admin` or `real_name`."""
        self.users[user] = {"id": user, "tz": tz, "is_bot": False} | flags

    def seen_by(self, user: str, channel: str = "C1") -> list[Message]:
        """The messages a person sees in a channel."""
        return [
            message
            for message in self.messages
            if message.channel == channel
            and message.only_for in {None, user}
            and not message.deleted
        ]

    def answer(self, method: str, arguments: Json) -> Json:
        """What a Web API method answers."""
        found = _METHODS.get(method)
        if found is None:
            self.problems.append(f"{method}: this Slack does not know it")
            return {"ok": False, "error": "unknown_method"}
        result = found(self, arguments)
        return {"ok": False} | result if "error" in result else {"ok": True} | result

    def show_ack(self, payload: Json, user: str, channel: str) -> Message:
        """Show what a slash command was acked with."""
        self.lint(payload, "ack")
        if payload.get("response_type") not in {"ephemeral", "in_channel"}:
            self.problems.append("ack: response_type must be said")
        public = payload.get("response_type") == "in_channel"
        return self.show(payload, channel, only_for=None if public else user)

    def respond(self, hook: Hook | None, body: Json) -> str | None:
        """Take what was sent to a response URL; the error, if it is refused."""
        if hook is None or hook.expired:
            return "expired_url"
        hook.uses += 1
        if hook.uses > 5:
            return "used_url"
        if body.get("delete_original") and hook.source is not None:
            hook.source.deleted = True
            return None
        if "replace_original" not in body:
            self.problems.append("response_url: replace_original must be said")
        if self.lint(body, "response_url"):
            return "invalid_blocks"
        if body.get("replace_original") and hook.source is not None:
            self._edit(hook.source, body)
        else:
            public = body.get("response_type") == "in_channel"
            only_for = None if public else hook.user
            shown = self.show(body, hook.channel, only_for=only_for, thread=body.get("thread_ts"))
            hook.source = hook.source or shown
        return None

    def show(
        self, payload: Json, channel: str, *, only_for: str | None = None, thread: str | None = None
    ) -> Message:
        """Let people see a message."""
        message = Message(payloads.timestamp(), channel, payload, only_for, thread)
        self.messages.append(message)
        return message

    def lint(self, payload: Json, where: str) -> bool:
        """Note everything that Slack would refuse; whether there was anything."""
        found = breaches(payload)
        self.problems += [f"{where}: {problem}" for problem in found]
        return bool(found)

    def _edit(self, message: Message, body: Json) -> None:
        if message.only_for is not None and body.get("response_type") == "in_channel":
            self.problems.append("response_url: an ephemeral message cannot become public")
        message.payload = body
        message.edits += 1

    def _users_info(self, arguments: Json) -> Json:
        user = self.users.get(arguments.get("user", ""))
        return {"error": "user_not_found"} if user is None else {"user": user}

    def _post(self, arguments: Json) -> Json:
        if error := self._refused(arguments):
            return {"error": error}
        message = self.show(arguments, arguments["channel"], thread=arguments.get("thread_ts"))
        return {"channel": message.channel, "ts": message.id, "message": {"ts": message.id}}

    def _post_ephemeral(self, arguments: Json) -> Json:
        if error := self._refused(arguments):
            return {"error": error}
        user, thread = arguments["user"], arguments.get("thread_ts")
        message = self.show(arguments, arguments["channel"], only_for=user, thread=thread)
        return {"message_ts": message.id}

    def _open_view(self, arguments: Json) -> Json:
        return self.views.open(arguments)

    def _update_view(self, arguments: Json) -> Json:
        return self.views.update(arguments)

    def _refused(self, arguments: Json) -> str | None:
        channel = arguments.get("channel", "")
        if channel in self.archived:
            return "is_archived"
        if channel not in self.channels and not channel.startswith("U"):
            return "not_in_channel" if channel.startswith("C") else "channel_not_found"
        return "invalid_blocks" if self.lint(arguments, "message") else None


def _auth_test(workspace: Workspace, _: Json) -> Json:
    return {
        "url": "https://loopback.slack.com/",
        "team": "Loopback",
        "user": "briefing",
        "team_id": workspace.team,
        "user_id": payloads.BOT_USER,
        "bot_id": payloads.BOT,
        "is_enterprise_install": False,
    }


_METHODS: dict[str, Callable[[Workspace, Json], Json]] = {
    "auth.test": _auth_test,
    "users.info": Workspace._users_info,
    "chat.postMessage": Workspace._post,
    "conversations.history": slack_channels.history,
    "conversations.info": slack_channels.describe,
    "usergroups.users.list": slack_channels.members,
    "chat.postEphemeral": Workspace._post_ephemeral,
    "views.open": Workspace._open_view,
    "views.update": Workspace._update_view,
}
