"""Slack's Web API and response URLs, over one session with one time limit."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit
from urllib.request import getproxies, proxy_bypass

import aiohttp
from slack_sdk.http_retry.builtin_async_handlers import AsyncRateLimitErrorRetryHandler
from slack_sdk.web.async_slack_response import AsyncSlackResponse
from slack_sdk.webhook.async_client import AsyncWebhookClient

from bot.platforms.slack.client import Client
from bot.platforms.slack.errors import SLACK_FAILURES, code_of, to_platform_error
from bot.platforms.slack.settings import Settings, plain

Json = dict[str, Any]

#: The scopes that the bot's token needs; the app's manifest asks for these.
SCOPES = frozenset(
    (
        "app_mentions:read",
        "channels:read",
        "chat:write",
        "commands",
        "groups:read",
        "users:read",
    )
)
#: With one of these the bot can read what is in channels; it asks for none.
HISTORY_SCOPES = frozenset(("channels:history", "groups:history", "im:history", "mpim:history"))

_LOG = logging.getLogger(__name__)
_RESPONSE_HOSTS = ("https://hooks.slack.com/", "https://hooks.slack-gov.com/")
_LOOPBACK = frozenset(("127.0.0.1", "::1", "localhost"))
_PAGE = 200
_OK = 200
_GONE = (404, 410)


def quiet_logger() -> logging.Logger:
    """The logger handed to the SDK. Below errors it tells whole payloads, tokens among them."""
    logger = logging.getLogger("slack_bolt")
    logger.setLevel(logging.ERROR)
    logger.addFilter(_without_trace)
    return logger


def _without_trace(record: logging.LogRecord) -> bool:
    """The SDK traces every failed try to connect; while a network is down that is all one reads."""
    record.exc_info = None
    return True


def proxy_for(url: str) -> str | None:
    """The proxy for an address. The SDK's own choice knows no exceptions, such as loopback."""
    parts = urlsplit(url)
    host = parts.hostname or ""
    if host in _LOOPBACK or proxy_bypass(host):
        return None
    return getproxies().get(parts.scheme)


@dataclass(frozen=True, slots=True)
class Identity:
    """Who the bot is on Slack: its workspace, its ids as a user and as a bot, and its two names."""

    team: str
    enterprise: str | None
    user: str
    bot: str
    name: str
    handle: str


class Api:
    """What the bot calls on Slack, with the token of the settings or with that of a workspace.

    `refused` is called whenever Slack refuses that token. `team` is the workspace that a token of
    a whole organisation is used for.
    """

    def __init__(
        self,
        settings: Settings,
        session: aiohttp.ClientSession,
        token: str | None = None,
        *,
        team: str | None = None,
        refused: Callable[[str], None] | None = None,
    ) -> None:
        self._settings = settings
        self._session = session
        self._team = team
        self._refused = refused
        token = plain(settings.bot_token) if token is None else token
        self._bot = self.client(token)
        self._bot.retry_handlers = [AsyncRateLimitErrorRetryHandler(max_retry_count=2)]
        # One call is one request: no retry of any kind may hide in it.
        self._once = self.client(token)
        self.scopes: frozenset[str] = frozenset()

    def client(self, token: str | None = None) -> Client:
        """A client of the SDK that retries nothing."""
        client = Client(
            token,
            base_url=self._settings.api_url,
            session=self._session,
            team_id=self._team,
            logger=quiet_logger(),
            retry_handlers=[],
        )
        client.refused = self._refused
        client.proxy = proxy_for(client.base_url)
        return client

    async def identify(self) -> Identity:
        """Who the bot is.

        Raises:
            PlatformError: the token is refused, or Slack cannot be reached.
        """
        remedy = "Install the app again, and copy the token from OAuth & Permissions."
        try:
            me = await self._bot.auth_test()
        except SLACK_FAILURES as error:
            raise to_platform_error(error, "SLACK_BOT_TOKEN", remedy) from None
        self._note_scopes(me)
        if self.scopes and (missing := SCOPES - self.scopes):
            _LOG.warning(
                "Slack: the app lacks %s; add these scopes under OAuth & Permissions, and install "
                "the app again",
                ", ".join(sorted(missing)),
            )
        return Identity(
            team=str(me["team_id"]),
            enterprise=me.get("enterprise_id"),
            user=str(me["user_id"]),
            bot=str(me.get("bot_id", "")),
            name=str(me.get("team", "")),
            handle=str(me.get("user") or "briefing"),
        )

    async def try_socket(self) -> None:
        """Make sure that a socket may be opened: the SDK would ask again and again, for ever.

        Raises:
            PlatformError: the token is refused, or Slack cannot be reached.
        """
        remedy = "It needs the scope connections:write, and Socket Mode must be on."
        try:
            await self._bot.apps_connections_open(app_token=plain(self._settings.app_token))
        except SLACK_FAILURES as error:
            raise to_platform_error(error, "SLACK_APP_TOKEN", remedy) from None

    async def look_up(self, user: str) -> Json:
        """What Slack knows of a person."""
        found = await self._bot.users_info(user=user, include_locale=True)
        person: Json = found["user"]
        return person

    async def members(self, group: str) -> frozenset[str]:
        """Who is in a user group."""
        found = await self._bot.usergroups_users_list(usergroup=group)
        return frozenset(map(str, found["users"]))

    async def describe(self, channel: str) -> Json:
        """What Slack knows of a channel."""
        found = await self._once.conversations_info(channel=channel)
        self._note_scopes(found)
        about: Json = found["channel"]
        return about

    async def read(self, channel: str, oldest: str, cursor: str | None) -> AsyncSlackResponse:
        """A page of what was written in a channel since `oldest`, with what apps noted on it."""
        page = await self._once.conversations_history(
            channel=channel, oldest=oldest, cursor=cursor, limit=_PAGE, include_all_metadata=True
        )
        self._note_scopes(page)
        return page

    async def post(self, channel: str, message: Mapping[str, Any], metadata: Json) -> str:
        """Post a message once; its id."""
        posted = await self._once.chat_postMessage(
            channel=channel, metadata=metadata, **_content(message)
        )
        self._note_scopes(posted)
        if not isinstance(posted.get("ts"), str):
            raise TypeError("an answer without the id of a message")
        return str(posted["ts"])

    async def reply(self, channel: str, message: Mapping[str, Any], thread: str) -> None:
        """Post a message in a thread, for everybody to see."""
        await self._bot.chat_postMessage(channel=channel, thread_ts=thread, **_content(message))

    async def whisper(
        self, channel: str, user: str, message: Mapping[str, Any], thread: str | None
    ) -> None:
        """Show a message to one person."""
        await self._bot.chat_postEphemeral(
            channel=channel, user=user, thread_ts=thread, **_content(message)
        )

    async def show(self, trigger: str, view: Json) -> None:
        """Open a modal for whoever pulled this trigger."""
        await self._bot.views_open(trigger_id=trigger, view=view)

    async def update(self, id: str, view: Json, hash: str | None) -> None:
        """Put another view into an open modal, unless it has changed since the hash."""
        await self._bot.views_update(view_id=id, view=view, hash=hash)

    async def respond(self, url: str, message: Mapping[str, Any]) -> bool:
        """Send a message to a response URL; whether Slack took it.

        What goes wrong is logged, without the address.
        """
        if not self._is_slacks(url):
            _LOG.warning("a response URL is not Slack's; nothing was sent there")
            return False
        hook = AsyncWebhookClient(
            url,
            session=self._session,
            logger=quiet_logger(),
            retry_handlers=[AsyncRateLimitErrorRetryHandler(max_retry_count=2)],
        )
        hook.proxy = proxy_for(url)
        try:
            response = await hook.send_dict(dict(message))
        except SLACK_FAILURES as error:
            _LOG.warning("an answer did not reach Slack (%s)", code_of(error))
            return False
        if response.status_code in _GONE:
            _LOG.info("an answer came too late: its response URL is used up or has expired")
        elif response.status_code != _OK:
            _LOG.warning("Slack refused an answer (HTTP %s)", response.status_code)
        return response.status_code == _OK

    def _note_scopes(self, response: AsyncSlackResponse) -> None:
        """Keep the token's scopes, which every answer names: installing anew changes them."""
        if granted := str(response.headers.get("x-oauth-scopes", "")):
            self.scopes = frozenset(scope.strip() for scope in granted.split(","))

    def _is_slacks(self, url: str) -> bool:
        asked, api = urlsplit(url), urlsplit(self._settings.api_url)
        stand_in = asked.hostname == api.hostname or {asked.hostname, api.hostname} <= _LOOPBACK
        return (stand_in and asked.scheme == api.scheme) or url.startswith(_RESPONSE_HOSTS)


def _content(message: Mapping[str, Any]) -> Json:
    return {name: value for name, value in message.items() if name != "response_type"}
