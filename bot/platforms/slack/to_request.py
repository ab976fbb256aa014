"""What Slack tells of a command, a click or a mention, as a Request."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from bot.domain.request import Channel, Request
from bot.platforms.slack.people import Person
from bot.platforms.slack.rights import is_for_moderators

_REFERENCE = re.compile(r"<([^<>|]*)(?:\|([^<>]*))?>")
_BUT_CHANNELS = re.compile(r"<(?!#)([^<>|]*)(?:\|([^<>]*))?>")


def from_command(body: Mapping[str, Any], person: Person) -> Request:
    """A slash command."""
    return _request(
        to_typed(str(body.get("text") or "")),
        (body["team_id"], body["channel_id"]),
        (body["user_id"], body.get("user_name")),
        person,
    )


def from_action(body: Mapping[str, Any], words: str, person: Person) -> Request:
    """A clicked button, or a picked option."""
    user = body["user"]
    # In a channel shared with another organisation, its people can click, too: they are asked for
    # by their own workspace, so that they see what everybody may see.
    team = user.get("team_id") or body["team"]["id"]
    place = (team, body["channel"]["id"])
    return _request(words, place, (user["id"], user.get("name")), person)


def from_view(body: Mapping[str, Any], words: str, channel: str, person: Person) -> Request:
    """What was done in a modal that was opened in this channel."""
    return from_action({**body, "channel": {"id": channel}}, words, person)


def from_mention(body: Mapping[str, Any], bot_user: str, person: Person) -> Request:
    """A message with the bot's name in it."""
    event = body["event"]
    team = event.get("user_team") or event.get("team") or body["team_id"]
    text = str(event.get("text") or "").replace(f"<@{bot_user}>", " ")
    return _request(to_typed(text), (team, event["channel"]), (event["user"], None), person)


def to_typed(text: str) -> str:
    """Slack's markup as it was typed: `&amp;` as `&`, `<#C1|general>` as `#general`.

    A moderator's channel stays as it is: its name alone would not tell which one it is.
    """
    pattern = _BUT_CHANNELS if is_for_moderators(text) else _REFERENCE
    plain = pattern.sub(_reference, text) if "<" in text else text
    if "&" in plain:
        plain = plain.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
    return plain.strip()


def _reference(found: re.Match[str]) -> str:
    target, label = found[1], found[2]
    sign = target[:1]
    if sign in {"@", "#"}:
        return sign + (label or target[1:]).removeprefix(sign)
    if sign == "!":
        return "@" + (label or target[1:]).removeprefix("@")
    return label or target


def _request(
    words: str, place: tuple[str, str], user: tuple[str, str | None], person: Person
) -> Request:
    team, channel = place
    user_id, user_name = user
    return Request(
        words=words,
        channel=Channel("slack", team, channel),
        user=user_id,
        user_name=person.name or user_name or "",
        moderator=person.moderator,
        locale=person.locale,
        zone=person.zone,
    )
