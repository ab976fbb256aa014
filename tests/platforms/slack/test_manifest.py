from __future__ import annotations

import ast
import copy
from pathlib import Path
from typing import Any

import pytest
import yaml
from pydantic import SecretStr
from slack_sdk.web.async_client import AsyncWebClient

import bot.platforms.slack
from bot.platforms.slack.api import SCOPES
from bot.platforms.slack.app import WITHDRAWN
from bot.platforms.slack.events import PATH
from bot.platforms.slack.manifest import SUBSCRIBED, lacks
from bot.platforms.slack.oauth import REDIRECT
from bot.platforms.slack.said import COMMAND
from bot.platforms.slack.settings import Settings
from bot.platforms.slack.shortcuts import SHORTCUTS
from tests.loopback.slack_scopes import SCOPES as GRANTED

FOLDER = Path(bot.platforms.slack.__file__).parent
DEPLOY = Path(__file__).parents[3] / "deploy"
HOST = "https://brief.example.com"
SOCKET = Settings(app_token=SecretStr("xapp-1"), bot_token=SecretStr("xoxb-1"))
HTTP = Settings(
    signing_secret=SecretStr("s"),
    client_id="1.2",
    client_secret=SecretStr("s"),
    public_url=HOST,
)

# What Slack's reference of each method and event asks for.
METHOD_SCOPES = {
    "apps_connections_open": set(),
    "apps_manifest_export": set(),  # with an app configuration token
    "auth_test": set(),
    "chat_postEphemeral": {"chat:write"},
    "chat_postMessage": {"chat:write"},
    "conversations_history": {"channels:history", "groups:history"},
    "conversations_info": {"channels:read", "groups:read"},
    "conversations_members": {"channels:read", "groups:read"},
    "usergroups_users_list": {"usergroups:read"},
    "users_info": {"users:read"},
    "views_open": set(),
    "views_publish": set(),
    "views_update": set(),
}
# What the bot does without, in part.
OPTIONAL = {"channels:history", "groups:history", "usergroups:read"}
EVENT_SCOPES = {
    "app_home_opened": set(),
    "app_mention": {"app_mentions:read"},
    "app_uninstalled": set(),
    "message.im": {"im:history"},
    "tokens_revoked": set(),
}
#: A method by any name is called there, and no method by its own.
PLUMBING = {"api_call"}


def read(name: str) -> Any:
    return yaml.safe_load((DEPLOY / name).read_text())


@pytest.fixture(params=["slack-manifest.yaml", "slack-manifest-http.yaml"])
def manifest(request: pytest.FixtureRequest) -> Any:
    return read(request.param)


def test_the_manifest_asks_for_the_scopes_that_the_code_uses(manifest: Any) -> None:
    used = set[str]().union(*(METHOD_SCOPES[method] for method in methods_called()))
    used |= set[str]().union(*(EVENT_SCOPES[event] for event in SUBSCRIBED)) | {"commands"}
    used -= OPTIONAL
    asked = manifest["oauth_config"]["scopes"]
    assert list(asked) == ["bot"]
    assert sorted(asked["bot"]) == sorted(used) == sorted(SCOPES)


def test_the_manifest_names_the_scopes_that_the_bot_can_do_without() -> None:
    for path in DEPLOY.glob("slack-manifest*.yaml"):
        text = path.read_text()
        assert [scope for scope in OPTIONAL if f"# - {scope} # " not in text] == []


def test_the_loopback_slack_grants_what_the_manifest_asks_for(manifest: Any) -> None:
    assert sorted(GRANTED.split(",")) == sorted(manifest["oauth_config"]["scopes"]["bot"])


def test_the_manifest_subscribes_to_the_events_that_are_listened_to(manifest: Any) -> None:
    events = manifest["settings"]["event_subscriptions"]
    for_organisations = manifest["settings"]["org_deploy_enabled"]
    assert events["bot_events"] == [*SUBSCRIBED, *((WITHDRAWN,) if for_organisations else ())]


def test_the_manifest_has_the_one_command_with_its_text_escaped(manifest: Any) -> None:
    (command,) = manifest["features"]["slash_commands"]
    assert (command["command"], command["should_escape"]) == (COMMAND, True)


def test_the_manifest_has_the_shortcuts_that_are_answered(manifest: Any) -> None:
    shortcuts = manifest["features"].get("shortcuts", [])
    assert {each["callback_id"]: each["type"] for each in shortcuts} == SHORTCUTS


def test_the_manifest_is_within_slacks_lengths(manifest: Any) -> None:
    shown = manifest["display_information"]
    (command,) = manifest["features"]["slash_commands"]
    assert len(shown["name"]) <= 35
    assert len(shown["description"]) <= 140
    assert len(command["command"]) <= 32
    assert len(command["usage_hint"]) <= 1000
    assert all(len(each["name"]) <= 24 for each in manifest["features"].get("shortcuts", []))


def test_the_manifest_for_sockets_names_no_address() -> None:
    settings = read("slack-manifest.yaml")["settings"]
    assert settings["socket_mode_enabled"] is True
    assert settings["interactivity"] == {"is_enabled": True}
    assert "url" not in str(read("slack-manifest.yaml")).casefold()


def test_the_manifest_for_http_names_the_addresses_that_are_served() -> None:
    found = read("slack-manifest-http.yaml")
    settings = found["settings"]
    assert settings["socket_mode_enabled"] is False
    assert settings["interactivity"] == {
        "is_enabled": True,
        "request_url": HOST + PATH,
        "message_menu_options_url": HOST + PATH,
    }
    assert settings["event_subscriptions"]["request_url"] == HOST + PATH
    assert found["features"]["slash_commands"][0]["url"] == HOST + PATH
    assert found["oauth_config"]["redirect_urls"] == [HOST + REDIRECT]


def test_both_manifests_are_the_same_but_for_the_transport() -> None:
    over_sockets, over_http = read("slack-manifest.yaml"), read("slack-manifest-http.yaml")
    del over_http["features"]["slash_commands"][0]["url"]
    del over_http["oauth_config"]["redirect_urls"]
    del over_http["settings"]["event_subscriptions"]["request_url"]
    over_http["settings"]["event_subscriptions"]["bot_events"].remove(WITHDRAWN)
    over_http["settings"]["interactivity"] = {"is_enabled": True}
    over_http["settings"] |= {"socket_mode_enabled": True, "org_deploy_enabled": False}
    assert over_http == over_sockets


def test_a_manifest_of_ours_lacks_nothing() -> None:
    assert [*lacks(read("slack-manifest.yaml"), SOCKET)] == []
    assert [*lacks(read("slack-manifest-http.yaml"), HTTP)] == []


def test_the_other_transports_manifest_is_told_apart() -> None:
    (problem,) = lacks(read("slack-manifest-http.yaml"), SOCKET)
    assert "socket_mode_enabled" in problem.what
    found = " ".join(map(str, lacks(read("slack-manifest.yaml"), HTTP)))
    for name in ("slash_commands.url", "request_url", "redirect_urls", "menu_options_url"):
        assert name in found
    assert HOST + PATH in found


@pytest.mark.parametrize(
    ("path", "value", "said"),
    [
        ("oauth_config.scopes.bot", ["commands"], "chat:write"),
        ("settings.event_subscriptions.bot_events", ["app_mention"], "tokens_revoked"),
        ("features.slash_commands", [], "/brief"),
        ("features.slash_commands", [{"command": "/brief"}], "should_escape"),
        ("settings.interactivity", None, "interactivity"),
        ("features.app_home", {}, "home_tab_enabled"),
        ("features.app_home.messages_tab_read_only_enabled", True, "read_only"),
        ("features.shortcuts", [], "check"),
        ("settings", None, "bot_events"),
    ],
)
def test_what_is_missing_is_named(path: str, value: object, said: str) -> None:
    manifest = copy.deepcopy(read("slack-manifest.yaml"))
    *folders, last = path.split(".")
    place = manifest
    for name in folders:
        place = place[name]
    place[last] = value
    assert said in " ".join(map(str, lacks(manifest, SOCKET)))


def test_an_app_for_organisations_must_be_told_of_workspaces_that_are_taken_from_it() -> None:
    manifest = read("slack-manifest.yaml")
    assert [*lacks(manifest, SOCKET)] == []
    manifest["settings"]["org_deploy_enabled"] = True
    (problem,) = lacks(manifest, SOCKET)
    assert WITHDRAWN in problem.what


def methods_called() -> set[str]:
    trees = (ast.parse(path.read_text()) for path in FOLDER.glob("*.py"))
    names = (
        node.func.attr
        for tree in trees
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)
    )
    called = {name for name in names if "_" in name.strip("_") and hasattr(AsyncWebClient, name)}
    return called - PLUMBING
