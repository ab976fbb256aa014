"""An installation: what Slack gave when a workspace, or an organisation, installed the app."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any, Final

from bot.domain.platform import House, Installations
from bot.errors import ConfigurationError

#: A token that expires is renewed this long before (Slack lets at most two live at a time).
RENEWED_BEFORE: Final = timedelta(hours=2)


@dataclass(frozen=True, slots=True)
class Installation:
    """The bot's account in one workspace, or in all workspaces of an organisation.

    `expires_at` is there if the app has token rotation on.
    """

    team: str | None
    enterprise: str | None
    org_wide: bool
    bot_user: str
    bot: str
    token: str = field(repr=False)
    installed_at: datetime
    name: str = ""
    handle: str = "briefing"
    scopes: str = ""
    refresh_token: str | None = field(default=None, repr=False)
    expires_at: datetime | None = None

    @property
    def tenant(self) -> str:
        """The key under which it is kept."""
        return to_tenant(self.enterprise if self.org_wide else self.team)

    def expires_by(self, at: datetime) -> bool:
        """Whether its token will not be good at this instant."""
        return self.expires_at is not None and self.expires_at <= at

    def renewed(self, answer: Mapping[str, Any], now: datetime) -> Installation:
        """The same with the token, and what renews it, of an answer of `oauth.v2.access`."""
        span = answer.get("expires_in")
        return replace(
            self,
            token=str(answer["access_token"]),
            refresh_token=answer.get("refresh_token"),
            expires_at=now + timedelta(seconds=int(span)) if span else None,
        )

    def to_text(self) -> str:
        """As it is kept; not to be shown."""
        return json.dumps(asdict(self), default=datetime.isoformat)

    @classmethod
    def read(cls, text: str) -> Installation:
        """What was kept."""
        kept = json.loads(text)
        for name in ("installed_at", "expires_at"):
            kept[name] = datetime.fromisoformat(kept[name]) if kept[name] else None
        return cls(**kept)

    @classmethod
    def granted(
        cls, answer: Mapping[str, Any], me: Mapping[str, Any], now: datetime
    ) -> Installation:
        """What an answer of `oauth.v2.access` grants, and what `auth.test` says with its token."""
        team, enterprise = answer.get("team") or {}, answer.get("enterprise") or {}
        org_wide = answer.get("is_enterprise_install") is True
        made = cls(
            team=team.get("id"),
            enterprise=enterprise.get("id"),
            org_wide=org_wide,
            bot_user=str(answer.get("bot_user_id", "")),
            bot=str(me.get("bot_id", "")),
            handle=str(me.get("user") or "briefing"),
            token="",
            installed_at=now,
            name=str((enterprise if org_wide else team).get("name") or ""),
            scopes=str(answer.get("scope", "")),
        )
        return made.renewed(answer, now)


def to_tenant(id: str | None) -> str:
    """The key of a workspace or an organisation."""
    return f"slack:{id}"


def installations_of(house: House) -> Installations:
    """Where installations are kept.

    Raises:
        ConfigurationError: this house keeps none.
    """
    if house.installations is None:
        raise ConfigurationError("Nothing keeps Slack's installations here.")
    return house.installations
