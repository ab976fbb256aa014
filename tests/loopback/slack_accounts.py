"""OAuth of the loopback Slack: who may install the app, the tokens they give, and their renewal."""

from __future__ import annotations

import base64
from collections.abc import Callable
from dataclasses import dataclass, field
from urllib.parse import urlencode

from aiohttp import web

from tests.loopback import slack_payloads as payloads
from tests.loopback.slack_payloads import Json
from tests.loopback.slack_scopes import SCOPES

CLIENT_ID = "111.222"
CLIENT_SECRET = "loopback-client-secret"
CONFIG_TOKEN = "xoxe.xoxp-loopback-config"


@dataclass(frozen=True, slots=True)
class Team:
    """A workspace, or an organisation that installs the app for all of its workspaces."""

    id: str | None
    name: str = "Loopback"
    enterprise: str | None = None
    org_wide: bool = False


@dataclass(slots=True)
class Accounts:
    """Tokens by what they are for; `expires_in` is there if the app has token rotation on."""

    tokens: dict[str, Team] = field(default_factory=dict)
    revoked: set[str] = field(default_factory=set)
    renewals: dict[str, Team] = field(default_factory=dict)
    codes: dict[str, Team] = field(default_factory=dict)
    expires_in: int | None = None
    renewed: int = 0
    scopes: str = SCOPES
    manifest: Json = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)
    #: Who installs at the next visit of `/oauth/v2/authorize`; None to be refused.
    visitor: Team | None = None
    asked: list[Json] = field(default_factory=list)

    @property
    def methods(self) -> dict[str, Callable[[Json], Json]]:
        """The methods that need no bot token."""
        return {"oauth.v2.access": self._access, "apps.manifest.export": self._export}

    def token_of(self, team: str) -> str:
        """The token that a team has now."""
        return [
            token
            for token, each in self.tokens.items()
            if team in {each.id, each.enterprise} and token not in self.revoked
        ][-1]

    def code_for(self, team: Team) -> str:
        """What Slack sends a browser back with, once."""
        code = f"code-{payloads.number()}"
        self.codes[code] = team
        return code

    async def authorize(self, request: web.Request) -> web.Response:
        """The page on which people allow what the app asks for, and are sent back."""
        self.asked.append(dict(request.query))
        back, state = request.query["redirect_uri"], request.query["state"]
        given = (
            {"code": self.code_for(self.visitor)} if self.visitor else {"error": "access_denied"}
        )
        raise web.HTTPFound(f"{back}?{urlencode({**given, 'state': state})}")

    def answer(self, method: str, authorization: str, arguments: Json) -> Json:
        """What one of `methods` answers."""
        expected = base64.b64encode(f"{CLIENT_ID}:{CLIENT_SECRET}".encode()).decode()
        allowed = CONFIG_TOKEN if method == "apps.manifest.export" else f"Basic {expected}"
        if authorization != allowed:
            error = "invalid_auth" if authorization == CONFIG_TOKEN else "bad_client_secret"
            return {"ok": False, "error": error}
        return self.methods[method](arguments)

    def as_team(self, team: Team, method: str) -> web.Response | None:
        """What a call with a team's token gets, if it is about the token itself."""
        token = next(token for token, each in self.tokens.items() if each is team)
        if token in self.revoked:
            return web.json_response({"ok": False, "error": "token_revoked"})
        if method != "auth.test":
            return None
        told = {"ok": True, "team": team.name, "team_id": team.id or team.enterprise}
        told |= {
            "user_id": bot_user(team),
            "user": "briefing",
            "bot_id": "BBOT",
            "enterprise_id": team.enterprise,
        }
        told |= {"is_enterprise_install": team.org_wide, "url": "https://loopback.slack.com/"}
        return web.json_response(told, headers={"X-OAuth-Scopes": self.scopes})

    def install(self, team: Team) -> Json:
        """What `oauth.v2.access` answers once a team has installed the app."""
        kind = "xoxe.xoxb" if self.expires_in else "xoxb"
        token = f"{kind}-{team.id or team.enterprise}-{payloads.number()}-secret"
        self.tokens[token] = Team(team.id, team.name, team.enterprise, team.org_wide)
        org = {"id": team.enterprise, "name": team.name} if team.enterprise else None
        return {
            "ok": True,
            "access_token": token,
            "token_type": "bot",
            "scope": self.scopes,
            "bot_user_id": bot_user(team),
            "app_id": payloads.APP,
            "team": None if team.org_wide else {"id": team.id, "name": team.name},
            "enterprise": org,
            "is_enterprise_install": team.org_wide,
            "authed_user": {"id": "U1"},
        } | self._renewable(team)

    def _renewable(self, team: Team) -> Json:
        if not self.expires_in:
            return {}
        word = f"xoxe-1-{payloads.number()}-secret"
        self.renewals[word] = team
        return {"refresh_token": word, "expires_in": self.expires_in}

    def _access(self, arguments: Json) -> Json:
        if arguments.get("grant_type") == "refresh_token":
            team = self.renewals.pop(arguments["refresh_token"], None)
            if team is None:
                self.problems.append("a refresh token was used twice")
                return {"ok": False, "error": "invalid_refresh_token"}
            self.renewed += 1
            return self.install(team)
        team = self.codes.pop(arguments.get("code", ""), None)
        return self.install(team) if team else {"ok": False, "error": "invalid_code"}

    def _export(self, _: Json) -> Json:
        return {"ok": True, "manifest": self.manifest}


def bot_user(team: Team) -> str:
    """The bot's user in a team."""
    return f"UBOT{team.id or team.enterprise}"
