"""Home tabs of the loopback Slack: published by hash, seen by one person each."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from tests.loopback import slack_payloads as payloads
from tests.loopback.slack_limits import view_breaches
from tests.loopback.slack_payloads import Json

if TYPE_CHECKING:
    from tests.loopback.slack_workspace import Workspace


@dataclass(slots=True)
class Home:
    """A person's home tab as it was published last."""

    view: Json
    id: str = field(default_factory=lambda: f"V{payloads.number()}")
    hash: str = field(default_factory=lambda: f"{payloads.number()}.hash")
    publishes: int = 1

    def payload(self) -> Json:
        """The view as Slack hands it over."""
        return self.view | {"id": self.id, "hash": self.hash, "team_id": payloads.TEAM}

    def everything(self) -> str:
        """All of it, to look for words in."""
        return json.dumps(self.view, ensure_ascii=False)

    def find(self, label: str) -> tuple[Json, Json | None, str]:
        """The control (with the option, in a menu) that shows this label, and its block's id."""
        return payloads.find_control(self.view["blocks"], label)


def publish(workspace: Workspace, arguments: Json) -> Json:
    """Answer `views.publish`."""
    view = arguments["view"]
    view = json.loads(view) if isinstance(view, str) else view
    user, known = arguments["user_id"], arguments.get("hash")
    before = workspace.homes.get(user)
    if known and before and known != before.hash:
        return {"error": "hash_conflict"}
    if found := view_breaches(view):
        workspace.problems += [f"views.publish: {problem}" for problem in found]
        return {"error": "invalid_arguments"}
    home = Home(view) if before is None else Home(view, before.id, publishes=before.publishes + 1)
    workspace.homes[user] = home
    return {"view": home.payload()}
