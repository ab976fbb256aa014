"""Modals of the loopback Slack: opened by a trigger, filled in, submitted, updated by hash."""

from __future__ import annotations

import json
from dataclasses import dataclass, field

from tests.loopback import slack_payloads as payloads
from tests.loopback.slack_elements import options_breaches
from tests.loopback.slack_filling import filled, initial
from tests.loopback.slack_limits import view_breaches
from tests.loopback.slack_payloads import Json


@dataclass(slots=True)
class Trigger:
    """What opens one modal, once, for who used a command or a control, where they did."""

    user: str
    channel: str | None
    used: bool = False


@dataclass(slots=True)
class Modal:
    """A modal as a person sees it, with what is filled in so far by block."""

    id: str
    user: str
    channel: str | None
    view: Json
    hash: str
    values: dict[str, Json] = field(default_factory=dict)
    updates: int = 0
    closed: bool = False
    errors: dict[str, str] = field(default_factory=dict)
    options: dict[str, list[Json]] = field(default_factory=dict)

    @property
    def title(self) -> str:
        """What stands at its top."""
        return str(self.view["title"]["text"])

    @property
    def inputs(self) -> list[Json]:
        """Its fields."""
        return [block for block in self.view["blocks"] if block["type"] == "input"]

    def everything(self) -> str:
        """All of the view, to look for words in."""
        return json.dumps([self.view, self.errors], ensure_ascii=False)

    def block(self, label: str) -> Json:
        """The field with this label."""
        return next(block for block in self.inputs if block["label"]["text"] == label)

    def error(self, label: str) -> str:
        """What stands below a field since it was submitted."""
        return self.errors.get(self.block(label)["block_id"], "")

    def offer(self, label: str, options: list[Json] | None) -> list[str]:
        """Show what the app suggests for a menu; what Slack refuses of it."""
        if options is None:
            return [f"{label}: no options in the ack"]
        self.options[self.block(label)["block_id"]] = options
        return [f"{label}: {problem}" for problem in options_breaches(options)]

    def offered(self, label: str) -> list[str]:
        """The labels of the suggested options."""
        options = self.options.get(self.block(label)["block_id"], [])
        return [option["text"]["text"] for option in options]

    def find(self, label: str) -> tuple[Json, Json | None, str]:
        """The control (with the option, in a menu) that shows this label, and its block's id."""
        return payloads.find_control(self.view["blocks"], label)

    def fill(self, label: str, value: str | None) -> None:
        """Fill in a field: with a text, the label of an option, or the id of a channel."""
        block = self.block(label)
        offered = self.options.get(block["block_id"], [])
        self.values[block["block_id"]] = filled(block["element"], value, offered)

    def shown(self, label: str) -> Json:
        """What is filled in now, as Slack tells it."""
        block = self.block(label)
        return self.state()[block["block_id"]][block["element"]["action_id"]]

    def state(self) -> dict[str, dict[str, Json]]:
        """The values of its fields as Slack hands them over."""
        return {
            block["block_id"]: {
                block["element"]["action_id"]: self.values.get(block["block_id"])
                or initial(block["element"], self.channel)
            }
            for block in self.inputs
        }

    def missing(self) -> list[str]:
        """Labels of the fields that must be filled in and are not: Slack does not submit these."""
        state = self.state()
        return [
            block["label"]["text"]
            for block in self.inputs
            if not block.get("optional") and not any(_given(state[block["block_id"]]))
        ]

    def payload(self) -> Json:
        """The view as Slack hands it over with an interaction."""
        kept = {"id": self.id, "team_id": payloads.TEAM, "hash": self.hash}
        return (
            {"private_metadata": "", "callback_id": ""}
            | self.view
            | kept
            | {"state": {"values": self.state()}}
        )

    def show(self, view: Json) -> None:
        """Put another view in its place. What is filled in stays in blocks of the same id."""
        self.view, self.hash = view, f"{payloads.number()}.hash"
        self.updates += 1
        self.errors = {}


@dataclass(slots=True)
class Views:
    """The modals that were opened, and what was wrong with what the app sent for them."""

    problems: list[str]
    triggers: dict[str, Trigger] = field(default_factory=dict)
    modals: list[Modal] = field(default_factory=list)

    def note(self, payload: Json) -> None:
        """Let the trigger of an interaction open a modal."""
        if name := payload.get("trigger_id"):
            user = payload.get("user_id") or payload["user"]["id"]
            place = payload.get("channel_id") or payload.get("channel", {}).get("id")
            self.triggers[name] = Trigger(user, place)

    def open(self, arguments: Json) -> Json:
        """Answer `views.open`."""
        trigger = self.triggers.get(arguments.get("trigger_id", ""))
        if trigger is None:
            return {"error": "invalid_trigger_id"}
        if trigger.used:
            return {"error": "exchanged_trigger_id"}
        trigger.used = True
        view = _view(arguments)
        if self.lint(view, "views.open"):
            return {"error": "invalid_arguments"}
        name = f"V{payloads.number()}"
        modal = Modal(name, trigger.user, trigger.channel, view, f"{payloads.number()}.hash")
        self.modals.append(modal)
        return {"view": modal.payload()}

    def update(self, arguments: Json) -> Json:
        """Answer `views.update`."""
        wanted = arguments.get("view_id")
        modal = next((modal for modal in self.modals if modal.id == wanted), None)
        if modal is None or modal.closed:
            return {"error": "not_found"}
        if arguments.get("hash", modal.hash) != modal.hash:
            return {"error": "hash_conflict"}
        view = _view(arguments)
        if self.lint(view, "views.update"):
            return {"error": "invalid_arguments"}
        modal.show(view)
        return {"view": modal.payload()}

    def acked(self, modal: Modal, payload: Json | None) -> None:
        """Do to a submitted modal what the ack says."""
        action = (payload or {}).get("response_action")
        if action is None or action == "clear":
            modal.closed = True
        elif action == "update" and payload is not None:
            if not self.lint(payload["view"], "ack"):
                modal.show(payload["view"])
        elif action == "errors" and payload is not None:
            modal.errors = payload["errors"]
            known = {block["block_id"] for block in modal.inputs}
            if not modal.errors or modal.errors.keys() - known or not all(modal.errors.values()):
                self.problems.append(f"ack: errors {modal.errors!r} are not for {known}")
        else:
            self.problems.append(f"ack: response_action {action!r} is not known here")

    def lint(self, view: Json, where: str) -> bool:
        """Note everything that Slack would refuse; whether there was anything."""
        found = view_breaches(view)
        self.problems += [f"{where}: {problem}" for problem in found]
        return bool(found)


def _view(arguments: Json) -> Json:
    view = arguments["view"]
    made: Json = json.loads(view) if isinstance(view, str) else view
    return made


def _given(state: dict[str, Json]) -> list[object]:
    return [value for filled in state.values() for name, value in filled.items() if name != "type"]
