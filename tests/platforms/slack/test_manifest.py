from __future__ import annotations

import ast
from pathlib import Path
from typing import Any

import pytest
import yaml
from slack_sdk.web.async_client import AsyncWebClient

import bot.platforms.slack
from bot.platforms.slack.api import SCOPES
from bot.platforms.slack.listeners import EVENTS
from bot.platforms.slack.said import COMMAND
from tests.loopback.slack_scopes import SCOPES as GRANTED

FOLDER = Path(bot.platforms.slack.__file__).parent
MANIFEST = Path(__file__).parents[3] / "deploy" / "slack-manifest.yaml"

# What Slack's reference of each method and event asks for.
METHOD_SCOPES = {
    "apps_connections_open": set(),
    "auth_test": set(),
    "chat_postEphemeral": {"chat:write"},
    "chat_postMessage": {"chat:write"},
    "conversations_history": {"channels:history", "groups:history"},
    "conversations_info": {"channels:read", "groups:read"},
    "usergroups_users_list": {"usergroups:read"},
    "users_info": {"users:read"},
    "views_open": set(),
    "views_update": set(),
}
# What the bot does without, in part.
OPTIONAL = {"channels:history", "groups:history", "usergroups:read"}
EVENT_SCOPES = {"app_mention": "app_mentions:read"}


@pytest.fixture(scope="module")
def manifest() -> Any:
    return yaml.safe_load(MANIFEST.read_text())


def test_the_manifest_asks_for_the_scopes_that_the_code_uses(manifest: Any) -> None:
    used = set[str]().union(*(METHOD_SCOPES[method] for method in methods_called()))
    used |= {EVENT_SCOPES[event] for event in EVENTS} | {"commands"}
    used -= OPTIONAL
    asked = manifest["oauth_config"]["scopes"]
    assert list(asked) == ["bot"]
    assert sorted(asked["bot"]) == sorted(used) == sorted(SCOPES)


def test_the_manifest_names_the_scopes_that_the_bot_can_do_without() -> None:
    text = MANIFEST.read_text()
    assert [scope for scope in OPTIONAL if f"# - {scope} # " not in text] == []


def test_the_loopback_slack_grants_what_the_manifest_asks_for(manifest: Any) -> None:
    assert sorted(GRANTED.split(",")) == sorted(manifest["oauth_config"]["scopes"]["bot"])


def test_the_manifest_subscribes_to_the_events_that_are_listened_to(manifest: Any) -> None:
    events = manifest["settings"]["event_subscriptions"]
    assert events == {"bot_events": list(EVENTS)}


def test_the_manifest_has_the_one_command_with_its_text_escaped(manifest: Any) -> None:
    (command,) = manifest["features"]["slash_commands"]
    assert (command["command"], command["should_escape"]) == (COMMAND, True)


def test_the_manifest_is_for_socket_mode(manifest: Any) -> None:
    settings = manifest["settings"]
    assert settings["socket_mode_enabled"] is True
    assert settings["interactivity"] == {"is_enabled": True}
    assert "url" not in str(manifest).casefold()


def test_the_manifest_is_within_slacks_lengths(manifest: Any) -> None:
    shown = manifest["display_information"]
    (command,) = manifest["features"]["slash_commands"]
    assert len(shown["name"]) <= 35
    assert len(shown["description"]) <= 140
    assert len(command["command"]) <= 32
    assert len(command["usage_hint"]) <= 1000


def methods_called() -> set[str]:
    trees = (ast.parse(path.read_text()) for path in FOLDER.glob("*.py"))
    names = (
        node.func.attr
        for tree in trees
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)
    )
    return {name for name in names if "_" in name.strip("_") and hasattr(AsyncWebClient, name)}
