"""Shape: whether a request has the parts that the bot reads, each of the kind that Slack sends.

What is said of a request that has not names parts by our own words, never what is in them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

#: A kind of value; parts by name, optional ones (missing or null) with a question mark; a list
#: of such; or, with the name `*`, a mapping whose values are all of one kind.
Kind = Any

_WORDS: Final = {
    "value?": str,
    "selected_conversation?": str,
    "selected_option?": {"value": str},
    "selected_options?": [{"value": str}],
}
_ACTION: Final = {"action_id": str, "block_id?": str, "type?": str}
_BLOCK: Final = {"type?": str, "block_id?": str, "label?": dict, "hint?": dict, "element?": dict}
_VIEW: Final = {
    "id": str,
    "type": str,
    "callback_id": str,
    "hash?": str,
    "private_metadata?": str,
}
_FILLED: Final = {**_VIEW, "blocks": [_BLOCK], "state": {"values": {"*": {"*": _WORDS}}}}
_CONTAINER: Final = {"channel_id?": str, "thread_ts?": str}
_CHANNEL: Final = {"id": str}
_SOMEWHERE: Final = {
    "user": {"id": str, "team_id?": str},
    "team?": {"id": str},
    "enterprise?": {"id": str},
    "channel?": _CHANNEL,
    "container?": _CONTAINER,
    "message?": {"team?": str, "text?": str, "thread_ts?": str},
    "response_url?": str,
    "response_urls?": [dict],
    "trigger_id?": str,
}
_CHOSEN: Final = {"callback_id": str, "trigger_id": str}
_COMMAND: Final = {
    "command": str,
    "user_id": str,
    "team_id": str,
    "channel_id": str,
    "text?": str,
    "response_url?": str,
    "trigger_id?": str,
}
_EVENT: Final = {
    "event": dict,
    "event_id?": str,
    "event_time?": int,
    "authorizations?": [{"team_id?": str, "enterprise_id?": str}],
}
_WRITTEN: Final = {
    "team_id": str,
    "event": {
        "channel": str,
        "user?": str,
        "text?": str,
        "ts?": str,
        "thread_ts?": str,
        "team?": str,
        "user_team?": str,
    },
}
_KINDS: Final[Mapping[str, Kind]] = {
    "block_actions": {**_SOMEWHERE, "actions": [_ACTION], "view?": _VIEW},
    "block_suggestion": {**_SOMEWHERE, "action_id": str, "view?": _VIEW},
    "event_callback": _EVENT,
    "message_action": {**_SOMEWHERE, "channel": _CHANNEL, **_CHOSEN},
    "shortcut": {**_SOMEWHERE, **_CHOSEN},
    "view_closed": {**_SOMEWHERE, "view": _VIEW},
    "view_submission": {**_SOMEWHERE, "view": _FILLED},
}
_EVENTS: Final[Mapping[str, Kind]] = {
    "app_home_opened": {"event": {"user": str, "view?": {"private_metadata?": str, "hash?": str}}},
    "app_mention": _WRITTEN,
    "message": _WRITTEN,
    "team_access_revoked": {"event": {"team_ids": [str]}},
    "tokens_revoked": {"event": {"tokens?": {"bot?": list}}},
    "user_change": {"event": {"user": {"id": str}}},
}


def flaw_of(body: Mapping[str, Any]) -> str:
    """What is wrong with the shape of a request, in words; empty if nothing is."""
    return next(_flaws(body), "")


def _flaws(body: Mapping[str, Any]) -> Iterator[str]:
    kind = body.get("type")
    if kind is None and "command" in body:
        yield from _lacks(body, _COMMAND, "the command")
    elif not isinstance(kind, str):
        yield "it is neither a command nor of any type"
    elif kind in _KINDS:
        yield from _lacks(body, _KINDS[kind], kind)
        if kind == "event_callback":
            yield from _event(body)
        elif kind == "block_actions" and not body["actions"]:
            yield f"{kind} has no actions"
        elif not _team(body):
            yield f"{kind} is of no workspace"


def event_of(body: Mapping[str, Any]) -> Mapping[str, Any]:
    """What has happened, if this tells of an event."""
    event = body.get("event")
    # Slack's reference shows `team_access_revoked` in an envelope within the envelope.
    if isinstance(event, dict) and "type" not in event:
        event = event.get("event")
    return event if isinstance(event, dict) else {}


def _event(body: Mapping[str, Any]) -> Iterator[str]:
    event = event_of(body)
    if not isinstance(event.get("type"), str):
        yield "the event is of no type"
    elif event["type"] in _EVENTS:
        yield from _lacks({**body, "event": event}, _EVENTS[event["type"]], event["type"])


def _team(body: Mapping[str, Any]) -> bool:
    """Whether it says of which workspace it is; in one way or, for organisations, the other."""
    return bool(body.get("team") or body["user"].get("team_id"))


def _lacks(found: Any, wanted: Kind, where: str) -> Iterator[str]:
    """Each part of a kind that is not as it should be."""
    if isinstance(wanted, type):
        if not isinstance(found, wanted):
            yield f"{where} is missing, or not of the right kind"
    elif isinstance(wanted, list):
        yield from _lacks(found, list, where)
        for each in found if isinstance(found, list) else ():
            yield from _lacks(each, wanted[0], f"an item of {where}")
    else:
        yield from _lacks(found, dict, where)
        yield from _parts(found, wanted, where) if isinstance(found, dict) else ()


def _parts(found: Mapping[str, Any], wanted: Mapping[str, Kind], where: str) -> Iterator[str]:
    for part, kind in wanted.items():
        name = part.rstrip("?")
        if part == "*":
            for value in found.values():
                yield from _lacks(value, kind, f"a part of {where}")
        elif name == part or found.get(name) is not None:
            yield from _lacks(found.get(name), kind, f"{name} of {where}")
