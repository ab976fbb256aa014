"""What a loopback Discord says, as plain dicts: users, guilds, channels, messages, interactions."""

from __future__ import annotations

import itertools
from typing import Any

Payload = dict[str, Any]

APPLICATION, BOT, PERSON = "700000000000000001", "700000000000000001", "700000000000000002"
GUILD, CHANNEL, DIRECT = "710000000000000000", "720000000000000001", "720000000000000002"
MANAGE_GUILD, V2 = 1 << 5, 1 << 15
COMMON = (1 << 10) | (1 << 11) | (1 << 14) | (1 << 15) | (1 << 16) | (1 << 38)
"""View, send, embed, attach, read history, send in threads: what a common member may."""

_ids = itertools.count(800000000000000001)


def next_id() -> str:
    """Return a snowflake nobody has yet."""
    return str(next(_ids))


def user(id: str = PERSON, name: str = "Ada", *, bot: bool = False) -> Payload:
    """Return a user."""
    return {
        "id": id,
        "username": name.lower(),
        "global_name": name,
        "discriminator": "0",
        "avatar": None,
        "bot": bot,
        "public_flags": 0,
        "flags": 0,
    }


def application() -> Payload:
    """Return the application, its owner included."""
    return {
        "id": APPLICATION,
        "name": "Briefing Bot",
        "icon": None,
        "description": "",
        "summary": "",
        "type": None,
        "verify_key": "0" * 64,
        "owner": user(),
        "team": None,
        "flags": 0,
        "bot_public": True,
        "bot_require_code_grant": False,
        "bot": user(BOT, "Briefing Bot", bot=True),
    }


def command(registered: Payload, guild_id: str) -> Payload:
    """Return a command as the API gives it back once it is registered."""
    more = {"id": next_id(), "application_id": APPLICATION, "version": next_id()}
    plain = {"default_member_permissions": None, "type": 1, "nsfw": False, "description": ""}
    scope = {"guild_id": guild_id} if guild_id else {}
    return {**plain, **registered, **more, **scope}


def member(who: Payload, permissions: int | None = None) -> Payload:
    """Return a member of a guild; in an interaction, with what they may do in the channel."""
    plain: Payload = {
        "user": who,
        "roles": [],
        "nick": None,
        "avatar": None,
        "joined_at": "2026-01-01T00:00:00+00:00",
        "premium_since": None,
        "communication_disabled_until": None,
        "deaf": False,
        "mute": False,
        "pending": False,
        "flags": 0,
    }
    return plain if permissions is None else {**plain, "permissions": str(permissions)}


def channel(id: str, kind: int = 0, **more: Any) -> Payload:
    """Return a channel of a guild, or a direct one (kind 1)."""
    if kind == 1:
        return {"id": id, "type": 1, "recipients": [user()], "last_message_id": None, **more}
    plain: Payload = {
        "id": id,
        "type": kind,
        "guild_id": GUILD,
        "name": "general",
        "position": 0,
        "permission_overwrites": [],
        "parent_id": None,
        "nsfw": False,
        "topic": None,
        "rate_limit_per_user": 0,
        "last_message_id": None,
        "flags": 0,
    }
    voice = {"bitrate": 64_000, "user_limit": 0} if kind in (2, 13) else {}
    return {**plain, **voice, **more}


def resolved(channels: list[Payload]) -> Payload:
    """Return what is told of channels that somebody picked: with what that person may do there."""
    told = {
        one["id"]: {key: one[key] for key in ("id", "name", "type")}
        | {"permissions": str(one.get("seen_with", COMMON)), "parent_id": one.get("parent_id")}
        for one in channels
    }
    return {"resolved": {"channels": told}} if told else {}


def guild(channels: list[Payload], permissions: int = COMMON) -> Payload:
    """Return a guild as GUILD_CREATE tells it, with the bot as its only member."""
    everyone = {
        "id": GUILD,
        "name": "@everyone",
        "permissions": str(permissions),
        "position": 0,
        "color": 0,
        "hoist": False,
        "managed": False,
        "mentionable": False,
        "flags": 0,
    }
    return {
        "id": GUILD,
        "name": "Newsroom",
        "owner_id": PERSON,
        "unavailable": False,
        "roles": [everyone],
        "channels": channels,
        "threads": [],
        "members": [member(user(BOT, "Briefing Bot", bot=True))],
        "member_count": 2,
        "emojis": [],
        "stickers": [],
        "features": [],
        "preferred_locale": "en-US",
        "premium_tier": 0,
        "verification_level": 0,
        "default_message_notifications": 1,
        "explicit_content_filter": 0,
        "mfa_level": 0,
        "nsfw_level": 0,
        "system_channel_flags": 0,
        "afk_timeout": 300,
        "large": False,
    }


def message(channel_id: str, content: Payload) -> Payload:
    """Return a message of the bot as the API gives it back, its components numbered."""
    numbers = itertools.count(1)
    plain = {
        "id": next_id(),
        "type": 0,
        "channel_id": channel_id,
        "author": user(BOT, "Briefing Bot", bot=True),
        "application_id": APPLICATION,
        "content": content.get("content") or "",
        "components": [_numbered(c, numbers) for c in content.get("components") or []],
        "flags": content.get("flags") or 0,
        "attachments": [],
        "embeds": content.get("embeds") or [],
        "mentions": [],
        "mention_roles": [],
        "mention_everyone": False,
        "pinned": False,
        "tts": False,
        "timestamp": "2026-08-05T09:00:00+00:00",
        "edited_timestamp": None,
    }
    return {**plain, "nonce": content["nonce"]} if "nonce" in content else plain


def _numbered(component: Payload, numbers: itertools.count[int]) -> Payload:
    told = {**component, "id": next(numbers)}
    if "components" in component:
        told["components"] = [_numbered(c, numbers) for c in component["components"]]
    if "accessory" in component:
        told["accessory"] = _numbered(component["accessory"], numbers)
    return told


def interaction(
    kind: int, data: Payload, *, where: Payload, who: Payload, permissions: int, locale: str
) -> Payload:
    """Return INTERACTION_CREATE's payload, in a guild or in a direct channel."""
    plain = {
        "id": next_id(),
        "application_id": APPLICATION,
        "type": kind,
        "data": data,
        "token": f"token-{next_id()}",
        "version": 1,
        "channel": where,
        "channel_id": where["id"],
        "locale": locale,
        "app_permissions": str(COMMON),
        "entitlements": [],
        "attachment_size_limit": 10 << 20,
    }
    if where["type"] == 1:
        return {**plain, "user": who, "context": 1, "authorizing_integration_owners": {"0": "0"}}
    return {
        **plain,
        "guild_id": GUILD,
        "guild": {"id": GUILD, "locale": "en-US", "features": []},
        "guild_locale": "en-US",
        "member": member(who, permissions),
        "context": 0,
        "authorizing_integration_owners": {"0": GUILD},
    }
