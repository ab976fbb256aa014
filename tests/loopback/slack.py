"""A Slack on loopback: what people do there, and how it reaches the app; it fails on demand."""

from __future__ import annotations

from dataclasses import dataclass

from tests.loopback import slack_payloads as payloads
from tests.loopback.slack_calls import Call
from tests.loopback.slack_faults import Drop, Fault
from tests.loopback.slack_payloads import Json
from tests.loopback.slack_scopes import SCOPES
from tests.loopback.slack_site import APP_TOKEN, BOT_TOKEN, Site
from tests.loopback.slack_sockets import Ack
from tests.loopback.slack_views import Modal
from tests.loopback.slack_workspace import Hook, Message

__all__ = [
    "APP_TOKEN",
    "BOT_TOKEN",
    "SCOPES",
    "Ack",
    "Call",
    "Fault",
    "Message",
    "Modal",
    "SlackServer",
]


@dataclass(slots=True)
class SlackServer(Site):
    """A loopback Slack with people; use it with `async with`."""

    def seen_by(self, user: str, channel: str = "C1") -> list[Message]:
        """The messages a person sees in a channel."""
        return self.workspace.seen_by(user, channel)

    async def slash(
        self, words: str = "", *, user: str = "U1", channel: str = "C1", drop: Drop | None = None
    ) -> Ack:
        """Type `/brief words`."""
        return await self.slash_raw(payloads.escape(words), user=user, channel=channel, drop=drop)

    async def slash_raw(
        self, text: str, *, user: str = "U1", channel: str = "C1", drop: Drop | None = None
    ) -> Ack:
        """Type `/brief` with a text in Slack's own markup."""
        hook = Hook(channel, user)
        payload = payloads.slash_command(text, user, channel, self._hooked(hook))
        ack = await self.deliver("slash_commands", payload, accepts_payload=True, drop=drop)
        if ack.payload:
            ack.message = hook.source = self.workspace.show_ack(ack.payload, user, channel)
        return ack

    async def click(self, message: Message, label: str, *, user: str = "U1") -> Ack:
        """Click the button, or pick the option, that shows this label."""
        action = payloads.used_control(*message.find(label))
        return await self.act(message, action, user=user)

    async def act(self, message: Message, action: Json, *, user: str = "U1") -> Ack:
        """Use a control of a message, be it a made-up one."""
        container = {
            "type": "message",
            "message_ts": message.id,
            "channel_id": message.channel,
            "is_ephemeral": message.only_for is not None,
        } | ({"thread_ts": message.thread} if message.thread else {})
        url = self._hooked(Hook(message.channel, user, source=message))
        payload = payloads.block_actions(action, user, container, url)
        return await self.deliver("interactive", payload)

    def modal(self, user: str = "U1") -> Modal:
        """The modal that a person has before them."""
        return [
            modal
            for modal in self.workspace.views.modals
            if modal.user == user and not modal.closed
        ][-1]

    async def submit(self, modal: Modal, **values: str | None) -> Ack:
        """Fill in a modal's fields by their labels, `_` for a blank, and submit it."""
        for label, value in values.items():
            modal.fill(label.replace("_", " "), value)
        if missing := modal.missing():
            raise AssertionError(f"Slack asks to fill in {missing} first")
        payload = payloads.view_submission("", modal.user, {}) | {"view": modal.payload()}
        ack = await self.deliver("interactive", payload, accepts_payload=True)
        if ack.error is None:
            self.workspace.views.acked(modal, ack.payload)
        return ack

    async def suggest(self, modal: Modal, label: str, typed: str) -> list[str]:
        """Type into a menu of a modal; the labels of the options that Slack then shows."""
        block = modal.block(label)
        payload = payloads.view_suggestion(block, typed, modal.user, modal.payload())
        ack = await self.deliver("interactive", payload, accepts_payload=True)
        self.workspace.problems += modal.offer(label, (ack.payload or {}).get("options"))
        return modal.offered(label)

    async def use(self, modal: Modal, label: str) -> Ack:
        """Click the button, or pick the option, that shows this label in a modal."""
        action = payloads.used_control(*modal.find(label))
        payload = payloads.view_actions(action, modal.user, modal.payload())
        return await self.deliver("interactive", payload)

    async def mention(
        self, words: str, *, user: str = "U1", channel: str = "C1", thread: str | None = None
    ) -> Ack:
        """Write `@bot words` in a channel or a thread."""
        text = f"<@{payloads.BOT_USER}> {payloads.escape(words)}"
        return await self.deliver("events_api", payloads.app_mention(text, user, channel, thread))

    async def deliver(
        self, kind: str, payload: Json, *, accepts_payload: bool = False, drop: Drop | None = None
    ) -> Ack:
        """Send any payload in an envelope of its own."""
        envelope = {
            "envelope_id": f"envelope-{payloads.number()}",
            "type": kind,
            "payload": payload,
            "accepts_response_payload": accepts_payload,
        }
        self.workspace.views.note(payload)
        return await (self.caller or self.sockets).deliver(envelope, drop)

    async def again(self, ack: Ack) -> Ack:
        """Deliver the very same envelope a second time; over HTTP, it is signed anew."""
        return await (self.caller or self.sockets).again(ack.envelope)

    def _hooked(self, hook: Hook) -> str:
        name = f"hook{payloads.number()}"
        self.workspace.hooks[name] = hook
        return f"http://{self.address}/commands/{name}"
