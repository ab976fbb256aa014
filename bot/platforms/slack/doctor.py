"""Doctor: asks Slack whether the app, its tokens and its settings are as the bot needs them."""

from __future__ import annotations

import re
from collections.abc import Awaitable
from datetime import timedelta
from email.utils import parsedate_to_datetime
from typing import Final

import aiohttp
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_slack_response import AsyncSlackResponse

from bot.domain.platform import Checkup, Examination, House
from bot.errors import ConfigurationError
from bot.platforms.slack.api import SCOPES, Api
from bot.platforms.slack.errors import SLACK_FAILURES, code_of
from bot.platforms.slack.events import PATH
from bot.platforms.slack.installation import Installation, installations_of
from bot.platforms.slack.manifest import lacks
from bot.platforms.slack.settings import Settings, plain
from bot.platforms.slack.signature import SIGNATURE, TIMESTAMP, sign

_APP = "on the app's page at https://api.slack.com/apps"
_SECRET = re.compile(r"[0-9a-f]{32}")
_APP_ID = re.compile(r"xapp-\d+-(A[A-Z0-9]+)-")
_SKEW: Final = timedelta(minutes=4)
_PROBE: Final = b"ssl_check=1"
_FORM: Final = "application/x-www-form-urlencoded"
#: What Slack answers to a made-up code if the client id and secret are right.
_KNOWN_CLIENT: Final = frozenset(("code_already_used", "invalid_code", "no_code"))
_OK: Final = 200


class Doctor(Examination):
    """One examination."""

    def __init__(self, settings: Settings, house: House) -> None:
        super().__init__()
        self._settings = settings
        self._house = house

    async def examine(self) -> Checkup:
        """What was looked at, and what is wrong."""
        try:
            self._settings.check()
        except ConfigurationError as error:
            self.find_refused(error)
            return self.checkup
        self._look_at_settings()
        limit = aiohttp.ClientTimeout(total=self._house.http_timeout)
        async with aiohttp.ClientSession(timeout=limit) as session:
            api = Api(self._settings, session)
            if self._settings.many:
                await self._look_at_installations(api)
            else:
                token = plain(self._settings.bot_token)
                await self._look_at_token(api, token, "SLACK_BOT_TOKEN")
            if self._settings.over_http:
                await self._look_from_outside(session)
            else:
                await self._look_at_app_token(api)
            await self._look_at_manifest(api)
        return self.checkup

    def _look_at_settings(self) -> None:
        secret = self._settings.signing_secret
        if self._settings.over_http and not _SECRET.fullmatch(plain(secret)):
            self.doubt(
                "SLACK_SIGNING_SECRET does not look like one: those are 32 digits and letters a-f",
                f"copy it {_APP} under Basic Information, App Credentials",
            )
        if self._settings.bot_token and self._settings.client_secret:
            self.doubt(
                "both SLACK_BOT_TOKEN and SLACK_CLIENT_SECRET are set, and the token counts",
                "leave out SLACK_BOT_TOKEN to serve every workspace that installs the app",
            )

    async def _look_at_token(self, api: Api, token: str, name: str) -> None:
        me = await self._ask(api.client(token).auth_test(), name, "install the app again")
        if me is None:
            return
        self.checked.append(f"{name}: Slack takes it in {me.get('team') or me.get('team_id')}")
        self._look_at_clock(me)
        granted = str(me.headers.get("x-oauth-scopes", "")).split(",")
        if missing := sorted(SCOPES.difference(granted)):
            self.find(
                f"{name} lacks the scopes {', '.join(missing)}",
                f"add them {_APP} under OAuth & Permissions, and install the app again",
            )
        else:
            self.checked.append(f"{name}: it has the scopes {', '.join(sorted(SCOPES))}")

    async def _look_at_app_token(self, api: Api) -> None:
        opening = api.client("").apps_connections_open(app_token=plain(self._settings.app_token))
        remedy = "let it have the scope connections:write, and turn Socket Mode on"
        if await self._ask(opening, "SLACK_APP_TOKEN", remedy):
            self.checked.append("SLACK_APP_TOKEN: a socket can be opened")

    async def _look_at_installations(self, api: Api) -> None:
        await self._look_at_client(api)
        try:
            installations = installations_of(self._house)
            await installations.check()
            tenants = await installations.tenants("slack")
            self.checked.append(f"installed in {len(tenants)} workspaces or organisations")
        except ConfigurationError as error:
            self.find_refused(error)
            return
        for tenant in tenants:
            try:
                text = await installations.load(tenant)
            except ConfigurationError as error:
                self.find_refused(error)
                continue
            if text:
                token = Installation.read(text).token
                await self._look_at_token(api, token, f"the token of {tenant}")

    async def _look_at_client(self, api: Api) -> None:
        try:
            await api.client("").exchange(self._settings, code="doctor")
        except SLACK_FAILURES as error:
            code = code_of(error)
            if code in _KNOWN_CLIENT:
                self.checked.append("SLACK_CLIENT_ID and SLACK_CLIENT_SECRET: Slack knows them")
            else:
                self.find(
                    f"Slack does not take SLACK_CLIENT_ID with SLACK_CLIENT_SECRET ({code})",
                    f"copy both {_APP} under Basic Information, App Credentials",
                )

    async def _look_from_outside(self, session: aiohttp.ClientSession) -> None:
        """Call the running bot as Slack does, by its public address."""
        if not self._settings.public_url:
            self.doubt(
                f"whether Slack reaches this bot at {PATH} was not checked",
                "set SLACK_PUBLIC_URL to its address, start the bot, and ask again",
            )
            return
        url = self._settings.public_url.rstrip("/") + PATH
        sent = str(int(self._house.now().timestamp()))
        signature = sign(plain(self._settings.signing_secret).encode(), sent, _PROBE)
        headers = {TIMESTAMP: sent, SIGNATURE: signature, "Content-Type": _FORM}
        try:
            async with session.post(url, data=_PROBE, headers=headers) as response:
                status = response.status
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            self.find(
                f"the bot is not reached at {url} ({type(error).__name__})",
                "start it, and let your proxy forward /slack/ to its WEB_PORT",
            )
            return
        if status == _OK:
            self.checked.append(f"{url}: the bot answers signed requests")
        else:
            self.find(
                f"{url} answers a signed request with HTTP {status}",
                "401: the running bot has another SLACK_SIGNING_SECRET; 404: your proxy does not "
                "forward it, or the bot runs over sockets",
            )

    async def _look_at_manifest(self, api: Api) -> None:
        token, app = plain(self._settings.config_token), self._app_id()
        if not token or not app:
            self.doubt(
                "the app's manifest was not checked",
                "compare it with deploy/slack-manifest*.yaml, or set SLACK_CONFIG_TOKEN to an app "
                "configuration token, and SLACK_APP_ID",
            )
            return
        remedy = "make a new one at https://api.slack.com/apps, under Your App Configuration Tokens"
        exporting = api.client(token).apps_manifest_export(app_id=app)
        if (answer := await self._ask(exporting, "SLACK_CONFIG_TOKEN", remedy)) is None:
            return
        found = [*lacks(answer.get("manifest") or {}, self._settings)]
        self.problems += found
        if not found:
            self.checked.append("the app's manifest: it has everything the bot needs")

    def _app_id(self) -> str | None:
        found = _APP_ID.match(plain(self._settings.app_token))
        return self._settings.app_id or (found[1] if found else None)

    def _look_at_clock(self, answer: AsyncSlackResponse) -> None:
        try:
            off = self._house.now() - parsedate_to_datetime(str(answer.headers.get("Date")))
        except (TypeError, ValueError):
            return
        if abs(off) > _SKEW:
            self.find(
                f"this machine's clock is {abs(off).total_seconds():.0f} seconds off Slack's",
                "set it right: Slack's signatures are good for five minutes only",
            )

    async def _ask(
        self, call: Awaitable[AsyncSlackResponse], name: str, remedy: str
    ) -> AsyncSlackResponse | None:
        """What Slack answers; if it does not, the reason is among the problems."""
        try:
            return await call
        except SLACK_FAILURES as error:
            code = code_of(error)
            if isinstance(error, SlackApiError) and not code.startswith("HTTP "):
                self.find(f"Slack refuses {name} ({code})", f"{_APP}, {remedy}")
            else:
                self.find(
                    f"Slack cannot be reached at {self._settings.api_url} ({code})",
                    "check the network, HTTPS_PROXY and SLACK_API_URL",
                )
        return None
