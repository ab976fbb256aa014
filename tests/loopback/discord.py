"""A Discord on loopback for the real discord.py: people type and click, and all is recorded.

async with DiscordServer() as discord_:
    asked = await discord_.slash("faq", story="land-strikes")
    await discord_.click(asked.message, "Share here")
    opened = await discord_.slash("add", group="digest", permissions=MANAGE_GUILD)
    await discord_.submit(opened, {"When": "at 09:00 on weekdays"})
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from typing import Any, Self

from aiohttp import web

from tests.loopback import discord_payloads as make
from tests.loopback.discord_faults import Call
from tests.loopback.discord_forms import submission
from tests.loopback.discord_gateway import Gateway
from tests.loopback.discord_interactions import Interaction
from tests.loopback.discord_limits import BUTTON, SELECT, walk
from tests.loopback.discord_payloads import CHANNEL, DIRECT, MANAGE_GUILD, Payload
from tests.loopback.discord_rest import Rest

TOKEN = "b-o-t.token"
COMMAND, COMPONENT, AUTOCOMPLETE, SUBMIT = 2, 3, 4, 5
INTEGER, CHANNEL_OPTION = 4, 7
ADMINISTRATOR = 1 << 3


class NoAnswerError(AssertionError):
    """The person saw "The application did not respond"."""


class DiscordServer:
    """One Discord with one guild, one direct channel and one application, on loopback."""

    def __init__(self, token: str = TOKEN) -> None:
        self.token = token
        self.rest = Rest(token)
        self.gateway = Gateway(token, lambda: [self.rest.guild])
        self.roles: list[str] = []  # of the person who types and clicks
        self.patience = 8.0  # how long a test waits for anything before it fails

    async def __aenter__(self) -> Self:
        app = web.Application(middlewares=[self.rest.record])
        app.router.add_get("/gateway", self.gateway.listen)
        self.rest.add_routes(app.router)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", 0)
        await site.start()
        port = self._runner.addresses[0][1]
        self.api_url = f"http://127.0.0.1:{port}/api/v10"
        self.gateway_url = self.gateway.url = f"ws://127.0.0.1:{port}/gateway"
        self.rest.gateway = self.gateway
        return self

    async def __aexit__(self, kind: type[BaseException] | None, *_: object) -> None:
        await self.gateway.drop()
        await self._runner.cleanup()
        if kind is None:
            assert self.rest.problems() == []

    @property
    def calls(self) -> list[Call]:
        """Every request to the API, in order."""
        return self.rest.calls

    @property
    def messages(self) -> list[Payload]:
        """Every message in a channel that all can see, in order."""
        return self.rest.messages

    async def until(self, true: Callable[[], Any], what: str = "what was awaited") -> None:
        """Wait until something is so; fail if it never is."""
        end = asyncio.get_running_loop().time() + self.patience
        while not true():
            if asyncio.get_running_loop().time() > end:
                raise NoAnswerError(f"never saw {what}")
            await asyncio.sleep(0.005)

    async def connected(self) -> None:
        """Wait until every shard has a live socket and an identified session."""
        gateway = self.gateway
        await self.until(lambda: len(gateway.open) >= gateway.shards, "a connected client")

    async def told(self, platform: Any) -> None:
        """Wait until the platform's client has been told of the guild."""
        await self.until(lambda: platform._client and platform._client.guilds, "a guild")
        client = platform._client
        await self.until(lambda: not client.guilds[0].unavailable, "a guild that is told of")

    async def slash(
        self,
        verb: str,
        *,
        group: str = "brief",
        direct: bool = False,
        permissions: int = make.COMMON,
        locale: str = "en-GB",
        wait: bool = True,
        options: Mapping[str, str] | None = None,
        **more: str,
    ) -> Interaction:
        """Type a slash command and return what came back; options may be given by name."""
        await self._check_shown(group, direct, permissions)
        data = await self._command(group, verb, {**(options or {}), **more})
        return await self._invoke(COMMAND, data, direct, permissions, locale, wait)

    async def complete(
        self,
        verb: str,
        focused: str,
        *,
        group: str = "brief",
        direct: bool = False,
        permissions: int = make.COMMON,
        **options: str,
    ) -> list[Payload]:
        """Type in one option of a slash command and return the choices offered."""
        await self._check_shown(group, direct, permissions)
        data = await self._command(group, verb, options, focused)
        asked = await self._invoke(AUTOCOMPLETE, data, direct, permissions, "en-GB", True)
        choices: list[Payload] = asked.data["choices"]
        return choices

    async def click(
        self, message: Payload, button: str, *, permissions: int = make.COMMON, wait: bool = True
    ) -> Interaction:
        """Click the button with a label (or custom_id) on a message."""
        buttons = [c for c in walk(message["components"]) if c["type"] == BUTTON]
        found = [b for b in buttons if button in (b.get("label"), b.get("custom_id"))]
        if not found or "custom_id" not in found[0]:
            raise LookupError(f"no button {button!r}; there are {[b['label'] for b in buttons]}")
        return await self._press(message, found[0], permissions, wait)

    async def select(
        self, message: Payload, option: str, *, permissions: int = make.COMMON, wait: bool = True
    ) -> Interaction:
        """Pick the option with a label (or value) in a select menu of a message."""
        for menu in walk(message["components"]):
            options = menu.get("options", []) if menu["type"] == SELECT else []
            for one in options:
                if option in (one["label"], one["value"]):
                    return await self._press(message, menu, permissions, wait, [one["value"]])
        raise LookupError(f"no option {option!r}")

    async def submit(
        self,
        opened: Interaction,
        values: Mapping[str, str] | None = None,
        *,
        custom_id: str | None = None,
        permissions: int = make.COMMON,
        wait: bool = True,
    ) -> Interaction:
        """Fill in the form that an interaction opened, by labels, and submit it.

        `custom_id` makes it a form of another version of the application.
        """
        form = {**opened.form, **({"custom_id": custom_id} if custom_id else {})}
        data = submission(form, values or {}, self.rest.channels)
        direct = opened.payload["channel_id"] == DIRECT
        message = opened.payload.get("message")
        return await self._invoke(SUBMIT, data, direct, permissions, "en-GB", wait, message)

    def place(self, components: list[Payload], *, flags: int = make.V2) -> Payload:
        """Put a message of the application into the channel, as an earlier version of it did."""
        message = make.message(CHANNEL, {"components": components, "flags": flags})
        self.rest.messages.append(message)
        return message

    async def again(self, asked: Interaction) -> None:
        """Deliver an interaction a second time, as a resumed session may."""
        await self._dispatch(asked.payload)

    async def _press(
        self,
        message: Payload,
        component: Payload,
        permissions: int,
        wait: bool,
        values: list[str] | None = None,
    ) -> Interaction:
        data = {
            "custom_id": component["custom_id"],
            "component_type": component["type"],
            "id": component["id"],
        }
        if values is not None:
            data["values"] = values
        direct = message["channel_id"] == DIRECT
        return await self._invoke(
            COMPONENT, data, direct, permissions, "en-GB", wait, message=message
        )

    async def _invoke(
        self,
        kind: int,
        data: Payload,
        direct: bool,
        permissions: int,
        locale: str,
        wait: bool,
        message: Payload | None = None,
    ) -> Interaction:
        payload = make.interaction(
            kind,
            data,
            where=self.rest.channels[DIRECT if direct else CHANNEL],
            who=make.user(),
            permissions=permissions,
            locale=locale,
        )
        if message is not None:
            payload["message"] = message
        if not direct:
            payload["member"]["roles"] = [*self.roles]
        await self.connected()
        asked = self.rest.interactions.expect(payload)
        await self._dispatch(payload)
        if wait:
            await self.until(lambda: asked.callback, f"an answer to {data}")
        return asked

    async def _dispatch(self, payload: Payload) -> None:
        session = self.gateway.to_shard(payload.get("guild_id"))
        assert session is not None
        await session.dispatch("INTERACTION_CREATE", payload)

    async def _check_shown(self, group: str, direct: bool, permissions: int) -> None:
        """Refuse a command that Discord does not show to this person in this place."""
        await self.until(lambda: self.rest.command(group), f"a command /{group}")
        command = self.rest.command(group)
        assert command is not None
        needed = int(command["default_member_permissions"] or 0)
        here = (1 if direct else 0) in (command.get("contexts") or (0, 1))
        allowed = direct or permissions & ADMINISTRATOR or permissions & needed == needed
        if not (here and allowed):
            raise LookupError(f"Discord does not show /{group} to this person here")

    async def _command(
        self, group: str, verb: str, options: dict[str, str], focused: str | None = None
    ) -> Payload:
        """Return a command's data, refusing what Discord would not let a person type."""
        command = self.rest.command(group)
        assert command is not None
        verbs = {o["name"]: o for o in command.get("options", [])}
        if verb not in verbs:
            raise LookupError(f"no /{group} {verb}; there are {sorted(verbs)}")
        known = {o["name"]: o for o in verbs[verb].get("options", [])}
        if strange := options.keys() - known.keys():
            raise LookupError(f"/{group} {verb} has no {strange}; it has {sorted(known)}")
        for name, option in known.items():
            if focused is None and option.get("required") and name not in options:
                raise LookupError(f"/{group} {verb} needs {name}")
        typed = [_typed(known[name], value) for name, value in options.items()]
        picked = [o["value"] for o in typed if o["type"] == CHANNEL_OPTION]
        for one in typed:
            if one["name"] == focused:
                one["focused"] = True
        sub = {"type": 1, "name": verb, "options": typed}
        data = {"id": command["id"], "name": group, "type": 1, "options": [sub]}
        return {**data, **make.resolved([self.rest.channels[one] for one in picked])}


def _typed(option: Payload, value: str) -> Payload:
    """Return what is told of an option in which this was typed or picked."""
    choices = [choice["value"] for choice in option.get("choices", ())]
    if choices and value not in choices:
        raise LookupError(f"no choice {value!r}; there are {choices}")
    told = int(value) if option["type"] == INTEGER else value
    return {"type": option["type"], "name": option["name"], "value": told}


__all__ = ["MANAGE_GUILD", "TOKEN", "DiscordServer", "Interaction", "NoAnswerError"]
