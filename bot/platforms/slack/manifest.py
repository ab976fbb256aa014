"""The app's manifest: what of it the code depends on, and what one lacks."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import Any, Final

from bot.domain.problem import Problem
from bot.platforms.slack.api import SCOPES
from bot.platforms.slack.app import ENDINGS, WITHDRAWN
from bot.platforms.slack.events import PATH
from bot.platforms.slack.listeners import EVENTS
from bot.platforms.slack.oauth import REDIRECT
from bot.platforms.slack.said import COMMAND
from bot.platforms.slack.settings import Settings
from bot.platforms.slack.shortcuts import SHORTCUTS

#: Every event that the app must subscribe to; one that organisations install, to one more.
SUBSCRIBED: Final = (*EVENTS, *ENDINGS)

_PAGE = "on the app's page at https://api.slack.com/apps, under App Manifest,"
#: What must be on: controls, the home tab, and the conversation with the bot.
_ON = (
    "settings.interactivity.is_enabled",
    "features.app_home.home_tab_enabled",
    "features.app_home.messages_tab_enabled",
)
_READ_ONLY = "features.app_home.messages_tab_read_only_enabled"
_FOR_ORGANISATIONS = "settings.org_deploy_enabled"
_COMMAND_URL = "features.slash_commands.url"
_REQUEST_URLS = (
    "settings.event_subscriptions.request_url",
    "settings.interactivity.request_url",
    "settings.interactivity.message_menu_options_url",
)


def lacks(manifest: Mapping[str, Any], settings: Settings) -> Iterator[Problem]:
    """What must be changed in an app's manifest before the bot works with these settings."""
    scopes = _at(manifest, "oauth_config.scopes.bot") or ()
    events = _at(manifest, "settings.event_subscriptions.bot_events") or ()
    yield from _missing("scopes", SCOPES, scopes, "oauth_config.scopes.bot")
    needed = (*SUBSCRIBED, WITHDRAWN) if _at(manifest, _FOR_ORGANISATIONS) else SUBSCRIBED
    yield from _missing("events", needed, events, "settings.event_subscriptions.bot_events")
    yield from _missing("shortcuts", SHORTCUTS, _shortcuts(manifest), "features.shortcuts")
    yield from _command(manifest)
    for name in _ON:
        if not _at(manifest, name):
            yield _wrong(name, "true")
    if _at(manifest, _READ_ONLY):
        yield _wrong(_READ_ONLY, "false")
    if bool(_at(manifest, "settings.socket_mode_enabled")) is settings.over_http:
        yield _wrong("settings.socket_mode_enabled", "false" if settings.over_http else "true")
    if settings.over_http:
        yield from _addresses(manifest, settings)
    if settings.many:
        yield from _redirect(manifest, settings)


def _command(manifest: Mapping[str, Any]) -> Iterator[Problem]:
    command = _our_command(manifest)
    if command is None:
        yield _wrong("features.slash_commands", f"a command {COMMAND}")
    elif not command.get("should_escape"):
        yield _wrong("features.slash_commands.should_escape", "true")


def _addresses(manifest: Mapping[str, Any], settings: Settings) -> Iterator[Problem]:
    found = {name: _at(manifest, name) for name in _REQUEST_URLS}
    found[_COMMAND_URL] = (_our_command(manifest) or {}).get("url")
    for name, url in found.items():
        if not _is_ours(url, settings, PATH):
            yield _wrong(name, _address(settings, PATH))


def _redirect(manifest: Mapping[str, Any], settings: Settings) -> Iterator[Problem]:
    urls = _at(manifest, "oauth_config.redirect_urls") or ()
    if not any(_is_ours(url, settings, REDIRECT) for url in urls):
        yield _wrong("oauth_config.redirect_urls", _address(settings, REDIRECT))


def _is_ours(url: object, settings: Settings, path: str) -> bool:
    if settings.public_url:
        return url == _address(settings, path)
    return isinstance(url, str) and url.endswith(path)


def _address(settings: Settings, path: str) -> str:
    return (settings.public_url or "https://<your host>").rstrip("/") + path


def _missing(
    what: str, needed: Collection[str], found: Collection[str], where: str
) -> Iterator[Problem]:
    if missing := sorted(set(needed).difference(found)):
        names = ", ".join(missing)
        yield Problem(f"the app's manifest lacks the {what} {names}", f"{_PAGE} add to {where}")


def _wrong(where: str, wanted: str) -> Problem:
    return Problem(f"in the app's manifest {where} is not as needed", f"{_PAGE} let it be {wanted}")


def _our_command(manifest: Mapping[str, Any]) -> Mapping[str, Any] | None:
    commands = _at(manifest, "features.slash_commands") or ()
    return next((each for each in commands if each.get("command") == COMMAND), None)


def _shortcuts(manifest: Mapping[str, Any]) -> list[str]:
    shortcuts = _at(manifest, "features.shortcuts") or ()
    return [str(each.get("callback_id")) for each in shortcuts]


def _at(manifest: Mapping[str, Any], path: str) -> Any:
    """What is at a dotted path, or None."""
    found: Any = manifest
    for name in path.split("."):
        found = found.get(name) if isinstance(found, Mapping) else None
    return found
